"""`/metrics` and request ids through the API: who may scrape, what is counted, what an outage leaves."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.main import build
from app.migrate import migrate
from app.settings import Settings
from tests.conftest import Api
from tests.identity.people import member, signed_in, user
from tests.kit.rows import add_usage, model, provider, put, select_rows, team
from tests.servers import private_servers

TOKEN = "scrape-me-0123456789"
QUERY = "query Discover { models(first: 1) { nodes { name } } }"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a token for Prometheus."""
    given = settings.model_dump(by_alias=True) | {"MODELHUB_METRICS_TOKEN": TOKEN}
    return Settings.model_validate(given)


async def scrape(client: httpx2.AsyncClient, token: str = TOKEN) -> dict[str, float]:
    """All samples, by name and labels as they are written."""
    answer = await client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    samples = [sample for family in families for sample in family.samples]
    return {f"{s.name}{json.dumps(s.labels, sort_keys=True)}": s.value for s in samples}


def sample(samples: dict[str, float], name: str, **labels: str) -> float | None:
    return samples.get(f"{name}{json.dumps(labels, sort_keys=True)}")


class TestWhoMayScrape:
    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ä"])
    async def test_nobody_without_a_token(self, api: Api, header: str) -> None:
        answer = await api.client.get("/metrics", headers={b"authorization": header.encode()})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"
        assert "modelhub_" not in answer.text

    async def test_who_has_the_metrics_token_or_may_read_analytics(self, api: Api) -> None:
        for token in (TOKEN, api.token(Role.VIEWER)):
            assert sample(await scrape(api.client, token), "modelhub_up", part="database") == 1

    async def test_usage_of_models_that_one_may_not_see_is_not_shown(self, api: Api) -> None:
        acme = provider()
        hidden = model(acme, "hidden", security_level="CONFIDENTIAL")
        await put(api.database, acme, hidden)
        now = api.app.state.hub.clock().replace(second=0, microsecond=0)
        await add_usage(api.database, hidden, now, requests=3, cost=2)
        labels = {"provider": "acme", "model_type": "TEXT"}
        assert sample(await scrape(api.client, TOKEN), "modelhub_usage_requests_total", **labels) == 3
        assert (
            sample(await scrape(api.client, api.token(Role.VIEWER)), "modelhub_usage_requests_total", **labels) is None
        )

    async def test_usage_of_another_team_is_not_shown_even_at_once(self, api: Api) -> None:
        red, blue, acme = team("red"), team("blue"), provider()
        ann, bob, one = user("ann", Role.ANALYST), user("bob", Role.ANALYST), model(acme, "one")
        await put(api.database, red, blue, acme, one, ann, bob, member(red, ann), member(blue, bob))
        people = [await signed_in(api, who) for who in (ann, bob)]
        now = api.app.state.hub.clock().replace(second=0, microsecond=0)
        await add_usage(api.database, one, now, requests=3, team_id=red.id)
        await add_usage(api.database, one, now, requests=5, team_id=blue.id)
        labels = {"provider": "acme", "model_type": "TEXT"}
        seen = [await scrape(api.client, caller.access) for caller in people]
        assert [sample(each, "modelhub_usage_requests_total", **labels) for each in seen] == [3, 5]

    async def test_costs_are_shown_to_who_may_see_costs_only(self, api: Api) -> None:
        acme = provider()
        one = model(acme, "one")
        await put(api.database, acme, one)
        now = api.app.state.hub.clock().replace(second=0, microsecond=0)
        await add_usage(api.database, one, now, requests=3, cost=2)
        labels = {"provider": "acme", "model_type": "TEXT"}
        for role, cost in ((Role.ANALYST, 2), (Role.VIEWER, None)):
            samples = await scrape(api.client, api.token(role))
            assert sample(samples, "modelhub_usage_requests_total", **labels) == 3
            assert sample(samples, "modelhub_usage_cost_usd_total", **labels) == cost


class TestWhatIsCounted:
    async def test_operations_errors_and_requests(self, api: Api) -> None:
        await api.data(QUERY)
        await api.ask(QUERY, role=None)
        await api.ask("{ nonsense }")
        samples = await scrape(api.client)
        named = {"operation": "Discover", "type": "query"}
        assert sample(samples, "modelhub_graphql_operations_total", **named) == 2
        assert sample(samples, "modelhub_graphql_errors_total", **named, code="UNAUTHORIZED") == 1
        assert sample(samples, "modelhub_graphql_operation_duration_seconds_count", **named) == 2
        invalid = {"operation": "anonymous", "type": "query", "code": "GRAPHQL_VALIDATION_FAILED"}
        assert sample(samples, "modelhub_graphql_errors_total", **invalid) == 1
        assert sample(samples, "modelhub_http_requests_total", route="/graphql", method="POST", status="200") == 3
        assert (sample(samples, "modelhub_db_statements_total", pool="read") or 0) >= 1
        assert (sample(samples, "process_resident_memory_bytes") or 0) > 1e7

    async def test_strangers_cannot_make_names_or_routes(self, api: Api) -> None:
        await api.ask("query Stranger { models(first: 1) { nodes { name } } }", role=None)
        await api.ask("query Wrong { nonsense }")
        await api.client.request("PURGE", "/some/where")
        samples = await scrape(api.client)
        assert not any("Stranger" in name or "Wrong" in name or "PURGE" in name or "some" in name for name in samples)
        assert sample(samples, "modelhub_graphql_operations_total", operation="other", type="query") == 2
        assert sample(samples, "modelhub_http_requests_total", route="other", method="other", status="404") == 1

    async def test_failure_answered_as_data_has_its_code(self, api: Api) -> None:
        given = '{modelId: "x", alias: "a", modelVersionId: "y"}'
        answer = await api.ask(f"mutation Move {{ moveModelAlias(input: {given}) {{ errors {{ code }} }} }}")
        shown = answer["data"]["moveModelAlias"]["errors"][0]["code"]
        labels = {"operation": "Move", "type": "mutation", "code": shown}
        assert sample(await scrape(api.client), "modelhub_graphql_errors_total", **labels) == 1


class TestDefect:
    async def test_is_a_coded_answer_with_its_id_and_one_line_of_the_log(
        self, api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("app.web.metrics.compare_digest", None)
        answer = await api.client.get("/metrics", headers={"authorization": "Bearer x", "x-request-id": "client-0"})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (500, "INTERNAL_ERROR")
        assert answer.headers["x-request-id"] == error["extensions"]["requestId"] == "client-0"
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
            "a request failed unexpectedly"
        ]
        monkeypatch.undo()
        samples = await scrape(api.client)
        assert sample(samples, "modelhub_http_requests_total", route="/metrics", method="GET", status="500") == 1


class TestRequestId:
    async def test_clients_id_is_in_header_answer_and_log(self, api: Api, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "modelhub.operations")
        headers = {"authorization": f"Bearer {api.token()}", "x-request-id": "client-1"}
        answer = await api.client.post("/graphql", json={"query": QUERY}, headers=headers)
        assert answer.headers["x-request-id"] == answer.json()["extensions"]["requestId"] == "client-1"
        told: Any = next(record for record in caplog.records if record.name == "modelhub.operations")
        assert (told.type, told.duration_ms > 0, hasattr(told, "code")) == ("query", True, False)

    @pytest.mark.parametrize("given", ["a b", "x" * 129, "<script>"])
    async def test_others_get_one_of_ours(self, api: Api, given: str) -> None:
        answer = await api.client.get("/healthz", headers={"x-request-id": given})
        assert answer.headers["x-request-id"] not in {"", given}

    async def test_refusals_have_it_too(self, api: Api) -> None:
        headers = {"authorization": "Bearer x", "x-request-id": "client-2"}
        answer = await api.client.post("/graphql", json={"query": QUERY}, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["requestId"] == "client-2" == answer.headers["x-request-id"]

    async def test_audit_row_has_it(self, api: Api) -> None:
        given = '{slug: "acme/m", name: "M", modelType: TEXT}'
        body = {"query": f"mutation {{ registerModel(input: {given}) {{ errors {{ code }} }} }}"}
        headers = {"authorization": f"Bearer {api.token()}", "x-request-id": "client-3"}
        await put(api.database, provider())
        answer = await api.client.post("/graphql", json=body, headers=headers)
        assert "errors" not in answer.json(), answer.text
        rows = await select_rows(api.database, "select request_id from audit_event")
        assert [row["request_id"] for row in rows] == ["client-3"], answer.text


@pytest_asyncio.fixture
async def own_servers() -> AsyncIterator[tuple[EmbeddedServers, Settings]]:
    """Servers that a test may kill."""
    with private_servers() as servers:
        await migrate(servers.urls.database)
        given = {
            "DATABASE_URL": servers.urls.database,
            "REDIS_URL": servers.urls.redis,
            "MODELHUB_HOME": servers.home / "hub",
        }
        yield servers, Settings.model_validate({**given, "MODELHUB_METRICS_TOKEN": TOKEN, "DEMO": False})


async def gone(url: str) -> None:
    """Wait until nobody listens any more."""
    async with asyncio.timeout(20):
        while True:
            with suppress(asyncpg.PostgresError):
                try:
                    await (await asyncpg.connect(url.replace("+asyncpg", ""))).close()
                except OSError:
                    return
            await asyncio.sleep(0.02)


class TestOutage:
    async def test_metrics_show_it_and_the_log_tells_it_once(
        self, own_servers: tuple[EmbeddedServers, Settings], caplog: pytest.LogCaptureFixture
    ) -> None:
        _, settings = own_servers
        app = build(settings)
        transport = httpx2.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://hub") as client,
        ):
            assert sample(await scrape(client), "modelhub_up", part="database") == 1
            pid = int((settings.home.parent / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)
            await gone(settings.database_url or "")
            api = Api(client, app.state.hub.database, app)
            codes = [await api.codes(QUERY) for _ in range(5)]
            assert codes == [["SERVICE_UNAVAILABLE"]] * 5
            begun = time.monotonic()
            samples = await scrape(client, api.token(Role.VIEWER))
            assert time.monotonic() - begun < 2
        assert sample(samples, "modelhub_up", part="database") == 0
        assert sample(samples, "modelhub_up", part="redis") == 1
        assert sample(samples, "modelhub_graphql_operations_total", operation="Discover", type="query") == 5
        told = [record.getMessage() for record in caplog.records if record.name == "modelhub.database"]
        assert len(told) == 1
        assert told[0].startswith("the database cannot be reached: ")
