"""Which rows an actor sees: of levels up to his clearance, and of his teams or of none. `VISIBLE` of each domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, bindparam, or_
from sqlalchemy.dialects.postgresql import ARRAY

from app.kit.access import Actor

LEVELS, OWN_TEAMS = "cast(:levels as text[])", "cast(:own_teams as uuid[])"
"""The same arguments in SQL written by hand."""


def scope(actor: Actor) -> dict[str, Any]:
    """The arguments of the conditions below."""
    return {"levels": actor.levels(), "own_teams": None if actor.teams is None else list(actor.teams)}


def of_levels(level: Any) -> ColumnElement[bool]:
    """The level is at most the actor's clearance."""
    return level == any_(bindparam("levels", type_=ARRAY(Text)))


def of_teams(team: Any) -> ColumnElement[bool]:
    """The team is one of the actor's, or there is none; whoever sees every team's data sees all."""
    own = bindparam("own_teams", type_=ARRAY(Uuid))
    return or_(own.is_(None), team.is_(None), team == any_(own))


def of_teams_sql(team: str) -> str:
    """The same in SQL written by hand."""
    return f"({OWN_TEAMS} is null or {team} is null or {team} = any({OWN_TEAMS}))"


def tags(level: str | None = None, team: UUID | None = None) -> tuple[str, ...]:
    """Who may hear of an event: those cleared for the level of its model, and the members of the team."""
    return (*([f"level:{level}"] if level else ()), *([f"team:{team}"] if team else ()))


def hears(actor: Actor, scope_tags: Sequence[str]) -> bool:
    """Whether an actor may hear of an event: every tag must admit him; one that says nothing here admits all."""
    return all(_admits(actor, *tag.partition(":")[::2]) for tag in scope_tags)


def _admits(actor: Actor, kind: str, value: str) -> bool:
    if kind == "level":
        return value in actor.levels()
    if kind == "team":
        return actor.teams is None or UUID(value) in actor.teams
    return kind != "permission" or value in actor.permissions
