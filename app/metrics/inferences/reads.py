"""Single calls, as long as they are kept: which failed, and why. There is nothing of prompts and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Text, Uuid, and_, any_, bindparam, case, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import keys_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, of_teams_sql, scope
from app.metrics.rollups import VISIBLE
from app.metrics.rules import TimeRange
from app.metrics.tables import Inference, InferenceKey

MANY: Final = 10_000
"""So far calls are counted."""
PERSONAL: Final = ("user_key", "api_key", "session_key")
"""What tells of single people: of the calls of one's own teams or of none, and with `costs:read`."""

R: Final = Inference.__table__.alias("r")


class InferenceRow(Row):
    """A call."""

    node_type = "Inference"


class _Count(Row):
    """How many there are."""


@dataclass(frozen=True, slots=True)
class InferenceFilter:
    """Which calls: by the names of `_CONDITIONS`, the values of which any will do."""

    wanted: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def shape(self) -> Shape:
        """Which conditions are there."""
        return tuple(name for name, _ in self.wanted)

    def arguments(self) -> dict[str, Any]:
        """The values of the conditions."""
        return {name: list(values) for name, values in self.wanted}


def _any(name: str, kind: Any) -> Any:
    return any_(bindparam(name, type_=ARRAY(kind)))


_TEXTS = {"error_codes": "error_code", "workflow_runs": "workflow_run", "use_cases": "use_case", "users": "user_key"}
_MINE = text(of_teams_sql("r.team_id"))
_VISIBLE = (
    text(VISIBLE),
    text(f"r.model_id in (select id from model where security_level = any({LEVELS}))"),  # noqa: S608 - a constant
)
_TEAM = "r.team_id in (select id from team where slug {})"
_KEYS = select(InferenceKey.occurred_at, InferenceKey.event_id).where(InferenceKey.event_id == any_(keys_parameter()))
_CONDITIONS: Final[dict[str, Any]] = {
    "range": and_(R.c.occurred_at >= bindparam("start"), R.c.occurred_at < bindparam("end")),
    "keys": tuple_(R.c.occurred_at, R.c.event_id).in_(_KEYS),
    "models": R.c.model_id == _any("models", Uuid),
    "deployments": R.c.deployment_id == _any("deployments", Uuid),
    "environments": R.c.environment == _any("environments", Text),
    "failed": R.c.failed == _any("failed", Boolean),
    "teams": text(_TEAM.format("= any(cast(:teams as text[]))")),
    "teams_like": text(_TEAM.format("ilike any(cast(:teams_like as text[]))")),
    **{name: R.c[column] == _any(name, Text) for name, column in _TEXTS.items()},
    **{f"{name}_like": R.c[column].ilike(_any(f"{name}_like", Text)) for name, column in _TEXTS.items()},
}
_OF_PEOPLE = {"users", "users_like"}


def _conditions(name: str) -> list[Any]:
    return [_CONDITIONS[name], *([_MINE] if name in _OF_PEOPLE else [])]


def _inferences(shape: Shape) -> Selection:
    shown = [column for column in R.c if column.name not in {*PERSONAL, "event_id", "reported_by"}]
    people = [case((_MINE, R.c[name])).label(name) for name in PERSONAL]
    found = select(R.c.event_id.label("id"), *shown, *people)
    return found.where(*_VISIBLE, *(condition for name in shape for condition in _conditions(name)))


INFERENCES = Listing(row=InferenceRow, id=R.c.event_id, select=_inferences, sorts={"OCCURRED_AT": R.c.occurred_at})


@statement
def _count(shape: Shape) -> Executable:
    some = _inferences(shape).with_only_columns(R.c.event_id).limit(MANY + 1).subquery()
    return select(func.count().label("n")).select_from(some)


@statement
def _by_id() -> Executable:
    return _inferences(("keys",))


async def page_of_inferences(
    read: Reader, actor: Actor, chosen: InferenceFilter, span: TimeRange, order: Order, request: PageRequest
) -> Page[InferenceRow]:
    """One page of the visible calls of a range that match. Its total is None above 10,000.

    Raises `FORBIDDEN` for who asks by user without seeing users."""
    actor.require(Permission.ANALYTICS_READ)
    if _OF_PEOPLE.intersection(chosen.shape()):
        actor.require(Permission.COSTS_READ)
    shape = ("range", *chosen.shape())
    arguments = {**scope(actor), **asdict(span), **chosen.arguments()}
    page = await INFERENCES.page(read, order, request, shape, arguments)

    async def count() -> int | None:
        found = (await read.fetch(_count(shape), _Count, **arguments))[0]["n"]
        return found if found <= MANY else None

    return page.counted_by(count)


async def inferences_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, InferenceRow]:
    """Visible calls by their event ids."""
    actor.require(Permission.ANALYTICS_READ)
    return {row["id"]: row for row in await read.fetch(_by_id(), InferenceRow, keys=list(keys), **scope(actor))}


async def inference_named(read: Reader, actor: Actor, ids: Sequence[UUID]) -> InferenceRow | None:
    """The first visible call that has one of these event ids."""
    found = await inferences_by_id(read, actor, ids)
    return next((found[key] for key in ids if key in found), None)
