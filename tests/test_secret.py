"""A secret is given away by `reveal` alone: nothing that prints, copies or stores gets at it."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson
import pytest
import strawberry
from pydantic import BaseModel
from strawberry.schema.config import StrawberryConfig

from app.kit.errors import Rejected
from app.kit.inputs import check, content_of
from app.kit.scalars import SCALARS, SecretText
from app.secret import Secret
from app.settings import LogFormat
from app.telemetry.logs import formatter
from app.web.guards import coded

PLANTED = "hunter2-hunter2-hunter2"
SECRET = Secret(PLANTED)


@dataclass
class Holder:
    name: str = "ada"
    password: Secret[str] = field(default_factory=lambda: Secret(PLANTED))


class Model(BaseModel):
    password: Secret[str]


def logged(message: str, *arguments: object, **extra: object) -> str:
    record = logging.LogRecord("modelhub", logging.INFO, "", 0, message, arguments, None)
    record.__dict__.update(extra)
    return "".join(formatter(of).format(record) for of in LogFormat)


def raised() -> str:
    password = Secret(PLANTED)
    try:
        raise ValueError(password, f"{password}", [password])
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(shown.format()) + repr(error)


class TestSecret:
    @pytest.mark.parametrize(
        "show",
        [
            lambda: repr(SECRET),
            lambda: str(SECRET),
            lambda: f"{SECRET} {SECRET!r} {SECRET!s} {SECRET!a} {SECRET:>40}",
            lambda: "%s %r" % (SECRET, SECRET),  # noqa: UP031
            lambda: "{}".format(SECRET),  # noqa: UP032
            lambda: repr([SECRET, {"a": SECRET}, (SECRET,)]),
            lambda: repr(Holder()) + repr(asdict(Holder())) + repr(replace(Holder(), name="b")),
            lambda: json.dumps({"a": SECRET}, default=str),
            lambda: orjson.dumps({"a": SECRET}, default=str).decode(),
            lambda: Model(password=SECRET).model_dump_json() + repr(Model(password=SECRET)),
            lambda: repr(Model(password=SECRET).model_dump()),
            lambda: logged("it is %s", SECRET, password=SECRET, holder=Holder()),
            raised,
            lambda: repr(Secret(PLANTED.encode())),
            lambda: repr(copy.deepcopy(Holder())),
        ],
    )  # fmt: skip
    def test_is_never_shown(self, show: Callable[[], str]) -> None:
        shown = show()
        assert "hunter2" not in shown
        assert "Secret(" in shown

    @pytest.mark.parametrize(
        "store",
        [
            lambda: pickle.dumps(SECRET),
            lambda: pickle.dumps(Holder()),
            lambda: json.dumps(SECRET),
            lambda: orjson.dumps(SECRET),
            lambda: orjson.dumps(Holder()),
            lambda: vars(SECRET),
            lambda: bytes(SECRET),  # pyright: ignore[reportArgumentType]
            lambda: ",".join([SECRET, SECRET]),  # pyright: ignore[reportArgumentType, reportCallIssue]  # noqa: FLY002
            lambda: iter(SECRET),  # pyright: ignore[reportArgumentType, reportCallIssue]
        ],
    )
    def test_cannot_be_serialised(self, store: Callable[[], object]) -> None:
        with pytest.raises(TypeError) as refused:
            store()
        assert "hunter2" not in str(refused.value)

    def test_is_revealed_on_purpose(self) -> None:
        assert SECRET.reveal() == PLANTED
        assert Secret(b"x").reveal() == b"x"

    def test_equal_ones_are_equal(self) -> None:
        assert Secret("a") == Secret("a")
        assert Secret("a") != Secret("b")
        assert Secret("a") != "a"
        assert Secret("ä\ud800") == Secret("ä\ud800")
        assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


@strawberry.input
class SignIn:
    email: str
    password: SecretText


@strawberry.type
class Query:
    @strawberry.field
    def length(self, given: SignIn) -> int:
        """How long the secret is that arrived."""
        return len(given.password.reveal())

    @strawberry.field
    def leak(self) -> SecretText:
        """What a mistake would look like."""
        return SecretText(SECRET)


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map={**SCALARS}))
BY_VARIABLE = "query($given: SignIn!) { length(given: $given) }"


def answer(query: str, **variables: Any) -> str:
    """Everything that an answer says, as the guards let it out."""
    result = SCHEMA.execute_sync(query, variable_values=variables)
    return repr(result.data) + "".join(str(coded(error, "id").formatted) for error in result.errors or [])


class TestScalar:
    def test_arrives_as_a_secret(self) -> None:
        assert answer(BY_VARIABLE, given={"email": "a", "password": PLANTED}) == "{'length': 23}"
        assert answer(f'{{ length(given: {{email: "a", password: "{PLANTED}"}}) }}') == "{'length': 23}"

    def test_is_never_an_answer(self) -> None:
        assert "hunter2" not in answer("{ leak }")
        assert "'data'" not in answer("{ leak }")

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"password": PLANTED}, "to include required field 'email'."),
            ({"emal": "a", "email": "a", "password": PLANTED}, "unknown field 'emal'. Did you mean 'email'?"),
            ({"zzzz' found: x": "a", "email": "a", "password": PLANTED}, "not to include unknown field"),
            ({"email": "a", "password": [PLANTED]}, "A secret must be a string."),
            ({"email": "a", "password": {"x": PLANTED}}, "A secret must be a string."),
            (PLANTED, "to be an object."),
            ([PLANTED], "to be an object."),
        ],
    )
    def test_input_that_cannot_be_taken_is_not_repeated(self, given: Any, said: str) -> None:
        answered = answer(BY_VARIABLE, given=given)
        assert "hunter2" not in answered
        assert said in answered.replace('\\"', "'").replace("\\'", "'")

    @pytest.mark.parametrize(
        "literal",
        [
            f'{{password: "{PLANTED}"}}',
            f'{{password: "{PLANTED}", email: "a", emal: "b"}}',
            f'{{password: ["{PLANTED}"], email: "a"}}',
            f'{{password: {{x: "{PLANTED}"}}, email: "a"}}',
            f'"{PLANTED}"',
        ],
    )
    def test_literal_that_cannot_be_taken_is_not_repeated(self, literal: str) -> None:
        answered = answer(f"{{ length(given: {literal}) }}")
        assert "hunter2" not in answered
        assert "GRAPHQL_VALIDATION_FAILED" in answered

    def test_what_postgres_cannot_hold_is_found_in_it(self) -> None:
        for text in ("a\0", "a\ud800", "a" * 10_001):
            with pytest.raises(Rejected):
                check(SignIn(email="a", password=SecretText(Secret(text))))
        check(SignIn(email="a", password=SecretText(SECRET)))

    def test_is_no_part_of_what_is_remembered_of_an_input(self) -> None:
        assert content_of(SignIn(email="a", password=SecretText(SECRET))) == {"email": "a", "password": "Secret(…)"}
