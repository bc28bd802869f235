"""The parameters of a request: what is well formed, and how everything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.execution.limits import TooComplex
from app.web.parameters import (
    MAX_NESTING,
    MAX_VALUES,
    Malformed,
    NotWellFormed,
    parameters_in,
    parameters_of,
    read_json,
)

NO_JSON = [
    b"", b"{", b"[]x", b"\xff\xfe", b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16"), b"NaN", b'{"a": Infinity}',
    b"-Infinity", b"1e999", b'{"a": [-1e999]}', b"1" * 5000, b"[" * 100_000, b'{"a":' * 100_000, b"'x'", b"\0",
]  # fmt: skip


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_json(body)


@pytest.mark.parametrize("body", [b"1", b'"x"', b"null", b"true", b"[]", b'[{"query": "{ __typename }"}]'])
def test_what_is_no_object(body: bytes) -> None:
    with pytest.raises(NotWellFormed):
        parameters_of(read_json(body))


@pytest.mark.parametrize("name", ["query", "operationName", "documentId", "variables", "extensions"])
@pytest.mark.parametrize("value", [0, False, True, 1.5, ["x"], "x", {"a": 1}])
def test_kinds(name: str, value: Any) -> None:
    """A parameter is of its kind, or null."""
    is_map = name in {"variables", "extensions"}
    if isinstance(value, dict) == is_map and isinstance(value, str) != is_map:
        assert parameters_of({name: value}) == {name: value}
    else:
        with pytest.raises(NotWellFormed, match=name):
            parameters_of({name: value})
    assert parameters_of({name: None}) == {name: None}


def test_what_is_unknown_is_passed_over() -> None:
    assert parameters_of({"query": "x", "batch": 5})["query"] == "x"


def nested(levels: int) -> dict[str, Any]:
    """An object with so many levels."""
    return json.loads('{"a":' * levels + "1" + "}" * levels)


def test_variables_are_bounded() -> None:
    for variables in (nested(MAX_NESTING), {"a": [1] * (MAX_VALUES - 1)}, {}):
        assert parameters_of({"variables": variables})["variables"] == variables
    for variables in (nested(MAX_NESTING + 1), {"a": [1] * MAX_VALUES}, {str(n): n for n in range(MAX_VALUES + 1)}):
        with pytest.raises(TooComplex):
            parameters_of({"variables": variables})


def test_url() -> None:
    assert parameters_in(b"query=%7B+a+%7D&variables=%7B%22x%22%3A1%7D&operationName=&extensions=") == {
        "query": "{ a }",
        "variables": {"x": 1},
    }
    assert parameters_in(b"") == {}
    for url in (
        b"variables=x",
        b"variables=1",
        b"extensions=[]",
        b"variables=NaN",
        b"query=%FF",
        b"&".join([b"a=1"] * 200),
    ):
        with pytest.raises(Malformed):
            parameters_in(url)
