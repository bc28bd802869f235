"""A second, slow way to the same answers: every model is looked at, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from app.catalog.search.facets import FacetField

Known = Mapping[str, Any]
"""A model by the names of the filter's fields."""

LEVELS = ("PUBLIC", "INTERNAL", "RESTRICTED", "CONFIDENTIAL")
WORDS = ("anvil", "bolt", "crane", "drill")
_SOME = {
    "tags": ("red", "green", "blue"),
    "capabilities": ("batch", "vision", "tools"),
    "supported_tasks": ("chat", "rag"),
    "compliance": ("gdpr", "soc2"),
}
_ONE = {
    "category": ("general", "legal", None),
    "owner": ("ann", "Bob_%", None),
    "status": ("ACTIVE", "DEPRECATED", "EXPERIMENTAL"),
    "model_type": ("TEXT", "CODE"),
    "security_level": LEVELS,
    "context_window": (1000, 8000, None),
    "rating_average": (Decimal("2.50"), Decimal("4.00"), None),
    "baseline_cost_per_1k_tokens": (Decimal("0.001"), Decimal("0.5"), None),
    "retires_on": (date(2026, 1, 1), date(2027, 1, 1), None),
    "archived_at": (datetime(2026, 1, 1, tzinfo=UTC), None, None, None, None),
}


def columns(random: Random) -> dict[str, Any]:
    """Random columns of a model."""
    some = {name: random.sample(values, random.randrange(len(values) + 1)) for name, values in _SOME.items()}
    return {**some, **{name: random.choice(values) for name, values in _ONE.items()}}


def random_filter(random: Random, depth: int = 2) -> dict[str, Any]:
    """A filter of a few conditions, some of them in groups."""
    chosen = dict(random.sample(list(_condition(random)), random.randrange(4)))
    if depth and random.random() < 0.5:
        chosen["or"] = [random_filter(random, depth - 1) for _ in range(random.randrange(1, 3))]
    if depth and random.random() < 0.3:
        chosen["not"] = random_filter(random, depth - 1)
    return chosen


def _condition(random: Random) -> Iterator[tuple[str, Any]]:
    def some(*values: str) -> list[str]:
        return random.sample(values, random.randrange(1, len(values)))

    yield "provider", random.choice([{"eq": "acme"}, {"in": ["acme", "zeta"]}, {"startsWith": "Z"}])
    yield "status", {"in": some("ACTIVE", "DEPRECATED", "EXPERIMENTAL")}
    yield "modelType", {"eq": random.choice(["TEXT", "CODE"])}
    yield "securityLevel", {"in": some(*LEVELS)}
    yield "category", {"eq": random.choice(["general", "legal"])}
    yield "owner", random.choice([{"eq": "ann"}, {"contains": "b_%"}, {"contains": "_b"}])
    yield "name", random.choice([{"contains": "VIL"}, {"startsWith": "bolt"}])
    yield "tags", {random.choice(["containsAll", "containsAny"]): some("red", "green", "blue")}
    yield "capabilities", {random.choice(["containsAll", "containsAny"]): some("batch", "vision", "tools")}
    yield "compliance", {"containsAny": some("gdpr", "soc2", "hipaa")}
    yield "isOwned", random.random() < 0.5
    yield "isArchived", random.random() < 0.3
    yield "minRating", 3.5
    yield "maxCostPer1kTokens", "0.01"
    yield "minContextWindow", 4000
    yield "retiresBefore", "2026-06-01"


def matches(model: Known, chosen: Mapping[str, Any]) -> bool:
    """Whether a model fulfils a filter."""
    return all(_holds(model, field, wanted) for field, wanted in chosen.items())


def _holds(model: Known, field: str, wanted: Any) -> bool:
    if field in {"or", "not"}:
        return any(matches(model, part) for part in wanted) if field == "or" else not matches(model, wanted)
    held = model[field]
    if held is None:
        return False
    return _BOUNDS[field](held, wanted) if field in _BOUNDS else _compares(held, wanted)


_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "isOwned": lambda held, wanted: held is wanted,
    "isArchived": lambda held, wanted: held is wanted,
    "minRating": lambda held, wanted: held >= wanted,
    "minContextWindow": lambda held, wanted: held >= wanted,
    "maxCostPer1kTokens": lambda held, wanted: held <= Decimal(wanted),
    "retiresBefore": lambda held, wanted: held < date.fromisoformat(wanted),
}
_COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, wanted: held == wanted,
    "in": lambda held, wanted: held in wanted,
    "contains": lambda held, wanted: wanted.lower() in held.lower(),
    "startsWith": lambda held, wanted: held.lower().startswith(wanted.lower()),
    "containsAll": lambda held, wanted: set(wanted) <= set(held),
    "containsAny": lambda held, wanted: bool(set(wanted) & set(held)),
}


def _compares(held: Any, comparator: Mapping[str, Any]) -> bool:
    ((name, wanted),) = comparator.items()
    return _COMPARATORS[name](held, wanted)


def found(models: Sequence[Known], levels: Sequence[str], query: str | None, chosen: Mapping[str, Any]) -> list[Known]:
    """The models that somebody who sees these levels finds."""
    return [
        model
        for model in models
        if model["securityLevel"] in levels
        and (_speaks_of_archived(chosen) or not model["isArchived"])
        and _fits(model["name"].split("-"), query)
        and matches(model, chosen)
    ]


def _fits(words: Sequence[str], query: str | None) -> bool:
    """A beginning of a word, or `-` and a whole word that must not be there."""
    if query is None:
        return True
    return query[1:] not in words if query.startswith("-") else any(word.startswith(query) for word in words)


def _speaks_of_archived(chosen: Mapping[str, Any]) -> bool:
    parts = [*chosen.get("or", []), *([chosen["not"]] if "not" in chosen else [])]
    return "isArchived" in chosen or any(map(_speaks_of_archived, parts))


def facets(
    models: Sequence[Known], levels: Sequence[str], query: str | None, chosen: Mapping[str, Any]
) -> dict[str, dict[str, int]]:
    """The counts of each value, by field, each under the conditions on all other fields."""
    return {
        field.name: _counted(
            found(models, levels, query, {name: wanted for name, wanted in chosen.items() if name != field}), field
        )
        for field in FacetField
    }


def _counted(models: Sequence[Known], field: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for model in models:
        held = model[field]
        values = held if isinstance(held, list) else [] if held is None else [held]
        counts.update(str(value).lower() if isinstance(value, bool) else value for value in values)
    return dict(counts)
