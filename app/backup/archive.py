"""The file: a ZIP with one entry a table and a manifest, whose comment is the SHA-256 of all that precedes it."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import ValidationError

from app.backup.manifest import FORMAT, Manifest, StoredTable, Table
from app.kit.errors import Conflict, ErrorCode, HubError, Unavailable
from app.migrate import is_known

MANIFEST = "manifest.json"
CHUNK = 256 * 1024
LEVEL = 1
"""Of compression: level 6 takes three times as long for a tenth less."""
_MARK = b"modelhub backup, sha256 of what precedes this line: "
_TAIL = len(_MARK) + 64
_SIGNED = re.compile(re.escape(_MARK) + rb"([0-9a-f]{64})")
_UNREADABLE = (BadZipFile, zlib.error, ValidationError, KeyError, EOFError, NotImplementedError, RuntimeError, OSError)

Report = Callable[[int, int], None]
"""Told how many tables of how many are done."""


def silently(_done: int, _all: int) -> None:
    """Reports to nobody."""


class DamagedBackup(HubError):
    """The file is not a backup, or not whole, or was changed."""

    code = ErrorCode.INVALID_PARAMETER


class NewerBackup(HubError):
    """The file is of a format, or holds a schema, that this program does not know."""

    code = ErrorCode.INVALID_PARAMETER


class _Signing(io.RawIOBase):
    """Passes on what is written, but for the tail, which becomes the SHA-256 of what was passed on."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._kept = b""

    def write(self, data: bytes) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - ZipFile writes bytes
        """Passes on all but the last bytes."""
        kept = self._kept + data
        passed, self._kept = kept[:-_TAIL], kept[-_TAIL:]
        self._digest.update(passed)
        self._file.write(passed)
        return len(data)

    def sign(self) -> None:
        """Writes the tail."""
        self._file.write(_MARK + self._digest.hexdigest().encode())


class TableEntry:
    """The rows of a table on their way into the archive."""

    def __init__(self, table: Table, file: IO[bytes]) -> None:
        self._table, self._file = table, file
        self._digest = hashlib.sha256()
        self._size = self._rows = 0

    async def write(self, data: bytes) -> None:
        """Adds text in COPY's format; a row is a line."""
        self._file.write(data)
        self._digest.update(data)
        self._size += len(data)
        self._rows += data.count(b"\n")

    def stored(self) -> StoredTable:
        """What is in the archive now."""
        found = {"rows": self._rows, "size": self._size, "sha256": self._digest.hexdigest()}
        return StoredTable.model_validate({**self._table.model_dump(), **found})


class ArchiveWriter:
    """Writes the entries of an archive one after the other."""

    def __init__(self, file: ZipFile) -> None:
        self._zip = file

    @contextmanager
    def table(self, table: Table) -> Generator[TableEntry]:
        """Opens the entry of a table."""
        with self._zip.open(_entry(table), "w", force_zip64=True) as file:
            yield TableEntry(table, file)

    def finish(self, manifest: Manifest) -> None:
        """Adds the manifest."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))


@contextmanager
def new_archive(path: Path) -> Generator[ArchiveWriter]:
    """A file that appears under its name when the block ends well, whole and on disk, and never otherwise.

    Meanwhile it is `<name>.partial`. Raises `Conflict` if the name is taken, or somebody is writing it."""
    if path.exists():
        raise Conflict(f"{path} exists already. Choose another name, or remove it first.")
    partial = path.with_name(f"{path.name}.partial")
    with _explained(path), _own(partial) as file:
        signing = _Signing(file)
        with ZipFile(signing, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            archive.comment = bytes(_TAIL)
            yield ArchiveWriter(archive)
        signing.sign()
        _settle(file, partial, path)


@contextmanager
def _own(partial: Path) -> Generator[IO[bytes]]:
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600), "wb", buffering=CHUNK) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another backup is writing {partial}.") from None
        file.truncate()
        try:
            yield file
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def _settle(file: IO[bytes], partial: Path, path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _explained(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"The backup {path} cannot be written: {error.strerror or error}.") from error


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was found whole."""

    path: Path
    manifest: Manifest

    def rows_of(self, table: StoredTable) -> Iterator[bytes]:
        """The text of a table's rows, in pieces; `DamagedBackup` at the end unless it is what was stored."""
        digest, rows = hashlib.sha256(), 0
        with _readable(self.path), ZipFile(self.path) as archive, archive.open(_entry(table)) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
                rows += piece.count(b"\n")
                yield piece
        if (digest.hexdigest(), rows) != (table.sha256, table.rows):
            raise DamagedBackup(f"{self.path} is damaged: its table {table.name} is not what was stored.")


def open_archive(path: Path, report: Report = silently) -> Archive:
    """The archive, once every byte of it was checked. Raises `DamagedBackup`, `NewerBackup`."""
    _check_signature(path)
    with _readable(path), ZipFile(path) as file:
        content = file.read(MANIFEST)
        _check_format(path, content)
        archive = Archive(path, Manifest.model_validate_json(content))
    _refuse_newer(archive)
    tables = archive.manifest.tables
    for done, table in enumerate(tables, 1):
        deque(archive.rows_of(table), maxlen=0)
        report(done, len(tables))
    return archive


def _refuse_newer(archive: Archive) -> None:
    revision = archive.manifest.revision
    if not is_known(revision):
        raise NewerBackup(
            f"{archive.path} holds a schema of revision {revision}, which this Model Hub does not know: it is newer. "
            "Restore it with the newer Model Hub that made it."
        )


def _check_signature(path: Path) -> None:
    with _readable(path), path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise DamagedBackup(f"{path} is not a backup of Model Hub.")
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        signed = _SIGNED.fullmatch(file.read())
        if signed is None:
            raise DamagedBackup(
                f"{path} is not whole: its end is missing. It was cut off, or is no backup of Model Hub."
            )
        if _digest(file, size - _TAIL) != signed[1].decode():
            raise DamagedBackup(f"{path} is damaged: it is not what was written, its checksum differs.")


def _digest(file: IO[bytes], size: int) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while size and (piece := file.read(min(CHUNK, size))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()


def _check_format(path: Path, content: bytes) -> None:
    found = re.search(rb'"format":\s*(\d+)', content)
    if found and int(found[1]) > FORMAT:
        raise NewerBackup(
            f"{path} is of the format {int(found[1])}, this Model Hub knows formats up to {FORMAT}: "
            "restore it with the newer Model Hub that made it."
        )


@contextmanager
def _readable(path: Path) -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise DamagedBackup(f"{path} does not exist.") from error
    except _UNREADABLE as error:
        raise DamagedBackup(f"{path} cannot be read as a backup of Model Hub: {error}.") from error


def _entry(table: Table) -> str:
    return f"tables/{table.name}.copy"
