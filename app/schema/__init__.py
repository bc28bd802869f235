"""Merges the domains' faces into one schema; `python -m app.schema` prints it."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import Any, Self

import strawberry
from graphql import GraphQLError
from graphql.execution.executor import Executor
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

import app.alerts.schema  # noqa: F401 - adds its fields to lower domains' types
from app.audit.schema import AuditQuery
from app.catalog.aliases.schema import AliasMutation
from app.catalog.prices.schema import PriceMutation
from app.catalog.ratings.schema import RatingMutation
from app.catalog.registry.schema import ModelMutation
from app.catalog.schema import CatalogQuery
from app.catalog.search.schema import SearchQuery
from app.catalog.versions.schema import VersionMutation
from app.deployments.schema import DeploymentQuery
from app.execution.documents import Documents, KnownDocuments
from app.execution.executor import BreadthFirstExecutor
from app.experiments.drafts.schema import ExperimentMutation
from app.experiments.schema import ExperimentQuery
from app.identity.keys.schema import KeyMutation
from app.identity.people.schema import PeopleMutation
from app.identity.schema import IdentityQuery
from app.identity.sessions.schema import SessionMutation
from app.identity.teams.schema import TeamMutation
from app.kit.mutations import error_faces
from app.kit.nodes import NodeQuery
from app.kit.scalars import SCALARS
from app.metrics.dashboard.schema import DashboardQuery
from app.metrics.receiving.schema import TelemetryMutation
from app.web.guards import Admission, CodedErrors


@strawberry.type(description="What can be asked.")
class Query(
    CatalogQuery, SearchQuery, DeploymentQuery, ExperimentQuery, DashboardQuery, AuditQuery, IdentityQuery, NodeQuery
):
    pass


@strawberry.type(description="What can be changed. Each field is one act in one transaction.")
class Mutation(
    ModelMutation,
    VersionMutation,
    AliasMutation,
    RatingMutation,
    PriceMutation,
    ExperimentMutation,
    SessionMutation,
    PeopleMutation,
    TeamMutation,
    KeyMutation,
    TelemetryMutation,
):
    pass


class Schema(strawberry.Schema):
    """Errors are coded, logged and masked by `CodedErrors`; Strawberry's own log would repeat every one."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing more to do."""

    def executed_by(self, executor: type[Executor[Any]]) -> Self:
        """The same schema with another executor."""
        twin = copy(self)
        twin.execution_context_class = executor
        return twin


schema = Schema(
    query=Query,
    mutation=Mutation,
    types=error_faces(),
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[CodedErrors, partial(Documents, KnownDocuments()), Admission],
    execution_context_class=BreadthFirstExecutor,
)
