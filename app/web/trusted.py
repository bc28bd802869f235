"""Documents that were agreed on beforehand: clients ask for them by id, from manifests in a folder."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from app.execution.limits import MAX_BYTES
from app.kit.errors import ErrorCode, HubError

log = logging.getLogger("modelhub.web")

LOOK_EVERY: Final = 2.0
"""Seconds between looks whether the manifests have changed."""
MAX_MANIFEST: Final = 20_000_000
"""Bytes."""
_PREFIX: Final = "sha256:"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

_State: TypeAlias = "tuple[tuple[str, int, int], ...]"


class UnknownDocument(HubError):
    """No manifest has a document of that id."""

    code = ErrorCode.PERSISTED_QUERY_NOT_FOUND


class OtherDocument(HubError):
    """The document that was sent is not the one whose id was."""


@dataclass(frozen=True, slots=True)
class _Manifests:
    """The documents of all manifests by their ids, and all their texts."""

    by_id: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: frozenset[str] = frozenset()


@dataclass(slots=True)
class TrustedDocuments:
    """Of one process: read at the first look, and again when a file of the folder has changed."""

    folder: Path | None = None
    _known: _Manifests = field(default_factory=_Manifests)
    _state: _State | None = None
    _looked: float = float("-inf")
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def named(self, document_id: str) -> str:
        """The text of a document. Raises `PERSISTED_QUERY_NOT_FOUND`."""
        await self._look()
        text = self._known.by_id.get(document_id.removeprefix(_PREFIX))
        if text is None:
            raise UnknownDocument("There is no trusted document of that id.")
        return text

    async def has(self, text: str) -> bool:
        """Whether a text is one of them."""
        await self._look()
        return text in self._known.texts

    async def _look(self) -> None:
        if self.folder is not None and time.monotonic() - self._looked > LOOK_EVERY:
            async with self._looking:
                if time.monotonic() - self._looked > LOOK_EVERY:
                    await asyncio.to_thread(self._read, self.folder)
                    self._looked = time.monotonic()

    def _read(self, folder: Path) -> None:
        """Read all manifests if any has changed; one that cannot be read is said in the log and left out."""
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == ".json")
            state = tuple((path.name, at.st_mtime_ns, at.st_size) for path in files for at in [path.stat()])
        except OSError as error:
            log.warning("the folder of trusted documents cannot be read: %s", error)
            return
        if state != self._state:
            pairs = [pair for path in files for pair in _documents(path)]
            self._known, self._state = _Manifests(dict(pairs), frozenset(text for _, text in pairs)), state
            log.info("%d trusted documents are known", len(self._known.texts))


def document_id_of(parameters: Mapping[str, Any]) -> str | None:
    """The id of a document that a request asks for: its `documentId`, or `extensions.persistedQuery.sha256Hash`."""
    given = parameters.get("documentId")
    if given is None:
        extension: Any = (parameters.get("extensions") or {}).get("persistedQuery")
        given = extension.get("sha256Hash") if isinstance(extension, dict) else None
    return given if isinstance(given, str) else None


def check_same(text: str, document_id: str) -> None:
    """Raise `INVALID_REQUEST` if the id is that of another text."""
    digest = document_id.removeprefix(_PREFIX)
    if _DIGEST.fullmatch(digest) and digest != _digest(text):
        raise OtherDocument("The hash is not that of the document that was sent with it.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _documents(path: Path) -> Iterator[tuple[str, str]]:
    """The documents of a manifest, each by its hash and by the id that the manifest gives it."""
    try:
        if path.stat().st_size > MAX_MANIFEST:
            raise ValueError(f"it has more than {MAX_MANIFEST} bytes")
        entries = list(_entries(json.loads(path.read_bytes())))
    except (OSError, ValueError, RecursionError, TypeError, KeyError) as error:
        log.warning("the manifest %s cannot be read: %s: %s", path.name, type(error).__name__, error)
        return
    for given, text in entries:
        yield from _ids(path, given, text)


def _ids(path: Path, given: str, text: str) -> Iterator[tuple[str, str]]:
    digest, name = _digest(text), given.removeprefix(_PREFIX)
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        log.warning("the manifest %s has a document that is too long: %s", path.name, name)
    elif _DIGEST.fullmatch(name) and name != digest:
        log.warning("the manifest %s has a document whose hash is another: %s", path.name, name)
    else:
        yield digest, text
        yield name, text


def _entries(manifest: Any) -> Iterator[tuple[str, str]]:
    """Ids and texts: of Apollo's format, or of an object that has texts by ids as Relay and code generators write."""
    if isinstance(manifest, dict) and isinstance(manifest.get("operations"), list):
        pairs = [(one["id"], one["body"]) for one in manifest["operations"]]
    elif isinstance(manifest, dict):
        pairs = list(manifest.items())
    else:
        raise TypeError("it must be an object")
    for name, text in pairs:
        if not isinstance(name, str) or not isinstance(text, str):
            raise TypeError("ids and documents must be strings")
        yield name, text
