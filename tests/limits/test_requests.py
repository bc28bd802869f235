"""Limits as clients meet them: before anything is done, on every transport, for all processes together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from app.identity.rules import Role
from app.kit.ids import new_id
from app.limits.failover import PATIENCE
from app.limits.leases import LASTS
from app.settings import Settings
from tests.conftest import Api, free_port
from tests.kit.rows import model, provider, put, select_rows
from tests.limits.asking import limited
from tests.limits.wire import wire_to
from tests.serving import serving
from tests.web.test_sockets import answer, bearer, connected

ME = "{ viewer { name } }"
RATE = """{ viewer { rateLimit {
  burstLimit { limit } requestsPerMinute { limit remaining resetAt } requestsPerHour { limit }
  requestsPerDay { limit remaining } costPerMinute { limit remaining }
  operationsAtOnce operationsWaiting operations { operation requestsPerMinute } } } }"""


async def codes(api: Api, query: str, times: int, **given: Any) -> list[str]:
    """The codes of the errors of that many requests, one after another."""
    return [code for _ in range(times) for code in await api.codes(query, **given)]


class TestAnswers:
    async def test_tell_what_they_cost_and_what_is_left(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, principal={"cost_per_minute": 6_000}) as api:
            told = [(await api.ask("{ models { nodes { name } } }"))["extensions"]["cost"] for _ in range(3)]
            assert [one["requested"] for one in told] == [21, 21, 21]
            assert [one["remaining"] for one in told] == [6_000 - 21, 6_000 - 42, 6_000 - 63]
            resets = datetime.fromisoformat(told[0]["resetAt"])
            assert timedelta() < resets - datetime.now(UTC) < timedelta(minutes=2)

    async def test_without_a_limit_of_cost_there_is_nothing_to_tell_of_it(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        async with limited(settings, tmp_path, principal={"cost_per_minute": "unlimited"}) as api:
            told = (await api.ask(ME))["extensions"]["cost"]
            assert told == {"requested": 1, "remaining": None, "resetAt": None}

    async def test_viewer_sees_his_limits(self, settings: Settings, tmp_path: Path) -> None:
        own = {"requests_per_minute": 50, "requests_per_hour": "unlimited", "cost_per_minute": 5_000}
        own |= {"operations_at_once": 2, "operations_waiting": "unlimited"}
        async with limited(settings, tmp_path, principal=own) as api:
            await api.data(ME)
            seen = (await api.data(RATE))["viewer"]["rateLimit"]
            assert seen["requestsPerHour"] is None
            assert seen["requestsPerMinute"]["limit"] == 50
            assert seen["requestsPerMinute"]["remaining"] == 48
            assert seen["costPerMinute"] == {"limit": 5_000, "remaining": 5_000 - 1 - 17}
            assert (seen["operationsAtOnce"], seen["operationsWaiting"]) == (2, None)
            assert seen["operations"] == [{"operation": "signIn", "requestsPerMinute": 60}]

    async def test_dearer_than_a_request_may_be(self, settings: Settings, tmp_path: Path) -> None:
        inner = "deployments(first: 100) { nodes { phase } }"
        async with limited(settings, tmp_path) as api:
            [error] = (await api.ask(f"{{ models(first: 100) {{ nodes {{ {inner} }} }} }}"))["errors"]
            assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
            assert error["extensions"]["details"] == {"limit": 5_000}

    async def test_the_schema_is_asked_for_alone(self, settings: Settings, tmp_path: Path) -> None:
        mixed = "{ viewer { name } ...f } fragment f on Query { __schema { queryType { name } } }"
        async with limited(settings, tmp_path) as api:
            assert await api.codes(mixed) == ["QUERY_TOO_COMPLEX"]
            assert await api.codes(mixed.replace("viewer { name }", "__typename")) == []


class TestRefusal:
    async def test_says_the_limit_and_when_to_come_again(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, principal={"requests_per_day": 3}) as api:
            assert await codes(api, ME, 3) == []
            [error] = (await api.ask(ME))["errors"]
            found = error["extensions"]
            assert found["code"] == "RATE_LIMIT_EXCEEDED"
            waits = found["details"].pop("retryAfterSeconds")
            assert found["details"] == {"limit": 3, "unit": "REQUESTS", "windowSeconds": 86_400}
            assert 0 < waits <= 2 * 86_400
            assert f"Try again in {waits} s" in error["message"]

    async def test_nothing_is_done(self, settings: Settings, tmp_path: Path) -> None:
        act = 'mutation { createTeam(input: {slug: "a%d", name: "A"}) { errors { code } } }'
        async with limited(settings, tmp_path, principal={"requests_per_day": 2}) as api:
            refused = [await api.codes(act % n) for n in range(4)]
            assert refused == [[], [], ["RATE_LIMIT_EXCEEDED"], ["RATE_LIMIT_EXCEEDED"]]
            assert len(await select_rows(api.database, "select slug from team")) == 2

    async def test_one_principal_does_not_pay_for_another(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, principal={"requests_per_day": 2}) as api:
            assert await codes(api, ME, 3, role=Role.ADMIN) == ["RATE_LIMIT_EXCEEDED"]
            assert await codes(api, ME, 2, role=Role.VIEWER) == []

    async def test_the_dear_are_refused_before_the_cheap(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, principal={"cost_per_minute": 5_000}) as api:
            dear = "{ models(first: 100) { nodes { deployments { nodes { phase } } } } }"
            assert await codes(api, dear, 3) == ["RATE_LIMIT_EXCEEDED"]
            assert await codes(api, ME, 3) == []

    @pytest.mark.parametrize(
        "document", ["{ nothing", "{ nothing }", "query ($n: Int!) { models(first: $n) { nodes { id } } }"]
    )
    async def test_what_comes_to_nothing_counts_too(self, settings: Settings, tmp_path: Path, document: str) -> None:
        async with limited(settings, tmp_path, principal={"requests_per_day": 2}) as api:
            await codes(api, document, 2)
            assert await api.codes(document) == ["RATE_LIMIT_EXCEEDED"]
            assert await api.codes(ME) == ["RATE_LIMIT_EXCEEDED"]


class TestAddresses:
    async def test_strangers_pay_as_their_address(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, address={"requests_per_day": 3}) as api:
            found = await codes(api, "{ __typename }", 4, role=None)
            assert found == ["RATE_LIMIT_EXCEEDED"]
            elsewhere = httpx2.ASGITransport(app=api.app, client=("192.0.2.1", 1))
            async with httpx2.AsyncClient(transport=elsewhere, base_url="http://hub") as client:
                answered = await client.post("/graphql", json={"query": "{ __typename }"})
            assert "errors" not in answered.json()

    async def test_those_who_signed_in_pay_as_both(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, address={"requests_per_day": 3}) as api:
            assert await codes(api, ME, 2, role=Role.ADMIN) == []
            assert await codes(api, ME, 2, role=Role.VIEWER) == ["RATE_LIMIT_EXCEEDED"]

    async def test_who_is_refused_for_his_address_has_not_paid_as_himself(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        async with limited(
            settings, tmp_path, principal={"requests_per_day": 5}, address={"requests_per_day": 2}
        ) as api:
            assert len(await codes(api, ME, 12)) == 10
            elsewhere = httpx2.ASGITransport(app=api.app, client=("192.0.2.1", 1))
            async with httpx2.AsyncClient(transport=elsewhere, base_url="http://hub") as client:
                headers = {"authorization": f"Bearer {api.token()}"}
                answers = [await client.post("/graphql", json={"query": ME}, headers=headers) for _ in range(2)]
            assert ["errors" in one.json() for one in answers] == [False, False]


class TestOperations:
    async def test_each_call_of_a_field_counts_however_many_are_in_a_request(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        once = 'signIn(input: {email: "a@example.com", password: "wrong"}) { errors { code } }'
        thrice = "mutation { " + " ".join(f"s{n}: {once}" for n in range(3)) + " }"
        async with limited(settings, tmp_path, operations={"signIn": {"requests_per_minute": 5}}) as api:
            assert await api.codes(thrice, role=None) == []
            assert await api.codes(thrice, role=None) == ["RATE_LIMIT_EXCEEDED"]
            assert await api.codes(f"mutation {{ ... on Mutation {{ {once} }} }}", role=None) == []
            assert await api.codes("{ __typename }", role=None) == []


class TestProcesses:
    async def test_share_what_a_principal_may(self, settings: Settings, tmp_path: Path) -> None:
        async with AsyncExitStack() as stack:
            prefix, limits = f"test:{new_id()}:", {"principal": {"requests_per_day": 40}}
            both = [await stack.enter_async_context(limited(settings, tmp_path, prefix, **limits)) for _ in range(2)]
            refused = [code for turn in range(60) for code in await both[turn % 2].codes(ME)]
            assert 20 <= len(refused) <= 22


class TestSockets:
    async def test_count_as_all_else(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path, principal={"requests_per_day": 3}) as api:
            async with serving(api.app) as address, connected(f"ws://{address}/graphql", bearer(api.token())) as socket:
                told = [await answer(socket, ME, str(n)) for n in range(4)]
            assert [one["errors"][0]["extensions"]["code"] for one in told if "errors" in one] == [
                "RATE_LIMIT_EXCEEDED"
            ]
            assert told[0]["extensions"]["cost"]["requested"] == 1
            assert await api.codes(ME) == ["RATE_LIMIT_EXCEEDED"]


class TestRedisAway:
    async def test_each_process_counts_for_itself_and_nobody_waits(self, settings: Settings, tmp_path: Path) -> None:
        away = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
        async with limited(away, tmp_path, principal={"requests_per_day": 20}) as api:
            await api.data(ME)
            begun = time.perf_counter()
            assert await codes(api, ME, 21) == ["RATE_LIMIT_EXCEEDED"] * 2
            assert (time.perf_counter() - begun) / 21 < 0.05

    async def test_a_silent_one_is_waited_for_once(self, settings: Settings, tmp_path: Path) -> None:
        async with (
            wire_to(settings.redis_url or "") as (wire, url),
            limited(settings.model_copy(update={"redis_url": url}), tmp_path) as api,
        ):
            await api.data(ME)
            await asyncio.sleep(LASTS)
            wire.is_silent = True
            times = [await _timed(api) for _ in range(5)]
            assert PATIENCE * 0.9 < times[0] < PATIENCE + 0.5
            assert max(times[1:]) < 0.1

    async def test_when_it_is_back_all_count_together_again(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.limits.failover.LOOK_AGAIN", 0.05)
        async with (
            wire_to(settings.redis_url or "") as (wire, url),
            limited(
                settings.model_copy(update={"redis_url": url}), tmp_path, principal={"requests_per_day": 10}
            ) as api,
        ):
            counters = api.app.state.hub.counters
            assert await codes(api, ME, 4) == []
            wire.cut()
            assert await codes(api, ME, 5) == []
            assert counters.is_away
            wire.mend()
            async with asyncio.timeout(5):
                while counters.is_away:
                    await asyncio.sleep(0.01)
            assert await codes(api, ME, 10) == ["RATE_LIMIT_EXCEEDED"] * 4


async def _timed(api: Api) -> float:
    begun = time.perf_counter()
    await api.data(ME)
    return time.perf_counter() - begun


class TestTime:
    async def test_what_takes_too_long_is_given_up(self, settings: Settings, tmp_path: Path) -> None:
        hasty = settings.model_copy(update={"request_seconds": 0.3})
        async with limited(hasty, tmp_path) as api:
            acme = provider()
            await put(api.database, acme, model(acme, "one"))
            async with locked(settings, "model"):
                begun = time.perf_counter()
                answered = await api.ask("{ models { nodes { name } } }")
                assert time.perf_counter() - begun < 2
            assert [error["extensions"]["code"] for error in answered["errors"]] == ["REQUEST_TIMEOUT"]
            assert answered["data"] is None
            assert (await api.data("{ models { nodes { name } } }"))["models"]["nodes"] == [{"name": "one"}]


@asynccontextmanager
async def locked(settings: Settings, table: str) -> AsyncGenerator[None]:
    connection = await asyncpg.connect((settings.database_url or "").replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await connection.execute(f"lock table {table} in access exclusive mode")
            yield
    finally:
        await connection.close()
