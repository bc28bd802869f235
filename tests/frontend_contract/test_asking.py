"""A deployed model is asked with the operations of the contract; the sample server answers."""

from __future__ import annotations

from typing import Any

from tests.conftest import Api
from tests.frontend_contract.contract import operations
from tests.frontend_contract.test_examples import conforms
from tests.kit.rows import gid
from tests.live.listening import served
from tests.metrics.trying.test_trying import SLUG, api, deployed  # noqa: F401 - a fixture
from tests.sample.serving import sample
from tests.web.talking import talking

HELLO = {"messages": [{"content": "Hello"}]}


async def at_once(api: Api, deployment: str) -> dict[str, Any]:  # noqa: F811
    """The answer to `TestDeployment`."""
    one, given = operations()["TestDeployment"], {"deploymentId": deployment, **HELLO}
    data = await api.data(one.text, input=given)
    assert conforms(one, {"input": given}, data) == []
    return data["testDeployment"]["result"]


async def token_by_token(api: Api, deployment: str) -> list[dict[str, Any]]:  # noqa: F811
    """What `InferenceTokens` tells."""
    one, variables = operations()["InferenceTokens"], {"deploymentId": deployment, "input": HELLO}
    async with served(api) as address, talking(address) as talk:
        await talk.begin(api.token())
        *messages, _ = await talk.ask(one.text, variables=variables)
    told = [message["payload"]["data"] for message in messages]
    assert [fault for data in told for fault in conforms(one, variables, data)] == []
    return [data["inferenceTokens"] for data in told]


async def test_says_the_same_at_once_and_token_by_token(api: Api) -> None:  # noqa: F811
    with sample("--model", SLUG) as url:
        shop = gid(await deployed(api, url))
        result = await at_once(api, shop)
        told = await token_by_token(api, shop)
    assert result["status"] == told[-1]["result"]["status"] == "OK"
    assert "".join(each["text"] for each in told) == result["output"] == told[-1]["result"]["output"]
