"""Usage from CSV files: every line becomes an inference, or a line of the report that says why not."""

from __future__ import annotations

import asyncio
import gzip
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from csv import reader as csv_reader
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha1
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID, uuid5

from app.deployments.vocabulary import Environment
from app.kit.db import Database
from app.kit.errors import HubError
from app.metrics.ingest.rules import Inference, Rejected
from app.metrics.ingest.service import Ingest

BATCH = 5000
MAX_TEXT = 200
NAMESPACE = uuid5(UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "modelhub.usage.csv")

REQUIRED = ("occurred_at", "provider", "model")
_REQUIRED = frozenset(REQUIRED)
_BLOOM_BITS = 1 << 27


class UnreadableFile(HubError):
    """The file cannot be read as usage at all, or only up to a line."""


class Line(NamedTuple):
    """A line of a file: its number (the header is 1) and its text."""

    number: int
    text: str


@dataclass(slots=True)
class Imported:
    """What became of a file. `damage` says where a truncated or corrupt file ends; what was before it is kept.

    `shift` is how far the events were moved in time."""

    lines: int = 0
    inserted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    damage: str | None = None
    shift: timedelta = timedelta(0)


@dataclass(slots=True)
class Scan:
    """The first pass: how many lines, which may repeat, the newest time, and where the file is damaged."""

    columns: list[str]
    lines: int = 0
    first: str | None = None
    newest: datetime | None = None
    damage: str | None = None
    _seen: bytearray = field(default_factory=lambda: bytearray(_BLOOM_BITS >> 3))
    _again: bytearray = field(default_factory=lambda: bytearray(_BLOOM_BITS >> 3))

    def note(self, text: str) -> None:
        """Count a line and remember, in constant memory, whether it may have occurred before."""
        self.lines += 1
        self.first = self.first or text
        byte, bit = _bloom_place(text)
        if self._seen[byte] & bit:
            self._again[byte] |= bit
        self._seen[byte] |= bit

    def may_repeat(self, text: str) -> bool:
        """Whether the line may occur more than once; only such lines are counted in the second pass."""
        byte, bit = _bloom_place(text)
        return bool(self._again[byte] & bit)


def _bloom_place(text: str) -> tuple[int, int]:
    place = hash(text) & (_BLOOM_BITS - 1)
    return place >> 3, 1 << (place & 7)


def scan(path: Path) -> Scan:
    """Read the file once. Raises `UnreadableFile` if it has no usable header."""
    lines = read_lines(path)
    found = Scan(_header(path, lines))
    when = found.columns.index("occurred_at")
    try:
        for line in lines:
            found.note(line.text)
            found.newest = _later(found.newest, _fields(line.text), when)
    except UnreadableFile as error:
        found.damage = error.message
    return found


def _header(path: Path, lines: Iterator[Line]) -> list[str]:
    first = next(lines, None)
    columns = [name.strip() for name in _fields(first.text.lstrip("\ufeff"))] if first else []
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    if missing:
        raise UnreadableFile(f"{path.name}: line 1: the header lacks {', '.join(missing)}.")
    if unknown:
        raise UnreadableFile(
            f"{path.name}: line 1: unknown column {', '.join(unknown)}; known are {', '.join(sorted(COLUMNS))}."
        )
    return columns


def _later(newest: datetime | None, fields: list[str], when: int) -> datetime | None:
    try:
        at = _time(fields[when])
    except (ValueError, IndexError):
        return newest
    return at if newest is None or at > newest else newest


def read_lines(path: Path) -> Iterator[Line]:
    """The complete lines of a plain or gzipped file; `UnreadableFile` where it ends too early or is no text."""
    number = 0
    try:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                yield Line(number, line.rstrip("\r\n"))
    except OSError as error:
        raise UnreadableFile(_damage(path, number, error.strerror or str(error))) from error
    except (EOFError, zlib.error) as error:
        raise UnreadableFile(_damage(path, number, "the gzip data is truncated or corrupt")) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(_damage(path, number, "the text is not UTF-8")) from error


def _damage(path: Path, number: int, reason: str) -> str:
    return f"{path.name}: after line {number}: {reason}."


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="\n")
    return path.open(encoding="utf-8", newline="\n")


def _fields(text: str) -> list[str]:
    return next(csv_reader([text])) if '"' in text else text.split(",")


async def import_usage(
    ingest: Ingest,
    path: Path,
    *,
    shift: timedelta = timedelta(0),
    reject: Callable[[Line, str], None],
    progress: Callable[[int], None],
    found: Scan,
) -> Imported:
    """Import a scanned file in batches; each is whole or not at all, so a file can be imported again at any time."""
    result = Imported(damage=found.damage, shift=shift)
    batches = _batches(islice(read_lines(path), 1, found.lines + 1), Parser(found.columns, shift, Occurrences(found)))
    following = asyncio.create_task(asyncio.to_thread(next, batches, None))
    while (batch := await following) is not None:
        following = asyncio.create_task(asyncio.to_thread(next, batches, None))
        await _take(ingest, batch, reject, result)
        progress(len(batch.parsed) + len(batch.faults))
    return result


class _Batch(NamedTuple):
    """Parsed lines, and those that cannot be parsed with the reason."""

    parsed: list[tuple[Line, Inference]]
    faults: list[tuple[Line, str]]


def _batches(lines: Iterator[Line], parser: Parser) -> Iterator[_Batch]:
    """Parse in batches. Runs in a thread, a batch ahead, so that parsing and storing overlap."""
    while chunk := list(islice(lines, BATCH)):
        batch = _Batch([], [])
        for line in chunk:
            try:
                batch.parsed.append((line, parser.inference(line.text)))
            except Rejected as error:
                batch.faults.append((line, error.message))
        yield batch


async def _take(ingest: Ingest, batch: _Batch, reject: Callable[[Line, str], None], result: Imported) -> None:
    taken = await ingest.take([inference for _, inference in batch.parsed])
    faults = batch.faults + [(batch.parsed[index][0], reason) for index, reason in taken.rejected]
    for line, reason in sorted(faults):
        reject(line, reason)
    result.lines += len(batch.parsed) + len(batch.faults)
    result.inserted += taken.inserted
    result.duplicates += taken.duplicates
    result.conflicts += taken.conflicts
    result.rejected += len(faults)


class Occurrences:
    """Tells identical lines of a file apart by how often they came before."""

    def __init__(self, found: Scan) -> None:
        self._scan = found
        self._counts: Counter[str] = Counter()

    def number(self, text: str) -> int:
        """0 for a line that was not there before, 1 at its second time, and so on."""
        if not self._scan.may_repeat(text):
            return 0
        self._counts[text] += 1
        return self._counts[text] - 1


def event_id(text: str, occurrence: int) -> UUID:
    """UUIDv5 of a line's text and its occurrence number: the same file gives the same ids."""
    return UUID(
        bytes=sha1(NAMESPACE.bytes + f"{text}#{occurrence}".encode(), usedforsecurity=False).digest()[:16],
        version=5,
    )


class Parser:
    """Turns lines into inferences by the columns of the header."""

    def __init__(self, columns: list[str], shift: timedelta, occurrences: Occurrences) -> None:
        self._readers = [COLUMNS[column] for column in columns]
        self._columns, self._shift, self._occurrences = columns, shift, occurrences

    def inference(self, text: str) -> Inference:
        """The inference in a line. Raises `Rejected` with the column and the reason."""
        fields = _fields(text)
        if len(fields) != len(self._readers):
            raise Rejected(f"has {len(fields)} columns, the header {len(self._readers)}")
        values: dict[str, Any] = {"event_id": event_id(text, self._occurrences.number(text))}
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
        values["occurred_at"] += shift
    if values.pop("status", "OK") == "ERROR" or "error_code" in values:
        values["failed"] = True
        values.setdefault("error_code", "unknown")
    return Inference(**values)


def _time(raw: str) -> datetime:
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        raise ValueError(f"{raw[:40]!r} is not a time (RFC 3339)") from None
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError(f"{raw[:40]!r} has no UTC offset")
    return at.astimezone(UTC)


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
    "occurred_at": ("occurred_at", _time),
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


async def shift_to_now(database: Database, found: Scan, now: datetime) -> timedelta:
    """The whole days that bring the newest inference as near to now as possible without passing it.

    A file that was moved before is moved as far again: its events keep their times, and none is counted twice."""
    if found.newest is None or found.first is None:
        return timedelta(0)
    earlier = await _stored_at(database, event_id(found.first, 0))
    if earlier is not None:
        return earlier - _time(_fields(found.first)[found.columns.index("occurred_at")])
    return timedelta(days=(now - found.newest) // timedelta(days=1))


async def _stored_at(database: Database, key: UUID) -> datetime | None:
    async with database.driver() as connection:
        return await connection.fetchval("select occurred_at from inference_key where event_id = $1", key)
