"""Which rules, alerts and silences an actor may see, and how one is taken for a change."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Text, Uuid, any_, bindparam, cast, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.alerts.definition import (
    EVERY_TEAM,
    Definition,
    EscalationLevel,
    Scope,
    View,
    is_of_money,
)
from app.alerts.measuring import OF_MONEY
from app.alerts.tables import Alert, Channel, Rule, Silence
from app.alerts.vocabulary import AlertLabel, AlertMetric, AlertType, Comparator, NoData
from app.catalog.service import VISIBLE as MODEL_VISIBLE
from app.catalog.tables import Model
from app.deployments.service import VISIBLE as DEPLOYMENT_VISIBLE
from app.deployments.tables import Deployment
from app.kit.access import Actor, Clearance, Permission
from app.kit.db import Base
from app.kit.errors import NotFound, RevisionConflict
from app.kit.scoping import LEVELS, OWN_TEAMS, of_levels
from app.kit.scoping import scope as scope_of_actor
from app.kit.severity import Severity

T = TypeVar("T", bound=Base)

_OWN_TEAMS: ColumnElement[Any] = bindparam("own_teams", type_=ARRAY(Uuid))
_SEES_COSTS = bindparam("sees_costs", type_=Boolean)


def _of_all_teams(needed: Any) -> ColumnElement[bool]:
    """Somebody sees every team in a list; null is every team there is."""
    return or_(_OWN_TEAMS.is_(None), needed.contained_by(cast(_OWN_TEAMS, ARRAY(Uuid))))


_MONEY = literal(sorted(OF_MONEY), ARRAY(Text))


def _costs_nothing(rule: Any) -> ColumnElement[bool]:
    """A rule tells no costs, or the actor may see them."""
    tells = (rule.metric == any_(_MONEY)) | func.coalesce(rule.condition, "").contains("metrics.cost")
    return or_(_SEES_COSTS, ~tells)


RULE_VISIBLE = of_levels(Rule.level) & _of_all_teams(Rule.team_ids) & _costs_nothing(Rule)
"""Rules that look at nothing the actor may not see; arguments are `scope(actor)`."""

_OWN_RULE = aliased(Rule)
_OF_HIDDEN_MODEL = exists().where(Model.id == Alert.model_id, ~MODEL_VISIBLE)
_OF_HIDDEN_DEPLOYMENT = exists().where(Deployment.id == Alert.deployment_id, ~DEPLOYMENT_VISIBLE)
ALERT_VISIBLE = (
    of_levels(Alert.level)
    & _of_all_teams(Alert.team_ids)
    & ~_OF_HIDDEN_MODEL
    & ~_OF_HIDDEN_DEPLOYMENT
    & exists().where(_OWN_RULE.id == Alert.rule_id, _costs_nothing(_OWN_RULE))
)
"""Alerts that tell nothing the actor may not see; arguments are `scope(actor)`."""

SILENCE_VISIBLE = of_levels(Silence.level) & _of_all_teams(Silence.team_ids) & or_(_SEES_COSTS, ~Silence.sees_costs)
CHANNEL_VISIBLE = of_levels(Channel.level) & _of_all_teams(Channel.team_ids) & or_(_SEES_COSTS, ~Channel.sees_costs)


def scope(actor: Actor) -> dict[str, Any]:
    """The arguments of the conditions above. A list of teams that is null is known only to who sees every team."""
    return {**scope_of_actor(actor), "sees_costs": actor.may(Permission.COSTS_READ)}


async def _get(session: AsyncSession, actor: Actor, kind: Any, key: UUID, visible: Any, path: str) -> Any:
    found = await session.scalar(select(kind).where(kind.id == key, visible).with_for_update(), scope(actor))
    if found is None:
        raise NotFound("There is no such thing, or you may not see it.").at(path)
    return found


def _at_revision(found: Any, expected: int | None) -> Any:
    if expected is not None and found.revision != expected:
        raise RevisionConflict(found.revision)
    return found


async def get_rule(session: AsyncSession, actor: Actor, key: UUID, expected: int | None = None) -> Rule:
    """The visible rule, locked until the transaction ends. Raises `NOT_FOUND`, and `CONFLICT` if it moved on."""
    return _at_revision(await _get(session, actor, Rule, key, RULE_VISIBLE, "alertRuleId"), expected)


async def get_alert(session: AsyncSession, actor: Actor, key: UUID, expected: int | None = None) -> Alert:
    """The visible alert, locked. Raises `NOT_FOUND`, and `CONFLICT` if it moved on."""
    return _at_revision(await _get(session, actor, Alert, key, ALERT_VISIBLE, "alertId"), expected)


async def get_channel(session: AsyncSession, actor: Actor, key: UUID, expected: int | None = None) -> Channel:
    """The visible channel, locked. Raises `NOT_FOUND`, and `CONFLICT` if it moved on."""
    return _at_revision(await _get(session, actor, Channel, key, CHANNEL_VISIBLE, "alertChannelId"), expected)


async def get_silence(session: AsyncSession, actor: Actor, key: UUID, expected: int | None = None) -> Silence:
    """The visible silence, locked. Raises `NOT_FOUND`, and `CONFLICT` if it moved on."""
    return _at_revision(await _get(session, actor, Silence, key, SILENCE_VISIBLE, "silenceId"), expected)


def definition_of(rule: Any) -> Definition:
    """What a stored rule says."""
    return Definition(
        **{name: getattr(rule, name) for name in _PLAIN},
        **{name: kind(getattr(rule, name)) for name, kind in _ENUMS.items()},
        scope=Scope.read(rule.scope),
        group_by=tuple(map(AlertLabel, rule.group_by)),
        channel_ids=tuple(rule.channel_ids),
        escalation=tuple(map(EscalationLevel.read, rule.escalation)),
    )


_PLAIN = (
    *("name", "description", "threshold", "window_minutes", "for_seconds", "keep_firing_seconds", "interval_seconds"),
    *("condition", "cooldown_seconds", "is_enabled"),
)
_ENUMS: dict[str, Any] = {
    "metric": AlertMetric,
    "comparator": Comparator,
    "severity": Severity,
    "type": AlertType,
    "no_data": NoData,
}


def columns_of(definition: Definition) -> dict[str, Any]:
    """How a definition is stored."""
    plain = {name: getattr(definition, name) for name in (*_PLAIN, *_ENUMS)}
    return {
        **plain,
        "scope": definition.scope.told(),
        "group_by": [label.value for label in definition.group_by],
        "channel_ids": list(definition.channel_ids),
        "escalation": [level.told() for level in definition.escalation],
    }


def view_of(rule: Any) -> View:
    """As whom a stored rule looks."""
    return View(Clearance(rule.level), None if rule.team_ids is None else frozenset(rule.team_ids))


def tags_of(level: str, team_ids: list[UUID], *, of_money: bool) -> tuple[str, ...]:
    """Who may hear of an alert, a rule or a silence."""
    teams = (f"team:{key}" for key in team_ids)
    return (f"level:{level}", *teams, *([f"permission:{Permission.COSTS_READ}"] if of_money else ()))


def heard_of_rule(rule: Rule) -> tuple[str, ...]:
    """Who may hear of a rule."""
    teams = [EVERY_TEAM] if rule.team_ids is None else rule.team_ids
    return tags_of(rule.level, teams, of_money=is_of_money(AlertMetric(rule.metric), rule.condition))


KNOWN_IDS = f"""
    select id from model where id = any(cast(:ids as uuid[])) and security_level = any({LEVELS})
    union all select p.id from provider p where p.id = any(cast(:ids as uuid[])) and (
        not exists (select from model m where m.provider_id = p.id)
        or exists (select from model m where m.provider_id = p.id and m.security_level = any({LEVELS})))
    union all select id from team where id = any(cast(:ids as uuid[]))
        and ({OWN_TEAMS} is null or id = any({OWN_TEAMS}))
    union all select d.id from deployment d join model m on m.id = d.model_id
        where d.id = any(cast(:ids as uuid[])) and m.security_level = any({LEVELS})
            and ({OWN_TEAMS} is null or d.team_id is null or d.team_id = any({OWN_TEAMS}))
    union all select id from alert_channel where id = any(cast(:ids as uuid[])) and level = any({LEVELS})
        and ({OWN_TEAMS} is null or team_ids <@ {OWN_TEAMS}) and deleted_at is null
        and (cast(:sees_costs as boolean) or not sees_costs)
"""  # noqa: S608 - composed from constants
"""Those of the ids that a rule names that are there and may be seen."""


def ids_in(rule: Definition) -> list[UUID]:
    """Everything that a rule names by its id."""
    named = rule.scope.models, rule.scope.providers, rule.scope.deployments, rule.scope.teams, rule.channel_ids
    return [*(key for keys in named for key in keys), *(key for one in rule.escalation for key in one.channel_ids)]


def known_arguments(actor: Actor, rule: Definition) -> dict[str, Any]:
    """The arguments of `KNOWN_IDS`."""
    return {**scope(actor), "ids": ids_in(rule)}
