"""So many operations of one caller at once: the next ones wait in order, and beyond that they are refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from app.identity.rules import Role
from app.limits import turns
from app.limits.turns import TooManyAtOnce, Turns
from app.settings import Settings
from tests.conftest import Api
from tests.limits.asking import limited
from tests.limits.test_requests import ME, locked
from tests.serving import serving
from tests.web.test_sockets import answer, bearer, connected

SLOW = "{ models { nodes { name } } }"
TOO_MANY = ["RATE_LIMIT_EXCEEDED"]


async def taken(by: Turns, order: list[int], number: int) -> None:
    """One turn."""
    async with by:
        order.append(number)
        await asyncio.sleep(0)


class TestTurns:
    async def test_are_given_in_order_and_never_more_than_may_be(self) -> None:
        by, order, most = Turns(3, 100), list[int](), 0
        work = [asyncio.create_task(taken(by, order, number)) for number in range(50)]
        while not all(one.done() for one in work):
            most = max(most, by.running)
            await asyncio.sleep(0)
        assert (order, most, by.running) == (list(range(50)), 3, 0)

    @pytest.mark.parametrize("is_given", [False, True])
    async def test_of_who_leaves_are_for_the_next(self, is_given: bool) -> None:
        by, order = Turns(1, 10), list[int]()
        async with by:
            first, second = (asyncio.create_task(taken(by, order, number)) for number in (1, 2))
            await asyncio.sleep(0)
            if not is_given:
                first.cancel()
        first.cancel()
        await asyncio.wait([first, second])
        assert (first.cancelled(), order, by.running, len(by.waiting)) == (True, [2], 0, 0)

    async def test_are_awaited_for_a_while_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns, "PATIENCE", 0.02)
        by, order = Turns(1, 10), list[int]()
        async with by:
            with pytest.raises(TooManyAtOnce):
                await taken(by, order, 1)
        await taken(by, order, 2)
        assert (order, by.running) == ([2], 0)


@asynccontextmanager
async def busy(api: Api, settings: Settings, running: int) -> AsyncGenerator[list[asyncio.Task[list[str]]]]:
    """So many operations of the administrator cannot go on until the block ends."""
    async with locked(settings, "model"):
        slow = [asyncio.create_task(api.codes(SLOW)) for _ in range(running)]
        await asyncio.sleep(0.1)
        yield slow
    assert [await one for one in slow] == [[]] * running


class TestCallers:
    async def test_wait_and_are_refused_when_too_many_wait(self, settings: Settings, tmp_path: Path) -> None:
        few = {"operations_at_once": 2, "operations_waiting": 1}
        async with limited(settings, tmp_path, principal=few) as api:
            async with busy(api, settings, 2):
                waiting = asyncio.create_task(api.codes(ME))
                await asyncio.sleep(0.05)
                headers = {"authorization": f"Bearer {api.token()}"}
                refused = await api.client.post("/graphql", json={"query": ME}, headers=headers)
                assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
                details = refused.json()["errors"][0]["extensions"]["details"]
                assert details == {"limit": 2, "unit": "OPERATIONS_AT_ONCE", "retryAfterSeconds": 1}
                assert not waiting.done()
                assert await api.codes(ME, role=Role.VIEWER) == []
            assert await waiting == []

    async def test_are_one_wherever_they_come_from_and_by_whatever_transport(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        few = {"operations_at_once": 1, "operations_waiting": 1}
        async with (
            limited(settings, tmp_path, principal=few) as api,
            serving(api.app) as place,
            connected(f"ws://{place}/graphql", bearer(api.token())) as socket,
        ):
            async with busy(api, settings, 1):
                waiting = asyncio.create_task(answer(socket, ME))
                await asyncio.sleep(0.05)
                elsewhere = httpx2.ASGITransport(app=api.app, client=("192.0.2.1", 1))
                async with httpx2.AsyncClient(transport=elsewhere, base_url="http://hub") as client:
                    headers = {"authorization": f"Bearer {api.token()}"}
                    assert (await client.post("/graphql", json={"query": ME}, headers=headers)).status_code == 429
                assert not waiting.done()
            assert "errors" not in await waiting

    async def test_of_an_address_wait_together_unless_they_sign_in(self, settings: Settings, tmp_path: Path) -> None:
        few = {"operations_at_once": 1, "operations_waiting": "unlimited"}
        none = 'mutation { signIn(input: {email: "a@example.com", password: "wrong"}) { errors { code } } }'
        async with limited(settings, tmp_path, address=few) as api:
            async with locked(settings, "sign_in_throttle"):
                strangers = [asyncio.create_task(api.codes(query, role=None)) for query in (none, "{ __typename }")]
                await asyncio.sleep(0.1)
                assert await api.codes("{ __typename }") == []
                assert not any(one.done() for one in strangers)
            assert await asyncio.gather(*strangers) == [[], []]
