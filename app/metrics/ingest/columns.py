"""What a usage file may hold, and how a line of it becomes an inference."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from csv import Error as CsvError
from csv import reader as csv_reader
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha1
from typing import Any
from uuid import UUID, uuid5

from app.deployments.vocabulary import Environment
from app.metrics.ingest.rules import Inference, Rejected

MAX_TEXT = 200
NAMESPACE = uuid5(UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "modelhub.usage.csv")

_NOT_UTF8 = "\ufffd"  # what a reader puts in the place of bytes that are none

REQUIRED = ("occurred_at", "provider", "model")
_REQUIRED = frozenset(REQUIRED)


def fields_of(text: str) -> list[str]:
    """The fields of a line; within quotes there may be commas, but no ends of lines. Raises `Rejected`."""
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv_reader([text]))
    except CsvError as error:
        raise Rejected(f"cannot be taken apart: {error}") from None


def event_id(text: str, occurrence: int) -> UUID:
    """UUIDv5 of a line's text and its occurrence number: the same file gives the same ids."""
    return UUID(
        bytes=sha1(NAMESPACE.bytes + f"{text}#{occurrence}".encode(), usedforsecurity=False).digest()[:16],
        version=5,
    )


class Parser:
    """Turns lines into inferences by the columns of the header."""

    def __init__(self, columns: list[str], shift: timedelta, occurrences: Callable[[str], int]) -> None:
        self._readers = [COLUMNS[column] for column in columns]
        self._columns, self._shift, self._occurrences = columns, shift, occurrences

    def inference(self, text: str) -> Inference:
        """The inference in a line. Raises `Rejected` with the column and the reason."""
        if _NOT_UTF8 in text:
            raise Rejected("is not UTF-8")
        fields = fields_of(text)
        if len(fields) != len(self._readers):
            raise Rejected(f"has {len(fields)} columns, the header {len(self._readers)}")
        values: dict[str, Any] = {"event_id": event_id(text, self._occurrences(text))}
        index = 0
        try:
            for index, raw in enumerate(fields):
                if raw:
                    name, parse = self._readers[index]
                    values[name] = parse(raw)
        except (ValueError, OverflowError, InvalidOperation) as error:
            raise Rejected(f"{self._columns[index]}: {error}") from None
        return _complete(values, self._shift)


def _complete(values: dict[str, Any], shift: timedelta) -> Inference:
    if not values.keys() >= _REQUIRED:
        raise Rejected(f"{', '.join(sorted(_REQUIRED - values.keys()))} is empty")
    if shift:
        values["occurred_at"] = _shifted(values["occurred_at"], shift)
    if values.pop("status", "OK") == "ERROR" or "error_code" in values:
        values["failed"] = True
        values.setdefault("error_code", "unknown")
    return Inference(**values)


def _shifted(at: datetime, shift: timedelta) -> datetime:
    try:
        return at + shift
    except OverflowError:
        raise Rejected(f"occurred_at: cannot be moved by {shift.days:,} days") from None


def time_of(raw: str) -> datetime:
    """A time with an offset, in UTC. Raises ValueError."""
    try:
        at = datetime.fromisoformat(raw)
        if at.tzinfo is not None:
            return at if at.tzinfo is UTC else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{raw[:40]!r} is not a time (RFC 3339)") from None
    raise ValueError(f"{raw[:40]!r} has no UTC offset")


def _text(raw: str) -> str:
    if len(raw) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} characters")
    if not raw.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return raw


def _whole(raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ValueError(f"{raw[:40]!r} is not a whole number") from None


def _milliseconds(raw: str) -> int:
    try:
        value = float(raw)
    except ValueError:
        raise ValueError(f"{raw[:40]!r} is not a number of milliseconds") from None
    if not math.isfinite(value):
        raise ValueError(f"{raw[:40]!r} is not a finite number")
    return round(value * 1000)


def _decimal(raw: str) -> Decimal:
    try:
        value = Decimal(raw)
    except InvalidOperation:
        raise ValueError(f"{raw[:40]!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{raw[:40]!r} is not a finite number")
    return value


def _one_of(words: Mapping[str, Any]) -> Callable[[str], Any]:
    def parse(raw: str) -> Any:
        try:
            return words[raw.upper()]
        except KeyError:
            raise ValueError(f"{raw[:40]!r} is none of {', '.join(words)}") from None

    return parse


COLUMNS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "occurred_at": ("occurred_at", time_of),
    "provider": ("provider", _text),
    "model": ("model", _text),
    "service": ("service", _text),
    "client": ("user", _text),
    "user": ("user", _text),
    "team": ("team", _text),
    "environment": ("environment", _one_of({value.value: value.value for value in Environment})),
    "operation": ("operation", _text),
    "use_case": ("use_case", _text),
    "tokens_in": ("tokens_in", _whole),
    "tokens_out": ("tokens_out", _whole),
    "tokens_cached": ("tokens_cached", _whole),
    "tokens_reasoning": ("tokens_reasoning", _whole),
    "latency_ms": ("latency_us", _milliseconds),
    "ttft_ms": ("ttft_us", _milliseconds),
    "status": ("status", _one_of({"OK": "OK", "ERROR": "ERROR"})),
    "error_code": ("error_code", _text),
    "rating": ("rating", _whole),
    "accepted": ("accepted", _one_of({"TRUE": True, "FALSE": False})),
    "confidence": ("confidence", _decimal),
}
"""What a usage file may hold: column → field of `Inference` and how it is read. An empty field is absent."""
