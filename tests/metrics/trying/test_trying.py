"""Deployed models are tried through the API, with the sample server behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from app.deployments.tables import Deployment
from app.identity.rules import Role
from app.settings import Settings
from tests.conftest import Api, answering
from tests.kit.rows import deployment, execute, gid, model, price, provider, put, select_rows
from tests.sample.serving import sample

SLUG = "acme/sample"
SECRET = "Tell nobody: xyzzy"
TEST = """mutation ($input: TestDeploymentInput!) { testDeployment(input: $input) {
    result { status fault message output finishReason attempts tokensIn tokensOut latencyMs timeToFirstTokenMs cost
        inference { eventId operation useCase status errorCode user cost deployment { id } model { slug } } }
    errors { code path message } } }"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sample server that is told the model's slug, as the controller does it."""
    with sample("--model", SLUG) as started:
        yield started


@pytest_asyncio.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """The API, which may call this machine."""
    changed = Settings.model_validate({**_given(settings), "MODELHUB_PRIVATE_TARGETS": "127.0.0.0/8"})
    async with answering(changed) as opened:
        yield opened


def _given(settings: Settings) -> dict[str, Any]:
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MODELHUB_HOME": settings.home,
        "DEMO": False,
        "MODELHUB_LIMITS": settings.limits,
    }


async def deployed(api: Api, url: str | None, name: str = "sample", **columns: Any) -> Deployment:
    """A deployment that serves there."""
    acme = provider("acme")
    one = model(acme, name)
    made = deployment(one, "shop", **{"runtime": "PROCESS", "endpoint": url, "spec": {}, **columns})
    await put(api.database, acme, one, price(one, "INPUT", "2"), price(one, "OUTPUT", "10"), made)
    return made


def question(of: Deployment, text: str = SECRET, **more: Any) -> dict[str, Any]:
    """The input of a test."""
    return {"deploymentId": gid(of), "messages": [{"content": text}], **more}


async def try_it(api: Api, given: dict[str, Any], role: Role = Role.ADMIN) -> dict[str, Any]:
    """The result of a test that was made."""
    payload = (await api.data(TEST, input=given, role=role))["testDeployment"]
    assert payload["errors"] == []
    return payload["result"]


async def refused(api: Api, given: dict[str, Any]) -> list[tuple[str, Any]]:
    """Codes and paths of why no test was made."""
    payload = (await api.data(TEST, input=given))["testDeployment"]
    assert payload["result"] is None
    return [(error["code"], error["path"]) for error in payload["errors"]]


class TestTestDeployment:
    async def test_says_what_the_model_said_how_fast_and_at_what_cost(self, api: Api, url: str) -> None:
        shop = await deployed(api, url)
        result = await try_it(api, question(shop, useCase="greeting", parameters={"maxTokens": 8}), Role.DEVELOPER)
        assert (result["status"], result["fault"], result["finishReason"], result["attempts"]) == (
            "OK",
            None,
            "length",
            1,
        )
        assert result["output"].startswith("acme/sample heard: Tell nobody")
        assert (result["tokensIn"], result["tokensOut"]) == (7, 8)
        assert 0 < result["timeToFirstTokenMs"] <= result["latencyMs"]
        assert result["cost"] == "0.000094"
        recorded = result["inference"]
        assert (recorded["operation"], recorded["useCase"], recorded["status"]) == ("chat", "greeting", "OK")
        assert (recorded["cost"], recorded["deployment"]["id"]) == ("0.000094", gid(shop))
        assert recorded["model"]["slug"] == "acme/sample"

    async def test_nothing_of_what_was_said_is_kept(self, api: Api, url: str) -> None:
        await try_it(api, question(await deployed(api, url)))
        tables = await select_rows(
            api.database, "select table_name as name from information_schema.tables where table_schema = 'public'"
        )
        texts = [str(await select_rows(api.database, f'select * from "{each["name"]}"')) for each in tables]
        assert any("acme/sample" in text for text in texts)
        assert not any("xyzzy" in text or "heard" in text for text in texts)

    async def test_is_counted_as_any_other_call(self, api: Api, url: str) -> None:
        shop = await deployed(api, url)
        await try_it(api, question(shop))
        await try_it(api, question(shop))
        asked = "query ($id: ID!) { deployment(id: $id) { model { metrics { requests { total failed } } } } }"
        found = (await api.data(asked, id=gid(shop)))["deployment"]["model"]["metrics"]["requests"]
        assert found == {"total": 2, "failed": 0}
        assert await select_rows(api.database, "select count(*) as n from deployment") == [{"n": 1}]

    async def test_a_key_calls_the_model_once(self, api: Api, url: str) -> None:
        shop = await deployed(api, url)
        first = await try_it(api, question(shop, clientMutationId="mine"))
        again = await try_it(api, question(shop, clientMutationId="mine"))
        assert again == {**first, "output": None, "finishReason": None, "attempts": None}
        other = await try_it(api, question(shop, clientMutationId="mine"), Role.MANAGER)
        assert other["output"] is not None
        assert await select_rows(api.database, "select count(*) as n from inference") == [{"n": 2}]

    async def test_a_failure_is_a_result_and_is_recorded(self, api: Api) -> None:
        with sample("--fails", "500") as url:
            shop = await deployed(api, url, spec={"networking": {"retries": 1, "timeoutSeconds": 5}})
            result = await try_it(api, question(shop))
        assert (result["status"], result["fault"], result["attempts"]) == ("ERROR", "SERVER_ERROR", 2)
        assert (result["tokensIn"], result["cost"], result["output"]) == (None, None, "")
        assert result["message"].startswith("HTTP 500")
        assert result["inference"]["errorCode"] == "server_error"

    async def test_takes_no_longer_than_it_may(self, api: Api) -> None:
        with sample("--token-delay", "0.5", "--model", SLUG) as url:
            result = await try_it(api, question(await deployed(api, url), timeoutSeconds=1.2))
        assert result["fault"] == "TIMEOUT"
        assert "acme/sample".startswith(result["output"])
        assert 1_000 <= result["latencyMs"] < 5_000

    async def test_an_external_endpoint_is_called_with_its_own_name_of_the_model(self, api: Api, url: str) -> None:
        with sample("--model", "sample") as theirs:
            spec = {"external": {"baseUrl": f"{theirs}/v1"}}
            shop = await deployed(api, url, runtime="EXTERNAL", spec=spec)
            assert (await try_it(api, question(shop)))["output"].startswith("sample heard")

    @pytest.mark.parametrize(
        "columns",
        [
            {"runtime": "RECORDED"},
            {"phase": "STOPPED"},
            {"phase": "CREATING"},
            {"endpoint": None},
            {"runtime": "EXTERNAL", "spec": {"external": {"baseUrl": "https://a.example/v1", "credential": "none"}}},
        ],
    )
    async def test_what_does_not_serve_is_not_called(self, api: Api, url: str, columns: dict[str, Any]) -> None:
        shop = await deployed(api, url, **columns)
        assert await refused(api, question(shop)) == [("CONFLICT", ["deploymentId"])]
        assert await select_rows(api.database, "select 1 from inference") == []

    async def test_all_that_is_wrong_with_a_question_is_told_at_once(self, api: Api, url: str) -> None:
        shop = await deployed(api, url)
        given = question(shop, " ", timeoutSeconds=26, useCase=" ")
        given["parameters"] = {"temperature": 2.5, "maxTokens": 0, "stopSequences": ["a", ""]}
        assert {tuple(path) for _, path in await refused(api, given)} == {
            ("messages", "0", "content"),
            ("timeoutSeconds",),
            ("useCase",),
            ("parameters", "temperature"),
            ("parameters", "maxTokens"),
            ("parameters", "stopSequences", "1"),
        }
        assert await refused(api, {**question(shop), "messages": []}) == [("MISSING_REQUIRED_FIELD", ["messages"])]

    async def test_only_those_who_may_deploy_and_see_it_may_try_it(self, api: Api, url: str) -> None:
        shop = await deployed(api, url)
        assert await api.codes(TEST, input=question(shop), role=Role.ANALYST) == ["FORBIDDEN"]
        await execute(api.database, "update model set security_level = 'CONFIDENTIAL'")
        payload = (await api.data(TEST, input=question(shop), role=Role.DEVELOPER))["testDeployment"]
        assert [error["code"] for error in payload["errors"]] == ["DEPLOYMENT_NOT_FOUND"]


async def test_more_calls_than_a_process_makes_are_told_to_wait(api: Api) -> None:
    with sample("--token-delay", "0.02", "--model", SLUG) as url:
        shop = await deployed(api, url)
        answers = await asyncio.gather(*(api.data(TEST, input=question(shop)) for _ in range(24)))
    payloads = [answer["testDeployment"] for answer in answers]
    codes = [error["code"] for payload in payloads for error in payload["errors"]]
    assert sum(payload["result"] is not None for payload in payloads) >= 20
    assert set(codes) <= {"RATE_LIMIT_EXCEEDED"}
    assert codes
