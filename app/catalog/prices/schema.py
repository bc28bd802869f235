"""Prices of a model: those of any time, as known at any time, their history, and setting one's own."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.catalog.prices import reads, service
from app.catalog.prices.rules import WantedPrice
from app.catalog.schema import Model, ModelPayload
from app.kit.connections import After, Before, Connection, First, Last, pages
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge_with_arguments, extends, way
from app.kit.errors import Missing, Rejected
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, perform
from app.kit.nodes import row_of
from app.kit.paging import PageRequest
from app.kit.scalars import JSON

AsOf = Annotated[datetime | None, strawberry.argument(description="When the prices hold; now by default.")]
KnownAt = Annotated[
    datetime | None,
    strawberry.argument(description="When one would have asked: later corrections are left out. Now by default."),
]


@strawberry.type(description="What a model costs per million units of one class in a period, as recorded at a time.")
class Price:
    token_class: str = strawberry.field(
        description="What is charged for: `INPUT`, `CACHED_INPUT`, `CACHE_WRITE`, `OUTPUT`, `REASONING_OUTPUT`, "
        "`AUDIO_INPUT`, `REQUEST`, … New classes may be added."
    )
    usd_per_million: Decimal = strawberry.field(
        description="US dollars per million: tokens, or the unit the class names."
    )
    effective_from: datetime | None = strawberry.field(
        description="Since when the price holds; null if it has since before the source knows."
    )
    effective_to: datetime | None = strawberry.field(
        description="Until when it holds, that instant excluded; null if no end is known."
    )
    recorded_at: datetime = strawberry.field(description="Since when this is known here.")
    superseded_at: datetime | None = strawberry.field(
        description="Until when it was believed; null if it still is. What ended or was cut is superseded by the rest."
    )
    source: str = strawberry.field(
        description="Where it comes from: `manual` if somebody set it, `genai-prices` if it was imported."
    )
    recorded_by: str | None = strawberry.field(description="The name of who recorded it; null if that was not kept.")
    reason: str | None = strawberry.field(description="Why it was set; null if nothing was said.")

    @strawberry.field(
        description="When the price applies, all conditions together: `inputTokensAbove` (the whole request is priced "
        "so if its input is larger), `utcHours` (from, to), `processing`, `serviceTier`, `speed`, `route`, "
        "`searchType`. Empty: always."
    )
    def conditions(self) -> JSON:
        return JSON(dict(row_of(self).conditions))


@extends(Model)
class ModelPrices:
    @edge_with_arguments(
        key="id",
        description="The prices in force at a time as known at a time, by class and condition; at most some hundreds. "
        "Empty if unknown, never 0.",
        directives=[ListSize(assumed_size=20)],
    )
    def prices(self, info: Info, as_of: AsOf = None, known_at: KnownAt = None) -> list[Price]:  # noqa: ARG002
        return way(reads.prices_by_model, as_of, known_at, many=True)

    @edge_with_arguments(
        key="id",
        description="Every price that was ever recorded, with those superseded or to come; recorded last first.",
    )
    def price_history(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Price]:
        return pages(info, reads.histories_by_model, reads.counts_by_model, PageRequest(first, after, last, before))


@strawberry.input(description="When a price applies: all that are given must hold. Those left out do not matter.")
class PriceConditionsInput:
    input_tokens_above: int | None = strawberry.field(
        default=None, description="The whole request is priced so if its input has more tokens than this; 0 or more."
    )
    utc_hours: list[str] | None = strawberry.field(
        default=None, description='Daily from and to in UTC, the end excluded: `["22:00", "06:00"]`.'
    )
    processing: str | None = strawberry.field(
        default=None, description="The way of processing, such as `batch`; 1 to 100 characters."
    )
    service_tier: str | None = strawberry.field(
        default=None, description="The tier of service, such as `flex` or `priority`; 1 to 100 characters."
    )
    speed: str | None = strawberry.field(default=None, description="The speed, such as `fast`; 1 to 100 characters.")
    route: str | None = strawberry.field(
        default=None, description="Where requests are answered, such as `mistral/eu`; 1 to 100 characters."
    )
    search_type: str | None = strawberry.field(
        default=None, description="The kind of search, such as `fast`; 1 to 100 characters."
    )


@strawberry.input(description="What one class is to cost under conditions.")
class ModelPriceInput:
    token_class: str = strawberry.field(
        description="What is charged for; see `Price.tokenClass`. At most 100 characters."
    )
    usd_per_million: strawberry.Maybe[Decimal | None] = strawberry.field(
        description="US dollars per million, 0 or more and less than 10^12, to 12 decimal places. Must be given; null "
        "withdraws what people set, so that the imported price holds again."
    )
    conditions: PriceConditionsInput | None = strawberry.field(
        default=None, description="When it applies; left out: always. Prices under other conditions are left alone."
    )

    def wanted(self) -> WantedPrice:
        """The price in the words of the domain."""
        given = self.usd_per_million
        return WantedPrice(
            token_class=self.token_class,
            usd_per_million=given.value if given else None,
            conditions=_conditions(self.conditions),
        )


def _conditions(given: PriceConditionsInput | None) -> dict[str, object]:
    named = {to_camel_case(f.name): getattr(given, f.name) for f in fields(PriceConditionsInput)} if given else {}
    return {name: value for name, value in sorted(named.items()) if value is not None}


@strawberry.input(description="Sets prices of a model, or withdraws them, from a time on.")
class SetModelPriceInput:
    model_id: strawberry.ID = strawberry.field(description="The model.")
    prices: list[ModelPriceInput] = strawberry.field(
        description="What it is to cost: 1 to 100 prices, each for another class or other conditions."
    )
    effective_from: datetime | None = strawberry.field(
        default=None,
        description="Since when, within the years 2000 to 2100; now by default. In the past it is a correction: what "
        "usage cost that was taken in already stays as it was.",
    )
    effective_to: datetime | None = strawberry.field(
        default=None, description="Until when, that instant excluded; by default until somebody says otherwise."
    )
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.SetPrice:
        """The prices wanted. Raises `MISSING_REQUIRED_FIELD` for amounts left out, as null has a meaning."""
        silent = [place for place, price in enumerate(self.prices) if price.usd_per_million is None]
        if silent:
            hint = "Give an amount, or null to withdraw one."
            raise Rejected(*(Missing(hint, "prices", place, "usdPerMillion") for place in silent))
        return service.SetPrice(
            model_id=key_of(self.model_id, "Model", argument="modelId"),
            prices=[price.wanted() for price in self.prices],
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `setModelPrice`.")
class SetModelPricePayload(ModelPayload):
    pass


@strawberry.type
class PriceMutation:
    @strawberry.mutation(
        description="Say what a model costs. While it is in force, such a price beats an imported one of the same "
        "class and conditions, whatever imports bring later; an older one of the same kind gives way to it. Usage is "
        "priced by what is known when it is taken in. Setting what is set already changes nothing. Needs "
        "`models:update`."
    )
    async def set_model_price(
        self, info: Info, input: Annotated[SetModelPriceInput, strawberry.argument(description="What to do.")]
    ) -> SetModelPricePayload | None:
        return await perform(info, SetModelPricePayload, service.set_price, input)
