"""Mutations that start and end experiments."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.experiments.running import service
from app.experiments.schema import ExperimentPayload
from app.kit.context import Info
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, perform

_REASON = "Why, for the record; at most 1,000 characters."


@strawberry.input(description="Starts an experiment.")
class StartExperimentInput:
    experiment_id: strawberry.ID = strawberry.field(description="The experiment: a draft.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Step:
        """What to start."""
        return _step(self)


@strawberry.input(description="Ends an experiment.")
class StopExperimentInput:
    experiment_id: strawberry.ID = strawberry.field(description="The experiment: one that runs.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Step:
        """What to end."""
        return _step(self)


def _step(given: StartExperimentInput | StopExperimentInput) -> service.Step:
    return service.Step(
        experiment_id=key_of(given.experiment_id, "Experiment", argument="experimentId"),
        reason=given.reason,
        expected_revision=given.expected_revision,
    )


@strawberry.type(description="What came of `startExperiment`.")
class StartExperimentPayload(ExperimentPayload):
    pass


@strawberry.type(description="What came of `stopExperiment`.")
class StopExperimentPayload(ExperimentPayload):
    pass


@strawberry.type
class RunningMutation:
    @strawberry.mutation(
        description="Let a draft take traffic: calls that name it count from now on, also before its planned start. It "
        "must be valid as a whole then too, and its planned end be to come. It cannot be changed any more. Needs "
        "`experiments:update`."
    )
    async def start_experiment(
        self, info: Info, input: Annotated[StartExperimentInput, strawberry.argument(description="What to start.")]
    ) -> StartExperimentPayload | None:
        return await perform(info, StartExperimentPayload, service.start_experiment, input)

    @strawberry.mutation(
        description="End an experiment for good: `STOPPED` before its planned end, else `COMPLETED`, which also "
        "happens by itself when its time is over. Calls made later do not count; calls made before do, whenever they "
        "are reported. Needs `experiments:update`."
    )
    async def stop_experiment(
        self, info: Info, input: Annotated[StopExperimentInput, strawberry.argument(description="What to end.")]
    ) -> StopExperimentPayload | None:
        return await perform(info, StopExperimentPayload, service.stop_experiment, input)
