"""Who guesses is slowed down, and does not keep out whom he guesses at."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import pytest

from app.identity.rules import FREE_FAILURES
from app.identity.sessions.throttle import is_same_network, subjects
from tests.conftest import Api
from tests.identity.people import PASSWORD, SIGN_IN, settle, user
from tests.kit.rows import execute, put


@asynccontextmanager
async def visitor(api: Api, address: str) -> AsyncGenerator[httpx2.AsyncClient]:
    """Somebody who comes from an address."""
    transport = httpx2.ASGITransport(app=api.app, client=(address, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        yield client


async def codes(api: Api, address: str, password: str = PASSWORD, email: str = "ann@example.com") -> list[str]:
    """With which codes a sign-in from there is refused."""
    async with visitor(api, address) as client:
        body = {"query": SIGN_IN, "variables": {"input": {"email": email, "password": password}}}
        answer = (await client.post("/graphql", json=body)).json()
    return [error["code"] for error in answer["data"]["signIn"]["errors"]]


async def guess(api: Api, times: int, network: str = "192.0.2") -> None:
    """Wrong passwords, each from another address."""
    for n in range(times):
        assert await codes(api, f"{network}.{n}", "wrong") == ["UNAUTHORIZED"]


class TestAttack:
    async def test_from_one_address_keeps_nobody_else_out(self, api: Api) -> None:
        await put(api.database, user("ann"))
        for _ in range(FREE_FAILURES["visitor"]):
            await codes(api, "192.0.2.1", "wrong")
        assert await codes(api, "192.0.2.1") == ["RATE_LIMIT_EXCEEDED"]
        assert await codes(api, "198.51.100.1") == []

    async def test_from_many_addresses_is_slowed_down(self, api: Api) -> None:
        await put(api.database, user("ann"))
        await guess(api, FREE_FAILURES["account"])
        assert await codes(api, "203.0.113.1") == ["RATE_LIMIT_EXCEEDED"]
        assert await codes(api, "203.0.113.1", email="bob@example.com") == ["UNAUTHORIZED"]

    async def test_from_many_addresses_does_not_keep_out_who_came_from_there_before(self, api: Api) -> None:
        await put(api.database, user("ann"))
        assert await codes(api, "2001:db8:1:2::7") == []
        await guess(api, FREE_FAILURES["account"])
        await execute(api.database, "update sign_in_throttle set blocked_until = now() + interval '1 hour' "
                      "where failures >= 19")  # fmt: skip
        assert await codes(api, "203.0.113.1") == ["RATE_LIMIT_EXCEEDED"]
        assert await codes(api, "2001:db8:1:2::8") == []
        assert await codes(api, "2001:db8:1:3::8") == ["RATE_LIMIT_EXCEEDED"]
        for _ in range(FREE_FAILURES["visitor"]):
            assert await codes(api, "2001:db8:1:2::8", "wrong") == ["UNAUTHORIZED"]
        assert await codes(api, "2001:db8:1:2::8") == ["RATE_LIMIT_EXCEEDED"], "who is known may not guess on either"

    async def test_does_not_keep_who_is_signed_in_from_changing_the_password(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        await guess(api, FREE_FAILURES["account"])
        new = {"currentPassword": PASSWORD, "newPassword": "another good password"}
        assert await ann.refusals("changePassword", **new) == []

    async def test_success_elsewhere_gives_no_new_guesses(self, api: Api) -> None:
        await put(api.database, user("ann"))
        await guess(api, FREE_FAILURES["account"] - 1)
        assert await codes(api, "203.0.113.1") == []
        assert await codes(api, "203.0.113.2", "wrong") == ["UNAUTHORIZED"]
        assert await codes(api, "203.0.113.3") == ["RATE_LIMIT_EXCEEDED"]


class TestSubjects:
    def test_of_an_account_do_not_depend_on_how_it_is_written(self) -> None:
        assert subjects(" Ann@X ", "192.0.2.1", is_known=False) == subjects("ann@x", "192.0.2.1", is_known=False)

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("2001:db8::1", "2001:db8:0:0:ffff::1", True),
            ("2001:db8::1", "2001:db8:0:1::1", False),
            ("unix", "unix", True),
            ("192.0.2.1", None, False),
        ],
    )
    def test_networks(self, one: str, other: str | None, same: bool) -> None:
        assert is_same_network(one, other) is same
