"""Credentials by their names. The operator lists them in a TOML file; what they are is read when they are used:

[openai]
variable = "OPENAI_API_KEY"               # or: file = "/run/secrets/openai"
origins = ["https://api.openai.com"]      # where it may be sent, and nowhere else
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from app.kit.errors import HubError
from app.secret import Secret

MAX_BYTES: Final = 10_000
_Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#@\s]+/?$", max_length=500)]
_Place = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]


class BadCredentials(HubError):
    """A file of credentials that cannot be taken; says what is wrong."""


class CredentialUnknown(HubError):
    """A credential that the operator has not listed, cannot be read, or may not be sent there."""


class Credential(BaseModel):
    """Where a secret is (a variable of the environment, or a file), and where it may be sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    variable: _Place | None = None
    file: _Place | None = None
    origins: tuple[_Origin, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        if (self.variable is None) == (self.file is None):
            raise ValueError("needs either `variable` or `file`")
        return self

    def read(self) -> str:
        """The secret, from where it is; empty if it is not there."""
        if self.variable is not None:
            return os.environ.get(self.variable, "").strip()
        try:
            with Path(self.file or "").open(encoding="utf-8") as opened:
                return opened.read(MAX_BYTES).strip()
        except (OSError, UnicodeError):
            return ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Those of one installation."""

    known: Mapping[str, Credential]

    def reveal(self, name: str, base_url: str) -> Secret[str]:
        """The secret of that name, for calls of this URL. Raises `CredentialUnknown`."""
        found = self.known.get(name)
        if found is None:
            raise CredentialUnknown(f"The operator has listed no credential “{name}”.")
        if _origin(base_url) not in map(_origin, found.origins):
            raise CredentialUnknown(f"The operator does not let the credential “{name}” be sent to this URL.")
        value = found.read()
        if not value:
            raise CredentialUnknown(f"The credential “{name}” is empty or cannot be read on this machine.")
        return Secret(value)


def read_credentials(path: Path | None) -> Credentials:
    """What the file lists; without one there are none. Raises `BadCredentials`."""
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
        return Credentials({name: Credential.model_validate(content) for name, content in said.items()})
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadCredentials(f"MODELHUB_CREDENTIALS: {path}: {told}") from None
    except (OSError, ValueError) as error:
        raise BadCredentials(f"MODELHUB_CREDENTIALS: {path}: {error}") from None


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
