"""Models are validated for what they are to be used for."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import strawberry

from app.catalog.schema import ModelPayload
from app.deployments.vocabulary import Environment
from app.kit.context import Info
from app.kit.costs import Cost
from app.kit.enums import graphql_enum
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, attempt, perform
from app.metrics.trying.schema import OF_A_CALL
from app.metrics.validating import rules, service
from app.metrics.validating.vocabulary import Check, CheckOutcome

graphql_enum(
    Check,
    "What a model is checked for. New values may be added.",
    STATUS="Whether its status lets it be deployed in the environment, and it is not past its last day.",
    CAPABILITIES="Whether it has all that are needed.",
    CONTEXT="Whether it takes as many tokens as are needed.",
    PRICE="Whether it costs no more than it may.",
    COMPLIANCE="Whether it was approved for all regimes that are needed.",
    PROBE="Whether a deployment of it answers.",
)
graphql_enum(
    CheckOutcome,
    "What came of a check.",
    PASSED="It will do.",
    FAILED="It will not do.",
    UNKNOWN="Nobody knows: what it takes to tell is not there.",
)


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input(description="Checks whether a model will do for a use case. What is left out is not checked.")
class ValidateModelInput:
    model_id: strawberry.ID = strawberry.field(description="The model.")
    use_case: str = strawberry.field(
        description=f"What it is to be used for, 1 to {rules.MAX_USE_CASE} characters; kept as the reason."
    )
    environment: Environment = strawberry.field(
        default=Environment.PRODUCTION, description="Where it is to be used; PRODUCTION if it is left out."
    )
    capabilities: list[str] | None = _optional(
        f"What it must be able to do, such as `tools`; at most {rules.MAX_WORDS} of 1 to {rules.MAX_WORD} characters."
    )
    context_tokens: int | None = _optional(f"How many tokens it must take, 1 to {rules.MAX_CONTEXT:,}.")
    max_cost_per_1k_tokens: Decimal | None = strawberry.field(
        default=None,
        name="maxCostPer1kTokens",
        description="What 1,000 tokens may cost in US dollars, blended as (3 × input + 1 × output) / 4; 0 to 10^9.",
    )
    compliance: list[str] | None = _optional(
        f"Regimes it must be approved for, such as `gdpr`; at most {rules.MAX_WORDS} of 1 to {rules.MAX_WORD} "
        "characters."
    )
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> rules.UseCase:
        """The use case in the words of the domain. Raises `INVALID_PARAMETER`."""
        return rules.UseCase(
            model_id=key_of(self.model_id, "Model", argument="modelId"),
            name=self.use_case,
            environment=self.environment,
            capabilities=self.capabilities or (),
            compliance=self.compliance or (),
            context_tokens=self.context_tokens,
            most_per_1k=self.max_cost_per_1k_tokens,
        )


@strawberry.type(description="What came of one check of a model.")
class ValidationCheck:
    check: Check = strawberry.field(description="What was checked.")
    outcome: CheckOutcome = strawberry.field(description="What came of it.")
    reason: str = strawberry.field(description="Why, in a sentence.")


@strawberry.type(description="Whether a model will do for a use case.")
class ValidationResult:
    is_valid: bool = strawberry.field(description="Whether no check failed; what nobody knows is no failure.")
    checks: list[ValidationCheck] = strawberry.field(description="What was checked; at most one of each kind.")


@strawberry.type(description="What came of `validateModel`.")
class ValidateModelPayload(ModelPayload):
    validation: ValidationResult | None = strawberry.field(
        default=None, description="What was found; null if nothing was checked, for the reasons in `errors`."
    )


@strawberry.type
class ValidationMutation:
    @strawberry.mutation(
        directives=[Cost(weight=OF_A_CALL)],
        description="Check whether a model will do for a use case: its status, capabilities, context, price and "
        "compliance as far as they are asked for, and, if you may call it and one of its deployments in the "
        "environment serves, whether that answers (one short call, which is recorded like any other). Sets "
        "`lastValidatedAt`, whatever comes of it. Needs `models:update`.",
    )
    async def validate_model(
        self, info: Info, input: Annotated[ValidateModelInput, strawberry.argument(description="What is needed.")]
    ) -> ValidateModelPayload | None:
        async def work() -> ValidateModelPayload:
            found = await service.validate(info.context.reader, info.context.actor, input.command())
            payload = partial(ValidateModelPayload, validation=_result(found))
            return await perform(info, payload, service.note_validation, input)

        return await attempt(info, ValidateModelPayload, work, input)


def _result(found: list[rules.Finding]) -> ValidationResult | None:
    if not found:
        return None
    checks = [ValidationCheck(check=each.check, outcome=each.outcome, reason=each.reason) for each in found]
    return ValidationResult(is_valid=rules.is_valid(found), checks=checks)
