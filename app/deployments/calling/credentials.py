"""Credentials by their names. The operator lists them in a TOML file; what they are is read when they are used:

[credentials.openai]
variable = "OPENAI_API_KEY"               # or: file = "/run/secrets/openai"
origins = ["https://api.openai.com"]      # where it may be sent, and nowhere else
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.kit.errors import HubError
from app.secret import Secret

MAX_BYTES = 10_000


class BadCredentials(HubError):
    """The file of credentials is wrong; the text says where."""


class CredentialUnknown(HubError):
    """A credential that the operator has not listed, cannot be read, or may not be sent there."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Where a secret is, and where it may be sent."""

    variable: str | None
    file: str | None
    origins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Those of one installation."""

    known: dict[str, Credential]

    def reveal(self, name: str, base_url: str) -> Secret[str]:
        """The secret of that name, for calls of this URL. Raises `CredentialUnknown`."""
        found = self.known.get(name)
        if found is None:
            raise CredentialUnknown(f"The operator has listed no credential `{name}`.")
        if _origin(base_url) not in found.origins:
            raise CredentialUnknown(f"The operator does not let the credential `{name}` be sent to this URL.")
        value = _read(found)
        if not value:
            raise CredentialUnknown(f"The credential `{name}` is empty or cannot be read on this machine.")
        return Secret(value)


def read_credentials(path: Path | None) -> Credentials:
    """What the file lists; without one there are none. Raises `BadCredentials`."""
    if path is None:
        return Credentials({})
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("credentials", {})
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise BadCredentials(f"{path} cannot be read: {error}") from None
    if not isinstance(listed, dict):
        raise BadCredentials(f"{path}: `credentials` is a table of credentials by their names.")
    return Credentials({name: _credential(path, name, entry) for name, entry in listed.items()})


def _credential(path: Path, name: str, entry: Any) -> Credential:
    """One entry; it must have exactly one place and at least one origin."""
    given = entry if isinstance(entry, dict) else {}
    variable, file, origins = (given.get(word) for word in ("variable", "file", "origins"))
    is_placed = sum(isinstance(place, str) and bool(place) for place in (variable, file)) == 1
    is_bound = isinstance(origins, list) and bool(origins) and all(_is_origin(one) for one in origins)
    if not is_placed or not is_bound or given.keys() - {"variable", "file", "origins"}:
        example = '`variable` or `file`, and `origins` such as ["https://api.openai.com"]'
        raise BadCredentials(f"{path}: the credential `{name}` needs {example}, and nothing else.")
    return Credential(variable, file, frozenset(_origin(one) for one in origins or ()))


def _is_origin(text: Any) -> bool:
    parts = urlsplit(text) if isinstance(text, str) else None
    return (
        parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.path.strip("/")
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _read(found: Credential) -> str:
    if found.variable:
        return os.environ.get(found.variable, "").strip()
    try:
        with Path(found.file or "").open(encoding="utf-8") as opened:
            return opened.read(MAX_BYTES).strip()
    except (OSError, UnicodeError):
        return ""
