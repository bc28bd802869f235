"""The WebSocket of the API, behind the real server: what is no JSON closes the socket with a code, and nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from tests.conftest import Api
from tests.serving import serving

PROTOCOL = Subprotocol("graphql-transport-ws")
NO_JSON = ["", "[" * 100_000, '{"type": NaN}', '{"type": ' + "1" * 5000 + "}", "{"]


@pytest_asyncio.fixture
async def address(api: Api) -> AsyncIterator[str]:
    """Where the API answers WebSockets."""
    async with serving(api.app) as found:
        yield f"ws://{found}/graphql"


async def ask(socket: ClientConnection, message: str) -> dict[str, Any]:
    """The answer to a message."""
    await socket.send(message)
    return json.loads(await socket.recv())


async def test_query_is_answered(api: Api, address: str) -> None:
    headers = {"authorization": f"Bearer {api.token()}"}
    async with connect(address, subprotocols=[PROTOCOL], additional_headers=headers) as socket:
        assert (await ask(socket, '{"type": "connection_init"}'))["type"] == "connection_ack"
        asked = {"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}
        assert (await ask(socket, json.dumps(asked)))["payload"]["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("message", NO_JSON, ids=range(len(NO_JSON)))
async def test_what_is_no_json_closes_the_socket_with_a_code(
    address: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        async with connect(address, subprotocols=[PROTOCOL]) as socket:
            await socket.send(message)
            with pytest.raises(ConnectionClosedError) as closed:
                await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400
    assert caplog.records == []
