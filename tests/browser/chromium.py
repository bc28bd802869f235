"""Chromium that can reach nothing but the server under test, and GraphiQL in it as a person uses it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
if not CHROMIUM.exists():
    pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium, or set CHROMIUM", allow_module_level=True)

from playwright.sync_api import Page, Request, Response, expect, sync_playwright  # noqa: E402

expect.set_options(timeout=20_000)

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


SHOWN = 150
"""Characters of an answer that are looked for in the response pane, which holds only what can be seen."""


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


@contextmanager
def chromium() -> Iterator[Page]:
    """A page that nobody used before."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_context(viewport={"width": 1400, "height": 850}).new_page()
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


@dataclass(frozen=True, slots=True)
class Editor:
    """GraphiQL as somebody uses it: types an operation, pastes its variables, and runs it."""

    page: Page

    def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """The data of the answer, which is what the response pane shows too."""
        self.write(operation)
        self.page.get_by_role("button", name="Variables").click()
        self._clear(".graphiql-editor-tool .monaco-editor:visible")
        self.page.keyboard.insert_text(json.dumps(variables))
        with self.page.expect_response(lambda answer: _is_of(answer, operation)) as answered:
            run(self.page)
        answer = answered.value.json()
        assert "errors" not in answer, answer
        beginning = json.dumps(answer, indent=2, ensure_ascii=False)[:SHOWN]
        expect(self.page.locator(".graphiql-response")).to_contain_text(beginning)
        return answer["data"]

    def write(self, operation: str) -> None:
        """Type an operation, instead of what is there."""
        self._clear(".graphiql-query-editor .monaco-editor")
        self.page.keyboard.type(operation)
        self.page.keyboard.press("Escape")  # closes what is offered meanwhile

    def _clear(self, editor: str) -> None:
        """Take out what is there; the cursor stays."""
        self.page.locator(editor).first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")


def _is_of(answer: Response, operation: str) -> bool:
    """Whether it answers this operation, rather than a question that the page asks by itself."""
    return json.loads(answer.request.post_data or "{}").get("query") == operation
