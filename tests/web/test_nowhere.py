"""Where nothing is, or nothing by that method: a status and a code, over HTTP and for sockets."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import InvalidStatus

from tests.conftest import Api
from tests.serving import serving
from tests.web.test_sockets import connected


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("GET", "/graphiql-assets/nothing.js", 404, "NOT_FOUND"),
        ("GET", "/account/nothing.js", 404, "NOT_FOUND"),
        ("GET", "/oauth/token", 405, "INVALID_REQUEST"),
        ("DELETE", "/sign-in", 405, "INVALID_REQUEST"),
    ],
)
async def test_over_http(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = await api.client.request(method, path, headers={"x-request-id": "mine"})
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"] == "mine"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ("allow" in answer.headers) == (status == 405)


async def test_for_sockets(api: Api) -> None:
    async with serving(api.app) as address:
        with pytest.raises(InvalidStatus) as refused:
            async with connected(f"ws://{address}/nowhere", None):
                pass
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body or b"")["errors"][0]["extensions"]["code"] == "NOT_FOUND"
