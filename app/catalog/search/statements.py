"""The SQL of search: a filter's shape becomes conditions, free text a match and a relevance. No values are in it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
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
from app.kit.grouping import texts_parameter
from app.kit.listing import Shape
from app.kit.operators import FilterOperator

ARCHIVED = "isArchived"
EVERYTHING: Shape = (Joint.AND,)

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


def _compared(field: str, operator: FilterOperator, name: str) -> ColumnElement[bool]:
    column = _FIELDS[field]
    match operator:
        case FilterOperator.IN:
            return column == any_(texts_parameter(name))
        case FilterOperator.CONTAINS | FilterOperator.STARTS_WITH:
            return column.ilike(bindparam(name, type_=Text))
        case FilterOperator.CONTAINS_ALL:
            return column.contains(texts_parameter(name))
        case FilterOperator.CONTAINS_ANY:
            return column.overlap(texts_parameter(name))
        case _:
            return _bound(column, field, operator, name)


def _bound(column: Any, field: str, operator: FilterOperator, name: str) -> ColumnElement[bool]:
    value = bindparam(name, type_=column.type if field not in _TYPES else _TYPES[field]())
    match operator:
        case FilterOperator.GTE:
            return column >= value
        case FilterOperator.LTE:
            return column <= value
        case FilterOperator.LT:
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


class Matching(Enum):
    """Whether there is text, and how much it fits by itself: a few models are collected, among many one looks.

    `MOST` is text that excludes only, to which no index leads."""

    ALL = auto()
    FEW = auto()
    MANY = auto()
    MOST = auto()


def models(shape: Shape) -> Selection:
    """Visible models that match; the shape is `(matching, the shape of the filter)`.

    Its arguments are `levels`, `query` unless all match, and `c0`, `c1`, …."""
    matching, wanted = shape
    chosen = _wanted(wanted)
    of_model = ModelSearch.model_id == Model.id
    if matching is Matching.FEW:
        return chosen.join(ModelSearch, of_model).where(_MATCHES)
    if matching is not Matching.ALL:
        kept_apart = select(ModelSearch.model_id).where(of_model, _MATCHES).offset(literal_column("0"))
        return chosen.where(kept_apart.correlate(Model).exists())  # the offset keeps it from becoming a join
    return chosen


def ordinals(shape: Shape) -> Selection:
    """The ordinals of all that `models` gives, whatever their order."""
    matching, wanted = shape
    if matching is Matching.ALL or (matching is Matching.FEW and wanted != EVERYTHING):
        return models(shape).with_only_columns(Model.ordinal)
    matches = _MATCHES.is_(true()) if matching is Matching.MOST else _MATCHES
    if wanted == EVERYTHING:
        return _fitting(matches)
    is_fitting = Model.ordinal.in_(select(ModelSearch.ordinal).where(matches)).is_(true())  # a hash, not a join
    return _wanted(wanted).with_only_columns(Model.ordinal).where(is_fitting)


def _wanted(wanted: Shape) -> Selection:
    chosen = select(Model.__table__).where(VISIBLE, where(wanted, count()))
    return chosen if _speaks_of(wanted, ARCHIVED) else chosen.where(Model.archived_at.is_(None))


def _fitting(matches: ColumnElement[bool]) -> Selection:
    """The ordinals of visible models in the lists that fit the text; needs no look at the models."""
    is_visible = ModelSearch.security_level == any_(texts_parameter("levels"))
    return select(ModelSearch.ordinal).where(matches, is_visible, ModelSearch.is_archived.is_(false()))


def _speaks_of(shape: Shape, field: str) -> bool:
    head, *parts = shape
    return any(_speaks_of(part, field) for part in parts) if isinstance(head, Joint) else head == field


@lru_cache(maxsize=1024)
def probe(shape: Shape) -> Statement:
    """How many match, counted up to `limit`."""
    return _counted(models(shape).with_only_columns(Model.id))


@lru_cache(maxsize=1)
def fitting() -> Statement:
    """How many visible models in the lists fit the text, whatever the filter, counted up to `limit`."""
    return _counted(_fitting(_MATCHES))


def _counted(chosen: Selection) -> Statement:
    found = chosen.limit(bindparam("limit", type_=Integer)).subquery()
    return compile_statement(select(func.count().label("n")).select_from(found))
