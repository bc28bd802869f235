"""Usage as lines of CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.kit.spreadsheets import shown, written
from app.metrics.tables import ATTRIBUTED
from app.metrics.usage.reads import Line
from app.metrics.usage.vocabulary import LABELS, UsageDimension

_BATCH = 1000
_HEADINGS = {"unpriced": "unpriced_requests", "cost": "cost_usd"}


def file(rows: Sequence[Line], dimensions: Sequence[UsageDimension], *, with_steps: bool) -> Iterator[bytes]:
    """A line of headings, then one for each group and, with steps, each step that has calls."""
    names = [*(["from"] if with_steps else []), *(dimension.value.lower() for dimension in dimensions)]
    yield written([[*names, *(_HEADINGS.get(name, name) for name in ATTRIBUTED)]])
    columns = [*(["at"] if with_steps else []), *map(_column, dimensions), *ATTRIBUTED]
    for start in range(0, len(rows), _BATCH):
        yield written([_cell(row, column) for column in columns] for row in rows[start : start + _BATCH])


def _column(dimension: UsageDimension) -> str:
    return "label" if dimension in LABELS else dimension.value.lower()


def _cell(row: Line, column: str) -> str:
    value: Any = row[column]
    if value is None or (column == "cost" and row["unpriced"] == row["requests"]):
        return ""
    if column == "at":
        return value.isoformat().replace("+00:00", "Z")
    return shown(f"{value:f}" if column == "cost" else str(value))
