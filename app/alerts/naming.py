"""What an alert is about, in words, and who may be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.alerts.definition import COLUMNS, NOBODYS, Definition, View
from app.alerts.measuring import OF_THE_SYSTEM
from app.alerts.rules import Labels
from app.alerts.vocabulary import AlertMetric, AlertState, Comparator
from app.kit.db import Row, statement
from app.kit.reading import Reader

_M = AlertMetric


class Named(Row):
    """What one label stands for: its name, and of models and deployments the level and the team."""


Names = Mapping[UUID, Named]


@statement
def _named() -> Executable:
    keys = "any(cast(:keys as uuid[]))"
    return text(f"""
        select id, slug as name, security_level as level, null::uuid as team_id from model where id = {keys}
        union all select id, name, null, null from provider where id = {keys}
        union all select id, slug, null, id from team where id = {keys}
        union all select d.id, d.name, m.security_level, d.team_id
            from deployment d join model m on m.id = d.model_id where d.id = {keys}""")  # noqa: S608 - a constant


async def names_of(read: Reader, keys: Iterable[UUID]) -> dict[UUID, Named]:
    """What labels stand for; what is gone is absent."""
    return {row["id"]: row for row in await read.fetch(_named(), Named, keys=sorted(set(keys)))}


def labelled(definition: Definition, labels: Labels) -> dict[str, str | None]:
    """The columns of an alert that hold its labels."""
    named = dict(zip(definition.group_by, labels, strict=False))
    return {column: named.get(label) for label, column in COLUMNS.items()}


def keys_in(definition: Definition, labels: Labels) -> list[UUID]:
    """What is to be named: what the labels stand for, and what the rule is confined to."""
    own = (value for name, value in labelled(definition, labels).items() if value and name != "environment")
    confined = (getattr(definition.scope, name) for name in ("models", "deployments", "teams"))
    return [*map(UUID, own), *(values[0] for values in confined if len(values) == 1)]


@dataclass(frozen=True, slots=True)
class Audience:
    """What somebody must see to be told."""

    level: str
    team_ids: list[UUID]


def audience_of(definition: Definition, view: View, labels: Labels, names: Names) -> Audience:
    """Who sees all that an alert tells of: members of the team that it is about, or else whoever sees as much as the
    rule does."""
    if definition.metric in OF_THE_SYSTEM:
        return Audience(NOBODYS.level, [])
    about = [names[key] for key in keys_in(definition, labels) if key in names]
    levels = [one["level"] for one in about if one["level"]]
    teams = [one["team_id"] for one in about if one["team_id"]]
    return Audience(levels[0] if levels else view.level, [teams[-1]] if teams else view.needed())


_WORDS = {
    _M.UNUSUAL_SPEND: "Spending today, in times the usual,",
    _M.INGEST_AGE_SECONDS: "Time since the last reported call",
    _M.REDIS_AVAILABLE: "Redis, 1 if it answers,",
    _M.DAILY_BUDGET_USED: "The used part of the daily budget",
}
_SIGNS = {Comparator.GT: "above", Comparator.GTE: "at or above", Comparator.LT: "below", Comparator.LTE: "at or below"}
_SHARES = {_M.ERROR_RATE, _M.SUCCESS_RATE, _M.ACCEPTANCE_RATE, _M.DAILY_BUDGET_USED}
_DOLLARS = {_M.COST, _M.COST_PER_REQUEST, _M.SPEND_TODAY}


def amount(metric: AlertMetric, value: Decimal) -> str:
    """A value with its unit, for people."""
    if metric in _SHARES:
        return f"{value:.1%}"
    if metric in _DOLLARS:
        return f"${value:,.2f}" if abs(value) >= Decimal("0.01") else f"${value.normalize():f}"
    if metric.endswith("_MS"):
        return f"{value:,.0f} ms"
    if metric.endswith("_SECONDS"):
        return f"{value:,.0f} s"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def message_of(definition: Definition, labels: Labels, names: Names, state: AlertState, value: Decimal | None) -> str:
    """An alert in a sentence for people."""
    of = [_name(one, names) for one in labels if one]
    subject = f"{definition.name}{' for ' + ', '.join(of) if of else ''}"
    metric = definition.metric
    what = _WORDS.get(metric, metric.value.replace("_MS", "").replace("_", " ").capitalize())
    if value is None:
        return f"{subject}: there is no value."
    limit = f"{_SIGNS[definition.comparator]} {amount(metric, definition.threshold)}"
    is_over = state in {AlertState.RESOLVED, AlertState.INACTIVE}
    return f"{subject}: {what} is {amount(metric, value)}{', no longer ' if is_over else ', '}{limit}."


def _name(label: str, names: Names) -> str:
    try:
        found = names.get(UUID(label))
    except ValueError:
        return label.lower()
    return found["name"] if found else label
