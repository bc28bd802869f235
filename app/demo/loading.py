"""Puts the estate into the tables and takes it out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import service as catalog
from app.catalog.tables import AliasMove, Model, ModelAlias, ModelVersion
from app.catalog.vocabulary import ModelSource, ModelStatus
from app.demo import estate, people
from app.demo.trials import trial_id
from app.deployments.events import DeploymentScaled
from app.deployments.rules import phase_of
from app.deployments.tables import Deployment
from app.deployments.vocabulary import Runtime
from app.experiments.tables import Experiment, Variant
from app.identity.tables import Team
from app.kit.access import Actor, Clearance
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.scoping import tags
from app.metrics.tables import ErrorBurst

TAGS = ("demo",)

_UNGOVERNED: dict[str, Any] = {
    **dict.fromkeys(("category", "owner", "documentation", "retires_on", "replacement_id")),
    "supported_tasks": [],
    "tags": [],
    "compliance": [],
    "security_level": Clearance.INTERNAL,
    "status": ModelStatus.ACTIVE,
}
"""What an imported model says where nobody has said anything."""


async def load(session: AsyncSession, actor: Actor, whole: estate.Estate, anchor: datetime) -> None:
    """Everything but the traffic."""
    teams = {team.slug: _team(team) for team in whole.teams}
    session.add_all(teams.values())
    models = await _models(session, whole, anchor)
    await session.flush()
    versions = {(m.slug, v.label): _version(models[m.slug], v, anchor) for m in whole.models for v in m.versions}
    session.add_all(versions.values())
    await session.flush()
    aliases = _aliases(whole, models, versions, anchor)
    session.add_all([*aliases, *map(_move, aliases)])
    deployments = {d.name: _deployment(d, models, versions, teams, anchor) for d in whole.deployments}
    session.add_all(deployments.values())
    await session.flush()
    levels = {model.id: model.security_level for model in models.values()}
    for scaling in whole.scalings:
        deployment = deployments[scaling.deployment]
        record(session, actor, _scaled(scaling, deployment, levels[deployment.model_id], anchor))
    for experiment in whole.experiments:
        _add_experiment(session, experiment, deployments, teams, anchor)


def _team(team: estate.Team) -> Team:
    return Team(id=new_id(), slug=team.slug, name=team.name, is_demo=True)


async def _models(session: AsyncSession, whole: estate.Estate, anchor: datetime) -> dict[str, Model]:
    owned = [model for model in whole.models if model.in_house is not None]
    slugs = {model.slug.split("/")[0]: {"name": "NeuroWeaver"} for model in owned}
    providers = await catalog.ensure_providers(session, slugs)
    for model in owned:
        session.add(_in_house(model, providers))
    await session.flush()
    found = await session.scalars(select(Model).where(Model.slug.in_(model.slug for model in whole.models)))
    models = {model.slug: model for model in found}
    for model in whole.models:
        _set(models[model.slug], _governance(model, models, anchor))
    return models


def _in_house(model: estate.Model, providers: Mapping[str, UUID]) -> Model:
    provider, _, _ = model.slug.partition("/")
    return Model(
        id=new_id(),
        slug=model.slug,
        provider_id=providers[provider],
        source=ModelSource.REGISTERED,
        status=model.status,
        is_demo=True,
        **(model.in_house or {}),
    )


def _governance(model: estate.Model, models: Mapping[str, Model], anchor: datetime) -> dict[str, Any]:
    """What the estate says about a model: the columns that belong to people."""
    return {
        "category": model.category,
        "owner": model.owner,
        "documentation": model.documentation,
        "supported_tasks": list(model.supported_tasks),
        "tags": list(model.tags),
        "compliance": list(model.compliance),
        "security_level": model.security_level,
        "status": model.status,
        "retires_on": (anchor + model.retires_on).date() if model.retires_on else None,
        "replacement_id": models[model.replacement].id if model.replacement else None,
    }


def _set(row: Model, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _version(model: Model, version: estate.Version, anchor: datetime) -> ModelVersion:
    activated = anchor + version.activated if version.activated is not None else None
    return ModelVersion(
        id=new_id(),
        model_id=model.id,
        label=version.label,
        status=version.status,
        activated_at=activated,
        created_at=activated or anchor,
        is_demo=True,
    )


def _aliases(
    whole: estate.Estate,
    models: Mapping[str, Model],
    versions: Mapping[tuple[str, str], ModelVersion],
    anchor: datetime,
) -> list[ModelAlias]:
    return [
        ModelAlias(
            id=new_id(),
            model_id=models[model.slug].id,
            name=name,
            model_version_id=versions[model.slug, label].id,
            is_protected=name == "production",
            moved_at=versions[model.slug, label].activated_at or anchor,
            is_demo=True,
        )
        for model in whole.models
        for name, label in model.aliases.items()
    ]


def _move(alias: ModelAlias) -> AliasMove:
    """How an alias came to point where it points."""
    where = {"model_id": alias.model_id, "name": alias.name, "model_version_id": alias.model_version_id}
    return AliasMove(**where, moved_at=alias.moved_at, moved_by="demo")


def _deployment(
    made: estate.Deployment,
    models: Mapping[str, Model],
    versions: Mapping[tuple[str, str], ModelVersion],
    teams: Mapping[str, Team],
    anchor: datetime,
) -> Deployment:
    since = anchor + made.loads[0].since
    conditions = [_condition(condition, anchor) for condition in made.conditions]
    return Deployment(
        id=new_id(),
        name=made.name,
        model_id=models[made.model].id,
        model_version_id=versions[made.model, made.version].id,
        team_id=teams[made.team].id,
        environment=made.environment,
        runtime=Runtime.RECORDED,
        conditions=conditions,
        phase=phase_of(conditions),
        spec=made.size.spec,
        replicas=made.size.replicas,
        endpoint=made.endpoint,
        observed_generation=1,
        is_demo=True,
        created_at=since,
        updated_at=since,
    )


def _condition(condition: estate.Condition, anchor: datetime) -> dict[str, Any]:
    since = anchor + condition.last_transition if condition.last_transition is not None else None
    return {
        "type": condition.type,
        "status": condition.status.value,
        "reason": condition.reason,
        "message": condition.message,
        "lastTransitionAt": since.isoformat() if since else None,
    }


def _scaled(scaling: estate.Scaling, deployment: Deployment, level: str, anchor: datetime) -> DeploymentScaled:
    return DeploymentScaled(
        resource_id=str(deployment.id),
        model_id=str(deployment.model_id),
        environment=deployment.environment,
        replicas_from=scaling.before,
        replicas_to=scaling.after,
        occurred_at=anchor + scaling.when,
        message=f"{scaling.deployment} went from {scaling.before} to {scaling.after} replicas: {scaling.reason}",
        scope_tags=(*TAGS, *tags(level, deployment.team_id)),
    )


def _add_experiment(
    session: AsyncSession,
    made: estate.Experiment,
    deployments: Mapping[str, Deployment],
    teams: Mapping[str, Team],
    anchor: datetime,
) -> None:
    experiment = _experiment(made, teams[made.team].id, anchor)
    session.add(experiment)
    for position, variant in enumerate(made.variants):
        session.add(_variant(experiment.id, position, variant, deployments[variant.deployment]))


def _experiment(made: estate.Experiment, team_id: UUID, anchor: datetime) -> Experiment:
    return Experiment(
        id=trial_id(made),
        name=made.name,
        description=made.description,
        status=made.status,
        owner=made.owner,
        team_id=team_id,
        traffic_type=made.traffic_type,
        traffic_percentage=made.traffic_percentage,
        traffic_rules=list(made.traffic_rules),
        audience_percentage=made.audience_percentage,
        audience_filters=made.audience_filters,
        starts_at=anchor + made.starts,
        ends_at=anchor + made.ends,
        started_at=anchor + made.started,
        ended_at=anchor + made.ended if made.ended is not None else None,
        primary_metric=made.primary_metric,
        secondary_metrics=list(made.secondary_metrics),
        guardrail_metrics=list(made.guardrail_metrics),
        confidence_level=made.confidence_level,
        is_demo=True,
        created_at=anchor + made.starts,
        updated_at=anchor + (made.ended or made.started),
    )


def _variant(experiment_id: UUID, position: int, made: estate.Variant, deployment: Deployment) -> Variant:
    return Variant(
        id=new_id(),
        experiment_id=experiment_id,
        position=position,
        name=made.name,
        model_id=deployment.model_id,
        model_version_id=deployment.model_version_id,
        weight=made.weight,
        configuration=made.configuration,
        is_control=made.is_control,
    )


_DEMO_DEPLOYMENTS = "(select id from deployment where is_demo)"
_DEMO_VARIANTS = "(select v.id from experiment_variant v join experiment e on e.id = v.experiment_id where e.is_demo)"

_CLEAR_USAGE = (
    (
        "delete from inference_key k using inference i "
        f"where i.event_id = k.event_id and i.deployment_id in {_DEMO_DEPLOYMENTS}"
    ),
    f"delete from inference where deployment_id in {_DEMO_DEPLOYMENTS}",
    *(
        f"delete from {table} where deployment_id in {_DEMO_DEPLOYMENTS}"
        for table in ("rollup", "rollup_error", "rollup_use_case", "rollup_attribution", "rollup_user")
    ),
    *(f"delete from {table} where variant_id in {_DEMO_VARIANTS}" for table in ("rollup_variant", "experiment_unit")),
    "delete from model_first_use f where not exists (select from rollup r where r.model_id = f.model_id)",
    "update event set kind = 'demo.cleared', topic = 'demo', payload = '{}' where 'demo' = any(scope_tags)",
)
"""Events of the demo are emptied but stay in the log, as its positions must not have gaps."""


_DEMO_MODELS = "(select id from model where is_demo)"
_DEMO_VERSIONS = "(select id from model_version where is_demo)"

_CLEAR_LIVES = (
    f"delete from model_alias where model_id in {_DEMO_MODELS} or model_version_id in {_DEMO_VERSIONS}",
    f"delete from model_alias_move where model_id in {_DEMO_MODELS} or model_version_id in {_DEMO_VERSIONS}",
    f"delete from lifecycle_transition where model_id in {_DEMO_MODELS} or model_version_id in {_DEMO_VERSIONS}",
    f"delete from price where model_id in {_DEMO_MODELS}",
    f"delete from model_rating where model_id in {_DEMO_MODELS}",
    f"update model set replacement_id = null where not is_demo and replacement_id in {_DEMO_MODELS}",
    f"update deployment set model_version_id = null where model_version_id in {_DEMO_VERSIONS}",
)
"""What people did to models and versions of the demo goes with them."""


_CLEAR_PROVIDER = """
delete from provider p where p.slug = 'neuroweaver' and not exists (select from model m where m.provider_id = p.id)
"""


async def clear(session: AsyncSession, whole: estate.Estate, anchor: datetime) -> None:
    """Remove the estate and its traffic; what it filled in about imported models becomes unknown again.

    Waits for roll-ups under way, which would otherwise write what they read before."""
    await session.execute(text("lock table rollup_dirty_minute, rollup_dirty in exclusive mode"))
    for statement in _CLEAR_USAGE:
        await session.execute(text(statement))
    demo = select(Deployment.id).where(Deployment.is_demo)
    await session.execute(delete(ErrorBurst).where(ErrorBurst.deployment_id.in_(demo)))
    experiments = select(Experiment.id).where(Experiment.is_demo)
    await session.execute(delete(Variant).where(Variant.experiment_id.in_(experiments)))
    for table in (Experiment, Deployment):
        await session.execute(delete(table).where(table.is_demo))
    for statement in _CLEAR_LIVES:
        await session.execute(text(statement))
    await session.execute(delete(ModelVersion).where(ModelVersion.is_demo))
    await _clear_models(session, whole, anchor)
    await people.leave(session)
    used = select(Deployment.team_id).where(Deployment.team_id.is_not(None))
    await session.execute(delete(Team).where(Team.is_demo, Team.id.not_in(used)))


async def _clear_models(session: AsyncSession, whole: estate.Estate, anchor: datetime) -> None:
    """Take back what the estate said about imported models, unless somebody has said something else since."""
    found = await session.scalars(select(Model).where(Model.slug.in_([model.slug for model in whole.models])))
    models = {row.slug: row for row in found}
    for model in whole.models:
        row, ours = models.get(model.slug), _governance(model, models, anchor)
        if row is not None and not row.is_demo:
            _set(row, {name: _UNGOVERNED[name] for name in ours if getattr(row, name) == ours[name]})
    await session.flush()
    await session.execute(delete(Model).where(Model.is_demo))
    await session.execute(text(_CLEAR_PROVIDER))
