"""Usage through the API: a thousand calls at a time, and what people think of an answer."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.deployments.vocabulary import Environment
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.enums import graphql_enum
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, Payload, attempt, perform
from app.kit.scalars import JSON, BigInt
from app.metrics.receiving import feedback, native
from app.metrics.receiving.service import CallOutcome, Told, receiver_of

MAX_CALLS = 1000
WAY = "graphql"

graphql_enum(
    CallOutcome,
    "What became of a call that was reported. New values may be added.",
    ACCEPTED="It is stored, priced and counted.",
    DUPLICATE="It was stored before; nothing is counted twice.",
    CONFLICT="Its event id came before with other content; what came first stays.",
    REJECTED="It cannot be stored, for the reason that is told.",
)


class CallStatus(StrEnum):
    """How a call ended."""

    OK = "OK"
    ERROR = "ERROR"


graphql_enum(CallStatus, "How a call of a model ended.", OK="It was answered.", ERROR="It failed.")

_TEXT = "at most 200 characters"


def _optional(description: str, **more: Any) -> Any:
    return strawberry.field(default=None, description=description, **more)


@strawberry.input(description="One call of a model as it is reported. Prompts and answers have no place in it.")
class InferenceInput:
    event_id: str = strawberry.field(
        description=f"A name of your own for the call, {_TEXT}: it is counted once, however often it is sent."
    )
    occurred_at: datetime = strawberry.field(
        description="When it began; within the retention of raw calls (30 days by default), 10 minutes ahead at most."
    )
    provider: str = strawberry.field(description=f"Who offers the model, such as `openai`; {_TEXT}.")
    model: str = strawberry.field(
        description=f"The model as the provider calls it, {_TEXT}. One that is not known becomes a discovered entry."
    )
    environment: Environment | None = _optional("Where it was made; PRODUCTION if it is left out.")
    deployment: str | None = _optional(f"The deployment that answered; {_TEXT}. One that is not known is recorded.")
    team: str | None = _optional(
        f"The slug of the team that called; {_TEXT}. If it is left out, yours, if you are in one team only."
    )
    user: str | None = _optional(f"Who called; {_TEXT}.")
    session: str | None = _optional(f"The conversation it belongs to; {_TEXT}.")
    api_key: str | None = _optional(f"The name of the key it was made with, never the key itself; {_TEXT}.")
    operation: str | None = _optional(f"What the model was asked to do, such as `chat`; {_TEXT}.")
    use_case: str | None = _optional(f"What it was for; {_TEXT}.")
    tokens_in: BigInt | None = _optional("Tokens of the prompt, cached ones among them; 0 to 100,000,000.")
    tokens_out: BigInt | None = _optional("Tokens of the answer, those of reasoning among them; 0 to 100,000,000.")
    tokens_cached: BigInt | None = _optional("Tokens of the prompt that came from a cache; no more than `tokensIn`.")
    tokens_reasoning: BigInt | None = _optional("Tokens of the answer spent on reasoning; no more than `tokensOut`.")
    latency_ms: float | None = _optional("Milliseconds to the whole answer; 0 to 24 hours.")
    time_to_first_token_ms: float | None = _optional("Milliseconds to the first token; 0 to 24 hours.")
    status: CallStatus | None = _optional("How it ended; OK if it is left out and there is no `errorCode`.")
    error_code: str | None = _optional(f"Why it failed, in a word; {_TEXT}.")
    error_message: str | None = _optional("Why it failed, in a line without content; at most 500 characters.")
    rating: int | None = _optional("What somebody thinks of the answer, 1 to 5.")
    accepted: bool | None = _optional("Whether somebody took the answer over.")
    confidence: float | None = _optional("How sure the model was, 0 to 1.")
    cost_usd: Decimal | None = _optional(
        "What it cost, 0 to 1,000,000 US dollars. If it is left out, what our price list says."
    )
    experiment_id: str | None = _optional(f"The id of the experiment it is part of; {_TEXT}.")
    variant_id: str | None = _optional(f"The name of the variant it was served by; {_TEXT}.")
    workflow_run_id: str | None = _optional(f"The run of a workflow it is part of; {_TEXT}.")
    pipeline_context: JSON | None = _optional("Where in a pipeline it was made: an object of at most 4,096 bytes.")

    def call(self) -> dict[str, Any]:
        """The call in Model Hub's own form."""
        return {to_camel_case(name): _plain(value) for name, value in vars(self).items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, StrEnum) else value


@strawberry.input(description="Reports calls of models.")
class RecordInferencesInput:
    inferences: list[InferenceInput] = strawberry.field(description=f"The calls, at most {MAX_CALLS:,}.")


@strawberry.type(description="What became of one call that was reported.")
class RecordedInference:
    index: int = strawberry.field(description="Its place in `inferences`, from 0.")
    event: str = strawberry.field(description="How you named it, cut off after 100 characters.")
    outcome: CallOutcome = strawberry.field(description="What became of it.")
    reason: str | None = strawberry.field(description="Why it was not taken; null if it was.")


@strawberry.type(description="What came of `recordInferences`. Calls that could not be taken are in `results`.")
class RecordInferencesPayload(Payload):
    accepted: int = strawberry.field(default=0, description="How many are new.")
    duplicates: int = strawberry.field(default=0, description="How many were known.")
    conflicts: int = strawberry.field(default=0, description="How many were known with other content.")
    rejected: int = strawberry.field(default=0, description="How many cannot be taken.")
    results: list[RecordedInference] = strawberry.field(
        default_factory=list[RecordedInference], description=f"Each call in its order; at most {MAX_CALLS:,}."
    )


@strawberry.input(description="Says what somebody thinks of an answer. What is left out stays; null takes it back.")
class RateInferenceInput:
    event_id: str = strawberry.field(
        description="How the call was named when it was reported, 1 to 200 characters: your own `eventId`, LiteLLM's "
        "`litellm_call_id`, or of a span `<trace id>:<span id>` in hexadecimal."
    )
    rating: strawberry.Maybe[int | None] = strawberry.field(description="What somebody thinks of the answer, 1 to 5.")
    accepted: strawberry.Maybe[bool | None] = strawberry.field(description="Whether somebody took the answer over.")
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> feedback.Feedback:
        """What was said."""
        return feedback.Feedback(event=self.event_id, said=given(self, "rating", "accepted"))


@strawberry.type(description="What came of `rateInference`.")
class RateInferencePayload(Payload):
    pass


@strawberry.type
class TelemetryMutation:
    @strawberry.mutation(
        description="Report calls of models: each is stored once, priced and counted, or told of in `results`. Send it "
        "again as often as you like. Needs `telemetry:write`. It is not put on the audit trail."
    )
    async def record_inferences(
        self, info: Info, input: Annotated[RecordInferencesInput, strawberry.argument(description="The calls.")]
    ) -> RecordInferencesPayload | None:
        async def work() -> RecordInferencesPayload:
            info.context.actor.require(Permission.TELEMETRY_WRITE)
            items = native.items([each.call() for each in input.inferences])
            told = await receiver_of(info.context.writer.database).take(info.context.actor, WAY, items)
            return _payload(told)

        return await attempt(info, RecordInferencesPayload, work, input, most=MAX_CALLS)

    @strawberry.mutation(
        description="Say what somebody thinks of the answer to a call, in place of what was said before; figures "
        "follow at once. `NOT_FOUND` once the call itself is no longer kept (30 days by default). Needs "
        "`telemetry:write`, and that the call is your teams' or nobody's, or that you reported it. It is not put on "
        "the audit trail."
    )
    async def rate_inference(
        self, info: Info, input: Annotated[RateInferenceInput, strawberry.argument(description="What they think.")]
    ) -> RateInferencePayload | None:
        return await perform(info, RateInferencePayload, feedback.rate_inference, input)


def _payload(told: list[Told]) -> RecordInferencesPayload:
    counts = Counter(each.outcome for each in told)
    return RecordInferencesPayload(
        accepted=counts[CallOutcome.ACCEPTED],
        duplicates=counts[CallOutcome.DUPLICATE],
        conflicts=counts[CallOutcome.CONFLICT],
        rejected=counts[CallOutcome.REJECTED],
        results=[
            RecordedInference(index=index, event=each.event, outcome=each.outcome, reason=each.reason or None)
            for index, each in enumerate(told)
        ],
    )
