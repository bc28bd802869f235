"""What variants did, as experiments show it: one row a variant, however many calls there were."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, select

from app.experiments.service import VISIBLE
from app.experiments.tables import Experiment, Variant
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.reading import Reader
from app.kit.scoping import scope
from app.metrics.results.tables import rollup_variant


class Result(Row):
    """A variant with what it did; all of that is null for one that did nothing."""


@statement
def _results() -> Selection:
    measured = [column for column in rollup_variant.c if column.name != "variant_id"]
    metrics = Experiment.primary_metric, Experiment.secondary_metrics, Experiment.guardrail_metrics
    arm = Variant.__table__.alias("arm")  # its own name: `VISIBLE` asks of all variants of the experiment
    joined = select(arm, *metrics, *measured).join(Experiment, Experiment.id == arm.c.experiment_id)
    counted = joined.outerjoin(rollup_variant, rollup_variant.c.variant_id == arm.c.id)
    return counted.where(Experiment.id == any_(keys_parameter()), VISIBLE).order_by(Experiment.id, arm.c.position)


async def results_by_experiment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[Result]]:
    """The variants of each visible experiment in their order, with what each did."""
    actor.require(Permission.EXPERIMENTS_READ)
    actor.require(Permission.ANALYTICS_READ)
    return grouped(await read.fetch(_results(), Result, keys=keys, **scope(actor)), "experiment_id")
