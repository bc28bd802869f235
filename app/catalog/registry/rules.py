"""What may be said about a model: the bounds of each value, and the form in which it is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from app.catalog.rules import fault_of_text
from app.kit.errors import HubError, Invalid

MAX_NAME, MAX_WORD, MAX_TAGS, MAX_URL, MAX_SLUG = 200, 100, 100, 2_000, 200
_PROVIDER = "[a-z0-9][a-z0-9._-]*"
_PART = "[A-Za-z0-9@~][A-Za-z0-9._:@+~-]*"
_SLUG = re.compile(f"{_PROVIDER}/{_PART}(/{_PART})*", re.ASCII)
_DAY_MS, _BILLION = 86_400_000.0, 1e9
_STEP, _LIMIT = Decimal("1e-12"), Decimal(10) ** 12

Check = Callable[[Any], str | None]
"""What is wrong with a value that is not null; None if nothing is."""

BASELINES = {
    "baseline_latency_ms": "avgLatencyMs",
    "baseline_cost_per_1k_tokens": "costPer1kTokens",
    "baseline_success_rate": "successRate",
    "baseline_tokens_per_request": "avgTokensPerRequest",
}
"""The columns of baselines, by the names under which `baselineMetrics` has them."""

LISTS = {"tags", "capabilities", "supported_tasks", "input_formats", "output_formats", "compliance"}
"""Columns that hold sets of words; unknown is empty."""

NEEDED = {"name", "model_type", "security_level"}
"""Columns that cannot be cleared."""


def path_of(column: str) -> tuple[str, ...]:
    """Where in an input the value of a column is."""
    if column in BASELINES:
        return "baselineMetrics", BASELINES[column]
    head, *rest = column.split("_")
    return (head + "".join(map(str.title, rest)),)


def trimmed(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept: text without blanks around it, sets without repetitions, none as an empty set."""
    return {name: words(value or ()) if name in LISTS else _stripped(value) for name, value in columns.items()}


def words(given: Iterable[str]) -> list[str]:
    """A set of words in the order in which they were said first."""
    return list(dict.fromkeys(word.strip() for word in given))


def _stripped(value: Any) -> Any:
    return value.strip() if type(value) is str else value


def faults_of(columns: Mapping[str, Any], now: datetime) -> Iterator[HubError]:
    """Everything that is wrong with the values of columns, trimmed before; each with its path."""
    for name, value in columns.items():
        message = _fault(name, value, now)
        if message is not None:
            yield Invalid(message, *path_of(name))


def _fault(name: str, value: Any, now: datetime) -> str | None:
    if value is None:
        return "This cannot be cleared." if name in NEEDED else None
    if name == "last_validated_at":
        return "This is in the future." if value > now + timedelta(minutes=5) else None
    return _CHECKS[name](value) if name in _CHECKS else None


def fault_of_words(value: Sequence[str]) -> str | None:
    """What is wrong with a set of words."""
    if len(value) > MAX_TAGS:
        return f"This may have {MAX_TAGS} items at most."
    return next((fault for word in value if (fault := fault_of_text(word, MAX_WORD))), None)


def fault_of_slug(slug: str) -> str | None:
    """What is wrong with the slug of a model."""
    if len(slug) > MAX_SLUG:
        return f"A slug may have {MAX_SLUG} characters at most."
    if _SLUG.fullmatch(slug) is None:
        return (
            "A slug is `provider/model`: the provider in lower-case letters, digits and `._-`, the model in letters, "
            "digits and `._:@+~-`, perhaps in parts separated by `/`."
        )
    return None


def fault_of_url(value: str) -> str | None:
    """What is wrong with an absolute URL that a browser is to open."""
    try:
        parts = urlsplit(value)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        is_web = is_port = False
    if not is_web or not is_port or re.search(r"[\s\x00-\x1f\x7f\"<>\\^`{|}]", value):
        return "This is no absolute URL with `http` or `https`."
    return fault_of_text(value, MAX_URL)


def fault_of_amount(value: Decimal) -> str | None:
    """What is wrong with an amount of US dollars: 0 to below 10^12, at most twelve decimal places."""
    if not 0 <= value < _LIMIT:
        return "This must be 0 or more and less than 10^12."
    return "This may have twelve decimal places at most." if value != value.quantize(_STEP) else None


def _text(most: int) -> Check:
    return lambda value: fault_of_text(value, most)


def _within(low: float, high: float) -> Check:
    def check(value: float) -> str | None:
        return None if isfinite(value) and low <= value <= high else f"This must be {low:,g} to {high:,.15g}."

    return check


def _positive(value: int) -> str | None:
    return None if value >= 1 else "This must be 1 or more."


def _object(value: Any) -> str | None:
    return None if isinstance(value, dict) else "This must be a JSON object."


_CHECKS: dict[str, Check] = {
    "name": _text(MAX_NAME),
    "description": _text(10_000),
    "category": _text(MAX_WORD),
    "license": _text(MAX_NAME),
    "owner": _text(MAX_NAME),
    "documentation": fault_of_url,
    **dict.fromkeys(LISTS, fault_of_words),
    **dict.fromkeys(("max_tokens", "context_window", "max_batch_size"), _positive),
    "supported_parameters": _object,
    "baseline_latency_ms": _within(0, _DAY_MS),
    "baseline_cost_per_1k_tokens": fault_of_amount,
    "baseline_success_rate": _within(0, 1),
    "baseline_tokens_per_request": _within(0, _BILLION),
}
