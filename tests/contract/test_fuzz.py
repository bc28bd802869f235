"""Schemathesis over every query: whatever is asked, the server neither breaks nor answers without a code."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import schemathesis
from graphql import (
    REMOVE,
    ArgumentNode,
    FieldNode,
    NullValueNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.db import Database
from app.kit.ids import global_id, new_id
from app.kit.paging import Cursors, Order, Position
from app.kit.secrets import load_keys
from app.main import build
from app.migrate import migrate
from app.settings import Settings
from tests.kit.rows import day, deployment, experiment, gid, model, price, provider, put, team, variant, version
from tests.web.test_graphql import root_fields

EXAMPLES = 60
BROKEN = {"INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "UNAUTHORIZED", "FORBIDDEN", None}
TIMES = ["2026-01-01T00:00:00Z", "2026-11-21T10:00:00.123456+02:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]


async def fill(database: Database) -> list[str]:
    """A small estate; the ids in it."""
    acme, crew = provider(), team("crew")
    one, two = model(acme, "one", popularity=3), model(acme, "two", capabilities=["batch"])
    label, trial = version(one, "v1"), experiment("trial")
    served = deployment(one, "one-prod", team_id=crew.id, model_version_id=label.id, spec={"runtime": {"replicas": 1}})
    arms = [variant(trial, one, "a"), variant(trial, two, "b", position=1)]
    rows = [acme, crew, one, two, label, price(one, "INPUT", "1.5"), served, trial]
    await put(database, *rows, *arms)
    return [gid(row) for row in (acme, crew, one, two, label, served, trial)]


async def prepare(url: str) -> list[str]:
    """A migrated database with something in it."""
    name = url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(url.replace(f"/{name}?", "/modelhub?").replace("+asyncpg", ""))
    await admin.execute(f"create database {name}")
    await admin.close()
    await migrate(url)
    database = Database(url)
    try:
        return await fill(database)
    finally:
        await database.close()


@pytest.fixture(scope="module")
def fuzzed(servers: EmbeddedServers) -> Iterator[tuple[Any, dict[str, str]]]:
    """The application over a database of its own, as schemathesis sees it, with a token that may do everything."""
    url = servers.urls.database.replace("/modelhub?", f"/fuzz_{os.getpid()}?")
    ids = asyncio.run(prepare(url))
    with tempfile.TemporaryDirectory() as home:
        given = {"DATABASE_URL": url, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": Path(home), "DEMO": False}
        made = Settings.model_validate(given)
        keys = load_keys(made.home)
        register_scalars(ids, Cursors(keys.cursors))
        headers = {"Authorization": f"Bearer {issue_development_token(keys, Role.ADMIN)}"}
        yield schemathesis.graphql.from_asgi("/graphql", build(made), headers=headers), headers


def register_scalars(ids: list[str], cursors: Cursors) -> None:
    """Values that get past validation: ids that exist among those that do not."""
    unknown = [global_id(name, new_id()) for name in ("Model", "Nothing")]
    lists = ("ModelRow", "DeploymentRow", "ExperimentRow")
    orders = [Order("CREATED_AT", descending=True, of=name) for name in lists]
    good = [cursors.write(order, Position(day(1, 1), new_id())) for order in orders]
    text = nodes.String
    words = st.sampled_from(["acme", "acme/one", "crew", *good, ""]) | st.text(max_size=8)
    schemathesis.graphql.scalar("String", words.map(text))
    schemathesis.graphql.scalar("ID", st.sampled_from([*ids, *unknown, *good, "", "x"]).map(text))
    schemathesis.graphql.scalar("DateTime", st.sampled_from(TIMES).map(text))
    schemathesis.graphql.scalar("Date", st.dates().map(lambda day: text(day.isoformat())))
    schemathesis.graphql.scalar("Decimal", st.decimals(0, 1000, places=2).map(lambda amount: text(str(amount))))
    schemathesis.graphql.scalar("BigInt", st.integers(-(2**60), 2**60).map(nodes.Int))
    schemathesis.graphql.scalar("URL", st.just("https://x.example").map(text))
    schemathesis.graphql.scalar("Cursor", st.sampled_from([*good, "x"]).map(text))
    schemathesis.graphql.scalar("JSON", st.just("x").map(text))


class _Plausible(Visitor):
    """Takes out what makes nearly every generated page a bad one: contradictory pages and null comparators."""

    def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
        """Pages begin at the start; other arguments stay unless they are null."""
        if node.name.value in {"last", "before", "after"} or isinstance(node.value, NullValueNode):
            return REMOVE
        return parse_argument("first: 7") if node.name.value == "first" else None

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> Any:
        """Null is no comparator."""
        return REMOVE if isinstance(node.value, NullValueNode) else None


def parse_argument(text: str) -> ArgumentNode:
    """An argument as it is written."""
    (operation,) = parse(f"{{ x({text}) }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    assert field.arguments is not None
    return field.arguments[0]


def plausible(query: str) -> str:
    """The query with a better chance of being answered with data."""
    return print_ast(visit(parse(query), _Plausible()))


@pytest.mark.parametrize("name", list(root_fields()))
def test_every_answer_is_data_or_a_coded_error(fuzzed: tuple[Any, dict[str, str]], name: str) -> None:
    (queries, headers), answered = fuzzed, 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )
    @given(case=queries["Query"][name].as_strategy())
    def ask(case: Any) -> None:
        nonlocal answered
        for query in (case.body, plausible(case.body)):
            case.body = query
            answer = case.call(headers=headers)
            assert answer.status_code == 200, (query, answer.content)
            errors = answer.json().get("errors", [])
            for error in errors:
                assert error.get("extensions", {}).get("code") not in BROKEN, (query, error)
            answered += not errors

    ask()
    assert answered, "nothing was ever answered with data"
