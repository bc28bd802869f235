"""Which media type an answer has, by the request's `Accept` (RFC 9110, 12.5.1; GraphQL over HTTP)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

RESPONSE_JSON: Final = "application/graphql-response+json"
PLAIN_JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"
ANYTHING: Final = "*/*"

MAX_REMEMBERED: Final = 500
"""Longer headers are worked out each time."""
_EXACT: Final = 2
"""How exactly a range names a type: 2 by its name, 1 by its first half, 0 by `*/*`."""


@dataclass(frozen=True, slots=True)
class Acceptable:
    """What a client takes. `json` is the type of an answer in one piece, None if it takes none."""

    json: str | None
    is_streamable: bool
    """Whether it names `text/event-stream`; a wildcard does not ask for a stream."""


def acceptable(accept: str | None, otherwise: str = PLAIN_JSON) -> Acceptable:
    """What a client takes; `otherwise` is the type for those who take either, or do not say."""
    header = accept or ANYTHING
    return _acceptable(header, otherwise) if len(header) > MAX_REMEMBERED else _remembered(header, otherwise)


def _acceptable(header: str, otherwise: str) -> Acceptable:
    accepted = weights(header)
    return Acceptable(_json(accepted, otherwise), accepted.get(EVENT_STREAM, 0.0) > 0)


_remembered = lru_cache(1_000)(_acceptable)


def _json(accepted: Mapping[str, float], otherwise: str) -> str | None:
    """The heavier type; of equal ones the one named more exactly, then the newer one if both are named."""
    ranked = {kind: _match(accepted, kind) for kind in (RESPONSE_JSON, PLAIN_JSON)}
    best = max(ranked.values())
    if not best[0]:
        return None
    equal = [kind for kind, match in ranked.items() if match == best]
    return otherwise if best[1] < _EXACT and len(equal) > 1 else equal[0]


def _match(accepted: Mapping[str, float], kind: str) -> tuple[float, int]:
    """The weight of a type, and how exactly it is named: the most specific range that matches decides."""
    ranges = (kind, f"{kind.partition('/')[0]}/*", ANYTHING)
    return next(((accepted[one], _EXACT - n) for n, one in enumerate(ranges) if one in accepted), (0.0, 0))


def quality(accepted: Mapping[str, float], kind: str) -> float:
    """The weight of a media type, or of a coding: from 0, not taken, to 1."""
    return _match(accepted, kind)[0]


def weights(header: str) -> dict[str, float]:
    """`text/html, */*;q=0.8` as `{"text/html": 1.0, "*/*": 0.8}`; in another charset than UTF-8 it is not taken."""
    return dict(_weighted(element) for element in header.lower().split(",") if element.strip())


def _weighted(element: str) -> tuple[str, float]:
    value, *parameters = (part.strip() for part in element.split(";"))
    given = dict(_parameter(one) for one in parameters)
    is_utf8 = given.get("charset", "utf-8") in {"utf-8", "utf8", "*"}
    return value, _number(given.get("q", "1")) if is_utf8 else 0.0


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip().strip('"')


def _number(text: str) -> float:
    """Between 0 and 1; what is no such number weighs nothing."""
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
