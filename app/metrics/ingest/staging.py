"""An inference as a row of the stage: with keys for names, with its cost, and where roll-ups count it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.catalog.pricing import TokenUsage
from app.metrics.ingest.directory import KnownModel, Names
from app.metrics.ingest.rules import CostSource, Inference
from app.metrics.rules import bucket_of, floor_to, sketch_of

_A_MINUTE = timedelta(minutes=1)
_TWELVE_PLACES = Decimal("1e-12")


def staged(names: Names, batch: Mapping[int, Inference]) -> list[tuple[Any, ...]]:
    """The rows of a batch by their ordinals, in the order of `pipeline.STAGED_COLUMNS`."""
    cells: dict[tuple[Any, ...], int] = {}
    return [_row(names, inference, ordinal, cells) for ordinal, inference in batch.items()]


def _row(names: Names, i: Inference, ordinal: int, cells: dict[tuple[Any, ...], int]) -> tuple[Any, ...]:
    model, team, deployment = names.model(i), names.team_id(i), names.deployment_id(i)
    minute = floor_to(i.occurred_at, _A_MINUTE)
    cell = cells.setdefault((minute, model.id, deployment, i.environment, team), len(cells))
    cost, cost_source = _cost(model, i)
    register, rank = sketch_of(i.user) if i.user else (None, None)
    return (
        i.occurred_at, i.event_id, model.id, model.provider_id, deployment, i.environment, team, i.user,
        i.operation, i.use_case, i.tokens_in, i.tokens_out, i.tokens_cached, i.tokens_reasoning,
        i.latency_us, i.ttft_us, i.failed, i.error_code, i.error_message, i.rating, i.accepted, i.confidence,
        cost, cost_source, i.session, i.api_key, i.reported_by, i.experiment, i.variant, i.workflow_run,
        i.pipeline_context, names.variant_id(i), i.digest(), ordinal, cell, minute,
        None if i.latency_us is None else bucket_of(i.latency_us),
        None if i.ttft_us is None else bucket_of(i.ttft_us),
        register, rank,
    )  # fmt: skip


def _cost(model: KnownModel, i: Inference) -> tuple[Decimal | None, str | None]:
    if i.cost is not None:
        return i.cost.quantize(_TWELVE_PLACES), CostSource.REPORTED.value
    usage = TokenUsage(i.tokens_in, i.tokens_out, i.tokens_cached, i.tokens_reasoning)
    cost = model.prices.cost(usage, i.occurred_at)
    return cost, None if cost is None else CostSource.PRICE_LIST.value
