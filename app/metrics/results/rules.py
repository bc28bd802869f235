"""Which experiment and which unit a call names, and what the metrics of experiments are made of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.experiments.vocabulary import Metric
from app.kit.ids import parse_global_id


@lru_cache(maxsize=1 << 12)
def experiment_key(text: str) -> UUID | None:
    """The experiment that is named by its id as the API gives it, or by the UUID in it; None for anything else."""
    parsed = parse_global_id(text) if text.isascii() else None
    if parsed is not None and parsed[0] == "Experiment":
        return parsed[1]
    try:
        return UUID(text)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 16)
def unit_of(experiment: UUID, name: str) -> UUID:
    """A unit as it is kept: the same within an experiment, another one in every other."""
    return UUID(bytes=blake2b(name.encode(), digest_size=16, key=experiment.bytes).digest())


class Measured(NamedTuple):
    """A metric over the calls that can be measured by it; the value is None if there are none."""

    value: float | None
    calls: int


_PARTS: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, int]]]] = {
    Metric.USER_RATING: lambda sums: (sums["rating_sum"], sums["rating_count"]),
    Metric.ACCEPTANCE_RATE: lambda sums: (sums["accepted"], sums["accepted"] + sums["rejected"]),
    Metric.CONFIDENCE_SCORE: lambda sums: (sums["confidence_sum"], sums["confidence_count"]),
    Metric.SUCCESS_RATE: lambda sums: (sums["requests"] - sums["failed"], sums["requests"]),
    Metric.RESPONSE_TIME: lambda sums: (sums["latency_sum_us"] / 1000, sums["latency_count"]),
    Metric.TIME_TO_FIRST_TOKEN: lambda sums: (sums["ttft_sum_us"] / 1000, sums["ttft_count"]),
    Metric.COST_PER_REQUEST: lambda sums: (sums["cost"], sums["requests"] - sums["unpriced"]),
    Metric.TOKENS_PER_REQUEST: lambda sums: (sums["tokens_in"] + sums["tokens_out"], sums["requests"]),
}
"""The sum and the number of calls whose quotient a metric is; durations in milliseconds."""


def measured(metric: str, sums: Mapping[str, Any]) -> Measured:
    """A metric of sums as a roll-up has them; of no calls where `requests` is None, or the metric is not known."""
    parts = _PARTS.get(metric)
    if parts is None or sums["requests"] is None:
        return Measured(None, 0)
    total, calls = parts(sums)
    return Measured(float(total / calls) if calls else None, calls)
