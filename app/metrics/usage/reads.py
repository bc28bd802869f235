"""Where usage comes from and where the money goes: sums of a range, by any division of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.errors import InvalidParameter
from app.kit.grouping import grouped
from app.kit.reading import Reader
from app.kit.scoping import OWN_TEAMS, of_teams_sql
from app.metrics.labels import LABEL_SPANS, labelled
from app.metrics.reads import Subject, arguments_of, source_sql, visible_sql
from app.metrics.rules import STEPS, Granularity, TimeRange
from app.metrics.tables import ATTRIBUTED
from app.metrics.usage.rules import MAX_LINES
from app.metrics.usage.vocabulary import LABELS, PERSONAL, UsageDimension, UsageOrder

Shape: TypeAlias = "tuple[str, ...]"
Dimensions: TypeAlias = "tuple[UsageDimension, ...]"


class Group(Row):
    """Sums of one group; `key` is a JSON array of what it is called in each dimension."""


class GroupPoint(Row):
    """One step of one group."""


class Line(Row):
    """One line of a file: a group, in one step or in the whole range."""


@dataclass(frozen=True, slots=True)
class Division:
    """Calls (`subject`), divided by dimensions (`rules.checked`)."""

    subject: Subject
    dimensions: Dimensions

    def require(self, actor: Actor) -> None:
        """Raise `FORBIDDEN` unless the actor may see usage divided so."""
        actor.require(Permission.ANALYTICS_READ)
        if PERSONAL.intersection(self.dimensions):
            actor.require(Permission.COSTS_READ)

    def shape(self) -> tuple[Shape, Dimensions]:
        """What about it changes the SQL."""
        return (self.subject.shape(), self.dimensions)


_COLUMNS = {
    UsageDimension.MODEL: "model_id",
    UsageDimension.PROVIDER: "provider_id",
    UsageDimension.TEAM: "team_id",
    UsageDimension.ENVIRONMENT: "environment",
    **dict.fromkeys(LABELS, "label"),
}
_ORDERS = {UsageOrder.COST: "cost", UsageOrder.REQUESTS: "requests", UsageOrder.TOKENS: "tokens_in + tokens_out"}
_TYPES = {name: "numeric" if name == "cost" else "int8" for name in ATTRIBUTED}
_ADDED = ", ".join(f"sum({name})::{kind} as {name}" for name, kind in _TYPES.items())
_TOTALS = ", ".join(f"(sum({name}) over ())::{kind} as total_{name}" for name, kind in _TYPES.items())
_A_DAY = timedelta(days=1)
_AT = "date_bin(cast(:step as interval), bucket, 'epoch'::timestamptz)"


def _parts(shape: Shape, dimensions: Dimensions) -> str:
    """All calls; and where they are divided by labels, those with one once more, and taken off those without."""
    cell = "r.bucket, r.model_id, r.provider_id, r.team_id, r.environment"
    sums = ", ".join(f"r.{name}" for name in ATTRIBUTED)
    every = source_sql("rollup", shape, f"{cell}, null::text as label, {sums}")
    kind = next((dimension for dimension in dimensions if dimension in LABELS), None)
    if kind is None:
        return every
    visible = visible_sql(shape) + (f" and {of_teams_sql('r.team_id')}" if kind in PERSONAL else "")
    mine = labelled(
        "rollup_attribution", kind.value, f"{visible} and r.kind = '{kind.value}'", f"{cell}, r.label, {sums}"
    )
    signed = ", ".join(f"s.sign * r.{name}" for name in ATTRIBUTED)
    return f"""{every} union all
        select {cell}, s.label, {signed}
        from ({mine}) r, lateral (values (r.label, 1), (null::text, -1)) as s(label, sign)"""


def _summed(shape: Shape, dimensions: Dimensions, *, step: bool = False) -> str:
    columns = ", ".join(_COLUMNS[dimension] for dimension in dimensions)
    at = ", at" if step else ""
    return f"""
        with {LABEL_SPANS}, parts as ({_parts(shape, dimensions)}),
        summed as (
            select {columns}, jsonb_build_array({columns})::text as key{at}, {_ADDED}
            from (select *{f", {_AT} as at" if step else ""} from parts) p
            group by {columns}{at} having sum(requests) > 0)"""


@statement
def _groups(shape: Shape, dimensions: Dimensions, order: UsageOrder) -> Executable:
    return text(f"""{_summed(shape, dimensions)}
        select *, count(*) over () as groups, {_TOTALS} from summed
        order by {_ORDERS[order]} desc, key limit :limit""")


@statement
def _some_groups(shape: Shape, dimensions: Dimensions) -> Executable:
    return text(f"{_summed(shape, dimensions)} select * from summed where key = any(cast(:keys as text[]))")


@statement
def _points(shape: Shape, dimensions: Dimensions) -> Executable:
    return text(f"{_summed(shape, dimensions, step=True)} select * from summed where key = any(cast(:keys as text[]))")


_NAMES = {
    UsageDimension.MODEL: ("m.slug as model", "left join model m on m.id = s.model_id"),
    UsageDimension.PROVIDER: ("p.slug as provider", "left join provider p on p.id = s.provider_id"),
    UsageDimension.TEAM: (
        "t.slug as team",
        f"left join team t on t.id = s.team_id and ({OWN_TEAMS} is null or t.id = any({OWN_TEAMS}))",
    ),
}


@statement
def _lines(shape: Shape, dimensions: Dimensions, step: bool) -> Executable:
    named = [_NAMES[dimension] for dimension in dimensions if dimension in _NAMES]
    columns, joins = ", ".join(["s.*", *(column for column, _ in named)]), " ".join(join for _, join in named)
    return text(f"""{_summed(shape, dimensions, step=step)}
        select {columns} from summed s {joins} order by {"at, " if step else ""}cost desc, key limit :limit""")


async def groups(
    read: Reader, actor: Actor, division: Division, span: TimeRange, order: UsageOrder | None, first: int
) -> list[Group]:
    """The first groups by an order, each with the sums of all of them and their number. By default the order is by
    cost for whoever may see costs, else by requests."""
    division.require(actor)
    if order is UsageOrder.COST:
        actor.require(Permission.COSTS_READ)
    chosen = order or (UsageOrder.COST if actor.may(Permission.COSTS_READ) else UsageOrder.REQUESTS)
    arguments = arguments_of(actor, division.subject, (), span, _A_DAY)
    return await read.fetch(_groups(*division.shape(), chosen), Group, **arguments, limit=first)


async def groups_by_key(
    read: Reader, actor: Actor, keys: Sequence[str], division: Division, span: TimeRange
) -> dict[str, Group]:
    """The same groups over another range; a group without calls is absent."""
    division.require(actor)
    arguments = {**arguments_of(actor, division.subject, (), span, _A_DAY), "keys": list(keys)}
    return {row["key"]: row for row in await read.fetch(_some_groups(*division.shape()), Group, **arguments)}


async def points_by_key(
    read: Reader, actor: Actor, keys: Sequence[str], division: Division, span: TimeRange, granularity: Granularity
) -> dict[Any, list[GroupPoint]]:
    """The steps in which there was something, by group, in no order."""
    division.require(actor)
    step = STEPS[granularity]
    arguments = {**arguments_of(actor, division.subject, (), span, step), "keys": list(keys), "step": step}
    return grouped(await read.fetch(_points(*division.shape()), GroupPoint, **arguments), "key")


async def lines(
    read: Reader, actor: Actor, division: Division, span: TimeRange, granularity: Granularity | None
) -> list[Line]:
    """All groups with names, dearest first; with a granularity, in each step, oldest first.

    Needs `costs:read`. Raises `INVALID_PARAMETER` if they are more than a file may have."""
    division.require(actor)
    actor.require(Permission.COSTS_READ)
    step = STEPS[granularity] if granularity else None
    arguments = {**arguments_of(actor, division.subject, (), span, step or _A_DAY), "limit": MAX_LINES + 1}
    stepped = {"step": step} if step else {}
    found = await read.fetch(_lines(*division.shape(), bool(step)), Line, **arguments, **stepped)
    if len(found) > MAX_LINES:
        message = f"That is more than {MAX_LINES:,} lines; take a shorter range, or a coarser granularity."
        raise InvalidParameter(message, argument="granularity")
    return found
