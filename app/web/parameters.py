"""The parameters of a request, from a body, a URL or a message: everything that is not well formed is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final
from urllib.parse import parse_qsl

from app.execution.limits import TooComplex
from app.kit.errors import HubError
from app.web.answering import Asked
from app.web.trusted import document_id_of

MAX_BODY: Final = 1_000_000
"""Bytes of a body, and of a message."""
MAX_VALUES: Final = 10_000
MAX_NESTING: Final = 64
"""Of the variables, which are read value by value, and each within another by a call within a call."""


class Malformed(HubError):
    """What was sent is no request that could be understood."""


class NotWellFormed(Malformed):
    """It is JSON, but its parameters are not what they must be."""


def read_json(data: bytes | str) -> Any:
    """What JSON in UTF-8 says; `NaN` and `Infinity` are none, nor is what is as large. Raises `Malformed`."""
    try:
        return _DECODER.decode(data if isinstance(data, str) else data.decode())
    except (ValueError, RecursionError):
        raise Malformed("The request is not JSON in UTF-8.") from None


def parameters_of(body: Any) -> dict[str, Any]:
    """The parameters in a JSON object; null is as good as absent. Raises `NotWellFormed` or `QUERY_TOO_COMPLEX`."""
    if not isinstance(body, dict):
        raise NotWellFormed("The request must be a JSON object with a `query`.")
    for name, (kind, called) in _KINDS.items():
        value = body.get(name)
        if value is not None and not isinstance(value, kind):
            raise NotWellFormed(f"`{name}` must be {called}.")
    if body.get("variables"):
        _measure(body["variables"])
    return body


def asked_of(parameters: Mapping[str, Any]) -> Asked:
    """What is asked for by parameters that are well formed. Raises `NotWellFormed` if it is nothing."""
    text, document_id = parameters.get("query"), document_id_of(parameters)
    if text is None and document_id is None:
        raise NotWellFormed("The request has neither a `query` nor a `documentId`.")
    return Asked(text, parameters.get("variables"), parameters.get("operationName"), document_id)


def parameters_in(query: bytes) -> dict[str, Any]:
    """The parameters in a URL: `variables` and `extensions` are JSON there, and what is empty is absent."""
    try:
        pairs = parse_qsl(query.decode("ascii"), errors="strict", max_num_fields=100)
    except ValueError:
        raise Malformed("The URL cannot be read.") from None
    found: dict[str, Any] = dict(pairs)
    return parameters_of(
        found | {name: read_json(found[name]) for name in ("variables", "extensions") if name in found}
    )


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse_constant(text)


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_KINDS: Final[Mapping[str, tuple[type, str]]] = {
    "query": (str, "a string"),
    "documentId": (str, "a string"),
    "operationName": (str, "a string"),
    "variables": (dict, "an object"),
    "extensions": (dict, "an object"),
}


def _measure(variables: dict[str, Any]) -> None:
    """Raise `QUERY_TOO_COMPLEX` for too many values, or for some that are nested too deep."""
    level, seen, depth = [variables], 0, 0
    while level:
        seen, depth = seen + sum(map(len, level)), depth + 1
        if seen > MAX_VALUES:
            raise TooComplex("values in its variables", MAX_VALUES)
        if depth > MAX_NESTING:
            raise TooComplex("levels in its variables", MAX_NESTING)
        level = [inner for outer in level for inner in _within(outer) if isinstance(inner, dict | list)]


def _within(outer: Any) -> Any:
    return outer.values() if isinstance(outer, dict) else outer
