"""The GraphQL door: credentials, the shape of errors, masking, and Postgres going away."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from graphql import GraphQLObjectType, GraphQLSchema, Undefined, build_schema, get_named_type, is_composite_type
from graphql.type import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)
from graphql.type.definition import GraphQLField

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.secrets import Keys
from app.main import build
from app.migrate import migrate
from app.schema import schema
from app.settings import Settings
from tests.conftest import Api
from tests.kit.rows import execute, model, provider, put, select_rows
from tests.servers import private_servers

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
A_TIME = "2026-01-01T00:00:00Z"


def graph() -> GraphQLSchema:
    """The schema as clients see it."""
    return build_schema(schema.as_str())


def minimal(given: GraphQLInputType) -> str:  # pyright: ignore[reportUnknownParameterType]
    """The shortest literal of an input type."""
    if isinstance(given, GraphQLNonNull):
        return minimal(given.of_type)
    if isinstance(given, GraphQLList):
        return f"[{minimal(given.of_type)}]"
    if isinstance(given, GraphQLEnumType):
        return next(iter(given.values))
    if isinstance(given, GraphQLInputObjectType):
        needed = [(n, f) for n, f in given.fields.items() if is_needed(f)]
        chosen = needed or list(given.fields.items())[:1] if given.is_one_of else needed
        return "{" + ", ".join(f"{name}: {minimal(field.type)}" for name, field in chosen) + "}"
    plain = {"Int": "1", "Float": "1.5", "Boolean": "true", "BigInt": "1", "Decimal": '"1"', "DateTime": f'"{A_TIME}"'}
    return plain.get(given.name, '"x"')


def is_needed(argument: GraphQLArgument | GraphQLInputField) -> bool:
    """Whether a query is invalid without it."""
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined


def minimal_query(name: str, field: GraphQLField) -> str:
    """The shortest query for a root field."""
    arguments = ", ".join(f"{n}: {minimal(a.type)}" for n, a in field.args.items() if is_needed(a))
    selection = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
    return f"{{ {name}{f'({arguments})' if arguments else ''}{selection} }}"


def root_fields() -> dict[str, GraphQLField]:
    """Every field of Query."""
    query = graph().query_type
    assert isinstance(query, GraphQLObjectType)
    return query.fields


def check_error(error: dict[str, Any]) -> None:
    """An error has the shape that every client relies on."""
    extensions = error["extensions"]
    assert {"code", "requestId", "timestamp"} <= extensions.keys() <= {"code", "requestId", "timestamp", "details"}
    assert re.fullmatch("[A-Z][A-Z_]+", extensions["code"])
    assert UUID(extensions["requestId"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", extensions["timestamp"])
    assert error["message"]


class TestWithoutCredential:
    async def test_every_root_field_is_unauthorized(self, api: Api) -> None:
        for name in list(root_fields()):
            query = minimal_query(name, root_fields()[name])
            answer = await api.ask(query, role=None)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHORIZED"], query
            assert "data" not in answer

    async def test_bad_or_empty_arguments_are_no_way_around(self, api: Api) -> None:
        for query in [
            "{ nodes(ids: []) { id } }",
            '{ node(id: "garbage") { id } }',
            "{ models(first: 0) { nodes { id } } }",
            '{ models(after: "garbage") { nodes { id } } }',
            "{ models(filter: {provider: {}}) { nodes { id } } }",
            '{ model(by: {id: "garbage"}) { id } }',
            "{ dashboard(filter: {range: {}}) { eventCursor } }",
        ]:
            assert await api.codes(query, role=None) == ["UNAUTHORIZED"]

    async def test_schema_may_be_read(self, api: Api) -> None:
        answer = await api.ask("{ __schema { queryType { name } } }", role=None)
        assert answer["data"] == {"__schema": {"queryType": {"name": "Query"}}}

    async def test_header_without_a_token_counts_as_none(self, api: Api) -> None:
        for header in ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "bearer"]:
            answer = await api.client.post("/graphql", json={"query": "{ providers { id } }"}, headers={
                "authorization": header
            })  # fmt: skip
            assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAUTHORIZED"]


class TestBadCredential:
    async def post(self, api: Api, token: str) -> httpx2.Response:
        """A request with a token."""
        headers = {"authorization": f"Bearer {token}"}
        return await api.client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

    async def test_is_refused_with_401_and_a_code(self, api: Api) -> None:
        for token in ["garbage", "a.b.c", "x" * 100_000, "\x7f"]:
            answer = await self.post(api, token)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == 'Bearer realm="modelhub"'
            (error,) = answer.json()["errors"]
            check_error(error)
            assert error["extensions"]["code"] == "UNAUTHORIZED"

    async def test_expired_one_is_told_apart(self, api: Api) -> None:
        expired = issue_development_token(api.app.state.hub.keys, Role.ADMIN, timedelta(seconds=-1))
        answer = await self.post(api, expired)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"

    async def test_of_another_installation_is_refused(self, api: Api) -> None:
        answer = await self.post(api, issue_development_token(Keys(b"x" * 32), Role.ADMIN))
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"


class TestErrors:
    async def test_every_error_has_code_request_id_and_time(self, api: Api) -> None:
        for query, code in [
            (" ", "GRAPHQL_PARSE_FAILED"),
            ("{ models", "GRAPHQL_PARSE_FAILED"),
            ("äöü", "GRAPHQL_PARSE_FAILED"),
            ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ models }", "GRAPHQL_VALIDATION_FAILED"),
            ("query ($x: Nothing) { __typename }", "GRAPHQL_VALIDATION_FAILED"),
            ("query ($x: Int!) { models(first: $x) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ models(first: 0) { totalCount } }", "INVALID_PARAMETER"),
        ]:
            answer = await api.ask(query)
            assert answer["errors"]
            for error in answer["errors"]:
                check_error(error)
                assert error["extensions"]["code"] == code
                assert error["extensions"]["requestId"] == answer["extensions"]["requestId"]

    async def test_operation_that_is_not_in_the_document(self, api: Api) -> None:
        for name in ["c", ""]:
            body = {"query": "query a { __typename } query b { __typename }", "operationName": name}
            answer = (await api.client.post("/graphql", json=body)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["OPERATION_RESOLUTION_FAILURE"]

    async def test_details_name_the_argument(self, api: Api) -> None:
        (error,) = (await api.ask("{ models(first: 0) { totalCount } }"))["errors"]
        assert error["extensions"]["details"] == {"argument": "first"}
        assert error["path"] == ["models"]

    async def test_every_answer_has_a_request_id_of_its_own(self, api: Api) -> None:
        answers = [await api.ask("{ __typename }") for _ in range(2)]
        assert len({answer["extensions"]["requestId"] for answer in answers}) == 2

    async def test_malformed_request_is_a_coded_error_too(self, api: Api) -> None:
        for body, content_type in [
            (b"", "application/json"),
            (b"{", "application/json"),
            (b"[]", "application/json"),
            (b"[1]", "application/json"),
            (b"1", "application/json"),
            (b'"x"', "application/json"),
            (b"{}", "application/json"),
            (b'{"query": 5}', "application/json"),
            (b'{"query": "{ __typename }", "variables": 5}', "application/json"),
            (b"\xff\xfe", "application/json"),
            (b"{ __typename }", "text/plain"),
        ]:
            answer = await api.client.post("/graphql", content=body, headers={"content-type": content_type})
            assert 400 <= answer.status_code < 500
            errors = answer.json()["errors"]
            for error in errors:
                check_error(error)
            assert errors

    async def test_text_that_utf8_cannot_hold_gives_an_answer_all_the_same(self, api: Api) -> None:
        for text in ["\ud800", "a\udfff"]:
            query = "query ($status: ModelStatus!) { models(filter: {status: {eq: $status}}) { totalCount } }"
            body = json.dumps({"query": query, "variables": {"status": text}})
            headers = {"content-type": "application/json", "authorization": f"Bearer {api.token()}"}
            answer = (await api.client.post("/graphql", content=body, headers=headers)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]

    async def test_ranges_at_the_ends_of_the_calendar_are_no_incident(self, api: Api) -> None:
        acme = provider()
        await put(api.database, acme, model(acme, "a"))
        query = """query ($range: TimeRangeInput!) { dashboard(filter: {range: $range}) { summary { totalRequests } }
            models { nodes { metrics(range: $range) { series { timestamps } } } } }"""
        for span in [
            {"from": "9999-12-31T23:59:59.5Z", "to": "9999-12-31T23:59:59.9Z"},
            {"from": "9999-12-31T12:00:00Z", "to": "9999-12-31T13:00:00Z"},
            {"from": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:30Z"},
            {"from": "0001-01-01T00:00:00+14:00", "to": "0001-01-02T00:00:00Z"},
            {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"},
            {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
            {"preset": "LAST_HOUR", "from": "2026-01-01T00:00:00Z"},
        ]:
            codes = set(await api.codes(query, range=span))
            assert codes <= {"INVALID_PARAMETER", "GRAPHQL_VALIDATION_FAILED"}, span


class TestMasking:
    async def test_unexpected_exception_is_in_the_log_and_not_in_the_answer(
        self, api: Api, caplog: pytest.LogCaptureFixture
    ) -> None:
        await execute(api.database, "drop table price cascade")
        acme = provider()
        await put(api.database, acme, model(acme, "a"))
        with caplog.at_level(logging.ERROR, "modelhub.errors"):
            answer = await api.ask("{ models { nodes { name prices { tokenClass } } } }")
        (error,) = answer["errors"]
        check_error(error)
        assert error["extensions"]["code"] == "INTERNAL_ERROR"
        assert "details" not in error["extensions"]
        shown = str(answer).lower()
        assert not [word for word in ("relation", "undefined", "asyncpg", "select", "traceback") if word in shown]
        assert 'relation "price" does not exist' in caplog.text
        assert error["extensions"]["requestId"] in caplog.text

    async def test_other_fields_of_the_answer_stand(self, api: Api) -> None:
        await execute(api.database, "drop table team cascade")
        acme = provider()
        await put(api.database, acme, model(acme, "a"))
        answer = await api.ask('{ dashboard(filter: {teams: ["x"]}) { summary { totalModels } } model(by: {slug: \
            "acme/a"}) { name } }')  # fmt: skip
        assert answer["data"] == {"dashboard": None, "model": {"name": "a"}}


class TestPostgresAway:
    async def test_terminated_connections_are_not_noticed(self, api: Api, database_url: str) -> None:
        query = "{ models { totalCount nodes { id } } providers { id } }"
        await api.data(query)
        admin = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        await admin.close()
        await api.data(query)

    async def test_is_service_unavailable_until_it_is_back(self, own_servers: EmbeddedServers, tmp_path: Path) -> None:
        """Postgres is killed: while it is away answers are coded, and nobody has to restart anything."""
        async with _api(own_servers, tmp_path) as api:
            await api.data("{ models { totalCount } }")
            (row,) = await select_rows(api.database, "select current_setting('data_directory') as folder")
            pid = (Path(row["folder"]) / "postmaster.pid").read_text().split()[0]
            os.kill(int(pid), signal.SIGKILL)
            codes = await _until_answered(api, own_servers)
        assert codes == {"SERVICE_UNAVAILABLE"}


@pytest.fixture
def own_servers() -> Iterator[EmbeddedServers]:
    """Servers that a test may kill."""
    with private_servers() as running:
        yield running


@asynccontextmanager
async def _api(servers: EmbeddedServers, home: Path) -> AsyncGenerator[Api]:
    await migrate(servers.urls.database)
    given = {"DATABASE_URL": servers.urls.database, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": home}
    app = build(Settings.model_validate({**given, "DEMO": False}))
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://hub") as client,
    ):
        yield Api(client, app.state.hub.database, app)


async def _until_answered(api: Api, servers: EmbeddedServers) -> set[str]:
    """The codes seen until a query works again; the supervisor starts the server anew only after a while."""
    seen: set[str] = set()
    async with asyncio.timeout(30):
        while True:
            for _ in range(20):
                answer = await api.ask("{ models { totalCount } }")
                if "errors" not in answer and seen:
                    return seen
                seen |= {error["extensions"]["code"] for error in answer.get("errors", [])}
                await asyncio.sleep(0.01)
            servers.check()


class TestPage:
    async def test_browser_gets_graphiql_with_or_without_a_credential(self, api: Api) -> None:
        for headers in ({}, {"authorization": "Bearer garbage"}):
            answer = await api.client.get("/graphql", headers={"accept": PAGE, **headers})
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/html")
            assert "<html" in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]

    async def test_client_of_the_api_gets_no_page(self, api: Api) -> None:
        for accept in ["*/*", "application/json", "application/graphql-response+json, */*;q=0.1"]:
            answer = await api.client.get("/graphql", headers={"accept": accept})
            assert answer.status_code in range(400, 500)
            assert "<html" not in answer.text
            answer = await api.client.post("/graphql", json={"query": "{ __typename }"}, headers={"accept": PAGE})
            assert answer.json()["data"] == {"__typename": "Query"}

    async def test_queries_by_get_are_refused(self, api: Api) -> None:
        answer = await api.client.get("/graphql", params={"query": "{ __typename }"}, headers={
            "accept": "application/json", "authorization": f"Bearer {api.token()}"
        })  # fmt: skip
        assert answer.status_code in range(400, 500)
        assert '"data"' not in answer.text

    async def test_can_be_switched_off(self, settings: Settings) -> None:
        app = build(settings.model_copy(update={"graphiql": False}))
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub") as client,
        ):
            answer = await client.get("/graphql", headers={"accept": PAGE})
        assert "<html" not in answer.text

    async def test_front_door_leads_to_it(self, api: Api) -> None:
        answer = await api.client.get("/", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (307, "/graphql")
