"""Acts on rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.claiming import Due
from app.alerts.definition import Definition, Known, View, faults, require
from app.alerts.events import AlertRuleCreated, AlertRuleDeleted, AlertRuleUpdated
from app.alerts.naming import Audience
from app.alerts.rules import AT_REST, Standing
from app.alerts.service import (
    KNOWN_IDS,
    columns_of,
    definition_of,
    get_rule,
    heard_of_rule,
    ids_in,
    known_arguments,
    view_of,
)
from app.alerts.storing import Change, write
from app.alerts.tables import Rule
from app.alerts.vocabulary import AlertState
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import Invalid, Rejected
from app.kit.ids import new_id
from app.kit.journal import record

MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The fields of a rule that are to be others."""

    rule_id: UUID
    changes: Mapping[str, Any]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A rule that is not wanted any more."""

    rule_id: UUID
    reason: str | None = None
    expected_revision: int | None = None


async def create_rule(session: AsyncSession, actor: Actor, wanted: Definition) -> UUID:
    """Make a rule that sees what its owner sees. Raises everything that is wrong with it at once."""
    actor.require(Permission.ALERTS_MANAGE)
    require(actor, wanted)
    await _check(session, actor, wanted)
    view = View.of(actor)
    teams = None if view.teams is None else sorted(view.teams)
    owned = {"owner_id": actor.id, "owner_name": actor.name, "level": view.level.value, "team_ids": teams}
    rule = Rule(id=new_id(), next_at=utc_now(), revision=1, **owned, **columns_of(wanted))
    session.add(rule)
    await session.flush()
    record(session, actor, AlertRuleCreated(**_about(rule)), after=wanted.told())
    return rule.id


async def update_rule(session: AsyncSession, actor: Actor, wanted: Update) -> UUID:
    """Change a rule, which goes on seeing what its owner sees; what changes nothing leaves no trace.

    If it watches something else from now on, or nothing, its alerts are over. Raises everything that is wrong."""
    actor.require(Permission.ALERTS_MANAGE)
    rule = await _standing(session, actor, wanted.rule_id, wanted.expected_revision)
    before = definition_of(rule)
    after = replace(before, **wanted.changes)
    require(actor, after)
    await _check(session, actor, after, before)
    if after != before:
        await _change(session, rule, before, after)
        was, became = _differing(before.told(), after.told())
        record(session, actor, AlertRuleUpdated(**_about(rule)), before=was, after=became)
    return rule.id


async def delete_rule(session: AsyncSession, actor: Actor, wanted: Deletion) -> UUID:
    """Take a rule out of the lists and evaluate it no more; its alerts are over. It stays reachable by its id."""
    actor.require(Permission.ALERTS_MANAGE)
    if len(wanted.reason or "") > MAX_REASON:
        raise Invalid(f"A reason has {MAX_REASON:,} characters at most.", "reason")
    rule = await get_rule(session, actor, wanted.rule_id, wanted.expected_revision)
    if rule.deleted_at is None:
        at = utc_now()
        await _close(session, rule, definition_of(rule), at)
        rule.deleted_at = at
        _touch(rule)
        event = AlertRuleDeleted(**_about(rule), occurred_at=at)
        before, after = {"deletedAt": None}, {"deletedAt": at.isoformat()}
        record(session, actor, event, before=before, after=after, reason=wanted.reason)
    return rule.id


async def _standing(session: AsyncSession, actor: Actor, key: UUID, expected: int | None) -> Rule:
    rule = await get_rule(session, actor, key, expected)
    if rule.deleted_at is not None:
        raise Invalid("It was deleted.", "alertRuleId")
    return rule


async def _check(session: AsyncSession, actor: Actor, rule: Definition, before: Definition | None = None) -> None:
    """What a rule names already may be gone by now, or hidden from whoever changes it."""
    found = await session.scalars(text(KNOWN_IDS), known_arguments(actor, rule))
    known = frozenset(found.all()) | frozenset(ids_in(before) if before else ())
    wrong = tuple(faults(rule, Known(known)))
    if wrong:
        raise Rejected(*wrong)


async def _change(session: AsyncSession, rule: Rule, before: Definition, after: Definition) -> None:
    at = utc_now()
    if after.watches_otherwise_than(before):
        await _close(session, rule, before, at)
    for name, value in columns_of(after).items():
        setattr(rule, name, value)
    rule.next_at = at
    _touch(rule)


def _touch(rule: Rule) -> None:
    rule.revision += 1
    rule.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type


def _about(rule: Rule) -> dict[str, Any]:
    heard = heard_of_rule(rule)
    return {"resource_id": str(rule.id), "name": rule.name, "revision": rule.revision, "scope_tags": heard}


def _differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changed = [name for name in after if after[name] != before[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


_OPEN = text("select * from alert where rule_id = :rule and state in ('PENDING', 'FIRING', 'ERROR') for update")
_OVER = {
    AlertState.PENDING: AT_REST,
    AlertState.FIRING: Standing(AlertState.RESOLVED),
    AlertState.ERROR: Standing(AlertState.RESOLVED),
}


async def _close(session: AsyncSession, rule: Rule, definition: Definition, at: datetime) -> None:
    """The alerts of a rule are over, as nobody looks at what they tell any more."""
    due = Due(rule.id, rule.revision, definition, view_of(rule), None, at, at)
    found = (await session.execute(_OPEN, {"rule": rule.id})).mappings().all()
    await write(session, due, [_closed(rule, row) for row in found], at)


def _closed(rule: Rule, row: Any) -> Change:
    labels = tuple(orjson.loads(row["labels_key"]))
    audience = Audience(row["level"], list(row["team_ids"]))
    message = f"{rule.name}: over, as its rule was changed, disabled or deleted."
    return Change(labels, row, _OVER[AlertState(row["state"])], None, message, audience)
