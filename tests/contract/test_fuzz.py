"""Schemathesis over every query and mutation: the server neither breaks nor answers without a code."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.db import Database
from app.kit.paging import Cursors
from app.kit.secrets import load_keys
from app.migrate import migrate
from app.settings import Settings
from tests.conftest import GENEROUS
from tests.contract.acting import PERSONAL, changed, journal_is_sound
from tests.contract.examples import EXAMPLES, TELEMETRY, Example
from tests.contract.generating import plausible, register_scalars, variations
from tests.kit.rows import (
    alert,
    alert_rule,
    deployment,
    experiment,
    gid,
    model,
    price,
    provider,
    put,
    team,
    variant,
    version,
)
from tests.limits.serving import serving
from tests.web.test_graphql import root_fields

QUERIES, MUTATIONS = 60, 30
"""How many documents are tried for each."""

SOAK = int(os.environ.get("MODELHUB_SOAK_FACTOR", "20"))
"""How many times as many in the long form, with other documents each time."""

MANY = 40
DEMANDING = {"simulateAlertRule"}
"""Queries whose input is hardly ever right by chance; tests/contract/questions.py asks them."""
BROKEN = {"INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "UNAUTHORIZED", "FORBIDDEN", None}


async def fill(database: Database) -> list[str]:
    """A small estate; the ids in it."""
    acme, crew = provider(), team("crew")
    one, two = model(acme, "one", popularity=3), model(acme, "two", capabilities=["batch"])
    label, trial = version(one, "v1"), experiment("trial")
    served = deployment(one, "one-prod", team_id=crew.id, model_version_id=label.id, spec={"runtime": {"replicas": 1}})
    arms = [variant(trial, one, "a"), variant(trial, two, "b", position=1)]
    rule = alert_rule()
    fires = alert(rule, model_id=one.id)
    rows = [acme, crew, one, two, label, price(one, "INPUT", "1.5"), served, trial, rule, fires]
    await put(database, *rows, *arms)
    return [gid(row) for row in (acme, crew, one, two, label, served, trial, fires)]


async def filled(url: str) -> list[str]:
    """The ids in a database with a small estate."""
    database = Database(url)
    try:
        return await fill(database)
    finally:
        await database.close()


async def create(url: str) -> None:
    """A migrated database."""
    name = url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(url.replace(f"/{name}?", "/modelhub?").replace("+asyncpg", ""))
    await admin.execute(f"create database {name}")
    await admin.close()
    await migrate(url)


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """The application over a database of its own, as schemathesis sees it, with a token that may do everything."""

    url: str
    fields: Mapping[str, Any]
    headers: dict[str, str]
    ids: Sequence[str]

    def within(self, work: Callable[[Database], Any]) -> Any:
        """What some work on the database gives."""

        async def whole() -> Any:
            database = Database(self.url)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(whole())

    def ask(self, case: Any, document: str) -> dict[str, Any]:
        """The answer, whose errors have codes that are no defects."""
        case.body = document
        answer = case.call(headers=self.headers)
        assert answer.status_code == 200, (document, answer.content)
        for error in answer.json().get("errors", []):
            assert error.get("extensions", {}).get("code") not in BROKEN, (document, error)
        return answer.json()


@pytest.fixture(scope="module")
def fuzzed(servers: EmbeddedServers) -> Iterator[Fuzzed]:
    url = servers.urls.database.replace("/modelhub?", f"/fuzz_{os.getpid()}?")
    asyncio.run(create(url))
    with tempfile.TemporaryDirectory() as home:
        given = {"DATABASE_URL": url, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": Path(home)}
        made = Settings.model_validate(given | {"DEMO": False, "MODELHUB_LIMITS": GENEROUS})
        keys = load_keys(made.home)
        headers = {"Authorization": f"Bearer {issue_development_token(keys, Role.ADMIN)}"}
        ids = asyncio.run(filled(url))
        register_scalars(ids, Cursors(keys.cursors))
        with serving(made) as (hub,):
            fields = schemathesis.graphql.from_url(f"http://127.0.0.1:{hub.port}/graphql", headers=headers)
            yield Fuzzed(url, fields, headers, ids)


def generate(field: Any, number: int, check: Callable[[Any], None]) -> None:
    """Check that many documents with this root field; the same ones in the short form."""

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=number <= QUERIES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )
    @given(case=field.as_strategy())
    def one(case: Any) -> None:
        check(case)

    one()


def fuzz_query(fuzzed: Fuzzed, name: str, number: int) -> None:
    """Ask for a field in many ways."""
    answered = Counter[bool]()

    def check(case: Any) -> None:
        for document in (case.body, plausible(case.body), plausible(case.body, fuzzed.ids)):
            answered["errors" in fuzzed.ask(case, document)] += 1

    generate(fuzzed.fields["Query"][name], number, check)
    assert answered[False] or name in DEMANDING, "nothing was ever answered with data"


def fuzz_mutation(fuzzed: Fuzzed, name: str, number: int) -> None:
    """Try to change something in many ways; some succeed, some are refused."""
    examples, turns, outcomes = fuzzed.within(lambda database: prepare(database, name)), count(), Counter[bool]()

    def check(case: Any) -> None:
        turn = next(turns)
        example = examples[turn % len(examples)]
        for document in variations(name, case.body, example.input, turn):
            answer = fuzzed.ask(case, document)
            outcomes[succeeded(name, answer)] += 1

    generate(fuzzed.fields["Mutation"][name], number, check)
    assert outcomes[True], "it was never done"
    assert outcomes[False], "it was never refused"
    assert fuzzed.within(journal_is_sound)


async def prepare(database: Database, name: str) -> list[Example]:
    """Some examples, whose rows are in the database."""
    examples = [EXAMPLES[name]() for _ in range(MANY)]
    await put(database, *(row for example in examples for row in example.rows))
    return examples


def succeeded(name: str, answer: dict[str, Any]) -> bool:
    """Whether it was done; if not, there are errors with codes, and it shows nothing."""
    payload = (answer.get("data") or {}).get(name)
    if payload is None:
        assert answer["errors"], answer
        return False
    shown = [payload[f"changed_{word}"] for word in changed(name)]
    assert all(shown) != bool(payload["refused"]), answer
    assert any(shown) != bool(payload["refused"]), answer
    assert not BROKEN & {error["code"] for error in payload["refused"]}, answer
    return not payload["refused"]


each_query = pytest.mark.parametrize("name", list(root_fields()))
each_mutation = pytest.mark.parametrize("name", list(EXAMPLES))


@each_query
def test_every_answer_is_data_or_a_coded_error(fuzzed: Fuzzed, name: str) -> None:
    fuzz_query(fuzzed, name, QUERIES)


@each_mutation
def test_every_change_is_done_or_refused_with_a_code(fuzzed: Fuzzed, name: str) -> None:
    fuzz_mutation(fuzzed, name, MUTATIONS)


@pytest.mark.soak
class TestAtLength:
    @each_query
    def test_every_answer_is_data_or_a_coded_error(self, fuzzed: Fuzzed, name: str) -> None:
        fuzz_query(fuzzed, name, SOAK * QUERIES)

    @each_mutation
    def test_every_change_is_done_or_refused_with_a_code(self, fuzzed: Fuzzed, name: str) -> None:
        fuzz_mutation(fuzzed, name, SOAK * MUTATIONS)


@pytest.mark.parametrize("name", sorted(PERSONAL | TELEMETRY.keys()))
def test_what_is_not_put_on_record_is_answered_with_a_code(fuzzed: Fuzzed, name: str) -> None:
    def check(case: Any) -> None:
        for document in (case.body, plausible(case.body)):
            payload = (fuzzed.ask(case, document).get("data") or {}).get(name) or {}
            assert not BROKEN & {error["code"] for error in payload.get("refused", [])}

    generate(fuzzed.fields["Mutation"][name], QUERIES, check)
