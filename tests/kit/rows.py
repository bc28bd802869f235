"""Rows for tests, written straight into the tables, so that what is read does not depend on what acts do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.alerts.tables import Alert, Channel, Entry, Rule, Silence
from app.catalog.tables import Model, ModelVersion, Price, Provider
from app.deployments.tables import Deployment
from app.experiments.tables import Experiment, Variant
from app.identity.tables import Team
from app.kit.db import Base, Database
from app.kit.ids import global_id, new_id
from app.metrics.tables import HOUR, RollupDirty, rollup

HIDDEN_FROM_VIEWERS = ("RESTRICTED", "CONFIDENTIAL")


async def put(database: Database, *rows: Base) -> None:
    """Insert rows in the order given, in one transaction."""
    async with database.transaction() as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def select_rows(database: Database, sql: str, **values: Any) -> list[dict[str, Any]]:
    """What a statement gives, for a look behind the API."""
    async with database.transaction() as session:
        return [dict(row) for row in (await session.execute(text(sql), values)).mappings()]


async def execute(database: Database, *statements: str) -> None:
    """Run statements, each by itself."""
    for statement in statements:
        async with database.transaction() as session:
            await session.execute(text(statement))


def gid(row: Any) -> str:
    """The id by which the API knows a row."""
    name = type(row).__name__
    return global_id(FACES.get(name, name), row.id)


FACES = {"Rule": "AlertRule", "Channel": "AlertChannel"}
"""What the API calls some rows."""


def provider(slug: str = "acme", **columns: Any) -> Provider:
    """A provider."""
    return Provider(**{"id": new_id(), "slug": slug, "name": slug.title(), **columns})


def model(of: Provider, name: str, **columns: Any) -> Model:
    """An active, internal text model."""
    given = {"model_type": "TEXT", "status": "ACTIVE", "source": "REGISTERED"}
    named = {"id": new_id(), "provider_id": of.id, "slug": f"{of.slug}/{name}", "name": name}
    return Model(**{**named, **given, **columns})


def version(of: Model, label: str, **columns: Any) -> ModelVersion:
    """An active version."""
    return ModelVersion(**{"id": new_id(), "model_id": of.id, "label": label, "status": "ACTIVE", **columns})


def price(of: Model, token_class: str, usd_per_million: str, **columns: Any) -> Price:
    """A price in force for ever."""
    amount = Decimal(usd_per_million)
    named = {"id": new_id(), "model_id": of.id, "token_class": token_class, "usd_per_million": amount}
    return Price(**{**named, "source": "test", "conditions": {}, **columns})


def team(slug: str, **columns: Any) -> Team:
    """A team."""
    return Team(**{"id": new_id(), "slug": slug, "name": slug.title(), **columns})


def deployment(of: Model, name: str, **columns: Any) -> Deployment:
    """A running deployment in production."""
    given = {"environment": "PRODUCTION", "runtime": "RECORDED", "phase": "RUNNING", "conditions": []}
    return Deployment(**{"id": new_id(), "name": name, "model_id": of.id, **given, **columns})


def experiment(name: str, **columns: Any) -> Experiment:
    """A running experiment."""
    given = {
        "status": "RUNNING",
        "traffic_type": "PERCENTAGE",
        "traffic_percentage": Decimal(100),
        "primary_metric": "user_rating",
    }
    return Experiment(**{"id": new_id(), "name": name, **given, **columns})


def variant(of: Experiment, shown: Model, name: str, **columns: Any) -> Variant:
    """One of two arms."""
    given = {"position": 0, "weight": Decimal(50), "configuration": {}}
    return Variant(**{"id": new_id(), "experiment_id": of.id, "model_id": shown.id, "name": name, **given, **columns})


def alert_rule(name: str = "Errors", **columns: Any) -> Rule:
    """A rule about what everybody may see, not evaluated before the year 2200."""
    said = {"metric": "ERROR_RATE", "comparator": "GT", "threshold": Decimal("0.1"), "severity": "HIGH"}
    more = {"type": "QUALITY", "no_data": "OK", "window_minutes": 5, "interval_seconds": 60}
    owned = {"owner_id": "system", "owner_name": "Model Hub", "level": "PUBLIC", "team_ids": []}
    timed = {"next_at": datetime(2200, 1, 1, tzinfo=UTC)}
    return Rule(**{"id": new_id(), "name": name, **said, **more, **owned, **timed, **columns})


def alert(of: Rule, **columns: Any) -> Alert:
    """An alert that fires."""
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    dated = {"changed_at": at, "active_at": at, "fired_at": at, "value": Decimal("0.5"), "message": f"{of.name}: 50 %"}
    seen = {"severity": of.severity, "level": "PUBLIC", "team_ids": [], "labels_key": "[]", "state": "FIRING"}
    return Alert(**{"id": new_id(), "rule_id": of.id, **dated, **seen, **columns})


def alert_entry(of: Alert, **columns: Any) -> Entry:
    """That it began to fire."""
    said = {"kind": "TRANSITION", "from_state": "INACTIVE", "to_state": "FIRING", "notice": "SENT"}
    same = {"severity": of.severity, "message": of.message, "value": of.value, "at": of.changed_at}
    return Entry(**{"id": new_id(), "alert_id": of.id, **said, **same, **columns})


def channel(name: str = "Dashboard", **columns: Any) -> Channel:
    """A channel for everybody."""
    return Channel(**{"id": new_id(), "kind": "DASHBOARD", "name": name, "level": "PUBLIC", "team_ids": [], **columns})


def silence(**columns: Any) -> Silence:
    """A silence that lasts until the year 2200, of what everybody may see."""
    lasting = {"starts_at": datetime(2026, 11, 20, tzinfo=UTC), "ends_at": datetime(2200, 1, 1, tzinfo=UTC)}
    said = {"matchers": [{"label": "SEVERITY", "values": ["HIGH"], "isNegated": False}], "reason": "Works."}
    owned = {"author_id": "system", "author_name": "Model Hub", "level": "PUBLIC", "team_ids": []}
    return Silence(**{"id": new_id(), **lasting, **said, **owned, **columns})


async def add_usage(database: Database, of: Model, bucket: datetime, **columns: Any) -> None:
    """One minute of roll-up: everything that is not given is zero or absent. Its hour is marked, as ingest does it."""
    empty: dict[str, Any] = {name: [] for name in ("latency_buckets", "latency_counts", "ttft_buckets", "ttft_counts")}
    keys = {"grain": 1, "bucket": bucket, "model_id": of.id, "provider_id": of.provider_id}
    values = {**keys, "environment": "PRODUCTION", "last_at": bucket, **empty, **columns}
    async with database.transaction() as session:
        await session.execute(insert(rollup).values(values))
        hour = {"grain": HOUR, "bucket": bucket.replace(minute=0, second=0, microsecond=0), "due_at": bucket}
        await session.execute(insert(RollupDirty).values(hour).on_conflict_do_nothing())


def day(month: int, of_month: int) -> datetime:
    """Midnight UTC of a day of 2026."""
    return datetime(2026, month, of_month, tzinfo=UTC)


def names(connection: dict[str, Any]) -> list[str]:
    """The names of a connection's nodes."""
    return [node["name"] for node in connection["nodes"]]


def keys(rows: Iterable[Any]) -> list[UUID]:
    """The keys of rows."""
    return [row.id for row in rows]
