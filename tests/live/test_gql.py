"""Python's gql hears events as they happen."""

from __future__ import annotations

import asyncio

from gql import Client, gql
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport

from tests.conftest import Api
from tests.live.listening import happen, served


async def test_hears_what_happens(api: Api) -> None:
    async with served(api) as address:
        credential = {"authorization": f"Bearer {api.token()}"}
        transport = AIOHTTPWebsocketsTransport(url=f"ws://{address}/graphql", init_payload=credential)
        async with Client(transport=transport) as session:
            events = session.subscribe(gql("subscription { modelChanged { kind } }"))
            first = asyncio.ensure_future(anext(aiter(events)))
            async with asyncio.timeout(5):
                while not api.app.state.hub.exchange.groups:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.05)
                await happen(api.database, 1)
                assert await first == {"modelChanged": {"kind": "model.noted"}}
            await events.aclose()
