"""What every transport relies on: one way for all operations, and nothing unexpected gets out."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from graphql import OperationType

from app.execution.executor import BreadthFirstExecutor
from app.execution.operations import Operations
from app.kit.access import SYSTEM
from app.kit.context import Context
from app.schema import schema
from app.web.answering import Answering, Asked


class Broken(BreadthFirstExecutor):
    """Fails as a defect of ours would."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Raise."""
        raise RuntimeError("secret")


def context() -> Any:
    """Of somebody who is signed in, with nothing to read from."""
    return Context(None, None, "the-id", SYSTEM)  # type: ignore[arg-type]


def codes(errors: Any) -> list[Any]:
    """The codes of coded errors."""
    return [error.extensions["code"] for error in errors]


async def test_defect_is_masked_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer = await Answering(Operations(schema, Broken)).answer(Asked("{ __typename }"), context())
    assert (answer.data, answer.is_executed, codes(answer.errors)) == (None, False, ["INTERNAL_ERROR"])
    assert "secret" not in str(answer.body())
    assert "the-id" in str(answer.body()["errors"])
    logged = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert "secret" in str(logged.exc_info)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", None, "OPERATION_RESOLUTION_FAILURE"),
        ("query A { __typename } query B { __typename }", "C", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Query { __typename }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("mutation { signOut(input: {}) { __typename } }", None, "INVALID_REQUEST"),
        ("query ($id: ID!) { node(id: $id) { id } }", None, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_refused_is_not_executed(text: str, name: str | None, code: str) -> None:
    answering = Answering(Operations(schema, BreadthFirstExecutor))
    answer = await answering.answer(Asked(text, None, name), context(), frozenset({OperationType.QUERY}))
    assert (answer.is_executed, codes(answer.errors)) == (False, [code])


async def test_operation_is_chosen_by_name() -> None:
    answering = Answering(Operations(schema, BreadthFirstExecutor))
    for name in ("A", "B", "A"):
        text = "query A { a: __typename } query B { b: __typename }"
        answer = await answering.answer(Asked(text, {}, name), context())
        assert (answer.data, answer.is_executed) == ({name.lower(): "Query"}, True)
