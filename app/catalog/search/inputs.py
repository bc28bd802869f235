"""The filter and the sort of models as clients write them, and their reading into a tree of conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from math import isfinite
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.catalog.search.conditions import MAX_CONDITIONS, MAX_DEPTH, Condition, Group, Joint, Part
from app.catalog.vocabulary import ModelOrderField, ModelSource, ModelStatus, ModelType
from app.kit.access import Clearance
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.filters import (
    Comparison,
    DateFilter,
    DateTimeFilter,
    Filter,
    StringFilter,
    StringListFilter,
    comparisons,
)
from app.kit.operators import FilterOperator
from app.kit.ordering import OrderDirection
from app.kit.paging import Order

MAX_COST = Decimal(1_000_000)


def _condition(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(
    description="Which models; conditions that are left out do not restrict. All must hold. What nobody knows of a "
    "model fulfils no condition. At most 100 conditions in all, in groups nested at most 3 deep."
)
class ModelFilter:
    name: StringFilter | None = _condition("By the name people use.")
    slug: StringFilter | None = _condition("By the slug, `provider/model`.")
    provider: StringFilter | None = _condition("By the slug of the provider, such as `openai`.")
    model_type: Filter[ModelType] | None = _condition("By what it takes and gives.")
    category: StringFilter | None = _condition("By the organisation's own grouping.")
    tags: StringListFilter | None = _condition("By its labels.")
    capabilities: StringListFilter | None = _condition("By what it can do.")
    supported_tasks: StringListFilter | None = _condition("By the tasks it was chosen for.")
    input_formats: StringListFilter | None = _condition("By the formats it accepts.")
    output_formats: StringListFilter | None = _condition("By the formats it produces.")
    status: Filter[ModelStatus] | None = _condition("By where it is in its life.")
    security_level: Filter[Clearance] | None = _condition("By the clearance it takes to know of it.")
    compliance: StringListFilter | None = _condition("By the regimes it was approved for.")
    owner: StringFilter | None = _condition("By who answers for it.")
    source: Filter[ModelSource] | None = _condition("By how it came into the catalog.")
    retires_on: DateFilter | None = _condition("By the last day it may be used.")
    created_at: DateTimeFilter | None = _condition("By when it entered the catalog.")
    updated_at: DateTimeFilter | None = _condition("By when it last changed.")
    is_owned: bool | None = _condition("Whether somebody answers for it; false: unowned models.")
    is_archived: bool | None = _condition(
        "Whether it left the lists; without a condition on this anywhere, archived models are not found."
    )
    min_rating: float | None = _condition("Rated at least so well on average, 1 to 5.")
    max_cost_per1k_tokens: Decimal | None = _condition(
        "At most so many US dollars per 1,000 tokens at list price, 0 to 1,000,000."
    )
    max_latency_ms: float | None = _condition("At most so many milliseconds to a whole answer on average.")
    min_context_window: int | None = _condition("At least so many tokens of input and output together.")
    retires_before: date | None = _condition("Retires before this day.")
    and_: list[ModelFilter] | None = strawberry.field(
        default=strawberry.UNSET, name="and", description="All of these must hold as well; 1 to 100."
    )
    or_: list[ModelFilter] | None = strawberry.field(
        default=strawberry.UNSET, name="or", description="At least one of these must hold as well; 1 to 100."
    )
    not_: ModelFilter | None = strawberry.field(
        default=strawberry.UNSET, name="not", description="This must not hold as a whole."
    )

    def group(self) -> Group:
        """The filter as reads take it. Raises `INVALID_PARAMETER` with the path of what cannot be taken."""
        return _Parser().group(self, "filter")


_BOUNDS = {
    "is_owned": FilterOperator.EQ,
    "is_archived": FilterOperator.EQ,
    "min_rating": FilterOperator.GTE,
    "max_cost_per1k_tokens": FilterOperator.LTE,
    "max_latency_ms": FilterOperator.LTE,
    "min_context_window": FilterOperator.GTE,
    "retires_before": FilterOperator.LT,
}
_GROUPS = ("and_", "or_", "not_")
_CONDITIONS = tuple(field.name for field in fields(ModelFilter) if field.name not in _GROUPS)  # type: ignore[arg-type]


@dataclass(slots=True)
class _Parser:
    """Reads one filter; counts what it has read, so that a huge one is refused before it costs anything."""

    conditions: int = 0
    groups: int = 0

    def group(self, given: ModelFilter, path: str, depth: int = 0) -> Group:
        """All that a filter demands."""
        if depth > MAX_DEPTH:
            raise InvalidParameter(f"`filter` takes groups nested {MAX_DEPTH} deep at most.", argument=path)
        return Group(Joint.AND, (*self._conditions(given, path), *self._groups(given, path, depth + 1)))

    def _conditions(self, given: ModelFilter, path: str) -> Iterator[Part]:
        for name in _CONDITIONS:
            field = to_camel_case(name)
            for operator, values in _comparisons(name, getattr(given, name), f"{path}.{field}"):
                self.conditions = _counted(self.conditions, path)
                yield Condition(f"{path}.{field}".removeprefix("filter."), field, operator, values)

    def _groups(self, given: ModelFilter, path: str, depth: int) -> Iterator[Part]:
        for name, joint in (("and_", Joint.AND), ("or_", Joint.OR)):
            if (parts := getattr(given, name)) is not strawberry.UNSET:
                yield Group(joint, tuple(self._each(parts, f"{path}.{joint}", depth)))
        if given.not_ is not strawberry.UNSET:
            yield Group(Joint.NOT, tuple(self._each([given.not_], f"{path}.not", depth)))

    def _each(self, parts: list[ModelFilter | None] | None, path: str, depth: int) -> Iterator[Part]:
        if not parts or None in parts:
            raise InvalidParameter(f"`{path}` must hold at least one condition and no null.", argument=path)
        for number, part in enumerate(parts):
            self.groups = _counted(self.groups, path)
            yield self.group(part, path if path.endswith(".not") else f"{path}[{number}]", depth)  # type: ignore[arg-type]


def _counted(before: int, path: str) -> int:
    if before == MAX_CONDITIONS:
        raise InvalidParameter(f"`filter` takes {MAX_CONDITIONS} conditions in all at most.", argument=path)
    return before + 1


def _comparisons(name: str, given: Any, argument: str) -> tuple[Comparison, ...]:
    if name not in _BOUNDS:
        return comparisons(given, argument)
    if given is strawberry.UNSET:
        return ()
    if given is None:
        raise InvalidParameter(f"`{argument}` must not be null; leave it out.", argument=argument)
    if isinstance(given, float) and not isfinite(given):
        raise InvalidParameter(f"`{argument}` must be finite.", argument=argument)
    return ((_BOUNDS[name], (_cost(given, argument) if isinstance(given, Decimal) else given,)),)


def _cost(dollars: Decimal, argument: str) -> Decimal:
    """To as many places as prices have."""
    if not 0 <= dollars <= MAX_COST:
        raise InvalidParameter(f"`{argument}` must be 0 to 1,000,000 US dollars.", argument=argument)
    return dollars.quantize(Decimal("1e-12"), ROUND_FLOOR)


graphql_enum(
    ModelOrderField,
    "What models are sorted by. What nobody knows comes last in both directions.",
    NAME="The name, ignoring case.",
    CREATED_AT="When the model entered the catalog.",
    UPDATED_AT="When the model last changed.",
    POPULARITY="Requests in the last 30 days.",
    COST="US dollars per 1,000 tokens at list price.",
    LATENCY="Average time to a whole answer: observed, else the baseline.",
    CONTEXT_WINDOW="Tokens of input and output together.",
    RATING="The mean of its ratings.",
    RELEVANCE="How well it fits `query`: a whole name, then words of the name, the provider, labels, the description; "
    "among equals the more popular. Text that by itself fits more than 3,000 models is sorted by popularity instead. "
    "Without `query` the newest come first, whatever the direction.",
)


@strawberry.input(description="The sort of models; the id breaks ties.")
class ModelOrder:
    field: ModelOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)
