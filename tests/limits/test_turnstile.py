"""What is refused before it is known who asks: the address pays, and whoever waits as he is told is admitted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from app.kit.errors import RateLimited
from app.limits.turns import HELD
from app.settings import Settings
from app.web.pacing import LONG, MAX_WAITING, REST, Pace
from tests.conftest import Api
from tests.limits.asking import limited
from tests.serving import serving
from tests.web.test_sockets import bearer, closed_with, connected

ME = "{ viewer { name } }"
VALID = b'{"query": "{ __typename }"}'
FORGED_KEY = f"mhk_{'A' * 43}"


@asynccontextmanager
async def with_few(settings: Settings, folder: Path, requests: int = 3) -> AsyncGenerator[Api]:
    """The API that takes so many requests a day from an address."""
    async with limited(settings, folder, address={"requests_per_day": requests}) as api:
        yield api


async def post(api: Api, content: bytes, path: str = "/graphql", **headers: str) -> httpx2.Response:
    """An answer to anything."""
    return await api.client.post(path, content=content, headers={"content-type": "application/json", **headers})


def assert_too_many(answer: httpx2.Response) -> None:
    """It is refused for a limit, and says for how long."""
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 3_600


class TestAddresses:
    @pytest.mark.parametrize("content", [b'[{"query": "{ __typename }"}]', b"{", b'{"query": 1}', b"{}"])
    async def test_pay_for_what_is_no_operation(self, settings: Settings, tmp_path: Path, content: bytes) -> None:
        async with with_few(settings, tmp_path) as api:
            assert [(await post(api, content)).status_code for _ in range(3)] == [400] * 3
            assert_too_many(await post(api, content))
            assert await api.codes(ME) == ["RATE_LIMIT_EXCEEDED"]

    @pytest.mark.parametrize("path", ["/graphql", "/audit/export", "/ingest/inferences", "/v1/traces"])
    async def test_pay_for_credentials_that_are_not_taken(self, settings: Settings, tmp_path: Path, path: str) -> None:
        method = "GET" if path == "/audit/export" else "POST"
        forged = {"authorization": f"Bearer {FORGED_KEY}", "content-type": "application/json"}
        async with with_few(settings, tmp_path) as api:
            begun = time.monotonic()
            refused = [await api.client.request(method, path, headers=forged, content=VALID) for _ in range(3)]
            assert [one.status_code for one in refused] == [401] * 3
            assert time.monotonic() - begun >= 3 * HELD
            assert_too_many(await api.client.request(method, path, headers=forged, content=VALID))

    async def test_pay_for_what_is_wrong_where_tokens_and_figures_are_given(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        form, forged = {"grant_type": "client_credentials"}, {"authorization": f"Bearer {FORGED_KEY}"}
        wrong: dict[str, dict[str, Any]] = {
            "/oauth/token": {"method": "POST", "data": form, "auth": ("nobody", FORGED_KEY)},
            "/metrics": {"method": "GET", "headers": forged},
        }
        for path, given in wrong.items():
            async with with_few(settings, tmp_path) as api:
                begun = time.monotonic()
                assert [(await api.client.request(url=path, **given)).status_code for _ in range(3)] == [401] * 3
                assert time.monotonic() - begun >= 3 * HELD
                assert_too_many(await api.client.request(url=path, **given))
                assert await api.codes(ME) == ["RATE_LIMIT_EXCEEDED"]

    async def test_pay_for_token_requests_that_cannot_be_read(self, settings: Settings, tmp_path: Path) -> None:
        async with with_few(settings, tmp_path) as api:
            assert [(await post(api, b"{}", "/oauth/token")).status_code for _ in range(3)] == [400] * 3
            assert_too_many(await post(api, b"{}", "/oauth/token"))

    async def test_do_not_pay_twice(self, settings: Settings, tmp_path: Path) -> None:
        async with with_few(settings, tmp_path, 4) as api:
            assert (await post(api, b"{}", authorization=f"Bearer {FORGED_KEY}")).status_code == 400
            assert (await post(api, b'{"query": "{"}', authorization=f"Bearer {FORGED_KEY}")).status_code == 401
            assert await api.codes("{ nothing }") == ["GRAPHQL_VALIDATION_FAILED"]
            assert await api.codes(ME) == []
            assert await api.codes(ME) == ["RATE_LIMIT_EXCEEDED"]

    async def test_pay_for_sockets(self, settings: Settings, tmp_path: Path) -> None:
        """One request to open it, one for the credential, and no more sockets then."""
        async with with_few(settings, tmp_path, 4) as api, serving(api.app) as address:
            url = f"ws://{address}/graphql"
            for _ in range(2):
                async with connected(url, bearer(FORGED_KEY)) as socket:
                    assert await closed_with(socket) == (4403, "UNAUTHORIZED")
            with pytest.raises(InvalidStatus) as refused:
                async with connected(url, bearer(api.token())):
                    pass
            assert refused.value.response.status_code == 429
            assert int(refused.value.response.headers["retry-after"]) > 3_600


class TestWaiting:
    async def test_who_waits_as_long_as_he_is_told_is_admitted(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, principal={"burst_limit": 4}) as api, serving(api.app) as place:
            address, headers = f"http://{place}/graphql", {"authorization": f"Bearer {api.token()}"}
            async with httpx2.AsyncClient(headers=headers) as client:
                await asyncio.sleep((0.25 - time.time()) % 1)
                answers = [await client.post(address, json={"query": ME})]
                while answers[-1].status_code == 200:
                    answers.append(await client.post(address, json={"query": ME}))
                assert 4 <= len(answers) - 1 <= 8
                seconds = int(answers[-1].headers["retry-after"])
                assert answers[-1].json()["errors"][0]["extensions"]["details"]["retryAfterSeconds"] == seconds
                await asyncio.sleep(seconds)
                assert (await client.post(address, json={"query": ME})).status_code == 200


class TestPace:
    async def test_long_texts_are_read_one_after_the_other_with_pauses(self) -> None:
        pace, begun = Pace(), list[float]()

        async def read(size: int) -> None:
            async with pace.of(size):
                begun.append(time.perf_counter())
                time.sleep(0.02)  # noqa: ASYNC251 - as reading does

        await asyncio.gather(read(LONG + 1), read(LONG + 1))
        assert begun[1] - begun[0] >= 0.02 * (1 + REST) * 0.95
        await read(LONG)
        assert begun[2] - begun[1] < 0.02 * REST

    async def test_few_may_wait(self) -> None:
        pace = Pace()
        async with pace.of(LONG + 1):
            waiting = [asyncio.create_task(pace.of(LONG + 1).__aenter__()) for _ in range(MAX_WAITING)]
            await asyncio.sleep(0)
            with pytest.raises(RateLimited):
                await pace.of(LONG + 1).__aenter__()
            for one in waiting:
                one.cancel()
            await asyncio.wait(waiting)
        await asyncio.sleep(0.01)
        async with pace.of(LONG + 1):
            pass
