"""Inferences as they are stored: with keys for names, with their cost, and with the cell that counts them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.catalog.pricing import TokenUsage
from app.metrics.ingest.directory import KnownModel, Names
from app.metrics.ingest.rules import CostSource, Inference
from app.metrics.rules import EPOCH, floor_to

_A_MINUTE = timedelta(minutes=1)
_TWELVE_PLACES = Decimal("1e-12")
_PRICE_LIST, _REPORTED = CostSource.PRICE_LIST.value, CostSource.REPORTED.value

_SAID: Final = {
    **{name: name for name in ("event_id", "occurred_at", "environment", "operation", "use_case")},
    **{name: name for name in ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")},
    **{name: name for name in ("latency_us", "ttft_us", "failed", "error_code", "error_message")},
    **{name: name for name in ("rating", "accepted", "confidence", "api_key", "reported_by")},
    **{name: name for name in ("experiment", "variant", "workflow_run", "pipeline_context")},
    "user_key": "user",
    "session_key": "session",
}
"""Columns of `inference` that hold what was reported, and what an `Inference` calls it."""

COLUMNS: Final = (*_SAID, "model_id", "provider_id", "deployment_id", "team_id", "cost", "cost_source", "variant_id")
"""The columns of `inference` in the order of a staged row's values."""

_said = attrgetter(*_SAID.values())
_usage = attrgetter(*TokenUsage._fields)


@dataclass(slots=True, eq=False)
class Cell:
    """What counts calls together: a minute by model, deployment, environment and team. Told apart by identity."""

    bucket: datetime
    model: KnownModel
    deployment_id: UUID | None
    environment: str
    team_id: UUID | None
    keys: tuple[UUID | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = self.model.id, self.model.provider_id, self.deployment_id, self.team_id


class Staged(NamedTuple):
    """An inference that is ready to be stored: its place in the batch, and its values by `COLUMNS`."""

    ordinal: int
    event_id: UUID
    occurred_at: datetime
    digest: bytes
    cell: Cell
    values: tuple[Any, ...]
    inference: Inference


def staged(names: Names, batch: Mapping[int, Inference]) -> list[Staged]:
    """The rows of a batch by their ordinals, in its order."""
    cells: dict[tuple[Any, ...], Cell] = {}
    return [_row(names, inference, ordinal, cells) for ordinal, inference in batch.items()]


def _row(names: Names, i: Inference, ordinal: int, cells: dict[tuple[Any, ...], Cell]) -> Staged:
    cell = _cell(names, i, cells)
    variant = None if i.experiment is None else names.variant_id(i)
    values = (*_said(i), *cell.keys, *_cost(cell.model, i), variant)
    return Staged(ordinal, i.event_id, i.occurred_at, i.digest(), cell, values, i)


def _cell(names: Names, i: Inference, cells: dict[tuple[Any, ...], Cell]) -> Cell:
    """The cell of what was said; whatever else means the same is the same cell."""
    since = i.occurred_at - EPOCH
    minute = since.days, since.seconds // 60
    said = minute, i.provider, i.model, i.answered_by, i.service, i.environment, i.team, i.team_key
    return cells.get(said) or cells.setdefault(said, _new_cell(names, i, cells))


def _new_cell(names: Names, i: Inference, cells: dict[tuple[Any, ...], Cell]) -> Cell:
    minute = floor_to(i.occurred_at, _A_MINUTE)
    model, deployment, team = names.model(i), names.deployment_id(i), names.team_id(i)
    meant = minute, model.id, deployment, i.environment, team
    return cells.setdefault(meant, Cell(minute, model, deployment, i.environment, team))


def _cost(model: KnownModel, i: Inference) -> tuple[Decimal | None, str | None]:
    if i.cost is not None:
        return i.cost.quantize(_TWELVE_PLACES), _REPORTED
    cost = model.prices.cost(_usage(i), i.occurred_at)
    return cost, None if cost is None else _PRICE_LIST
