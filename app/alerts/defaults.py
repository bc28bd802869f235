"""The rules that come with the product. People may change and delete them: what is there once is left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.definition import DASHBOARD, EVERY_TEAM, NOBODYS, Definition, View
from app.alerts.events import AlertRuleCreated
from app.alerts.measuring import OF_THE_SYSTEM
from app.alerts.service import columns_of, tags_of
from app.alerts.tables import Channel, Rule
from app.alerts.vocabulary import AlertLabel, AlertMetric, AlertType, ChannelKind, Comparator, NoData
from app.kit.access import Actor
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.severity import Severity

_M, _C, _S = AlertMetric, Comparator, Severity


@dataclass(frozen=True, slots=True)
class Default:
    """A rule and the name by which the product knows it."""

    key: str
    definition: Definition


def _rule(
    key: str, name: str, metric: AlertMetric, comparator: Comparator, threshold: str, severity: Severity, **more: object
) -> Default:
    given = {"type": AlertType.PERFORMANCE, "channel_ids": (DASHBOARD,), **more}
    said = {"name": name, "metric": metric, "comparator": comparator, "severity": severity}
    return Default(key, Definition(**said, threshold=Decimal(threshold), **given))  # type: ignore[arg-type]


_COST = {"type": AlertType.COST}
_BUDGET = {**_COST, "interval_seconds": 15}
_SYSTEM = {"interval_seconds": 15, "no_data": NoData.OK}

DEFAULTS = (
    _rule(
        *("error-rate", "Error rate", _M.ERROR_RATE, _C.GT, "0.1", _S.HIGH),
        description="More than a tenth of at least 20 calls within five minutes failed.",
        group_by=(AlertLabel.MODEL, AlertLabel.DEPLOYMENT),
        condition="metrics.requests >= 20",
        interval_seconds=5,
        keep_firing_seconds=120,
        cooldown_seconds=300,
    ),
    _rule(
        *("latency-p95", "Slow answers", _M.LATENCY_P95_MS, _C.GT, "30000", _S.MEDIUM),
        description="The 95th percentile of at least 20 calls within ten minutes is above 30 s, for five minutes.",
        group_by=(AlertLabel.MODEL, AlertLabel.DEPLOYMENT),
        condition="metrics.requests >= 20",
        window_minutes=10,
        for_seconds=300,
        keep_firing_seconds=300,
    ),
    _rule(
        *("availability", "Availability", _M.SUCCESS_RATE, _C.LT, "0.75", _S.CRITICAL),
        description="Less than three quarters of at least 50 calls of a provider's models within five minutes "
        "succeeded, for two minutes.",
        group_by=(AlertLabel.PROVIDER,),
        condition="metrics.requests >= 50",
        interval_seconds=15,
        for_seconds=120,
        keep_firing_seconds=300,
    ),
    _rule(
        *("failed-deployments", "Failed deployments", _M.FAILED_DEPLOYMENTS, _C.GT, "0", _S.HIGH),
        description="A deployment has failed.",
        group_by=(AlertLabel.DEPLOYMENT,),
        interval_seconds=15,
    ),
    _rule(
        *("unusual-spend", "Unusual spend", _M.UNUSUAL_SPEND, _C.GT, "2", _S.HIGH),
        description="Today more than twice as much was spent as is usual, and clearly more than it varies.",
        interval_seconds=300,
        keep_firing_seconds=3600,
        **_COST,
    ),
    _rule(
        *("unpriced-usage", "Unpriced usage", _M.UNPRICED_REQUESTS, _C.GT, "0", _S.MEDIUM),
        description="Calls came in whose price is unknown; they are in no sum.",
        group_by=(AlertLabel.MODEL,),
        window_minutes=60,
        keep_firing_seconds=3600,
        **_COST,
    ),
    _rule(
        *("ingest-stalled", "Ingest stalled", _M.INGEST_AGE_SECONDS, _C.GT, "900", _S.HIGH),
        description="No call was reported for a quarter of an hour, although there were some within a day.",
        no_data=NoData.KEEP,
    ),
    _rule("budget-70", "70 % of the daily budget", _M.DAILY_BUDGET_USED, _C.GTE, "0.7", _S.MEDIUM, **_BUDGET),
    _rule("budget-90", "90 % of the daily budget", _M.DAILY_BUDGET_USED, _C.GTE, "0.9", _S.HIGH, **_BUDGET),
    _rule("budget-100", "The daily budget is spent", _M.DAILY_BUDGET_USED, _C.GTE, "1", _S.CRITICAL, **_BUDGET),
    _rule(
        *("database", "Database slow", _M.DATABASE_LATENCY_MS, _C.GT, "1000", _S.HIGH),
        description="The database needs more than a second for the simplest question, for a minute.",
        for_seconds=60,
        **_SYSTEM,
    ),
    _rule(
        *("redis", "Redis away", _M.REDIS_AVAILABLE, _C.LT, "1", _S.HIGH),
        description="Redis does not answer the worker, for half a minute.",
        for_seconds=30,
        **_SYSTEM,
    ),
    _rule(
        *("worker-lag", "Worker behind", _M.WORKER_LAG_SECONDS, _C.GT, "300", _S.HIGH),
        description="Roll-ups are more than five minutes behind.",
        **_SYSTEM,
    ),
    _rule(
        *("evaluation-lag", "Rules evaluated late", _M.EVALUATION_LAG_SECONDS, _C.GT, "60", _S.HIGH),
        description="Some rule waits for its evaluation for more than a minute.",
        **_SYSTEM,
    ),
)


async def seed(session: AsyncSession, actor: Actor) -> int:
    """Add what of it was never there; returns how many rules. Any number of workers may do so at once."""
    everybodys = {"level": NOBODYS.level, "team_ids": NOBODYS.needed(), "name": "Dashboard"}
    channel = {"id": DASHBOARD, "kind": ChannelKind.DASHBOARD, **everybodys}
    await session.execute(insert(Channel).values(channel).on_conflict_do_nothing())
    known = set(await session.scalars(select(Rule.key).where(Rule.key.is_not(None))))
    return sum([await _seeded(session, actor, default) for default in DEFAULTS if default.key not in known])


async def _of_here(session: AsyncSession, rule: Definition) -> Definition:
    """With the channels that the settings name, if it is about costs."""
    if rule.type is not AlertType.COST:
        return rule
    named = await session.scalars(select(Channel.id).where(Channel.key.is_not(None), Channel.deleted_at.is_(None)))
    return replace(rule, channel_ids=(*rule.channel_ids, *sorted(named.all())))


async def _seeded(session: AsyncSession, actor: Actor, default: Default) -> bool:
    rule, key = await _of_here(session, default.definition), new_id()
    view = NOBODYS if rule.metric in OF_THE_SYSTEM else View.of(actor)
    teams = None if view.teams is None else sorted(view.teams)
    owned = {"owner_id": actor.id, "owner_name": actor.name, "level": view.level, "team_ids": teams}
    values = {"id": key, "key": default.key, **columns_of(rule), **owned}
    added = await session.scalar(insert(Rule).values(values).on_conflict_do_nothing().returning(Rule.id))
    if added is None:
        return False
    heard = tags_of(view.level, [EVERY_TEAM] if teams is None else teams, of_money=rule.is_of_money)
    event = AlertRuleCreated(resource_id=str(key), name=rule.name, revision=1, scope_tags=heard)
    record(session, actor, event, after=rule.told())
    return True
