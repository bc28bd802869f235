"""What operators allow to be started: templates by name, from a TOML file. Users name one; they never give commands."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, field_validator

from app.kit.errors import HubError

PLACEHOLDERS: Final = frozenset({"host", "port", "model", "version", "deployment", "environment"})
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_Word = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]
_Seconds = Annotated[float, Field(gt=0, le=3_600)]


class Template(BaseModel):
    """How one kind of server is started and watched. Times are seconds.

    `command` has placeholders such as `{port}`; no shell sees it. `pass_environment` names variables of the worker
    that a replica gets; `environment` gives others their values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: tuple[_Word, ...] = Field(min_length=1, max_length=200)
    health: Annotated[str, StringConstraints(pattern=r"^/[!-~]*$", max_length=2_000)] = "/health"
    pass_environment: tuple[_Name, ...] = ()
    environment: dict[_Name, str] = {}
    start_seconds: _Seconds = 60
    """A replica that was not healthy for so long since its start is ended, and tried again."""
    stop_seconds: _Seconds = 10
    """After SIGTERM, before SIGKILL."""
    drain_seconds: float = Field(default=10, ge=0, le=3_600)
    """Calls under way may take so long before the replica they are with is told to end."""
    probe_seconds: _Seconds = 5
    """Between two health checks. That a process ends is seen at once, without them."""
    probe_timeout_seconds: _Seconds = 2
    unhealthy_after: int = Field(default=2, ge=1, le=100)
    """So many failed checks in a row, and a replica gets no calls."""
    restart_after: int = Field(default=6, ge=1, le=1_000)
    """So many failed checks in a row, and it is ended and started again."""

    @field_validator("command")
    @classmethod
    def _known_placeholders(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        used = {name for word in command for name in _PLACEHOLDER.findall(word)}
        if unknown := used - PLACEHOLDERS:
            raise ValueError(f"there is no placeholder {{{min(unknown)}}}; there are {', '.join(sorted(PLACEHOLDERS))}")
        if "port" not in used:
            raise ValueError("{port} must be in it: each replica listens at a port of its own")
        return command

    def words(self, **values: str) -> list[str]:
        """The command with its placeholders filled in. Raises `UnsafeValue` for what could be taken as an option."""
        return [_PLACEHOLDER.sub(lambda found: _safe(found[1], values[found[1]]), word) for word in self.command]


_READ: Final = TypeAdapter(dict[str, Template])


class UnsafeValue(HubError):
    """A value that a command might take as an option."""


class BadTemplates(HubError):
    """A file of templates that cannot be taken; says what is wrong."""


SAMPLE: Final = Template(
    command=(sys.executable, "-m", "app.sample", "--host", "{host}", "--port", "{port}", "--model", "{model}"),
    start_seconds=30,
    drain_seconds=2,
    stop_seconds=5,
)
"""`modelhub-sample-server`."""


def _safe(name: str, value: str) -> str:
    if value.startswith("-") or any(ord(letter) < 32 for letter in value):
        raise UnsafeValue(f"The {name} “{value}” cannot be part of a command.")
    return value


def read_templates(path: Path | None, *, with_sample: bool) -> dict[str, Template]:
    """The templates of a file by name, and `sample` unless the file has its own. Raises `BadTemplates`."""
    built_in = {"sample": SAMPLE} if with_sample else {}
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
        return built_in | _READ.validate_python(said)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadTemplates(f"MODELHUB_TEMPLATES: {path}: {told}") from None
    except (OSError, ValueError) as error:
        raise BadTemplates(f"MODELHUB_TEMPLATES: {path}: {error}") from None
