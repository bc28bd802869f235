"""From sums and histograms over a window to the value of a metric. Pure.

Values are exact decimals: a rate of one in ten is 0.1, and neither above nor below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.alerts.vocabulary import AlertMetric
from app.kit.conditions import Attribute, Condition, Kind, Subject
from app.metrics.rules import floor_to, quantiles_ms
from app.metrics.spending.rules import is_unusual, usual_spend

_M = AlertMetric
PLACES = Decimal("1e-12")

Figures = Mapping[str, Any]
"""The columns of a roll-up, added up over a window."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a value depends on besides figures: the instant, and the daily budget in US dollars (None: no budget)."""

    at: datetime
    daily_budget: Decimal | None = None


Value = Callable[[Figures, Circumstances], Decimal | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a metric is measured from figures. `of_nothing` is its value where nothing was called."""

    value: Value
    of_nothing: Decimal | None = None
    needs_histograms: bool = False


def _ratio(part: Any, whole: Any) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(PLACES) if whole else None


def _of(part: str, whole: str, divisor: int = 1) -> Measure:
    return Measure(lambda figures, _: _ratio(figures[part], figures[whole] * divisor))


def _sum(*names: str) -> Measure:
    return Measure(lambda figures, _: Decimal(sum(figures[name] for name in names)), Decimal(0))


def _extreme(name: str) -> Measure:
    return Measure(lambda figures, _: None if figures[name] is None else Decimal(figures[name]) / 1000)


def _percentile(of: str, q: float) -> Measure:
    def value(figures: Figures, _: Circumstances) -> Decimal | None:
        if not figures[f"{of}_count"]:
            return None
        low, high = figures[f"{of}_min_us"] / 1000, figures[f"{of}_max_us"] / 1000
        (found,) = quantiles_ms(figures[f"{of}_buckets"], figures[f"{of}_counts"], (q,), low, high)
        return None if found is None else Decimal(repr(round(found, 6)))

    return Measure(value, needs_histograms=True)


def _success(figures: Figures, _: Circumstances) -> Decimal | None:
    return _ratio(figures["requests"] - figures["failed"], figures["requests"])


def _accepted(figures: Figures, _: Circumstances) -> Decimal | None:
    return _ratio(figures["accepted"], figures["accepted"] + figures["rejected"])


def _tokens_per_request(figures: Figures, _: Circumstances) -> Decimal | None:
    return _ratio(figures["tokens_in"] + figures["tokens_out"], figures["requests"])


def _tokens_per_second(figures: Figures, _: Circumstances) -> Decimal | None:
    return _ratio(figures["timed_tokens"] * 1_000_000, figures["timed_us"])


def _cost_per_request(figures: Figures, _: Circumstances) -> Decimal | None:
    return _ratio(figures["cost"], figures["requests"] - figures["unpriced"])


def _budget_used(figures: Figures, seen: Circumstances) -> Decimal | None:
    return _ratio(figures["cost"], seen.daily_budget)


def _age(figures: Figures, seen: Circumstances) -> Decimal:
    return Decimal(max(0, round((seen.at - figures["last_at"]).total_seconds())))


MEASURES: dict[AlertMetric, Measure] = {
    _M.REQUESTS: _sum("requests"),
    _M.FAILED_REQUESTS: _sum("failed"),
    _M.ERROR_RATE: _of("failed", "requests"),
    _M.SUCCESS_RATE: Measure(_success),
    _M.LATENCY_AVG_MS: _of("latency_sum_us", "latency_count", 1000),
    _M.LATENCY_P50_MS: _percentile("latency", 0.5),
    _M.LATENCY_P95_MS: _percentile("latency", 0.95),
    _M.LATENCY_P99_MS: _percentile("latency", 0.99),
    _M.LATENCY_MIN_MS: _extreme("latency_min_us"),
    _M.LATENCY_MAX_MS: _extreme("latency_max_us"),
    _M.TIME_TO_FIRST_TOKEN_AVG_MS: _of("ttft_sum_us", "ttft_count", 1000),
    _M.TIME_TO_FIRST_TOKEN_P95_MS: _percentile("ttft", 0.95),
    _M.TOKENS: _sum("tokens_in", "tokens_out"),
    _M.TOKENS_PER_REQUEST: Measure(_tokens_per_request),
    _M.TOKENS_PER_SECOND: Measure(_tokens_per_second),
    _M.COST: _sum("cost"),
    _M.COST_PER_REQUEST: Measure(_cost_per_request),
    _M.UNPRICED_REQUESTS: _sum("unpriced"),
    _M.USER_RATING: _of("rating_sum", "rating_count"),
    _M.CONFIDENCE_SCORE: _of("confidence_sum", "confidence_count"),
    _M.ACCEPTANCE_RATE: Measure(_accepted),
    _M.SPEND_TODAY: _sum("cost"),
    _M.DAILY_BUDGET_USED: Measure(_budget_used),
    _M.INGEST_AGE_SECONDS: Measure(_age),
}
"""Those that come from roll-ups; `UNUSUAL_SPEND` does too, but compares days."""

OF_MONEY = {_M.COST, _M.COST_PER_REQUEST, _M.SPEND_TODAY, _M.DAILY_BUDGET_USED, _M.UNUSUAL_SPEND}
"""What only those with `costs:read` may watch, and be told of."""
OF_TODAY = {_M.SPEND_TODAY, _M.DAILY_BUDGET_USED}
"""Of the day (UTC) so far, whatever the window of the rule is."""
OF_THE_SYSTEM = {_M.DATABASE_LATENCY_MS, _M.REDIS_AVAILABLE, _M.WORKER_LAG_SECONDS, _M.EVALUATION_LAG_SECONDS}
"""Of the installation itself: of nobody's usage, and told to everybody."""
WITHOUT_HISTORY = OF_THE_SYSTEM | {_M.FAILED_DEPLOYMENTS}
"""Known only as they are now."""


def value_of(metric: AlertMetric, figures: Figures | None, seen: Circumstances) -> Decimal | None:
    """The value of a metric; None if there is none. `figures` None: nothing was called."""
    measure = MEASURES[metric]
    if figures is None:
        return measure.of_nothing
    value = measure.value(figures, seen)
    return None if value is None else value.quantize(PLACES)


_COUNTED = (
    *(_M.REQUESTS, _M.FAILED_REQUESTS, _M.ERROR_RATE, _M.SUCCESS_RATE, _M.LATENCY_AVG_MS, _M.LATENCY_P50_MS),
    *(_M.LATENCY_P95_MS, _M.LATENCY_P99_MS, _M.TIME_TO_FIRST_TOKEN_AVG_MS, _M.TIME_TO_FIRST_TOKEN_P95_MS),
    *(_M.TOKENS, _M.TOKENS_PER_REQUEST, _M.TOKENS_PER_SECOND, _M.UNPRICED_REQUESTS, _M.USER_RATING),
    *(_M.CONFIDENCE_SCORE, _M.ACCEPTANCE_RATE, _M.COST, _M.COST_PER_REQUEST),
)
NAMES = {f"metrics.{metric.value.lower()}": metric for metric in _COUNTED}
"""What conditions can speak of, by name."""

WINDOW = Subject({name: Attribute(Kind.NUMBER, f"`{metric}` over the window.") for name, metric in NAMES.items()})
"""The figures of a window, as conditions speak of them."""


def metrics_in(text: str) -> set[AlertMetric]:
    """What a condition speaks of."""
    words = {name for name in NAMES if _names(text, name)}
    return {NAMES[name] for name in words}


def _names(text: str, name: str) -> bool:
    """Whether a whole name occurs: `metrics.cost` does not in `metrics.cost_per_request`."""
    parts = text.split(name)
    return any(not (rest[:1].isalnum() or rest[:1] == "_") for rest in parts[1:])


def is_admitted(condition: Condition, figures: Figures | None, seen: Circumstances) -> bool:
    """Whether a condition holds of a window. What has no value is not known: then it does not hold."""
    values = {metric: value_of(metric, figures, seen) for metric in metrics_in(condition.text)}
    known = {metric.value.lower(): float(value) for metric, value in values.items() if value is not None}
    return condition.holds({"metrics": known})


def unusual(hours: Mapping[datetime, Decimal], at: datetime) -> Decimal:
    """How many times as much as usual was spent in the whole hours of the day so far; 0 if that is nothing unusual.

    `hours`: what each hour cost; the seven days before are what is compared with (`metrics.spending.rules`)."""
    today, until = floor_to(at, A_DAY), floor_to(at, timedelta(hours=1))
    spends = [_spent(hours, today - days * A_DAY, until - today) for days in range(8)]
    if not is_unusual(spends[0], spends[1:], (until - today) // timedelta(hours=1)):
        return Decimal(0)
    return (spends[0] / usual_spend(spends[1:])).quantize(PLACES)


def _spent(hours: Mapping[datetime, Decimal], start: datetime, length: timedelta) -> Decimal:
    number = length // timedelta(hours=1)
    return sum((hours.get(start + timedelta(hours=hour), Decimal(0)) for hour in range(number)), Decimal(0))
