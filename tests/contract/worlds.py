"""Estates in which there is something of every type: one that everybody sees, and what is hidden from some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels.tables import Attempt, Message
from app.alerts.tables import Alert, Channel, Rule, Silence
from app.catalog.tables import AliasMove, LifecycleTransition, Model, ModelAlias, ModelRating, ModelVersion, Provider
from app.deployments.events import DeploymentRecorded
from app.deployments.tables import Deployment, DeploymentReplica, DeploymentRevision, DeploymentTransition
from app.deployments.vocabulary import Environment
from app.experiments.tables import Experiment
from app.identity.tables import ApiKey, Principal, Session, Team, TeamMember
from app.kit.access import SYSTEM, Actor
from app.kit.db import Base, Database
from app.kit.ids import global_id, new_id
from app.kit.journal import Event, Writer, record
from app.kit.scoping import tags
from app.metrics.events import ErrorsBurst, ModelFirstUsed
from app.metrics.ingest.service import make_partitions
from app.metrics.results.tables import rollup_variant
from app.metrics.tables import Inference, InferenceKey, rollup_attribution, rollup_error, rollup_use_case, rollup_user
from tests.kit.rows import (
    FACES,
    add_usage,
    alert,
    alert_entry,
    alert_rule,
    channel,
    deployment,
    experiment,
    model,
    price,
    provider,
    put,
    silence,
    variant,
    version,
)

NOW = datetime.fromisoformat("2096-03-14T15:09:00+00:00")
"""The present of both worlds."""

SPEC = {
    "runtime": {
        "replicas": 2,
        "resources": {"cpu": "1", "memory": "1Gi", "gpu": 1},
        "scaling": {"minReplicas": 1, "maxReplicas": 4, "targetCpuUtilization": 70, "targetMemoryUtilization": 80},
    },
    "parameters": {"temperature": 0.2, "maxTokens": 100},
    "networking": {"port": 443, "host": "x.example", "path": "/", "timeoutSeconds": 5, "retries": 1},
    "monitoring": {"enableMetrics": True, "metricsIntervalSeconds": 15, "enableTracing": False, "logLevel": "INFO"},
    "security": {
        "authentication": True,
        "authorization": ["x"],
        "rateLimiting": {"requestsPerMinute": 60, "burstLimit": 10},
    },
    "process": {"template": "sample"},
    "external": {"baseUrl": "https://x.example/v1", "credential": "X_KEY"},
}

LISTS = ("tags", "capabilities", "supported_tasks", "input_formats", "output_formats", "compliance")
FACTS = {
    "owner": "ann",
    "category": "chat",
    **{name: ["x"] for name in LISTS},
    "retires_on": NOW.date(),
    "baseline_cost_per_1k_tokens": Decimal(1),
    "baseline_latency_ms": 100.0,
    "context_window": 8000,
    "rating_average": Decimal(4),
    "rating_count": 1,
}
"""What every condition of a filter can ask for."""


@dataclass(slots=True)
class Estate:
    """Models with all that belongs to them, a deployment and an experiment, and how they are used."""

    rows: list[Base] = field(default_factory=list[Base])
    used: list[tuple[Model, dict[str, Any]]] = field(default_factory=list[tuple[Model, dict[str, Any]]])
    events: list[Event] = field(default_factory=list[Event])
    arms: list[UUID] = field(default_factory=list[UUID])

    async def put(self, database: Database) -> None:
        """Write it all."""
        await put(database, *self.rows)
        for of, columns in self.used:
            await _add_usage(database, of, **columns)
        for arm in self.arms:
            await _add_results(database, arm)
        await Writer(database).write(SYSTEM, _tell, self.events)

    def all(self, *kinds: type[Base]) -> list[Any]:
        """Its rows of these kinds."""
        return [row for row in self.rows if isinstance(row, kinds)]


async def _tell(session: AsyncSession, actor: Actor, events: Iterable[Event]) -> None:
    for event in events:
        record(session, actor, event)


def call_of(of: Model, columns: dict[str, Any]) -> UUID:
    """The event id of the call that stands for some usage."""
    return uuid5(of.id, repr(columns))


async def _add_call(database: Database, of: Model, at: datetime, **columns: Any) -> None:
    """One of these calls, as it was reported: it failed."""
    async with database.driver() as connection:
        await make_partitions(connection, {at.date()})
    named = {"event_id": call_of(of, columns), "occurred_at": at, **columns}
    cell = {"model_id": of.id, "provider_id": of.provider_id, "environment": "PRODUCTION"}
    people = {"user_key": f"user of {of.id}", "api_key": "ci", "session_key": "s"}
    why = {"failed": True, "error_code": f"E of {of.id}", "error_message": "away"}
    what = {"workflow_run": f"run of {of.id}", "pipeline_context": {"step": 1}, "use_case": f"case of {of.id}"}
    counts = dict.fromkeys(("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning"), 1)
    key = InferenceKey(event_id=named["event_id"], occurred_at=at, digest=b"")
    await put(database, key, Inference(**named, **cell, **people, **why, **what, **counts, cost=Decimal("0.5")))


async def _add_usage(database: Database, of: Model, **columns: Any) -> None:
    """A minute of calls, with failures, use cases and users."""
    at = NOW - timedelta(minutes=30)
    cell = {"grain": 1, "bucket": at, "model_id": of.id, "provider_id": of.provider_id, "environment": "PRODUCTION"}
    latency = {"latency_count": 40, "latency_sum_us": 4_000_000, "latency_min_us": 10, "latency_max_us": 900_000}
    sums = {
        "requests": 40,
        "failed": 8,
        "cost": Decimal("1.25"),
        "tokens_in": 900,
        "tokens_out": 90,
        "unpriced": 3,
        **latency,
    }
    await add_usage(database, of, at, **columns, **sums, latency_buckets=[1700], latency_counts=[40])
    where = {**cell, **columns}
    ranks = {"registers": list(range(9)), "ranks": [2] * 9}
    await _add_call(database, of, at, **columns)
    async with database.transaction() as session:
        failure = {"error_code": f"E{new_id().hex}", "requests": 8, "message": "away", "last_at": at}
        await session.execute(insert(rollup_error).values(**where, **failure))
        await session.execute(insert(rollup_use_case).values(**where, use_case="triage", requests=40, cost=1))
        for kind in ("API_KEY", "USER", "USE_CASE"):
            told = {"kind": kind, "label": f"{kind} of {new_id().hex}", "requests": 30, "tokens_in": 800, "cost": 1}
            await session.execute(insert(rollup_attribution).values(**where, **told))
        await session.execute(insert(rollup_user).values(**where, **ranks))


async def _add_results(database: Database, arm: UUID) -> None:
    """Calls that a variant answered."""
    histograms = {name: [] for name in ("latency_buckets", "latency_counts", "ttft_buckets", "ttft_counts")}
    sums = {"requests": 7, "failed": 1, "units": 6, "cost": Decimal(2), "rating_count": 2, "rating_sum": 9}
    async with database.transaction() as session:
        await session.execute(insert(rollup_variant).values(variant_id=arm, last_at=NOW, **sums, **histograms))


def people(name: str, *teams: Team) -> list[Any]:
    """A user in these teams with a session, and a service account of his with a key in place of another."""
    user = Principal(id=new_id(), kind="USER", name=name, email=f"{name}@example.com", role="VIEWER")
    robot = Principal(id=new_id(), kind="SERVICE_ACCOUNT", name=f"{name}-bot", role="VIEWER", owner_id=user.id)
    until = {"expires_at": NOW + timedelta(days=9)}
    old, new = (
        ApiKey(id=new_id(), principal_id=robot.id, name="ci", prefix="mhk_x", digest=new_id().bytes, **until)
        for _ in range(2)
    )
    new.replaces_id = old.id
    members = [TeamMember(team_id=of.id, principal_id=one.id) for of in teams for one in (user, robot)]
    return [user, robot, *members, Session(id=new_id(), principal_id=user.id, **until), old, new]


def whole(name: str, level: str = "PUBLIC", of: Team | None = None) -> Estate:
    """An estate with models of that level; what can belong to a team belongs to this one."""
    own = provider(name)
    one, two = (
        model(own, label, security_level=level, description=f"Thermo{name}dynamics", **FACTS)
        for label in ("one", "two")
    )
    two.replacement_id = one.id
    first = version(one, "v1", activated_at=NOW - timedelta(days=1))
    crew = people(name, of) if of else []
    rater = str(crew[0].id) if crew else "somebody"
    estate = Estate([own, one, two, first, *_lives(one, first, rater), *([of] if of else []), *crew])
    add_work(estate, name, one, two, of)
    estate.events.append(_heard(ModelFirstUsed, f"{name} used", one, one.id, None))
    return estate


def _lives(one: Model, first: Any, rater: str) -> list[Base]:
    before = NOW - timedelta(days=2)
    alias = {"model_id": one.id, "name": "production", "model_version_id": first.id, "moved_at": before}
    step = {"model_id": one.id, "from_status": "EXPERIMENTAL", "to_status": "ACTIVE", "actor": "ann"}
    return [
        ModelAlias(id=new_id(), **alias),
        AliasMove(id=new_id(), **alias, moved_by="ann"),
        LifecycleTransition(id=new_id(), **step, occurred_at=before),
        LifecycleTransition(id=new_id(), **step, model_version_id=first.id, occurred_at=before),
        ModelRating(model_id=one.id, actor_id=rater, rating=4, comment="Good."),
        price(one, "INPUT", "2.5", recorded_at=before),
    ]


def add_work(estate: Estate, name: str, one: Model, two: Model, of: Team | None) -> None:
    """A deployment of the first model, an experiment with both, usage with and without the deployment, and events."""
    owned = {"team_id": of.id} if of else {}
    ready = {"type": "Ready", "status": "TRUE", "reason": "Up", "message": "Up", "lastTransitionAt": NOW.isoformat()}
    versions = {row.model_id: row.id for row in estate.all(ModelVersion)}
    served = deployment(
        one, f"{name}-chat", spec=SPEC, conditions=[ready], model_version_id=versions.get(one.id), **owned
    )
    trial = experiment(
        f"{name}-trial", traffic_type="RULES", traffic_rules=[{"condition": "true", "variantName": "a"}], **owned
    )
    arms = [variant(trial, one, "a", is_control=True), variant(trial, two, "b", position=1)]
    arms[0].model_version_id = versions.get(one.id)
    estate.rows += [served, *_runs(served), trial, *arms]
    estate.arms += [arm.id for arm in arms]
    estate.used += [(one, {"deployment_id": served.id, **owned}), (one, owned)]
    add_alerts(estate, name, one, served, of)
    for kind in (DeploymentRecorded, ErrorsBurst):
        estate.events.append(_heard(kind, f"{name} {kind.kind}", one, served.id, of))


def _runs(served: Deployment) -> list[Base]:
    """What was wanted of a deployment, and what runs of it."""
    of, before = {"deployment_id": served.id}, NOW - timedelta(hours=2)
    wanted = {"cause": "CREATED", "spec": SPEC, "model_version_id": served.model_version_id, "actor": "ann"}
    return [
        DeploymentRevision(id=new_id(), **of, number=1, **wanted),
        DeploymentReplica(**of, slot=0, revision=1, state="READY", last_exit_at=before, last_exit_code=1),
        DeploymentTransition(**of, occurred_at=before, phase="RUNNING"),
    ]


def add_alerts(estate: Estate, name: str, one: Model, served: Deployment, of: Team | None) -> None:
    """A rule about all of it with a channel, an alert of it that fires, and a silence of the same team and level."""
    seen: dict[str, Any] = {"level": one.security_level, "team_ids": [of.id] if of else []}
    told = channel(f"{name} people", kind="WEBHOOK", host=f"{name}.example", **seen)
    words = Message(id=new_id(), channel_id=told.id, kind="TEST", content={}, due_at=NOW, status="SENT")
    arrived = {"at": NOW, "took_ms": 9, "outcome": "DELIVERED", "http_status": 200, "reply": f"{name} says 200"}
    tried = Attempt(id=new_id(), message_id=words.id, channel_id=told.id, number=1, **arrived)
    about = {"models": [one.id], "providers": [one.provider_id], "deployments": [served.id]}
    scope = {kind: [str(key) for key in keys] for kind, keys in about.items()}
    rule = alert_rule(
        f"{name} errors",
        scope={**scope, "environments": ["PRODUCTION"], "teams": [str(of.id)] if of else []},
        group_by=["MODEL", "TEAM"],
        channel_ids=[told.id],
        escalation=[{"afterSeconds": 60, "channelIds": [str(told.id)]}],
        **seen,
    )
    labels = {"model_id": one.id, "provider_id": one.provider_id, "deployment_id": served.id}
    fires = alert(rule, **labels, environment="PRODUCTION", team_id=of.id if of else None, **seen)
    estate.rows += [told, words, tried, rule, fires, alert_entry(fires), silence(reason=f"{name} works", **seen)]


MORE: dict[Any, dict[str, Any]] = {
    ErrorsBurst: {"failed": 30, "requests": 60},
    DeploymentRecorded: {"environment": Environment.PRODUCTION.value},
}
"""What some events say besides."""


def _heard(kind: Any, message: str, of: Model, resource: UUID, owner: Team | None) -> Event:
    more: dict[str, Any] = MORE.get(kind, {})
    return kind(
        resource_id=str(resource),
        model_id=str(of.id),
        message=message,
        occurred_at=NOW - timedelta(minutes=20),
        scope_tags=tags(of.security_level, owner.id if owner else None),
        **more,
    )


def hidden(seen: Estate, other: Team) -> Estate:
    """What those of another team with a low clearance may not see; whoever came last in `seen` is in both teams.

    Models of both levels above, and of visible models what belongs to the other team."""
    both = [TeamMember(team_id=other.id, principal_id=one.id) for one in seen.all(Principal)[-2:]]
    found = Estate([other, *people(other.slug, other), *both])
    for level in ("RESTRICTED", "CONFIDENTIAL"):
        part = whole(f"hush-{level.lower()}", level)
        found.rows += part.rows
        found.used += part.used
        found.events += part.events
    one, two = seen.all(Model)[:2]
    add_work(found, other.slug, one, two, other)
    served = found.all(Deployment)[-1]
    found.used.append((one, {"deployment_id": served.id}))  # whoever calls it: it is the other team's
    return found


def entities(estate: Estate) -> list[Any]:
    """Everything in it that has an id in the API."""
    kinds = (Model, ModelVersion, Provider, Deployment, Experiment, Team, Principal, ApiKey)
    alerting = (Alert, Rule, Channel, Silence)
    return estate.all(*kinds, *alerting)


def kind_of(row: Base) -> str:
    """The name of an entity's type."""
    name = type(row).__name__
    people = {"USER": "User", "SERVICE_ACCOUNT": "ServiceAccount"}
    return people.get(getattr(row, "kind", ""), FACES.get(name, name))


def id_of(row: Any) -> str:
    """The id by which the API knows an entity."""
    return global_id(kind_of(row), row.id)
