"""What happens to experiments, as subscribers hear of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry

from app.experiments import reads
from app.experiments.events import ExperimentEvent
from app.experiments.schema import Experiment
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.ids import key_of
from app.live.faces import AfterCursor, Event, Heard
from app.live.log import Happening
from app.live.sources import Events


def _experiment(event: Happening) -> Any:
    return event.subject


@strawberry.type(description="An experiment came to be, or changed (API: `experiment:updated`).")
class ExperimentChanged(Heard, Event):
    kind: str = strawberry.field(
        description="What happened: `experiment.created`, `experiment.updated` and so on. New kinds may be added."
    )
    experiment: Experiment | None = edge(
        reads.experiments_by_id,
        key=_experiment,
        description="The experiment as it is now; null if you may no longer see it.",
    )


@strawberry.type
class ExperimentSubscription:
    @strawberry.subscription(
        description="Event stream: what happens to the experiments you may see. The UI's socket event "
        "`experiment:update`. Needs `experiments:read`."
    )
    async def experiment_changed(
        self,
        info: Info,
        after: AfterCursor = None,
        experiment_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this one; by default all.")
        ] = None,
    ) -> AsyncGenerator[ExperimentChanged, None]:
        info.context.actor.require(Permission.EXPERIMENTS_READ)
        key = None if experiment_id is None else str(key_of(experiment_id, "Experiment", argument="experimentId"))

        def matches(event: Happening) -> bool:
            return event.topic == ExperimentEvent.topic and key in {None, event.payload["resource_id"]}

        return cast("Any", Events(matches, after))
