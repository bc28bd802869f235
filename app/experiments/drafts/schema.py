"""Mutations of experiments."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from app.experiments.drafts import service
from app.experiments.drafts.draft import Audience, Draft
from app.experiments.drafts.inputs import AudienceInput, DurationInput, MetricsInput, TrafficInput, VariantInput
from app.experiments.errors import StatusForbids
from app.experiments.schema import ExperimentPayload
from app.experiments.vocabulary import ExperimentStatus
from app.kit.conditions import BadCondition
from app.kit.context import Info
from app.kit.errors import Missing, Rejected
from app.kit.ids import key_of
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, UserError, failure_of, perform, shows_error

_NAME = "The name people use; 1 to 200 characters."
_DESCRIPTION = "What is to be found out; at most 2,000 characters."
_OWNER = "Who answers for it; 1 to 200 characters."
_TEAM = "The team it belongs to."
_VARIANTS = "Its 2 to 10 variants, in their order."


@shows_error
@strawberry.type(description="A condition that cannot be taken; `path` leads to it.")
class InvalidCondition(UserError):
    error = BadCondition

    @strawberry.field(description="The character at fault, counted from 1.")
    def position(self) -> int:
        return failure_of(self).position


@shows_error
@strawberry.type(description="Where the experiment is in its life does not allow it.")
class ExperimentStatusForbids(UserError):
    error = StatusForbids

    @strawberry.field(description="Where it is in its life.")
    def status(self) -> ExperimentStatus:
        return failure_of(self).status

    @strawberry.field(description="Whether it is archived.")
    def is_archived(self) -> bool:
        return failure_of(self).is_archived


@strawberry.input(description="Drafts an experiment; a draft is complete and valid.")
class CreateExperimentInput:
    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=None, description=_DESCRIPTION)
    owner: str | None = strawberry.field(default=None, description=_OWNER)
    team_id: strawberry.ID | None = strawberry.field(default=None, description=_TEAM)
    variants: list[VariantInput] = strawberry.field(description=_VARIANTS)
    traffic: TrafficInput = strawberry.field(
        default_factory=TrafficInput, description="Who is let in; by default all, by chance."
    )
    duration: DurationInput = strawberry.field(description="When it is meant to run.")
    metrics: MetricsInput = strawberry.field(description="What it measures.")
    audience: AudienceInput | None = strawberry.field(
        default=None, description="Which users are considered; by default everybody."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> Draft:
        """The draft wanted."""
        return Draft(
            name=self.name.strip(),
            description=self.description,
            owner=_stripped(self.owner),
            team_id=_team(self.team_id),
            variants=_variants(self.variants),
            traffic=self.traffic.traffic(),
            duration=self.duration.duration(),
            metrics=self.metrics.metrics(),
            audience=_audience(self.audience),
        )


def _stripped(text: str | None) -> str | None:
    return text.strip() if text is not None else None


def _team(text: str | None) -> Any:
    return key_of(text, "Team", argument="teamId") if text is not None else None


def _variants(inputs: list[VariantInput]) -> Any:
    return tuple(wanted.variant(position) for position, wanted in enumerate(inputs))


def _audience(wanted: AudienceInput | None) -> Audience:
    return wanted.audience() if wanted else Audience()


@strawberry.input(
    description="Changes a draft: what is left out stays as it is, null clears; lists are replaced whole."
)
class UpdateExperimentInput:
    experiment_id: strawberry.ID = strawberry.field(description="The experiment.")
    name: strawberry.Maybe[str | None] = strawberry.field(description=f"{_NAME} Cannot be cleared.")
    description: strawberry.Maybe[str | None] = strawberry.field(description=_DESCRIPTION)
    owner: strawberry.Maybe[str | None] = strawberry.field(description=_OWNER)
    team_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_TEAM)
    variants: strawberry.Maybe[list[VariantInput] | None] = strawberry.field(
        description=f"{_VARIANTS} Cannot be cleared."
    )
    traffic: strawberry.Maybe[TrafficInput | None] = strawberry.field(description="Who is let in. Cannot be cleared.")
    duration: strawberry.Maybe[DurationInput | None] = strawberry.field(
        description="When it is meant to run. Cannot be cleared."
    )
    metrics: strawberry.Maybe[MetricsInput | None] = strawberry.field(
        description="What it measures. Cannot be cleared."
    )
    audience: strawberry.Maybe[AudienceInput | None] = strawberry.field(
        description="Which users are considered; null for everybody."
    )
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Update:
        """The changes wanted. Raises `MISSING_REQUIRED_FIELD` for all that cannot be cleared."""
        changes = given(self, *_CHANGES)
        cleared = [name for name, value in changes.items() if value is None and name in _REQUIRED]
        if cleared:
            raise Rejected(*(Missing("This cannot be cleared.", name) for name in cleared))
        return service.Update(
            experiment_id=key_of(self.experiment_id, "Experiment", argument="experimentId"),
            changes={name: _CHANGES[name](value) for name, value in changes.items()},
            expected_revision=self.expected_revision,
        )


_REQUIRED = frozenset({"name", "variants", "traffic", "duration", "metrics"})
_CHANGES: dict[str, Any] = {
    "name": _stripped,
    "description": _stripped,
    "owner": _stripped,
    "team_id": _team,
    "variants": _variants,
    "traffic": TrafficInput.traffic,
    "duration": DurationInput.duration,
    "metrics": MetricsInput.metrics,
    "audience": _audience,
}


@strawberry.input(description="Takes an experiment out of the lists.")
class ArchiveExperimentInput:
    experiment_id: strawberry.ID = strawberry.field(description="The experiment: a draft, or one that has ended.")
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Archiving:
        """What to archive."""
        return service.Archiving(
            experiment_id=key_of(self.experiment_id, "Experiment", argument="experimentId"),
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `createExperiment`.")
class CreateExperimentPayload(ExperimentPayload):
    pass


@strawberry.type(description="What came of `updateExperiment`.")
class UpdateExperimentPayload(ExperimentPayload):
    pass


@strawberry.type(description="What came of `archiveExperiment`.")
class ArchiveExperimentPayload(ExperimentPayload):
    pass


@strawberry.type
class ExperimentMutation:
    @strawberry.mutation(
        description="Draft an experiment: 2 to 10 variants whose weights sum to exactly 100, exactly one of them the "
        "control. All faults are told at once. Needs `experiments:create`."
    )
    async def create_experiment(
        self, info: Info, input: Annotated[CreateExperimentInput, strawberry.argument(description="The draft.")]
    ) -> CreateExperimentPayload | None:
        return await perform(info, CreateExperimentPayload, service.create_experiment, input)

    @strawberry.mutation(
        description="Change a draft, which must be valid as a whole then too. What changes nothing succeeds and leaves "
        "the revision. Needs `experiments:update`."
    )
    async def update_experiment(
        self, info: Info, input: Annotated[UpdateExperimentInput, strawberry.argument(description="What to change.")]
    ) -> UpdateExperimentPayload | None:
        return await perform(info, UpdateExperimentPayload, service.update_experiment, input)

    @strawberry.mutation(
        description="Take a draft, or an experiment that has ended, out of the lists; it stays reachable by its id. "
        "What is archived already stays as it is. Needs `experiments:delete`."
    )
    async def archive_experiment(
        self, info: Info, input: Annotated[ArchiveExperimentInput, strawberry.argument(description="What to archive.")]
    ) -> ArchiveExperimentPayload | None:
        return await perform(info, ArchiveExperimentPayload, service.archive_experiment, input)
