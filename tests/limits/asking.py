"""The API with limits of a test's own, counted apart from those of all others."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from app.kit.ids import new_id
from app.settings import Settings
from tests.conftest import Api, answering


def written(path: Path, **tables: dict[str, Any]) -> Path:
    """A file of limits: what a test says, and else what is built in."""
    path.write_text("\n".join(_lines(tables)))
    return path


def _lines(tables: dict[str, Any], above: str = "") -> list[str]:
    lines: list[str] = []
    for name, table in tables.items():
        plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
        lines += [f'[{above}"{name}"]', *(f"{key} = {_said(value)}" for key, value in plain.items())]
        lines += _lines({key: value for key, value in table.items() if isinstance(value, dict)}, f'{above}"{name}".')
    return lines


def _said(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def with_limits(settings: Settings, folder: Path, prefix: str | None = None, **tables: Any) -> Settings:
    """Settings with these limits."""
    path = written(folder / f"limits-{new_id()}.toml", **tables)
    return settings.model_copy(update={"limits": path, "redis_prefix": prefix or f"test:{new_id()}:"})


@asynccontextmanager
async def limited(settings: Settings, folder: Path, prefix: str | None = None, **tables: Any) -> AsyncGenerator[Api]:
    """The API with these limits."""
    async with answering(with_limits(settings, folder, prefix, **tables)) as api:
        yield api
