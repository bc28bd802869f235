"""What may travel in the input of any mutation: text the database can hold, in sizes a person would send."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import islice
from math import isfinite
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.kit.errors import HubError, Invalid, Rejected
from app.secret import Secret

MAX_TEXT, MAX_ITEMS, MAX_DEPTH, MAX_WHOLE = 10_000, 100, 10, 2**53 - 1
_UNHOLDABLE = re.compile("[\0\ud800-\udfff]")

Path = tuple[str, ...]


def given(source: Any, *names: str) -> dict[str, Any]:
    """The named fields of an input that are not absent; `None` means that the caller wants it cleared."""
    found = {name: getattr(source, name) for name in names}
    return {name: value.value for name, value in found.items() if isinstance(value, strawberry.Some)}


def content_of(value: Any) -> Any:
    """An input as plain JSON values, absent fields and secrets left out: what `clientMutationId` stands for."""
    if isinstance(value, strawberry.Some):
        return content_of(value.value)
    if is_dataclass(value):
        return {name: content_of(item) for name, item in _items(value)}
    if isinstance(value, Mapping):
        return {str(name): content_of(item) for name, item in value.items()}
    if isinstance(value, list):
        return [content_of(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def check(value: Any, most: int = MAX_ITEMS) -> None:
    """Raise `INVALID_PARAMETER` for everything in an input that could not be stored, each with its path.

    Text to 10,000 characters, lists to `most` and JSON objects to 100 items, JSON 10 deep with finite numbers, whole
    ones to 2^53 − 1."""
    faults = list(islice(_faults(value, (), most), 20))
    if faults:
        raise Rejected(*faults)


def _items(source: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(source):
        value = getattr(source, field.name)
        if value is not strawberry.UNSET and value is not None:
            yield to_camel_case(field.name).rstrip("_"), value


def _faults(value: Any, path: Path, most: int) -> Iterator[HubError]:
    if len(path) > MAX_DEPTH:
        yield Invalid(f"This is nested more than {MAX_DEPTH} deep.", *path[:MAX_DEPTH])
    elif isinstance(value, strawberry.Some):
        yield from _faults(value.value, path, most)
    elif isinstance(value, Secret):
        yield from _faults_of_one(value.reveal(), path)
    elif is_dataclass(value):
        yield from _faults_of_items(_items(value), path, most)
    elif isinstance(value, Mapping | list):
        yield from _faults_of_many(value, path, most)
    else:
        yield from _faults_of_one(value, path)


def _faults_of_many(value: Any, path: Path, most: int) -> Iterator[HubError]:
    limit = most if isinstance(value, list) else MAX_ITEMS
    if len(value) > limit:
        yield Invalid(f"This may have {limit:,} items at most.", *path)
        return
    if isinstance(value, Mapping):
        yield from (fault for name in value for fault in _faults_of_one(name, path))
    yield from _faults_of_items(value.items() if isinstance(value, Mapping) else enumerate(value), path, most)


def _faults_of_items(items: Any, path: Path, most: int) -> Iterator[HubError]:
    for name, item in items:
        yield from _faults(item, (*path, str(name)), most)


def _faults_of_one(value: Any, path: Path) -> Iterator[HubError]:
    if isinstance(value, str) and not isinstance(value, Enum):
        if len(value) > MAX_TEXT:
            yield Invalid(f"Text may have {MAX_TEXT} characters at most.", *path)
        if _UNHOLDABLE.search(value):
            yield Invalid("Text must be valid Unicode and must not hold the character U+0000.", *path)
    elif isinstance(value, int) and abs(value) > MAX_WHOLE:
        yield Invalid("Whole numbers may be 2^53 − 1 at most.", *path)
    elif isinstance(value, float) and not isfinite(value):
        yield Invalid("Numbers must be finite.", *path)
    elif isinstance(value, Decimal) and abs(value.adjusted()) > MAX_ITEMS:
        yield Invalid("This number is out of all proportion.", *path)
    elif isinstance(value, date) and not 1900 <= value.year <= 2200:
        yield Invalid("Dates must lie within the years 1900 to 2200.", *path)
