"""Usage from CSV files: every line becomes an inference, or a line of the report that says why not."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple
from uuid import UUID

from app.kit.db import Database
from app.kit.errors import HubError
from app.metrics.ingest.columns import COLUMNS, MAX_TEXT, REQUIRED, Parser, event_id, fields_of, time_of
from app.metrics.ingest.rules import Inference, Rejected
from app.metrics.ingest.service import Ingest

BATCH = 5000

_BLOOM_BITS = 1 << 28


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
        places = _bloom_places(text)
        if _has(self._seen, places):
            _put(self._again, places)
        _put(self._seen, places)

    def may_repeat(self, text: str) -> bool:
        """Whether the line may occur more than once; only such lines are counted in the second pass."""
        return _has(self._again, _bloom_places(text))


def _bloom_places(text: str) -> tuple[int, int]:
    """Two places: of ten million lines, one in two hundred is taken for a repetition and is none."""
    number = hash(text)
    return number & (_BLOOM_BITS - 1), (number >> 32) & (_BLOOM_BITS - 1)


def _has(bits: bytearray, places: tuple[int, int]) -> bool:
    one, other = places
    return bool(bits[one >> 3] & (1 << (one & 7)) and bits[other >> 3] & (1 << (other & 7)))


def _put(bits: bytearray, places: tuple[int, int]) -> None:
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)


def scan(path: Path) -> Scan:
    """Read the file once. Raises `UnreadableFile` if it has no usable header."""
    lines = read_lines(path)
    found = Scan(_header(path, lines))
    when = found.columns.index("occurred_at")
    try:
        for line in lines:
            found.note(line.text)
            found.newest = _later(found.newest, line.text, when)
    except UnreadableFile as error:
        found.damage = error.message
    return found


def _header(path: Path, lines: Iterator[Line]) -> list[str]:
    first = next(lines, None)
    columns = [name.strip() for name in fields_of(first.text.lstrip("\ufeff"))] if first else []
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name[:MAX_TEXT] for name in columns if name not in COLUMNS]
    twice = [name for name, count in Counter(columns).items() if count > 1]
    known = ", ".join(sorted(COLUMNS))
    for names, fault in (
        (missing, "the header lacks {}"),
        (unknown, f"unknown column {{}}; known are {known}"),
        (twice, "the header has {} twice"),
    ):
        if names:
            raise UnreadableFile(f"{path.name}: line 1: {fault.format(', '.join(names))}.")
    return columns


def _later(newest: datetime | None, text: str, when: int) -> datetime | None:
    try:
        at = time_of(fields_of(text)[when])
    except (ValueError, IndexError, Rejected):
        return newest
    return at if newest is None or at > newest else newest


def read_lines(path: Path) -> Iterator[Line]:
    """The complete lines of a plain or gzipped file; `UnreadableFile` where it ends too early."""
    number = 0
    try:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                yield Line(number, line.rstrip("\r\n"))
    except OSError as error:
        raise UnreadableFile(_damage(path, number, error.strerror or str(error))) from error
    except (EOFError, zlib.error) as error:
        raise UnreadableFile(_damage(path, number, "the gzip data is truncated or corrupt")) from error


def _damage(path: Path, number: int, reason: str) -> str:
    return f"{path.name}: after line {number}: {reason}."


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="\n")
    return path.open(encoding="utf-8", errors="replace", newline="\n")


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
    parser = Parser(found.columns, shift, Occurrences(found).number)
    batches = _batches(islice(read_lines(path), 1, found.lines + 1), parser)
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


async def shift_to_now(database: Database, found: Scan, now: datetime) -> timedelta:
    """The whole days that bring the newest inference as near to now as possible without passing it.

    A file that was moved before is moved as far again: its events keep their times, and none is counted twice."""
    if found.newest is None or found.first is None:
        return timedelta(0)
    earlier = await _stored_at(database, event_id(found.first, 0))
    if earlier is not None:
        return earlier - time_of(fields_of(found.first)[found.columns.index("occurred_at")])
    return timedelta(days=(now - found.newest) // timedelta(days=1))


async def _stored_at(database: Database, key: UUID) -> datetime | None:
    async with database.driver() as connection:
        return await connection.fetchval("select occurred_at from inference_key where event_id = $1", key)
