"""`GET /usage/export`: usage as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.deployments.vocabulary import Environment
from app.kit.context import Context
from app.kit.errors import InvalidParameter
from app.kit.filters import MAX_LENGTH, MAX_VALUES
from app.kit.ids import key_of
from app.kit.spreadsheets import MEDIA_TYPE
from app.metrics import rules
from app.metrics.reads import Subject
from app.metrics.rules import Granularity, RangePreset, TimeRange
from app.metrics.usage import reads
from app.metrics.usage.exporting import file
from app.metrics.usage.reads import Division
from app.metrics.usage.rules import checked
from app.metrics.usage.vocabulary import UsageDimension

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_KNOWN = {"groupBy", "preset", "from", "to", "granularity", "model", "provider", "environment", "team"}


async def export(context: Context, request: Request) -> Response:
    """Usage divided by `groupBy`; with `granularity` also by time. Needs `analytics:read` and `costs:read`.

    Raises `INVALID_PARAMETER`, `FORBIDDEN`; both before anything is sent."""
    if unknown := sorted(request.query_params.keys() - _KNOWN):
        raise InvalidParameter(f"There is no parameter `{unknown[0][:50]}`.", argument=unknown[0][:50])
    division = Division(_subject(request), checked([_word(UsageDimension, "groupBy", v) for v in _groups(request)]))
    granularity = _only(request, "granularity", lambda value: _word(Granularity, "granularity", value))
    span = _span(request, context.reader.now())
    if granularity:
        rules.fitting(granularity, span)
    rows = await context.read(reads.lines, division, span, granularity)
    name = f"usage-{span.start:%Y%m%dT%H%MZ}-{span.end:%Y%m%dT%H%MZ}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    lines = file(rows, division.dimensions, with_steps=granularity is not None)
    return StreamingResponse(lines, headers=headers, media_type=MEDIA_TYPE)


def _groups(request: Request) -> list[str]:
    return [word for value in _values(request, "groupBy") for word in value.split(",")]


def _values(request: Request, name: str) -> list[str]:
    values = request.query_params.getlist(name)
    if len(values) > MAX_VALUES or any(len(value) > MAX_LENGTH or "\0" in value for value in values):
        raise InvalidParameter(f"`{name}` takes {MAX_VALUES} values of {MAX_LENGTH} characters at most.", argument=name)
    return values


def _subject(request: Request) -> Subject:
    environments = (_word(Environment, "environment", value) for value in _values(request, "environment"))
    return Subject(
        "estate",
        environments=tuple(environment.value for environment in environments),
        models=tuple(key_of(text, "Model", argument="model") for text in _values(request, "model")),
        providers=tuple(_values(request, "provider")),
        teams=tuple(_values(request, "team")),
    )


def _word(words: type[E], name: str, value: str) -> E:
    try:
        return words(value)
    except ValueError:
        raise InvalidParameter(f"`{name}` is one of {', '.join(words)}.", argument=name) from None


def _only(request: Request, name: str, read: Callable[[str], T]) -> T | None:
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise InvalidParameter(f"`{name}` may be given once.", argument=name)
    return read(values[0]) if values else None


def _span(request: Request, now: datetime) -> TimeRange:
    preset = _only(request, "preset", lambda value: _word(RangePreset, "preset", value))
    start, end = (_only(request, name, lambda value, name=name: _time(name, value)) for name in ("from", "to"))
    if start and end and preset is None:
        return rules.explicit_range(start, end)
    if start or end:
        raise InvalidParameter("Give `preset`, or both `from` and `to`.", argument="preset")
    return rules.preset_range(preset or RangePreset.LAST_30_DAYS, now)


def _time(name: str, value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidParameter(f"`{name}` is not a time such as 2026-11-21T09:30:00Z.", argument=name) from None
