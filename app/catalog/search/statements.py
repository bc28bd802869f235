"""The SQL of search: a filter's shape becomes conditions, free text a match and a relevance. No values are in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Double,
    Integer,
    Numeric,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from app.catalog.search.conditions import Joint
from app.catalog.search.tables import ModelSearch
from app.catalog.service import VISIBLE
from app.catalog.tables import Model, Provider
from app.kit.db import Selection, Statement, compile_statement
from app.kit.filters import Operator
from app.kit.grouping import texts_parameter
from app.kit.listing import Shape

ARCHIVED = "isArchived"

_FIELDS: dict[str, Any] = {
    "name": Model.name,
    "slug": Model.slug,
    "provider": Provider.slug,
    "modelType": Model.model_type,
    "category": Model.category,
    "tags": Model.tags,
    "capabilities": Model.capabilities,
    "supportedTasks": Model.supported_tasks,
    "inputFormats": Model.input_formats,
    "outputFormats": Model.output_formats,
    "status": Model.status,
    "securityLevel": Model.security_level,
    "compliance": Model.compliance,
    "owner": Model.owner,
    "isOwned": Model.owner.is_not(None),
    "source": Model.source,
    ARCHIVED: Model.archived_at.is_not(None),
    "minRating": Model.rating_average,
    "maxCostPer1kTokens": Model.baseline_cost_per_1k_tokens,
    "maxLatencyMs": Model.latency_ms,
    "minContextWindow": Model.context_window,
    "retiresBefore": Model.retires_on,
    "retiresOn": Model.retires_on,
    "createdAt": Model.created_at,
    "updatedAt": Model.updated_at,
}
"""What each field of the filter compares."""

_TYPES: dict[str, Any] = {
    **dict.fromkeys(("isOwned", ARCHIVED), Boolean),
    "minRating": Numeric,
    "maxCostPer1kTokens": Numeric,
    "maxLatencyMs": Double,
    "minContextWindow": Integer,
    **dict.fromkeys(("retiresBefore", "retiresOn"), Date),
    **dict.fromkeys(("createdAt", "updatedAt"), lambda: DateTime(timezone=True)),
}


def where(shape: Shape, numbers: Iterator[int]) -> ColumnElement[bool]:
    """The condition of a shape (`conditions.shape`); its arguments are numbered in the order they are met."""
    head, *parts = shape
    if not isinstance(head, Joint):
        return _provider(shape, numbers) if head == "provider" else _compared(head, parts[0], f"c{next(numbers)}")
    joined = [where(part, numbers) for part in parts]
    if head is Joint.NOT:
        return not_(func.coalesce(joined[0], false()))  # what is unknown does not hold, hence its opposite does
    return or_(false(), *joined) if head is Joint.OR else and_(true(), *joined)


def _provider(shape: Shape, numbers: Iterator[int]) -> ColumnElement[bool]:
    field, operator = shape
    found = select(Provider.id).where(_compared(field, operator, f"c{next(numbers)}"))
    return Model.provider_id.in_(found)


def _compared(field: str, operator: Operator, name: str) -> ColumnElement[bool]:
    column = _FIELDS[field]
    match operator:
        case Operator.IN:
            return column == any_(texts_parameter(name))
        case Operator.CONTAINS | Operator.STARTS_WITH:
            return column.ilike(bindparam(name, type_=Text))
        case Operator.CONTAINS_ALL:
            return column.contains(texts_parameter(name))
        case Operator.CONTAINS_ANY:
            return column.overlap(texts_parameter(name))
        case _:
            return _bound(column, field, operator, name)


def _bound(column: Any, field: str, operator: Operator, name: str) -> ColumnElement[bool]:
    value = bindparam(name, type_=column.type if field not in _TYPES else _TYPES[field]())
    match operator:
        case Operator.GTE:
            return column >= value
        case Operator.LTE:
            return column <= value
        case Operator.LT:
            return column < value
        case _:
            return column == value


def _parsed(name: str) -> Any:
    """The parameter as a tsquery: a subquery, so that it is parsed once and not for each row."""
    return select(func.to_tsquery("simple", bindparam(name, type_=Text))).scalar_subquery()


_MATCHES = ModelSearch.document.op("@@", is_comparison=True)(_parsed("query"))
_RANK = func.ts_rank(
    literal_column("'{0.05, 0.2, 0.4, 1}'::real[]"), ModelSearch.document, _parsed("ranking"), type_=Double
)
_IS_NAME = bindparam("name", type_=Text) == any_(ModelSearch.names)
_POPULARITY = func.least(15, func.floor(func.ln(func.coalesce(Model.popularity, 0) + 1)))

RELEVANCE = cast(func.round(100 * (_RANK + 2 * cast(_IS_NAME, Integer))), BigInteger) * 16 + cast(
    _POPULARITY, BigInteger
)
"""The rank of the text in steps of a hundredth, whole names far above all; among equals the more popular.

The rank weighs what was found: name and slug 1, provider 0.4, type, category, capabilities, tasks and tags 0.2, the
description 0.05. Popularity counts by its order of magnitude, so that pages stay in step while it changes."""


def models(shape: Shape, numbers: Iterator[int] | None = None) -> Selection:
    """Visible models that match; the shape is `(has_text, the shape of the filter)`.

    Its arguments are `levels`, `query` if there is text, and `c0`, `c1`, …, or as `numbers` gives them."""
    has_text, wanted = shape
    chosen = select(Model.__table__).where(VISIBLE, where(wanted, numbers or count()))
    if not _speaks_of(wanted, ARCHIVED):
        chosen = chosen.where(Model.archived_at.is_(None))
    if has_text:
        chosen = chosen.join(ModelSearch, ModelSearch.model_id == Model.id).where(_MATCHES)
    return chosen


def _speaks_of(shape: Shape, field: str) -> bool:
    head, *parts = shape
    return any(_speaks_of(part, field) for part in parts) if isinstance(head, Joint) else head == field


@lru_cache(maxsize=1024)
def probe(shape: Shape) -> Statement:
    """How many match, counted up to `limit`."""
    found = models(shape).with_only_columns(Model.id).limit(bindparam("limit", type_=Integer)).subquery()
    return compile_statement(select(func.count().label("n")).select_from(found))
