"""What can be narrowed by: values of the models that match, each field counted under the conditions on all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np
from sqlalchemy import Integer, Text, case, func, literal, literal_column, null, select

from app.catalog.search.columns import Columns, Mask, mask_of, ordinals_of
from app.catalog.search.conditions import Part, arguments, selected, shape, split
from app.catalog.search.copies import HITS, Copies, Entry, changed_models, entries_of, packed, together
from app.catalog.search.statements import models, where
from app.catalog.service import scope
from app.catalog.tables import Model, Provider
from app.kit.access import Actor
from app.kit.db import Selection, Statement, compile_statement
from app.kit.listing import Shape
from app.kit.reading import Reader

MAX_VALUES = 100
_BETWEEN = "\x1f"
"""Between a value and its label, where they differ."""


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


async def facets(read: Reader, actor: Actor, texts: dict[str, Any], chosen: Part) -> list[Facet]:
    """All facets of what matches. `texts`: the arguments of free text, empty without."""
    parts = split(chosen, tuple(FacetField))
    base = _COPIES.of(read.database)
    cut = (bool(texts), shape(parts.common), tuple(shape(part) for part in parts.own))
    found = await read.fetch(
        _statement(cut, whole=not base.horizon),
        Entry,
        **scope(actor),
        **texts,
        **arguments(parts.whole()),
        horizon=str(base.horizon),
    )
    columns = _COPIES.refreshed(read.database, base, found)
    hits = next(ordinals_of(entry["rows"]) for entry in found if entry["field"] == HITS)
    masks = _masks(hits, parts.fields, columns)
    return [_facet(columns, field, masks.get(field, masks[""]), selected(chosen, field)) for field in FacetField]


def _masks(hits: Any, fields: Sequence[str], columns: Columns) -> dict[str, Mask]:
    """The hits of all facets ("") and of those facets whose own conditions are left out."""
    ordinals, missed = hits >> 4, hits & 15
    masks = {"": mask_of(ordinals[missed == 0], columns.size)}
    for number, field in enumerate(fields, start=1):
        masks[field] = mask_of(ordinals[np.isin(missed, (0, number))], columns.size)
    return masks


def _facet(columns: Columns, field: FacetField, hits: Mask, chosen: frozenset[str]) -> Facet:
    counts = columns.of(field).counted(hits)
    found = [_value(field, value, number, chosen) for value, number in counts.items()]
    found += [_value(field, value, 0, chosen) for value in chosen - {each.value for each in found}]
    found.sort(key=lambda each: (not each.is_selected, -each.count, each.value))
    return Facet(field, found[:MAX_VALUES], max(0, len(found) - MAX_VALUES))


def _value(field: FacetField, held: str, number: int, chosen: frozenset[str]) -> FacetValue:
    value, _, label = held.partition(_BETWEEN)
    if field in _WORDS:
        label = value.replace("_", " ").capitalize()
    elif field is FacetField.IS_OWNED:
        label = _OWNED[value]
    return FacetValue(value, label or value, number, value in chosen)


@lru_cache(maxsize=1024)
def _statement(cut: Shape, *, whole: bool) -> Statement:
    labelled = {field: column.label(field.name) for field, column in (_SCALARS | _LISTS).items()}
    changed = changed_models(*labelled.values(), whole=whole)
    scalars = [entries_of(field.value, changed.c[field.name], changed) for field in _SCALARS]
    lists = [_list_entries(field, changed) for field in _LISTS]
    return compile_statement(together(changed, *scalars, *lists, _hits(cut)))


def _list_entries(field: FacetField, changed: Any) -> Selection:
    held = func.unnest(changed.c[field.name], type_=Text).table_valued("value", name="held").render_derived()
    return entries_of(field.value, held.c.value, changed, held)


def _hits(cut: Shape) -> Selection:
    """Models that fail the conditions on one facet field at most: ordinal × 16 + the number of that field, or 0."""
    has_text, common, own = cut
    numbers = count()
    matching = models((has_text, common), numbers)
    failures = [case((where(part, numbers), 0), else_=1) for part in own]
    total = sum(failures, start=literal(0, Integer))
    number = sum((place * failed for place, failed in enumerate(failures, start=1)), start=literal(0, Integer))
    if failures:
        matching = matching.where(total <= 1)
    hits = matching.with_only_columns((Model.ordinal * 16 + number).label("hit")).subquery("hit")
    return select(literal_column(f"'{HITS}'", Text), null(), packed(hits.c.hit))
