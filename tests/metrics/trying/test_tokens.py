"""Answers token by token over a real socket: for one client, recorded at the end, or when he leaves."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from app.identity.rules import Role
from tests.conftest import Api
from tests.kit.rows import gid, select_rows
from tests.live.listening import served
from tests.metrics.trying.test_trying import SLUG, api, deployed  # noqa: F401 - a fixture
from tests.sample.serving import sample
from tests.web.talking import talking

TOKENS = """subscription ($id: ID!, $input: QuestionInput!) { inferenceTokens(deploymentId: $id, input: $input) {
    text result { status output tokensOut cost inference { useCase } } } }"""


def question(text: str = "Hello", **more: Any) -> dict[str, Any]:
    """What is asked."""
    return {"messages": [{"content": text}], **more}


async def recorded(api: Api, code: str | None) -> bool:  # noqa: F811
    """Whether one call is on record before long, which ended like this."""
    async with asyncio.timeout(5):
        while not (found := await select_rows(api.database, "select error_code from inference")):
            await asyncio.sleep(0.05)
    return found == [{"error_code": code}]


async def test_an_answer_comes_token_by_token_and_the_call_at_the_end(api: Api) -> None:  # noqa: F811
    with sample("--token-delay", "0.002", "--model", SLUG) as url:
        shop = await deployed(api, url)
        async with served(api) as address, talking(address) as talk:
            await talk.begin(api.token(Role.DEVELOPER))
            messages = await talk.ask(TOKENS, variables={"id": gid(shop), "input": question(useCase="chatting")})
    assert messages[-1]["type"] == "complete"
    told = [message["payload"]["data"]["inferenceTokens"] for message in messages[:-1]]
    result = told[-1]["result"]
    assert [each["result"] for each in told[:-1]] == [None] * (len(told) - 1)
    assert "".join(each["text"] for each in told) == result["output"]
    assert (result["status"], result["tokensOut"]) == ("OK", len(told) - 1)
    assert result["inference"] == {"useCase": "chatting"}
    assert await select_rows(api.database, "select 1 from event where topic <> 'model'") == []


async def test_who_leaves_ends_the_call_and_it_is_recorded(api: Api) -> None:  # noqa: F811
    with sample("--token-delay", "0.05", "--model", SLUG) as url:
        shop = await deployed(api, url)
        async with served(api) as address:
            async with talking(address) as talk:
                await talk.begin(api.token(Role.DEVELOPER))
                await talk.subscribe(TOKENS, variables={"id": gid(shop), "input": question()})
                message = json.loads(await asyncio.wait_for(talk.connection.recv(), 10))
                assert message["payload"]["data"]["inferenceTokens"]["text"]
            assert await recorded(api, "cancelled")


async def test_what_cannot_be_asked_is_refused_with_a_code(api: Api) -> None:  # noqa: F811
    shop = await deployed(api, None)
    asked = [(question(), "CONFLICT"), (question(""), "INVALID_REQUEST"), (question("\0"), "INVALID_REQUEST")]
    async with served(api) as address, talking(address) as talk:
        await talk.begin(api.token(Role.DEVELOPER))
        for given, code in asked:
            (message, *_) = await talk.ask(TOKENS, variables={"id": gid(shop), "input": given})
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert [error["extensions"]["code"] for error in errors] == [code], message
