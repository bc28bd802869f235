"""What browsers are told: by CORS which pages may use the API, by policies what our own pages may do, and more."""

from __future__ import annotations

import json

import httpx2
import pytest

from app.settings import Mode
from tests.conftest import Api, answering
from tests.web.test_http import TYPENAME
from tests.web.toy import toy

APP = "https://app.example.com"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-anything",
}


async def asked(
    app: object, method: str, headers: dict[str, str], body: bytes = b"", path: str = "/graphql"
) -> httpx2.Response:
    """An answer of an application."""
    transport = httpx2.ASGITransport(app=app)  # pyright: ignore[reportArgumentType]
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        return await client.request(method, path, content=body, headers=headers)


class TestCors:
    async def test_page_of_an_allowed_origin_just_works(self, api: Api) -> None:
        settings = api.app.state.hub.settings.model_copy(
            update={"allowed_origins": frozenset({APP}), "mode": Mode.PRODUCTION}
        )
        app = toy(api, settings=settings)
        preflight = await asked(app, "OPTIONS", {"origin": APP} | PREFLIGHT)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == APP
        assert preflight.headers["access-control-allow-headers"] == PREFLIGHT["access-control-request-headers"]
        assert "access-control-allow-credentials" not in preflight.headers
        bearer = {"origin": APP, "authorization": f"Bearer {api.token()}", "content-type": "application/json"}
        answer = await asked(app, "POST", bearer, json.dumps({"query": "{ hello }"}).encode())
        assert answer.json()["data"] == {"hello": "Hello, world!"}
        assert answer.headers["access-control-allow-origin"] == APP
        assert {"X-Request-Id", "Retry-After"} <= {*answer.headers["access-control-expose-headers"].split(", ")}
        for origin in ("https://evil.example.com", "http://localhost:5173", "null"):
            assert (await asked(app, "OPTIONS", {"origin": origin} | PREFLIGHT)).status_code == 400
            answer = await asked(app, "POST", bearer | {"origin": origin}, b"{}")
            assert "access-control-allow-origin" not in answer.headers

    async def test_so_does_any_of_this_machine_in_development(self, api: Api) -> None:
        for origin in ("http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8080"):
            answer = await api.client.post("/graphql", json=TYPENAME, headers={"origin": origin})
            assert answer.headers["access-control-allow-origin"] == origin
            broken = await api.client.post("/graphql", content=b"x", headers={"origin": origin})
            assert broken.headers["access-control-allow-origin"] == origin

    async def test_no_request_without_a_preflight_is_executed(self, api: Api) -> None:
        """A form, or an image, of any page whatever."""
        bearer = {"authorization": f"Bearer {api.token()}", "origin": "http://evil.test"}
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
            answer = await api.client.post("/graphql", json=TYPENAME, headers=bearer | {"content-type": kind})
            assert (answer.status_code, "data" in answer.json()) == (415, False)
        answer = await api.client.get("/graphql", params=TYPENAME, headers=bearer)
        assert (answer.status_code, "data" in answer.json()) == (400, False)


class TestPages:
    @pytest.mark.parametrize("path", ["/graphql", "/sign-in", "/welcome"])
    async def test_may_load_and_reach_nothing_but_us(self, api: Api, path: str) -> None:
        answer = await api.client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
        assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
        assert policy["style-src"] == ("'self' 'unsafe-inline'" if path == "/graphql" else "'self'")
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"

    async def test_of_what_can_be_sent_may_load_nothing(self, api: Api) -> None:
        headers = (await api.client.get("/ingest")).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'; form-")
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")

    async def test_are_asked_for_by_https_only_where_there_is_https(self, api: Api) -> None:
        assert "strict-transport-security" not in (await api.client.get("/healthz")).headers
        settings = api.app.state.hub.settings.model_copy(update={"public_url": "https://hub.example.com"})
        async with answering(settings) as safe:
            for path in ("/graphql", "/healthz", "/sign-in"):
                assert (await safe.client.get(path)).headers["strict-transport-security"] == "max-age=31536000"


HI, PINK = ("@1790812800", "Tue, 01 Jun 2027 00:00:00 GMT"), ("@1801267200", "Sun, 01 Aug 2027 00:00:00 GMT")
NOTHING, UNDATED = (None, None), ("@0", None)
PAINT = "query A($p: Paint!) { paint(paint: $p) }"
USES = [
    ("{ hello }", {}, NOTHING),
    ("query A { hello } query B { hi }", {}, NOTHING),
    ("{ hi }", {}, HI),
    ("{ ...F } fragment F on Query { hi }", {}, HI),
    ("{ paint(paint: {colour: RED}) }", {}, NOTHING),
    ("{ paint(paint: {colour: PINK}) }", {}, PINK),
    (PAINT, {"p": {}}, NOTHING),
    (PAINT, {"p": {"gloss": 1}}, UNDATED),
    ("query A($p: Paint!) { paint(paint: $p) hi }", {"p": {"colour": "PINK"}}, HI),
    ("query A($c: Colour!) { paint(paint: {colour: $c}) }", {"c": "PINK"}, PINK),
]


async def test_answers_tell_of_deprecated_elements_that_they_used(api: Api) -> None:
    headers, app = {"authorization": f"Bearer {api.token()}", "content-type": "application/json"}, toy(api)
    for query, variables, told in USES * 2:
        body = json.dumps({"query": query, "variables": variables, "operationName": "A" if " A" in query else None})
        answer = await asked(app, "POST", headers, body.encode())
        assert "errors" not in answer.json(), answer.text
        assert (answer.headers.get("deprecation"), answer.headers.get("sunset")) == told, query
