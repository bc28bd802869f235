"""Channels, what was delivered to them, and their mutations."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from app.alerts import reads as alert_reads
from app.alerts.channels import reads, service, words  # noqa: F401 - `words` publishes the enums
from app.alerts.channels.faces import AlertChannel, for_managers
from app.alerts.channels.inputs import CreateChannelInput, DeleteChannelInput, TestChannelInput, UpdateChannelInput
from app.alerts.channels.sealing import SigningSecret, keyring_of
from app.alerts.channels.vocabulary import AlertChannelOrderField, DeliveryOutcome, MessageKind
from app.alerts.filters import chosen_of
from app.alerts.vocabulary import ChannelKind
from app.kit.connections import After, Before, Connection, First, Last, connection, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends
from app.kit.filters import Filter, wanted
from app.kit.mutations import Payload, changed, perform
from app.kit.nodes import Rows, row_of
from app.kit.ordering import OrderDirection
from app.kit.paging import Order, PageRequest


@strawberry.type(
    description="One attempt to deliver a message to a channel. It tells nothing of what the message said."
)
class AlertDelivery(Rows):
    row = reads.AttemptRow

    kind: MessageKind = strawberry.field(description="What the message is for.")
    outcome: DeliveryOutcome = strawberry.field(description="What came of it.")
    http_status: int | None = strawberry.field(description="The HTTP status; null if there was none.")
    took_ms: int = strawberry.field(description="How long it took, in milliseconds.")

    @strawberry.field(
        description="What the receiver said, or what went wrong, in words; null, with an error, without "
        "`alerts:manage`."
    )
    def reply(self, info: Info) -> str | None:
        return for_managers(info, row_of(self)["reply"])

    @strawberry.field(description="When it was made.")
    def attempted_at(self) -> datetime:
        return row_of(self)["at"]

    @strawberry.field(description="Which attempt it was, from 1 on; one that a worker did not survive is missing.")
    def attempt(self) -> int:
        return row_of(self)["number"]

    @strawberry.field(description="When it is tried again; null if it is not.")
    def next_attempt_at(self) -> datetime | None:
        return row_of(self)["next_at"]

    @strawberry.field(
        description="The message: `Idempotency-Key` of webhooks, `Message-ID` of mail; the same at every attempt."
    )
    def idempotency_key(self) -> str:
        return str(row_of(self)["message_id"])

    @strawberry.field(description="Of how many notifications it told; none for a test.")
    def notifications(self) -> int:
        return row_of(self)["told"]


@extends(AlertChannel)
class AlertChannelDeliveries:
    @edge_with_arguments(
        key="id", description="Attempts to deliver something to it, newest first, as long as events are kept."
    )
    def deliveries(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[AlertDelivery]:
        request = PageRequest(first, after, last, before)
        return pages(info, reads.deliveries_by_channel, reads.delivery_counts_by_channel, request)


@strawberry.input(description="Which channels; conditions that are left out do not restrict.")
class AlertChannelFilter:
    kind: Filter[ChannelKind] | None = strawberry.field(default=strawberry.UNSET, description="By what they are.")


@strawberry.input(description="The sort of channels; the id breaks ties.")
class AlertChannelOrder:
    field: AlertChannelOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


BY_NAME = AlertChannelOrder(field=AlertChannelOrderField.NAME, direction=OrderDirection.ASC)


@strawberry.type
class ChannelQuery:
    @strawberry.field(
        description="The channels you may see, as far as they match, without those that were deleted. Needs "
        "`analytics:read`."
    )
    async def alert_channels(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[AlertChannelFilter | None, strawberry.argument(description="Which channels.")] = None,
        order_by: Annotated[AlertChannelOrder, strawberry.argument(description="The sort.")] = BY_NAME,
    ) -> Connection[AlertChannel]:
        chosen = chosen_of(kinds=wanted(filter.kind, "filter.kind") if filter else None)
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_channels, chosen, order_by.order(), request))


@strawberry.type(description="What came of a mutation of a channel.")
class AlertChannelPayload(Payload):
    alert_channel: AlertChannel | None = edge(
        alert_reads.channels_by_id, key=changed, description="The channel as it is now; null if nothing was written."
    )


@strawberry.type(description="A channel that may have a new secret.")
class SigningPayload(AlertChannelPayload):
    minted: strawberry.Private[SigningSecret | None] = None

    @strawberry.field(
        description="What messages to a webhook are signed with. A secret, shown once: null if it is not new, and for "
        "a repetition by `clientMutationId`."
    )
    def secret(self) -> str | None:
        is_new = self.key and self.minted and self.minted.is_used
        return self.minted.secret.reveal() if self.minted and is_new else None


@strawberry.type(description="What came of `createChannel`.")
class CreateChannelPayload(SigningPayload):
    pass


@strawberry.type(description="What came of `updateChannel`.")
class UpdateChannelPayload(SigningPayload):
    pass


@strawberry.type(description="What came of `deleteChannel`.")
class DeleteChannelPayload(AlertChannelPayload):
    pass


@strawberry.type(description="What came of `testChannel`.")
class TestChannelPayload(AlertChannelPayload):
    pass


@strawberry.type
class ChannelMutation:
    @strawberry.mutation(
        description="Make a channel: it is told only what you may see now. For it to be told anything, name it in "
        "rules. Needs `alerts:manage`."
    )
    async def create_channel(
        self, info: Info, input: Annotated[CreateChannelInput, strawberry.argument(description="The channel.")]
    ) -> CreateChannelPayload | None:
        minted = SigningSecret.drawn(keyring_of(info.context.writer.database))
        payload = partial(CreateChannelPayload, minted=minted)
        return await perform(info, payload, partial(service.create_channel, minted=minted), input)

    @strawberry.mutation(
        description="Change a channel, or renew its secret. What changes nothing succeeds and leaves the revision. "
        "Needs `alerts:manage`."
    )
    async def update_channel(
        self, info: Info, input: Annotated[UpdateChannelInput, strawberry.argument(description="What to change.")]
    ) -> UpdateChannelPayload | None:
        minted = SigningSecret.drawn(keyring_of(info.context.writer.database))
        payload = partial(UpdateChannelPayload, minted=minted)
        return await perform(info, payload, partial(service.update_channel, minted=minted), input)

    @strawberry.mutation(
        description="Delete a channel: it is told nothing any more, not even what waits; it stays reachable by its id. "
        "What was deleted already stays as it is. Needs `alerts:manage`."
    )
    async def delete_channel(
        self, info: Info, input: Annotated[DeleteChannelInput, strawberry.argument(description="What to delete.")]
    ) -> DeleteChannelPayload | None:
        return await perform(info, DeleteChannelPayload, service.delete_channel, input)

    @strawberry.mutation(
        description="Send a test message to a channel, enabled or not. A worker does it within some seconds: what came "
        "of it is the first of its `deliveries`. `CONFLICT` while another test is under way. Needs `alerts:manage`."
    )
    async def test_channel(
        self, info: Info, input: Annotated[TestChannelInput, strawberry.argument(description="What to try.")]
    ) -> TestChannelPayload | None:
        return await perform(info, TestChannelPayload, service.test_channel, input)
