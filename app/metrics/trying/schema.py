"""Models are tried where they are deployed: in one piece, or token by token."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from app.deployments.calling.questions import (
    MAX_ANSWER,
    MAX_MESSAGES,
    MAX_TEXT,
    MAX_TOKENS,
    USUAL_TOKENS,
    CallFault,
    Speaker,
)
from app.kit.context import Info
from app.kit.costs import Cost
from app.kit.edges import edge
from app.kit.enums import graphql_enum
from app.kit.ids import key_of
from app.kit.inputs import check
from app.kit.mutations import Payload, attempt
from app.kit.nodes import row_of
from app.kit.scalars import BigInt
from app.metrics.figures import for_readers_of_costs
from app.metrics.inferences.reads import inferences_by_id
from app.metrics.inferences.schema import Inference
from app.metrics.receiving.schema import CallStatus
from app.metrics.trying import service
from app.metrics.trying.rules import Trial
from app.metrics.trying.service import Tried

OF_A_CALL = "100"
"""What a call of a model costs in points, besides what is asked of it."""

graphql_enum(
    Speaker,
    "Who says a message.",
    SYSTEM="Whoever sets the model up.",
    USER="Whoever asks.",
    ASSISTANT="The model, earlier.",
)
graphql_enum(
    CallFault,
    "Why a call of a model got no answer, or no whole one. New values may be added.",
    TIMEOUT="It took longer than it may.",
    UNREACHABLE="Nothing answers there.",
    TARGET_REFUSED="The address is not public, and the operator has not allowed it.",
    CREDENTIAL_REFUSED="The endpoint wants a credential, or another one.",
    RATE_LIMITED="The endpoint admits no more for now.",
    QUESTION_REFUSED="The endpoint does not take the question.",
    MODEL_UNKNOWN="The endpoint does not know the model, or the path.",
    SERVER_ERROR="The endpoint failed.",
    UNREADABLE="The answer is not what an OpenAI-compatible server gives, or broke off.",
    CANCELLED="Whoever asked left before the end.",
)


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input(description="One message of a conversation.")
class MessageInput:
    content: str = strawberry.field(description=f"What is said, 1 to {MAX_TEXT:,} characters. It is not kept.")
    role: Speaker = strawberry.field(default=Speaker.USER, description="Who says it.")


@strawberry.input(description="How the model is to answer; what is left out is as the deployment's configuration says.")
class TrialParametersInput:
    temperature: float | None = _optional("Randomness, 0 to 2.")
    max_tokens: int | None = _optional(f"Longest answer, 1 to {MAX_TOKENS:,} tokens; {USUAL_TOKENS} if nobody says.")
    top_p: float | None = _optional("Nucleus sampling, 0 to 1.")
    top_k: int | None = _optional("Sampling among the k likeliest tokens, 1 to 1,000; not every server knows it.")
    frequency_penalty: float | None = _optional("Against repetition by frequency, −2 to 2.")
    presence_penalty: float | None = _optional("Against repetition at all, −2 to 2.")
    stop_sequences: list[str] | None = _optional("Where an answer ends; at most 4 of 1 to 100 characters.")

    def chosen(self) -> dict[str, Any]:
        """By the names of the API."""
        return {
            "temperature": self.temperature,
            "maxTokens": self.max_tokens,
            "topP": self.top_p,
            "topK": self.top_k,
            "frequencyPenalty": self.frequency_penalty,
            "presencePenalty": self.presence_penalty,
            "stopSequences": self.stop_sequences,
        }


@strawberry.input(description="What a deployed model is asked.")
class QuestionInput:
    messages: list[MessageInput] = strawberry.field(
        description=f"The conversation so far, in its order; 1 to {MAX_MESSAGES} messages."
    )
    parameters: TrialParametersInput | None = _optional("How it is to answer.")
    timeout_seconds: float | None = _optional(
        f"How long the whole may take: 1 to {service.MOST_SECONDS:g} s, or {service.MOST_STREAMED:g} s token by token; "
        "by default as the deployment's `networking` says, else 20 s."
    )
    use_case: str | None = _optional("What it is for, 1 to 200 characters; it is kept with the record of the call.")

    def trial(self, deployment_id: strawberry.ID, key: str | None = None) -> Trial:
        """The question in the words of the domain. Raises `INVALID_PARAMETER`."""
        return Trial(
            deployment_id=key_of(deployment_id, "Deployment", argument="deploymentId"),
            messages=tuple((message.role, message.content) for message in self.messages),
            parameters=self.parameters.chosen() if self.parameters else {},
            seconds=self.timeout_seconds,
            use_case=self.use_case,
            key=key,
        )


@strawberry.input(description="Asks a deployed model something, to see what it says.")
class TestDeploymentInput(QuestionInput):
    __test__ = False

    deployment_id: strawberry.ID = strawberry.field(description="The deployment; it must serve.")
    client_mutation_id: str | None = _optional(
        "A key of your own, 1 to 200 characters: the model is called once for it. Who sends it again gets the figures "
        "of that call without its `output`, which is not kept."
    )


def _called(tried: Tried) -> UUID:
    return tried.id


def _figure(name: str) -> Any:
    def of(self: Any) -> Any:
        outcome = row_of(self).outcome
        return getattr(outcome, name) if outcome else None

    return of


@strawberry.type(description="What came of a call of a deployed model.")
class TrialResult:
    """Its values are `Tried`."""

    inference: Inference | None = edge(
        inferences_by_id,
        key=_called,
        description="The call as it is recorded, without its content. Needs `analytics:read`; null if you may not see "
        "it.",
    )

    @strawberry.field(description="How it ended.")
    def status(self) -> CallStatus:
        return CallStatus.ERROR if row_of(self).record["failed"] else CallStatus.OK

    @strawberry.field(description="Why it failed; null if it did not.")
    def fault(self) -> CallFault | None:
        code = row_of(self).record["error_code"]
        return CallFault(code.upper()) if code else None

    @strawberry.field(description="Why it failed, in a line for people; null if it did not, or if it was made before.")
    def message(self) -> str | None:
        return _figure("message")(self)

    @strawberry.field(
        description=f"What the model said, cut off after {MAX_ANSWER:,} characters; as far as it came if it failed. "
        "Null if the call was made before, as it is not kept."
    )
    def output(self) -> str | None:
        return _figure("text")(self)

    @strawberry.field(
        description="Why the answer ended, as the server says: `stop`, `length` and so on; null if it did not say, or "
        "if the call was made before."
    )
    def finish_reason(self) -> str | None:
        return _figure("finish_reason")(self)

    @strawberry.field(description="How often it was tried; null if the call was made before.")
    def attempts(self) -> int | None:
        return _figure("attempts")(self)

    @strawberry.field(description="Tokens of the prompt, as the server counted them; null if it did not.")
    def tokens_in(self) -> BigInt | None:
        return _counted(self, "tokens_in")

    @strawberry.field(description="Tokens of the answer, as the server counted them; null if it did not.")
    def tokens_out(self) -> BigInt | None:
        return _counted(self, "tokens_out")

    @strawberry.field(description="Milliseconds to the whole answer, or to the failure, of the last attempt.")
    def latency_ms(self) -> float | None:
        return _milliseconds(row_of(self).record["latency_us"])

    @strawberry.field(description="Milliseconds to the first token; null if none came.")
    def time_to_first_token_ms(self) -> float | None:
        return _milliseconds(row_of(self).record["ttft_us"])

    @strawberry.field(
        description="What it cost in US dollars by the prices of the catalog, exact to 12 places; null if its price "
        "or its tokens are unknown, and with an error without `costs:read`."
    )
    def cost(self, info: Info) -> Decimal | None:
        is_counted = _counted(self, "tokens_in") is not None
        return for_readers_of_costs(info, row_of(self).record["cost"] if is_counted else None)


def _counted(face: Any, name: str) -> Any:
    """Tokens, if the server counted them: no prompt has none."""
    record = row_of(face).record
    return record[name] if record["tokens_in"] else None


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


@strawberry.type(description="What came of `testDeployment`.")
class TestDeploymentPayload(Payload):
    __test__ = False

    result: TrialResult | None = strawberry.field(
        default=None, description="What came of the call; null if none was made, for the reasons in `errors`."
    )


@strawberry.type(description="A piece of an answer, or at the end what came of the call.")
class InferenceToken:
    text: str = strawberry.field(description="What the model says next; empty at the end.")
    result: TrialResult | None = strawberry.field(
        description="What came of the call, when it is over; null until then. Nothing comes after it."
    )


_NEEDS = "Needs `models:deploy`, and that you may see the deployment"


@strawberry.type
class TrialMutation:
    @strawberry.mutation(
        directives=[Cost(weight=OF_A_CALL)],
        description="Call a deployed model over its OpenAI-compatible API, and see what it says, how fast, and at what "
        "cost. The call is recorded, priced and counted like any other, as yours and your team's (or the "
        f"deployment's), but never its content. {_NEEDS} and that it serves. It is not put on the audit trail.",
    )
    async def test_deployment(
        self, info: Info, input: Annotated[TestDeploymentInput, strawberry.argument(description="What is asked.")]
    ) -> TestDeploymentPayload | None:
        async def work() -> TestDeploymentPayload:
            trial = input.trial(input.deployment_id, input.client_mutation_id)
            tried = await service.try_deployment(info.context.reader, info.context.actor, trial)
            return TestDeploymentPayload(result=cast("Any", tried))

        return await attempt(info, TestDeploymentPayload, work, input)


@strawberry.type
class TrialSubscription:
    @strawberry.subscription(
        directives=[Cost(weight=OF_A_CALL)],
        description="Call a deployed model, and hear its answer token by token; at the end, what came of the call. It "
        "is for you alone, is in no log of events, and cannot be resumed: whoever leaves ends the call. It is recorded "
        f"as `testDeployment` records it. {_NEEDS} and that it serves.",
    )
    async def inference_tokens(
        self,
        info: Info,
        deployment_id: Annotated[strawberry.ID, strawberry.argument(description="The deployment; it must serve.")],
        input: Annotated[QuestionInput, strawberry.argument(description="What is asked.")],
    ) -> AsyncGenerator[InferenceToken, None]:
        check(input)
        trial = input.trial(deployment_id)
        async for each in service.stream_deployment(info.context.reader, info.context.actor, trial):
            yield _token(each)


def _token(each: str | Tried) -> InferenceToken:
    if isinstance(each, Tried):
        return InferenceToken(text="", result=cast("Any", each))
    return InferenceToken(text=each, result=None)
