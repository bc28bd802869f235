"""Merges the domains' faces into one schema; `python -m app.schema` prints it."""

from __future__ import annotations

import strawberry
from strawberry.schema.config import StrawberryConfig

import app.alerts.schema  # these add their fields to lower domains' types
import app.deployments.logs.schema
import app.deployments.observed.schema
import app.deployments.revisions.schema
import app.limits.schema
import app.metrics.results.schema
import app.metrics.spending.schema  # noqa: F401
from app.alerts.changes import AlertSubscription
from app.alerts.channels.schema import ChannelMutation, ChannelQuery
from app.alerts.ruling.schema import AlertRuleMutation
from app.alerts.schema import AlertQuery
from app.alerts.silencing.schema import SilenceMutation
from app.alerts.simulation.schema import SimulationQuery
from app.audit.changes import AuditSubscription
from app.audit.schema import AuditQuery
from app.catalog.aliases.schema import AliasMutation
from app.catalog.changes import ModelSubscription
from app.catalog.prices.schema import PriceMutation
from app.catalog.ratings.schema import RatingMutation
from app.catalog.registry.schema import ModelMutation
from app.catalog.schema import CatalogQuery
from app.catalog.search.schema import SearchQuery
from app.catalog.versions.schema import VersionMutation
from app.deployments.changes import DeploymentSubscription
from app.deployments.desired.schema import DeploymentMutation, TemplateQuery
from app.deployments.limits.schema import LimitMutation
from app.deployments.retiring.schema import TransitionMutation
from app.deployments.schema import DeploymentQuery
from app.experiments.changes import ExperimentSubscription
from app.experiments.drafts.schema import ExperimentMutation
from app.experiments.running.schema import RunningMutation
from app.experiments.schema import ExperimentQuery
from app.identity.keys.schema import KeyMutation
from app.identity.people.schema import PeopleMutation
from app.identity.schema import IdentityQuery
from app.identity.sessions.schema import SessionMutation
from app.identity.teams.schema import TeamMutation
from app.kit.costs import priced
from app.kit.mutations import error_faces
from app.kit.nodes import NodeQuery
from app.kit.scalars import SCALARS
from app.live.schema import LiveQuery
from app.metrics.dashboard.changes import DashboardSubscription
from app.metrics.dashboard.schema import DashboardQuery
from app.metrics.inferences.schema import InferenceQuery
from app.metrics.performance.schema import PerformanceQuery
from app.metrics.receiving.schema import TelemetryMutation
from app.metrics.results.changes import ResultsSubscription
from app.metrics.trying.schema import TrialMutation, TrialSubscription
from app.metrics.usage.schema import UsageQuery
from app.metrics.validating.schema import ValidationMutation


@strawberry.type(description="What can be asked.")
class Query(
    CatalogQuery,
    SearchQuery,
    DeploymentQuery,
    TemplateQuery,
    ExperimentQuery,
    DashboardQuery,
    PerformanceQuery,
    UsageQuery,
    InferenceQuery,
    AlertQuery,
    ChannelQuery,
    SimulationQuery,
    AuditQuery,
    IdentityQuery,
    LiveQuery,
    NodeQuery,
):
    pass


@strawberry.type(description="What can be changed. Each field is one act in one transaction.")
class Mutation(
    ModelMutation,
    VersionMutation,
    TransitionMutation,
    AliasMutation,
    RatingMutation,
    PriceMutation,
    DeploymentMutation,
    LimitMutation,
    ExperimentMutation,
    RunningMutation,
    SessionMutation,
    PeopleMutation,
    TeamMutation,
    KeyMutation,
    TelemetryMutation,
    TrialMutation,
    ValidationMutation,
    AlertRuleMutation,
    SilenceMutation,
    ChannelMutation,
):
    pass


@strawberry.type(
    description="What can be listened to, over a WebSocket (graphql-transport-ws) or as server-sent events. Event "
    "streams tell everything that happened, in order, and go on from a cursor; snapshots tell the newest state."
)
class Subscription(
    ModelSubscription,
    DeploymentSubscription,
    ExperimentSubscription,
    AlertSubscription,
    AuditSubscription,
    DashboardSubscription,
    ResultsSubscription,
    TrialSubscription,
):
    pass


schema = priced(
    strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=error_faces(),
        config=StrawberryConfig(scalar_map=SCALARS),
    )
)
