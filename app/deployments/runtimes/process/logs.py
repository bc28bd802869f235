"""The end of what a replica wrote: bounded, and without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.kit.masking import MASK

MAX_LINES, MAX_LINE, MAX_CHARACTERS = 200, 1_000, 16_000
MAX_FILE_BYTES = 4_000_000
"""A file that is longer begins anew."""
_READ: Final = 64_000
_PATTERNS: Final = (
    re.compile(
        r"(?i)((?:authorization|x-api-key|api[-_]?key|password|passwd|secret|token)[\"']?\s*[=:]\s*[\"']?)"
        r"(?:(?:bearer|basic)\s+)?[^\s\"',;&]{4,}"
    ),
    re.compile(r"(?i)(\bbearer\s+)[\w.~+/=-]{8,}"),
    re.compile(r"()\b(?:sk|pk|hf|ghp|gho|xox[bap])[-_][\w-]{12,}"),
    re.compile(r"()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+(?=@)"),
)


def masked_line(line: str, secrets: Iterable[str] = ()) -> str:
    """A line with `•••` for what is known as a secret, or looks like one; control characters are dropped."""
    for secret in secrets:
        line = line.replace(secret, MASK)
    for pattern in _PATTERNS:
        line = pattern.sub(lambda found: found[1] + MASK, line)
    return "".join(letter for letter in line if letter == "\t" or letter.isprintable())[:MAX_LINE]


class Tail:
    """Follows one file to which others append. `secrets` are values that nobody may see."""

    def __init__(self, path: Path, secrets: Iterable[str] = ()) -> None:
        self.path = path
        self._secrets = tuple(secret for secret in secrets if len(secret) >= 4)
        self._offset = self._size()
        self._rest = b""
        self._lines: list[str] = []

    def text(self) -> str | None:
        """The last lines; None if there are none yet."""
        self._follow()
        lines = [*self._lines, *([self._line(self._rest)] if self._rest else [])]
        return "\n".join(lines)[-MAX_CHARACTERS:] or None

    def _follow(self) -> None:
        size = self._size()
        if size == self._offset:
            return
        begin = max(0 if size < self._offset else self._offset, size - _READ)
        with self.path.open("rb") as file:
            file.seek(begin)
            new = file.read(size - begin)
        skipped = begin != self._offset
        *lines, self._rest = ((b"" if skipped else self._rest) + new).split(b"\n")
        self._rest = self._rest[-_READ:]
        self._offset = size
        self._lines = [*self._lines, *map(self._line, lines[-MAX_LINES:])][-MAX_LINES:]
        self._shorten(size)

    def _line(self, line: bytes) -> str:
        return masked_line(line.decode(errors="replace"), self._secrets)

    def _shorten(self, size: int) -> None:
        """Those who write append, so that what they write next goes to the new beginning."""
        if size > MAX_FILE_BYTES:
            with self.path.open("r+b") as file:
                file.truncate(0)
            self._offset = 0

    def _size(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0
