"""Mutations of alerts and silences."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.alerts.schema import AlertPayload, SilencePayload
from app.alerts.silencing import service
from app.alerts.silencing.matchers import value_of
from app.alerts.vocabulary import SilenceLabel
from app.kit.context import Info
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, perform


@strawberry.input(description="Takes an alert on.")
class AcknowledgeAlertInput:
    alert_id: strawberry.ID = strawberry.field(description="The alert: one that fires.")
    comment: str | None = strawberry.field(default=None, description="What to say; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Acknowledgement:
        """What to acknowledge."""
        return service.Acknowledgement(
            alert_id=key_of(self.alert_id, "Alert", argument="alertId"),
            comment=self.comment,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="What a label must be, or must not be.")
class SilenceMatcherInput:
    label: SilenceLabel = strawberry.field(description="What is looked at.")
    values: list[str] = strawberry.field(
        description="The values, of which it must be one; 1 to 100, of 200 characters at most. Things by their ids."
    )
    is_negated: bool = strawberry.field(default=False, description="Whether it must be none of them instead.")

    def matcher(self, place: int) -> dict[str, Any]:
        """As it is stored. Raises `INVALID_PARAMETER`."""
        path = f"matchers.{place}.values"
        values = [value_of(self.label, text, f"{path}.{at}") for at, text in enumerate(self.values)]
        return {"label": self.label.value, "values": values, "isNegated": self.is_negated}


@strawberry.input(description="Silences alerts.")
class CreateSilenceInput:
    matchers: list[SilenceMatcherInput] = strawberry.field(description="What to silence: all must match; 1 to 10.")
    starts_at: datetime | None = strawberry.field(default=None, description="From when on; by default from now.")
    ends_at: datetime = strawberry.field(description="Until when; at most 366 days later.")
    reason: str = strawberry.field(description="Why; 1 to 1,000 characters.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Silencing:
        """What to silence."""
        return service.Silencing(
            matchers=tuple(matcher.matcher(place) for place, matcher in enumerate(self.matchers)),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            reason=self.reason,
        )


@strawberry.input(description="Ends a silence.")
class ExpireSilenceInput:
    silence_id: strawberry.ID = strawberry.field(description="The silence.")
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Expiry:
        """What to end."""
        return service.Expiry(
            silence_id=key_of(self.silence_id, "Silence", argument="silenceId"),
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `acknowledgeAlert`.")
class AcknowledgeAlertPayload(AlertPayload):
    pass


@strawberry.type(description="What came of `createSilence`.")
class CreateSilencePayload(SilencePayload):
    pass


@strawberry.type(description="What came of `expireSilence`.")
class ExpireSilencePayload(SilencePayload):
    pass


@strawberry.type
class SilenceMutation:
    @strawberry.mutation(
        description="Take on an alert that fires; it is not escalated any more. Whoever did so first stays the one. "
        "Needs `alerts:manage`."
    )
    async def acknowledge_alert(
        self, info: Info, input: Annotated[AcknowledgeAlertInput, strawberry.argument(description="The alert.")]
    ) -> AcknowledgeAlertPayload | None:
        return await perform(info, AcknowledgeAlertPayload, service.acknowledge_alert, input)

    @strawberry.mutation(
        description="Keep channels from being told of alerts, as far as you may see them; states, events and the "
        "history go on. When it ends, channels are told once what is still so. Needs `alerts:manage`."
    )
    async def create_silence(
        self, info: Info, input: Annotated[CreateSilenceInput, strawberry.argument(description="What to silence.")]
    ) -> CreateSilencePayload | None:
        return await perform(info, CreateSilencePayload, service.create_silence, input)

    @strawberry.mutation(
        description="End a silence now, or before it begins; one that is over stays as it is. Needs `alerts:manage`."
    )
    async def expire_silence(
        self, info: Info, input: Annotated[ExpireSilenceInput, strawberry.argument(description="What to end.")]
    ) -> ExpireSilencePayload | None:
        return await perform(info, ExpireSilencePayload, service.expire_silence, input)
