"""GraphiQL in a real Chromium that can reach nothing but the server under test."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
if not CHROMIUM.exists():
    pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium, or set CHROMIUM", allow_module_level=True)

from playwright.sync_api import Page, Request, Response, expect, sync_playwright  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAGS = [
    "--no-sandbox",  # Chromium refuses its sandbox as root, which is what a container usually is
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


class RunningHub(Protocol):
    """What the fixture `running_hub` gives: a server at `http://127.0.0.1:<port>` and a token it accepts."""

    @property
    def url(self) -> str: ...

    @property
    def token(self) -> str: ...


@dataclass
class Traffic:
    """What the page asked for that it should not, and what went wrong."""

    host: str
    elsewhere: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])

    def watch(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("requestfailed", lambda request: self.failed.append(f"{request.failure} {request.url}"))
        page.on("response", self._response)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self.host:
            self.elsewhere.append(request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1400, "height": 850})
            page.set_default_timeout(20_000)
            yield page
        finally:
            browser.close()


def open_with_token(page: Page, hub: RunningHub) -> None:
    page.goto(f"{hub.url}/graphql#token={hub.token}")
    expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible(timeout=20_000)


def run(page: Page) -> None:
    page.get_by_role("button", name=re.compile("execute query", re.IGNORECASE)).click()


def response_pane(page: Page) -> str:
    return page.locator(".graphiql-response .view-lines").first.inner_text().replace("\N{NO-BREAK SPACE}", " ")


def stored(page: Page, storage: str) -> str:
    return json.dumps(page.evaluate(f"() => ({{...{storage}}})"))


class TestGraphiql:
    def test_default_query_runs_at_once_and_without_outside_network(self, page: Page, running_hub: RunningHub) -> None:
        traffic = Traffic(urlsplit(running_hub.url).netloc)
        traffic.watch(page)
        open_with_token(page, running_hub)
        assert page.title() == "Model Hub – GraphiQL"
        expect(page.locator(".graphiql-logo")).to_have_text("Model Hub")
        run(page)
        expect(page.locator(".graphiql-response")).to_contain_text("totalCount", timeout=20_000)
        assert '"data"' in response_pane(page)
        assert '"errors"' not in response_pane(page)
        assert traffic == Traffic(traffic.host)

    def test_token_is_kept_only_for_this_tab(self, page: Page, running_hub: RunningHub) -> None:
        open_with_token(page, running_hub)
        run(page)
        expect(page.locator(".graphiql-response")).to_contain_text("totalCount", timeout=20_000)
        expect(page.get_by_role("button", name=re.compile("show history", re.IGNORECASE))).to_be_visible()
        # The history plugin saves the run at once, the editors half a second after the last change.
        page.wait_for_function("() => 'graphiql:queries' in localStorage && 'graphiql:tabState' in localStorage")
        assert page.evaluate("() => location.hash") == ""
        assert running_hub.token not in page.url
        assert running_hub.token not in stored(page, "localStorage")
        assert running_hub.token in stored(page, "sessionStorage")

    def test_reload_keeps_the_tab_signed_in(self, page: Page, running_hub: RunningHub) -> None:
        open_with_token(page, running_hub)
        page.reload()
        run(page)
        expect(page.locator(".graphiql-response")).to_contain_text("totalCount", timeout=20_000)

    def test_without_a_token_the_page_says_how_to_get_one(self, page: Page, running_hub: RunningHub) -> None:
        page.goto(f"{running_hub.url}/graphql")
        expect(page.locator(".graphiql-query-editor")).to_contain_text("modelhub token --role admin", timeout=20_000)
