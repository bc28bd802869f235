"""The committed GraphiQL build, checked without Node: fresh, complete, local, and served as it should be."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKSPACE = Path(__file__).parents[2] / "frontend-contract"
SOURCES = (
    "graphiql/index.html",
    "graphiql/package.json",
    "graphiql/src",
    "graphiql/tsconfig.json",
    "graphiql/vite.config.mjs",
    "package-lock.json",
)
BROWSER_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def source_files() -> list[Path]:
    roots = [WORKSPACE / source for source in SOURCES]
    return [path for root in roots for path in (root.rglob("*") if root.is_dir() else [root]) if path.is_file()]


def source_hash() -> str:
    """Mirror `sourceHash` in frontend-contract/graphiql/vite.config.mjs."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(WORKSPACE).as_posix(), path) for path in source_files()):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def bundle_files() -> list[Path]:
    return [path for path in pages.GRAPHIQL_DIR.rglob("*") if path.is_file()]


def an_asset(suffix: str) -> str:
    return "/graphiql-assets/" + next(
        path.relative_to(pages.GRAPHIQL_DIR).as_posix() for path in bundle_files() if path.suffix == suffix
    )


def references() -> list[str]:
    """Every address that index.html makes the browser load."""
    html = (pages.GRAPHIQL_DIR / "index.html").read_text(encoding="utf-8")
    return re.findall(r"""<(?:script|link|img)\b[^>]*?\b(?:src|href)=["']([^"']+)""", html)


def request(method: str, *accept: str) -> Request:
    headers = [(b"accept", value.encode()) for value in accept]
    return Request({"type": "http", "method": method, "path": "/graphql", "headers": headers})


@pytest.fixture
def client() -> Iterator[TestClient]:
    routes = [Route("/graphql", pages.graphiql_page), pages.graphiql_assets()]
    with TestClient(Starlette(routes=routes)) as client:
        yield client


class TestBuild:
    def test_is_made_from_the_committed_sources(self) -> None:
        built_from = (pages.GRAPHIQL_DIR / "source-hash.txt").read_text(encoding="utf-8").strip()
        assert built_from == source_hash(), "stale: run `npm ci && npm run build` in frontend-contract/"

    def test_page_refers_only_to_its_own_files(self) -> None:
        assert references()
        for reference in references():
            assert reference.startswith("/graphiql-assets/")
            assert (pages.GRAPHIQL_DIR / reference.removeprefix("/graphiql-assets/")).is_file()

    def test_page_runs_nothing_inline(self) -> None:
        """The policy allows no inline script; a build that has one would show an empty page."""
        html = (pages.GRAPHIQL_DIR / "index.html").read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)

    def test_style_sheets_load_nothing_from_elsewhere(self) -> None:
        for path in bundle_files():
            if path.suffix == ".css":
                css = path.read_text(encoding="utf-8")
                assert not re.search(r"""(?:url\(\s*|@import\s*)["']?(?:https?:)?//""", css), path.name

    def test_carries_the_licences_of_what_it_bundles(self) -> None:
        licences = (pages.GRAPHIQL_DIR / "THIRD-PARTY-LICENSES.md").read_text(encoding="utf-8")
        notices = (pages.GRAPHIQL_DIR / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")
        assert all(f"## {package} - " in licences for package in ("graphiql", "graphql", "monaco-editor", "react"))
        assert "picomatch-browser/LICENSE" in notices

    def test_size_stays_bounded(self) -> None:
        assert sum(path.stat().st_size for path in bundle_files()) < 8_000_000

    def test_lockfile_names_no_host(self) -> None:
        assert "://" not in (WORKSPACE / "package-lock.json").read_text(encoding="utf-8")


class TestPage:
    def test_is_locked_down_and_never_stale(self, client: TestClient) -> None:
        response = client.get("/graphql")
        assert response.status_code == 200
        assert "<title>Model Hub – GraphiQL</title>" in response.text
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["vary"] == "Accept"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        policy = response.headers["content-security-policy"].split("; ")
        assert {
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
        } <= {*policy}


class TestAssets:
    def test_every_reference_is_served(self, client: TestClient) -> None:
        assert {client.get(reference).status_code for reference in references()} == {200}

    def test_hashed_file_is_kept_for_ever(self, client: TestClient) -> None:
        response = client.get(an_asset(".js"))
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.headers["x-content-type-options"] == "nosniff"

    def test_file_without_a_hash_is_not(self, client: TestClient) -> None:
        assert client.get("/graphiql-assets/THIRD-PARTY-LICENSES.md").headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5"])
    def test_is_compressed_for_who_accepts_it(self, client: TestClient, accepted: str) -> None:
        plain = client.get(an_asset(".css"), headers={"Accept-Encoding": "identity"})
        packed = client.get(an_asset(".css"), headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
        assert packed.content == plain.content

    def test_refused_compression_is_respected(self, client: TestClient) -> None:
        response = client.get(an_asset(".css"), headers={"Accept-Encoding": "gzip;q=0"})
        assert "content-encoding" not in response.headers

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "nothing.js",
            "assets",
            "assets/",
            "index.html",
            "../../pages.py",
            "..%2f..%2fpages.py",
            "%2e%2e/%2e%2e/pages.py",
            "assets/..%2f..%2f..%2fpages.py",
            "%2fetc%2fpasswd",
            "assets%5c..%5csource-hash.txt",
            "a%00b.js",
        ],
    )
    def test_anything_else_is_not_found(self, client: TestClient, name: str) -> None:
        assert client.get(f"/graphiql-assets/{name}").status_code == 404


class TestWantsPage:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize(
        "accept",
        [
            BROWSER_ACCEPT,
            "text/html",
            "TEXT/HTML",
            "text/*, application/json;q=0.5",
            "text/html;level=1;q=0.9, */*;q=0.1",
        ],
    )
    def test_browser(self, method: str, accept: str) -> None:
        assert pages.wants_page(request(method, accept))

    @pytest.mark.parametrize(
        "accept",
        [
            "",
            "*/*",
            "application/json",
            "application/graphql-response+json, application/json;q=0.9, text/html;q=0.1",
            "text/html, application/json",
            "text/html;q=0.8, application/*",
            "text/html;q=0",
            "text/html;q=high",
            "image/png",
        ],
    )
    def test_client_of_the_api(self, accept: str) -> None:
        assert not pages.wants_page(request("GET", accept))

    def test_no_accept_header_at_all(self) -> None:
        assert not pages.wants_page(request("GET"))

    def test_repeated_header_counts_as_one_list(self) -> None:
        assert not pages.wants_page(request("GET", "text/html;q=0.5", "application/json"))

    @pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
    def test_other_methods_never(self, method: str) -> None:
        assert not pages.wants_page(request(method, BROWSER_ACCEPT))
