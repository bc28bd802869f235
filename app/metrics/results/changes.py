"""What an experiment found, as it is now: told anew when something is different."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from operator import attrgetter
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from app.experiments import reads as experiment_reads
from app.experiments.schema import Experiment
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.ids import key_of
from app.kit.scalars import Cursor
from app.live.faces import Event
from app.live.sources import Moment, Snapshots


@strawberry.type(description="What an experiment found so far (API: `experiment:update`).")
class ExperimentResultsChanged(Event):
    key: strawberry.Private[UUID]
    experiment: Experiment | None = edge(
        experiment_reads.experiments_by_id,
        key=attrgetter("key"),
        description="The experiment, with the `results` that you select; null if it does not exist or may not be seen.",
    )


@strawberry.type
class ResultsSubscription:
    @strawberry.subscription(
        description="Snapshot: an experiment at once, and then whenever something that you selected of it is "
        "different, at most four times a second: select its `results`. Needs `experiments:read` and `analytics:read`."
    )
    async def experiment_results_changed(
        self,
        info: Info,
        experiment_id: Annotated[strawberry.ID, strawberry.argument(description="The experiment.")],
    ) -> AsyncGenerator[ExperimentResultsChanged, None]:
        info.context.actor.require(Permission.EXPERIMENTS_READ)
        info.context.actor.require(Permission.ANALYTICS_READ)
        key = key_of(experiment_id, "Experiment", argument="experimentId")

        def value(moment: Moment) -> ExperimentResultsChanged:
            return ExperimentResultsChanged(cursor=Cursor(moment.cursor), occurred_at=moment.occurred_at, key=key)

        return cast("Any", Snapshots(value))
