"""The overview, and how models do, as they are now: told anew when something is different."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from operator import attrgetter
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.schema import Model
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.ids import key_of
from app.kit.scalars import Cursor
from app.live.faces import Event
from app.live.sources import Moment, Snapshots
from app.metrics import reads as metric_reads
from app.metrics.dashboard.reads import Overview
from app.metrics.dashboard.schema import Dashboard, DashboardFilter
from app.metrics.reads import Subject
from app.metrics.rules import TimeRange, fitting
from app.metrics.schema import DAY, Measurement, PerformanceMetrics, Range

OF_MODELS = Subject("model")


@strawberry.type(description="The overview as it is now (API: `metrics:updated`).")
class DashboardChanged(Event):
    dashboard: Dashboard | None = strawberry.field(description="The overview. Null only on error.")


@strawberry.type(description="How a model does now (API: `metrics:updated`).")
class ModelMetricsChanged(Event):
    key: strawberry.Private[UUID]
    span: strawberry.Private[TimeRange]
    model: Model | None = edge(
        catalog_reads.models_by_id,
        key=attrgetter("key"),
        description="The model; null if it does not exist or may not be seen.",
    )

    @strawberry.field(
        description="How it did over the `range`, all environments together; null if the model does not exist or may "
        "not be seen. Needs `analytics:read`."
    )
    async def metrics(self, info: Info) -> PerformanceMetrics | None:
        if await info.context.load(catalog_reads.models_by_id, self.key) is None:
            return None
        totals = await info.context.load(metric_reads.totals, self.key, OF_MODELS, self.span)
        return cast("Any", Measurement(self.key, OF_MODELS, self.span, fitting(None, self.span), totals))


@strawberry.type
class DashboardSubscription:
    @strawberry.subscription(
        description="Snapshot, the UI's socket event `dashboard:update`: the overview at once, and then whenever "
        "something in it is different, at most four "
        "times a second. What came between two of them is not told. Needs `analytics:read`."
    )
    async def dashboard_changed(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the name the schema fixes
            DashboardFilter | None,
            strawberry.argument(description="What it covers; by default all, for 24 hours."),
        ] = None,
    ) -> AsyncGenerator[DashboardChanged, None]:
        info.context.actor.require(Permission.ANALYTICS_READ)
        chosen = filter or DashboardFilter()
        subject = chosen.subject()
        chosen.range.span(info.context.reader.now())  # refuses a bad range

        def value(moment: Moment) -> DashboardChanged:
            cursor, overview = Cursor(moment.cursor), Overview(subject, chosen.range.span(moment.occurred_at))
            shown = Dashboard(overview=overview, event_cursor=cursor)
            return DashboardChanged(cursor=cursor, occurred_at=moment.occurred_at, dashboard=shown)

        return cast("Any", Snapshots(value))

    @strawberry.subscription(
        description="Snapshot: how a model does at once, and then whenever something that you selected of it is "
        "different, at most four times a second. Needs `analytics:read`."
    )
    async def model_metrics_changed(
        self,
        info: Info,
        model_id: Annotated[strawberry.ID, strawberry.argument(description="The model.")],
        range: Range = DAY,  # noqa: A002 - the name the schema fixes
    ) -> AsyncGenerator[ModelMetricsChanged, None]:
        info.context.actor.require(Permission.ANALYTICS_READ)
        key = key_of(model_id, "Model", argument="modelId")
        range.span(info.context.reader.now())  # refuses a bad range

        def value(moment: Moment) -> ModelMetricsChanged:
            cursor, span = Cursor(moment.cursor), range.span(moment.occurred_at)
            return ModelMetricsChanged(cursor=cursor, occurred_at=moment.occurred_at, key=key, span=span)

        return cast("Any", Snapshots(value))
