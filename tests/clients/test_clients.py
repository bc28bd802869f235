"""The clients that people use work with the API as it is: Apollo Client, urql, Relay, graphql-request, graphql-ws,
graphql-sse and Python's gql."""

from __future__ import annotations

from typing import Any

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError

from tests.clients.node import run
from tests.conftest import Api
from tests.kit.rows import model, provider, put
from tests.serving import serving
from tests.web.toy import serving_toy

TEAM = "mutation ($input: CreateTeamInput!) { createTeam(input: $input) { errors { message } team { name } } }"
PRODUCT: dict[str, Any] = {
    "query": {"query": "query ($first: Int!) { models(first: $first) { totalCount } }", "variables": {"first": 1}},
    "mutation": {"query": TEAM, "variables": {"input": {"slug": "x", "name": "One"}}},
    "error": {"query": "{ models(first: 0) { totalCount } }"},
    "invalid": {"query": "{ nothing }"},
}
TOY: dict[str, Any] = {
    "query": {"query": "query ($name: String!) { hello(name: $name) }", "variables": {"name": "you"}},
    "mutation": {"query": "mutation ($name: String!) { greet(name: $name) }", "variables": {"name": "you"}},
    "error": {"query": "{ fail }"},
    "invalid": {"query": "query ($x: Int!) { hello }"},
    "subscription": {
        "query": "subscription ($to: Int!) { count(to: $to) { number } }", "variables": {"to": 3}, "count": 3,
    },
}  # fmt: skip
OF_TOY = {
    "query": {"hello": "Hello, you!"},
    "mutation": {"greet": "Good morning, you!"},
    "error": ["INTERNAL_ERROR"],
    "invalid": ["GRAPHQL_VALIDATION_FAILED"],
    "subscription": [{"count": {"number": number}} for number in range(3)],
}
OF_PRODUCT = {
    "query": {"models": {"totalCount": 1}},
    "error": ["INVALID_PARAMETER"],
    "invalid": ["GRAPHQL_VALIDATION_FAILED"],
}
CLIENTS = {
    "@apollo/client", "@urql/core", "@urql/core by events", "relay-runtime", "graphql-request", "graphql-ws",
    "graphql-sse",
}  # fmt: skip


def without_typenames(value: Any) -> Any:
    """What clients add to an answer is left out."""
    if isinstance(value, dict):
        return {name: without_typenames(inner) for name, inner in value.items() if name != "__typename"}
    return [without_typenames(inner) for inner in value] if isinstance(value, list) else value


async def test_on_node_with_everything_that_travels(api: Api) -> None:
    async with serving_toy(api) as address:
        told = without_typenames(await run("exchange.mjs", address=address, token=api.token(), asked=TOY))
    assert set(told) == CLIENTS
    for client, heard in told.items():
        assert heard == {name: value for name, value in OF_TOY.items() if name in heard}, client
        assert {"query", "subscription"} <= set(heard) or client == "graphql-request"


async def test_on_node_with_the_product(api: Api) -> None:
    acme = provider()
    await put(api.database, acme, model(acme, "one"))
    async with serving(api.app) as address:
        told = without_typenames(await run("exchange.mjs", address=address, token=api.token(), asked=PRODUCT))
    for client, heard in told.items():
        mutation = heard.pop("mutation", None)
        assert heard == {name: value for name, value in OF_PRODUCT.items() if name in heard}, client
        assert mutation is None or set(mutation["createTeam"]) == {"errors", "team"}, client
    assert "query" in told["@apollo/client"]


async def test_gql_of_python(api: Api) -> None:
    headers = {"authorization": f"Bearer {api.token()}"}
    async with serving_toy(api) as address:
        by_http = AIOHTTPTransport(url=f"http://{address}/graphql", headers=headers, ssl=False)
        by_socket = AIOHTTPWebsocketsTransport(url=f"ws://{address}/graphql", init_payload=headers)
        for transport in (by_http, by_socket):
            async with Client(transport=transport) as session:
                for kind in ("query", "mutation"):
                    asked = TOY[kind]
                    request = GraphQLRequest(asked["query"], variable_values=asked["variables"])
                    assert await session.execute(request) == OF_TOY[kind]
                for kind in ("error", "invalid"):
                    assert await failure(session, TOY[kind]["query"]) == OF_TOY[kind]
        async with Client(transport=by_socket) as session:
            asked = TOY["subscription"]
            request = GraphQLRequest(asked["query"], variable_values=asked["variables"])
            assert [one async for one in session.subscribe(request)] == OF_TOY["subscription"]


async def failure(session: Any, query: str) -> list[str]:
    """The codes of the errors with which a query fails."""
    try:
        await session.execute(GraphQLRequest(query))
    except TransportQueryError as error:
        return [one["extensions"]["code"] for one in error.errors or []]
    raise AssertionError("it did not fail")
