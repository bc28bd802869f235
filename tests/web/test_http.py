"""GraphQL over HTTP beyond the public audit: methods, media types, bodies and what is never a 500."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest_asyncio

from app.settings import HttpStatuses, Settings
from app.web.negotiation import PLAIN_JSON, RESPONSE_JSON
from app.web.parameters import MAX_BODY
from tests.conftest import Api, answering

TYPENAME = {"query": "{ __typename }"}
PREFLIGHT = {"graphql-require-preflight": "1"}
REFUSED = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED", 400, 400),
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED", 400, 422),
    ({"query": "query a { __typename } query b { __typename }"}, "OPERATION_RESOLUTION_FAILURE", 400, 422),
    ({"query": "query ($x: ID!) { __typename }"}, "GRAPHQL_VALIDATION_FAILED", 400, 422),
    ({"query": "{ " + "a: __typename " * 40 + "}"}, "QUERY_TOO_COMPLEX", 400, 422),
    ({"query": "{ viewer { name } }"}, "UNAUTHORIZED", 401, 401),
]
"""What is not executed, its code, and its status by the audit and by the edition of September 2026."""
KINDS = [
    "application/json", "application/json; charset=utf-8", "Application/JSON ; Charset=UTF-8",
    'application/json;charset="utf-8"', "application/json; profile=x",
]  # fmt: skip
OTHER_KINDS = [
    "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql",
    "application/json; charset=utf-16", "application/jsonx", "text/json", "garbage", "application/json, text/plain",
]  # fmt: skip
NO_REQUESTS = [
    b"", b"1", b'"x"', b"null", b"true", b"[]", b'[{"query": "{ __typename }"}]', b"{", b"\xff\xfe", b"{}",
    b'{"query": "{ __typename }", "variables": {"x": NaN}}', b'{"query": null}', b'{"query": ["x"]}',
    b'{"query": "{ __typename }", "variables": "x"}', b'{"query": "{ __typename }", "operationName": 1}',
    b'{"query": "{ __typename }", "variables": {"x": ' + b"1" * 5_000 + b"}}", b"[" * 100_000, b'{"a":' * 100_000,
    b'{"query": "{ __typename }", "extensions": []}', b"\xef\xbb\xbf{}", b'{"query": "{ __typename }"} x',
]  # fmt: skip


@pytest_asyncio.fixture
async def new(settings: Settings) -> AsyncIterator[Api]:
    """The API with the statuses of September 2026."""
    async with answering(settings.model_copy(update={"http_statuses": HttpStatuses.EDITION_2026})) as opened:
        yield opened


async def post(api: Api, content: Any, accept: str = RESPONSE_JSON, **headers: str) -> httpx2.Response:
    """The answer to a body: bytes as they are, anything else as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"content-type": "application/json", "accept": accept} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await api.client.post("/graphql", content=body, headers=headers)


def code(answer: httpx2.Response) -> str:
    """Of the one error; every refusal has a code, an id and a time, and no data to speak of."""
    body = answer.json()
    (error,) = body["errors"]
    assert "data" not in body
    assert {"code", "requestId", "timestamp"} <= error["extensions"].keys()
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    return error["extensions"]["code"]


class TestStatus:
    async def test_of_what_is_not_executed(self, api: Api, new: Api) -> None:
        for asked, told, audited, edition in REFUSED:
            for accept in (RESPONSE_JSON, PLAIN_JSON):
                answer = await post(api, asked, accept)
                wanted = audited if accept == RESPONSE_JSON else 200
                assert (answer.status_code, code(answer)) == (wanted, told), asked
                assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
                answer = await post(new, asked, accept)
                assert (answer.status_code, code(answer)) == (edition, told)
                assert answer.headers["content-type"] == f"{RESPONSE_JSON}; charset=utf-8"

    async def test_of_what_is_executed(self, api: Api, new: Api) -> None:
        partly = {"query": "{ __typename models(first: 0) { totalCount } }"}
        for asked, wanted, edition in ((TYPENAME, 200, 200), (partly, 200, 294)):
            for accept in (RESPONSE_JSON, PLAIN_JSON):
                for which, status in ((api, wanted), (new, edition)):
                    bearer = {"authorization": f"Bearer {which.token()}"}
                    answer = await post(which, asked, accept, **bearer)
                    assert (answer.status_code, "data" in answer.json()) == (status, True)
                    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"

    async def test_of_a_refused_credential(self, api: Api) -> None:
        for accept in (RESPONSE_JSON, PLAIN_JSON):
            answer = await post(api, TYPENAME, accept, authorization="Bearer x")
            assert (answer.status_code, code(answer)) == (401, "UNAUTHORIZED")
            assert answer.headers["www-authenticate"].startswith("Bearer")

    async def test_of_what_takes_neither_json_nor_events(self, api: Api) -> None:
        for accept in ("text/html", "application/json;q=0", "application/json;charset=utf-16"):
            answer = await post(api, TYPENAME, accept)
            assert (answer.status_code, code(answer)) == (406, "INVALID_REQUEST")


class TestMethod:
    async def test_is_allowed_or_told_which_are(self, api: Api) -> None:
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "QUERY", "NONSENSE"):
            answer = await api.client.request(method, "/graphql", json=TYPENAME)
            assert (answer.status_code, code(answer)) == (405, "INVALID_REQUEST")
            assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
        answer = await api.client.options("/graphql")
        assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")

    async def test_get_is_for_queries_that_no_other_page_can_send(self, api: Api) -> None:
        bearer = {"authorization": f"Bearer {api.token()}"}
        query = {"query": "query ($n: Int) { models(first: $n) { totalCount } }", "variables": '{"n": 5}'}
        answer = await api.client.get("/graphql", params=query, headers=bearer)
        assert (answer.status_code, code(answer)) == (400, "INVALID_REQUEST")
        answer = await api.client.get("/graphql", params=query, headers=bearer | PREFLIGHT)
        assert answer.json()["data"] == {"models": {"totalCount": 0}}
        head = await api.client.head("/graphql", params=query, headers=bearer | PREFLIGHT)
        assert (head.status_code, head.headers["content-length"]) == (200, answer.headers["content-length"])

    async def test_get_is_never_for_mutations(self, api: Api) -> None:
        for accept in (RESPONSE_JSON, PLAIN_JSON):
            query = {"query": "mutation { signOut(input: {}) { __typename } }"}
            headers = PREFLIGHT | {"accept": accept, "authorization": f"Bearer {api.token()}"}
            answer = await api.client.get("/graphql", params=query, headers=headers)
            assert (answer.status_code, code(answer), answer.headers["allow"]) == (405, "INVALID_REQUEST", "POST")

    async def test_get_that_asks_for_nothing_or_badly(self, api: Api) -> None:
        for params in ({}, {"query": ""}, {"query": "{ __typename }", "variables": "{"}, {"variables": "[]"}):
            answer = await api.client.get("/graphql", params=params, headers=PREFLIGHT)
            assert (answer.status_code, code(answer)) == (400, "INVALID_REQUEST")


class TestContent:
    async def test_is_json_and_nothing_else(self, api: Api) -> None:
        """Least of all what a page of another origin can send without a preflight."""
        for kind in KINDS:
            assert (await post(api, TYPENAME, content_type=kind)).status_code == 200, kind
        for kind in OTHER_KINDS:
            answer = await post(api, TYPENAME, content_type=kind)
            assert (answer.status_code, code(answer)) == (415, "INVALID_REQUEST"), kind

    async def test_is_not_compressed(self, api: Api) -> None:
        answer = await post(api, gzip.compress(json.dumps(TYPENAME).encode()), content_encoding="gzip")
        assert (answer.status_code, code(answer)) == (415, "INVALID_REQUEST")

    async def test_is_not_too_long(self, api: Api) -> None:
        fits = json.dumps(TYPENAME).encode().ljust(MAX_BODY)
        assert (await post(api, fits)).status_code == 200
        answer = await post(api, fits + b" ")
        assert (answer.status_code, code(answer)) == (413, "INVALID_REQUEST")

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(1_000):
                yield b" " * 10_000

        headers = {"content-type": "application/json"}
        answer = await api.client.post("/graphql", content=pieces(), headers=headers)
        assert (answer.status_code, code(answer)) == (413, "INVALID_REQUEST")

    async def test_that_is_no_request_is_a_400(self, api: Api, new: Api) -> None:
        for body in NO_REQUESTS:
            for accept in (RESPONSE_JSON, PLAIN_JSON):
                answer = await post(api, body, accept)
                assert (answer.status_code, code(answer)) == (400, "INVALID_REQUEST"), body[:80]
                assert (await post(new, body, accept)).status_code in {400, 422}

    async def test_with_too_many_variables_is_refused_whatever_is_asked(self, api: Api) -> None:
        for accept in (RESPONSE_JSON, PLAIN_JSON):
            answer = await post(api, TYPENAME | {"variables": {"x": [0] * 20_000}}, accept)
            assert (answer.status_code, code(answer)) == (400, "QUERY_TOO_COMPLEX")

    async def test_may_nest_and_repeat_within_bounds_only(self, api: Api) -> None:
        query = "query ($x: [ModelFilter!]) { models(filter: {and: $x}) { totalCount } }"
        for depth in (5, 60, 200, 900):
            nested: Any = {}
            for _ in range(depth):
                nested = {"not": nested}
            answer = await post(
                api, {"query": query, "variables": {"x": [nested]}}, authorization=f"Bearer {api.token()}"
            )
            (error,) = answer.json()["errors"]
            assert error["extensions"]["code"] in {"INVALID_PARAMETER", "QUERY_TOO_COMPLEX"}


class TestHeaders:
    async def test_nobody_keeps_answers_or_guesses_what_they_are(self, api: Api) -> None:
        for answer in (
            await post(api, TYPENAME),
            await post(api, b"x"),
            await api.client.get("/graphql", params=TYPENAME, headers=PREFLIGHT),
        ):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "Accept" in answer.headers["vary"]

    async def test_repeated_accept_headers_are_one_list(self, api: Api) -> None:
        headers = [("content-type", "application/json"), ("accept", "text/html"), ("accept", RESPONSE_JSON)]
        answer = await api.client.post("/graphql", content=json.dumps(TYPENAME), headers=headers)
        assert answer.headers["content-type"].startswith(RESPONSE_JSON)

    async def test_long_answers_are_compressed(self, api: Api) -> None:
        query = {"query": "{ __schema { types { name description fields { name description } } } }"}
        sizes: dict[str, int] = {}
        for coding in ("br", "gzip", "identity"):
            answer = await post(api, query, accept_encoding=coding)
            assert answer.headers.get("content-encoding", "identity") == coding
            assert answer.json()["data"]["__schema"]["types"]
            sizes[coding] = int(answer.headers["content-length"])
        assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 3
