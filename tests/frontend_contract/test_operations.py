"""Every operation runs against the real server, with something of every type in it, and is answered as typed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import OperationType

from app.identity.rules import Role
from tests.conftest import Api
from tests.contract import worlds
from tests.contract.examples import EXAMPLES
from tests.contract.worlds import Estate, entities, id_of, whole
from tests.frontend_contract.contract import Operation, of_kind, operations
from tests.frontend_contract.filling import Filling
from tests.frontend_contract.happening import alarm
from tests.frontend_contract.test_examples import conforms
from tests.identity.people import PASSWORD, user
from tests.kit.rows import put, team
from tests.live.listening import heard, listening, served

SESSION = ("AcceptInvitation", "SignIn", "RefreshSession", "SignOut")
START = "{ eventCursor }"
ASKING = ("TestDeployment", "InferenceTokens")
"""They call a model: test_asking.py."""


@pytest.fixture
async def estate(api: Api, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """Something of every type, used just now."""
    monkeypatch.setattr(worlds, "NOW", datetime.now(UTC))
    made = whole("acme", of=team("red"))
    await made.put(api.database)
    return made


def filling_of(estate: Estate) -> Filling:
    """With the ids of what is there."""
    filling = Filling()
    filling.add(map(id_of, entities(estate)))
    return filling


def holes(value: Any, *path: str) -> list[str]:
    """Where an answer has nothing although there is something: the root, and the nodes of lists."""
    if not isinstance(value, dict):
        return []
    empty = [".".join((*path, name)) for name, inner in value.items() if inner in (None, []) and _must_be(name, path)]
    return empty + [hole for name, inner in value.items() for hole in holes(inner, *path, name)]


def _must_be(name: str, path: tuple[str, ...]) -> bool:
    return not path or name in {"nodes", "edges", "versions", "series", "timestamps"}


async def test_queries(api: Api, estate: Estate) -> None:
    filling = filling_of(estate)
    for one in of_kind(OperationType.QUERY):
        variables = filling.filled(one.example["variables"])
        for unlike in ("query", "filter"):
            variables.pop(unlike, None)
        data = await api.data(one.text, **variables)
        assert conforms(one, variables, data) == [], one.name
        assert holes(data) == [], one.name


async def test_filters_of_the_examples(api: Api, estate: Estate) -> None:
    """What the examples ask for is taken, though there may be nothing of it here."""
    for one in of_kind(OperationType.QUERY):
        await api.data(one.text, **filling_of(estate).filled(one.example["variables"]))


async def test_mutations(api: Api) -> None:
    for one in of_kind(OperationType.MUTATION):
        if one.name not in (*SESSION, *ASKING):
            example = EXAMPLES[one.field]()
            await put(api.database, *example.rows)
            data = await api.data(one.text, input=example.input)
            assert conforms(one, {"input": example.input}, data) == [], one.name
            assert data[one.field]["errors"] == [], one.name


async def test_session(api: Api) -> None:
    """From the sign-in to the sign-out, without a credential but its own."""
    await put(api.database, user("ann"))
    signed = await _perform(api, "SignIn", None, {"email": "ann@example.com", "password": PASSWORD})
    tokens = await _perform(api, "RefreshSession", None, {"refreshToken": signed["refreshToken"]})
    gone = await _perform(api, "SignOut", tokens["accessToken"], {})
    assert gone["session"]["revokedAt"]
    invite = "mutation ($input: InviteUserInput!) { inviteUser(input: $input) { token } }"
    invited = await api.data(invite, input={"email": "bob@example.com", "role": "VIEWER", "teamIds": []})
    given = {"token": invited["inviteUser"]["token"], "name": "Bob", "password": PASSWORD}
    assert (await _perform(api, "AcceptInvitation", None, given))["viewer"]["role"] == "VIEWER"


async def _perform(api: Api, name: str, token: str | None, given: dict[str, Any]) -> dict[str, Any]:
    one = operations()[name]
    headers = {"authorization": f"Bearer {token}"} if token else {}
    body = {"query": one.text, "variables": {"input": given}}
    answer = (await api.client.post("/graphql", json=body, headers=headers)).json()
    assert conforms(one, {"input": given}, answer["data"]) == [], name
    assert answer["data"][one.field]["errors"] == []
    return answer["data"][one.field]


@asynccontextmanager
async def told(api: Api, one: Operation, variables: dict[str, Any]) -> AsyncGenerator[Any]:
    """What a subscription tells first."""
    async with served(api) as address, listening(address, api.token(), one.text, variables) as talk:
        yield {one.field: await heard(talk)}


async def test_subscriptions(api: Api, estate: Estate) -> None:
    """Snapshots tell at once, event streams what was there from the beginning."""
    start = (await api.data(START))["eventCursor"]
    again = whole("again")
    again.events.append(alarm(again))
    await again.put(api.database)
    for made in ("RegisterModel", "CreateExperiment"):
        example = EXAMPLES[operations()[made].field]()
        await put(api.database, *example.rows)
        await api.data(operations()[made].text, input=example.input)
    for one in (each for each in of_kind(OperationType.SUBSCRIPTION) if each.name not in ASKING):
        variables = filling_of(estate).filled(one.example["variables"])
        if "$after" in one.text:
            variables["after"] = start
        async with told(api, one, variables) as data:
            assert conforms(one, variables, data) == [], one.name
            assert [hole for hole in holes(data) if hole.endswith("nodes")] == [], one.name


async def test_who_may_less_is_told_so_by_code_and_gets_the_rest(api: Api, estate: Estate) -> None:
    filling = filling_of(estate)
    for one in of_kind(OperationType.QUERY):
        codes = await api.codes(one.text, role=Role.VIEWER, **filling.filled(one.example["variables"]))
        assert {*codes} <= {"FORBIDDEN"}, one.name
