"""What can be narrowed by: values of the models that match, each field counted under the conditions on all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

import numpy as np
from sqlalchemy import Text, case, func, literal_column, null, select

from app.catalog.search.columns import Columns, Mask, mask_of, ordinals_of
from app.catalog.search.conditions import Condition, Group, Joint, arguments, demands, selected, shape, written
from app.catalog.search.copies import HITS, Copies, Entry, changed_models, entries_of, packed, together
from app.catalog.search.statements import Matching, ordinals
from app.catalog.service import scope
from app.catalog.tables import Model, Provider
from app.kit.access import Actor
from app.kit.db import Selection, Statement, compile_statement
from app.kit.listing import Shape
from app.kit.operators import FilterOperator
from app.kit.reading import Reader

MAX_VALUES = 100
_BETWEEN = "\x1f"
"""Between the slug of a provider and its name."""


class FacetField(StrEnum):
    """What models can be narrowed by; the values are the fields of the filter."""

    PROVIDER = "provider"
    MODEL_TYPE = "modelType"
    STATUS = "status"
    CAPABILITIES = "capabilities"
    SUPPORTED_TASKS = "supportedTasks"
    CATEGORY = "category"
    TAGS = "tags"
    INPUT_FORMATS = "inputFormats"
    OUTPUT_FORMATS = "outputFormats"
    COMPLIANCE = "compliance"
    OWNER = "owner"
    IS_OWNED = "isOwned"
    SECURITY_LEVEL = "securityLevel"
    SOURCE = "source"


_SCALARS: dict[FacetField, Any] = {
    FacetField.PROVIDER: Provider.slug + _BETWEEN + Provider.name,
    FacetField.MODEL_TYPE: Model.model_type,
    FacetField.STATUS: Model.status,
    FacetField.CATEGORY: Model.category,
    FacetField.OWNER: Model.owner,
    FacetField.IS_OWNED: case((Model.owner.is_(None), "false"), else_="true"),
    FacetField.SECURITY_LEVEL: Model.security_level,
    FacetField.SOURCE: Model.source,
}
_LISTS: dict[FacetField, Any] = {
    FacetField.CAPABILITIES: Model.capabilities,
    FacetField.SUPPORTED_TASKS: Model.supported_tasks,
    FacetField.TAGS: Model.tags,
    FacetField.INPUT_FORMATS: Model.input_formats,
    FacetField.OUTPUT_FORMATS: Model.output_formats,
    FacetField.COMPLIANCE: Model.compliance,
}
_WORDS = {FacetField.MODEL_TYPE, FacetField.STATUS, FacetField.SECURITY_LEVEL, FacetField.SOURCE}
_OWNED = {"true": "Owned", "false": "Unowned"}
_COPIES = Copies()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value, and how many models there would be with it."""

    value: str
    label: str
    count: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values of a field, those selected first; `other_count` is how many values there are besides."""

    field: FacetField
    values: Sequence[FacetValue]
    other_count: int


@dataclass(frozen=True, slots=True)
class Hits:
    """All that matches, as columns know it: conditions on facet fields are tried there, since each facet leaves out
    its own; `masks` has the hits under all conditions (None), and for facets with conditions those under the others."""

    columns: Columns
    masks: Mapping[FacetField | None, Mask]
    chosen: Group

    def count(self) -> int:
        """How many match."""
        return int(np.count_nonzero(self.masks[None]))

    def facets(self) -> list[Facet]:
        """All facets."""
        return [self._facet(field, selected(self.chosen, field)) for field in FacetField]

    def _facet(self, field: FacetField, chosen: frozenset[str]) -> Facet:
        counts = self.columns.of(field).counted(self.masks.get(field, self.masks[None]))
        found = [_value(field, value, number, chosen) for value, number in counts.items()]
        found += [_value(field, value, 0, chosen) for value in chosen - {each.value for each in found}]
        found.sort(key=lambda each: (not each.is_selected, -each.count, each.value))
        return Facet(field, found[:MAX_VALUES], max(0, len(found) - MAX_VALUES))


async def hits(read: Reader, actor: Actor, matching: Matching, texts: Mapping[str, Any], chosen: Group) -> Hits:
    """All visible models that match. `texts`: the arguments of free text, empty without."""
    own, others = _divided(chosen)
    base = _COPIES.of(read.database)
    statement = _statement((matching, shape(others)), whole=not base.horizon)
    values = {**scope(actor), **texts, **arguments(others)}
    found = await read.fetch(statement, Entry, **values, horizon=str(base.horizon))
    columns = _COPIES.refreshed(read.database, base, found)
    ordinals = next(ordinals_of(entry["rows"]) for entry in found if entry["field"] == HITS)
    return Hits(columns, _masks(mask_of(ordinals, columns.size), columns, own), chosen)


def _divided(chosen: Group) -> tuple[dict[FacetField, list[Condition]], Group]:
    """The conditions that each facet leaves out, and all else that is demanded."""
    demanded = list(demands(chosen))
    own = {field: [d for d in demanded if isinstance(d, Condition) and d.field == field] for field in FacetField}
    others = tuple(d for d in demanded if not (isinstance(d, Condition) and d.field in own))
    return {field: mine for field, mine in own.items() if mine}, Group(Joint.AND, others)


def _masks(hits: Mask, columns: Columns, own: dict[FacetField, list[Condition]]) -> dict[FacetField | None, Mask]:
    """The hits under all conditions (None), and for each of these facets under all but its own."""
    failed = {field: ~_fulfilling(columns, mine) for field, mine in own.items()}
    failures = sum(failed.values(), start=np.zeros(columns.size, np.int8))
    return {None: hits & (failures == 0)} | {field: hits & (failures == mine) for field, mine in failed.items()}


def _fulfilling(columns: Columns, own: Sequence[Condition]) -> Mask:
    tests = [(columns.of(each.field), admits) for each in own for admits in _tests(each)]
    return np.logical_and.reduce([column.holding(admits, columns.size) for column, admits in tests])


def _tests(condition: Condition) -> list[Callable[[str], bool]]:
    """Predicates of which each must admit some value that a model holds."""
    values = [written(value) for value in condition.values]
    of = partial(_value_of, condition.field)
    wanted = [{value} for value in values] if condition.operator is FilterOperator.CONTAINS_ALL else [set(values)]
    match condition.operator:
        case FilterOperator.CONTAINS:
            return [lambda held: values[0].lower() in of(held).lower()]
        case FilterOperator.STARTS_WITH:
            return [lambda held: of(held).lower().startswith(values[0].lower())]
        case _:
            return [lambda held, some=some: of(held) in some for some in wanted]


def _value_of(field: str, held: str) -> str:
    return held.partition(_BETWEEN)[0] if field == FacetField.PROVIDER else held


def _value(field: FacetField, held: str, number: int, chosen: frozenset[str]) -> FacetValue:
    value = _value_of(field, held)
    return FacetValue(value, _label(field, value, held), number, value in chosen)


def _label(field: FacetField, value: str, held: str) -> str:
    if field is FacetField.PROVIDER:
        return held.partition(_BETWEEN)[2] or value
    if field in _WORDS:
        return value.replace("_", " ").capitalize()
    return _OWNED[value] if field is FacetField.IS_OWNED else value


@lru_cache(maxsize=1024)
def _statement(wanted: Shape, *, whole: bool) -> Statement:
    labelled = {field: column.label(field.name) for field, column in (_SCALARS | _LISTS).items()}
    changed = changed_models(*labelled.values(), whole=whole)
    scalars = [entries_of(field.value, changed.c[field.name], changed) for field in _SCALARS]
    lists = [_list_entries(field, changed) for field in _LISTS]
    return compile_statement(together(changed, *scalars, *lists, _hits(wanted)))


def _list_entries(field: FacetField, changed: Any) -> Selection:
    held = func.unnest(changed.c[field.name], type_=Text).table_valued("value", name="held").render_derived()
    return entries_of(field.value, held.c.value, changed, held)


def _hits(wanted: Shape) -> Selection:
    found = ordinals(wanted).subquery("hit")
    return select(literal_column(f"'{HITS}'", Text), null(), packed(found.c.ordinal))
