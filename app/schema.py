"""Merges the domains' faces into one schema; `python -m app.schema` prints it."""

from __future__ import annotations

import sys

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

import app.alerts.schema  # noqa: F401 - adds its fields to lower domains' types
from app.catalog.schema import CatalogQuery
from app.deployments.schema import DeploymentQuery
from app.experiments.schema import ExperimentQuery
from app.kit.nodes import NodeQuery
from app.kit.scalars import SCALARS
from app.metrics.dashboard.schema import DashboardQuery
from app.web.guards import Admission, CodedErrors


@strawberry.type(description="What can be asked.")
class Query(CatalogQuery, DeploymentQuery, ExperimentQuery, DashboardQuery, NodeQuery):
    pass


class Schema(strawberry.Schema):
    """Errors are coded, logged and masked by `CodedErrors`; Strawberry's own log would repeat every one."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing more to do."""


schema = Schema(query=Query, config=StrawberryConfig(scalar_map=SCALARS), extensions=[CodedErrors, Admission])

if __name__ == "__main__":
    sys.stdout.write(schema.as_str() + "\n")
