"""What variants did, as experiments show it: one row a variant, however many calls there were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Label, any_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.experiments.service import VISIBLE
from app.experiments.tables import Experiment, Variant
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.reading import Reader
from app.kit.scoping import scope
from app.metrics.results.tables import rollup_variant
from app.metrics.rollups import HISTOGRAMS


class Result(Row):
    """A variant with what it did; all of that is null for one that did nothing."""


@statement
def _results() -> Selection:
    histograms = {column.name: column for column in _histograms()}
    measured = [histograms.get(column.name, column) for column in rollup_variant.c if column.name != "variant_id"]
    metrics = Experiment.primary_metric, Experiment.secondary_metrics, Experiment.guardrail_metrics
    arm = Variant.__table__.alias("arm")  # its own name: `VISIBLE` asks of all variants of the experiment
    joined = select(arm, *metrics, *measured).join(Experiment, Experiment.id == arm.c.experiment_id)
    counted = joined.outerjoin(rollup_variant, rollup_variant.c.variant_id == arm.c.id)
    return counted.where(Experiment.id == any_(keys_parameter()), VISIBLE).order_by(Experiment.id, arm.c.position)


def _histograms() -> Iterator[Label[Any]]:
    """Sorted by bucket, as percentiles need them: they are stored in no order."""
    for names in HISTOGRAMS.values():
        pairs = func.unnest(*(rollup_variant.c[name] for name in names)).table_valued(*names).render_derived()
        for column in pairs.c:
            ordered = func.array_agg(aggregate_order_by(column, pairs.c[names[0]]))
            yield select(ordered).select_from(pairs).scalar_subquery().label(column.name)


async def results_by_experiment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[Result]]:
    """The variants of each visible experiment in their order, with what each did."""
    actor.require(Permission.EXPERIMENTS_READ)
    actor.require(Permission.ANALYTICS_READ)
    return grouped(await read.fetch(_results(), Result, keys=keys, **scope(actor)), "experiment_id")
