"""How people come in: the first administrator by a link, everybody by a password, and nobody by a link that is over."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.kit.ids import new_id
from tests.browser.chromium import Editor, Page, Traffic, expect
from tests.conftest import RunningHub

VIEWER = "query Me { viewer { name role user { email } sessions { totalCount } } }"
AUDIT = 'query Told { auditEvents(filter: {actorName: {eq: "%s"}}) { nodes { action } } }'
PASSWORD = "correct horse battery"


@pytest.fixture
def link(running_hub: RunningHub) -> Callable[[], str]:
    """What `modelhub invite-admin` prints."""

    def printed() -> str:
        address = urlsplit(running_hub.url)
        given = {"MODELHUB_HOME": str(running_hub.home), "PORT": str(address.port), "HOST": str(address.hostname)}
        env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}} | given
        command = [sys.executable, "-m", "app", "invite-admin"]
        done = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout.split()[-1]

    return printed


def fill(page: Page, name: str | None, email: str, password: str) -> None:
    """Give what the form asks for, and send it."""
    for label, value in {"Your name": name, "E-mail address": email, "Password": password}.items():
        if value is not None:
            page.get_by_label(label).fill(value)
    page.get_by_role("button").click()


def arrived(page: Page) -> Editor:
    """GraphiQL, which one is led to, with no token left in the address."""
    expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible()
    page.wait_for_url(re.compile("/graphql$"))
    return Editor(page)


def new_administrator(page: Page, address: str) -> str:
    """Take the link; gives the name, which is the first part of the e-mail address."""
    name = f"ann{new_id().hex}"
    page.goto(address)
    expect(page.get_by_role("heading")).to_have_text("Welcome to Model Hub")
    assert page.evaluate("location.hash") == "", "the token leaves the address bar at once"
    fill(page, name, f"{name}@example.com", PASSWORD)
    return name


def is_page(route: Any) -> bool:
    """Whether a browser asks for GraphiQL, which production does not serve."""
    return route.request.method == "GET"


class TestFirstAdministrator:
    def test_comes_in_by_the_link_once_and_by_the_password_from_then_on(
        self, page: Page, running_hub: RunningHub, link: Callable[[], str]
    ) -> None:
        traffic = Traffic(urlsplit(running_hub.url).netloc)
        traffic.watch(page)
        void, address = link(), link()
        name = new_administrator(page, address)
        viewer = arrived(page).ask(VIEWER)["viewer"]
        me = {"name": name, "role": "ADMIN", "user": {"email": f"{name}@example.com"}}
        assert viewer == {**me, "sessions": {"totalCount": 1}}
        page.goto(f"{running_hub.url}/sign-in")
        fill(page, None, f"{name}@example.com", "wrong")
        expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
        fill(page, None, f"{name}@example.com", PASSWORD)
        assert arrived(page).ask(VIEWER)["viewer"] == {**me, "sessions": {"totalCount": 2}}
        for over in (void, address):
            new_administrator(page, over)
            expect(page.get_by_role("alert")).to_contain_text("This invitation cannot be taken")
            assert page.url == f"{running_hub.url}/welcome"
        assert (traffic.elsewhere, traffic.errors) == ([], [])
        page.route("**/graphql", lambda route: route.fulfill(status=404) if is_page(route) else route.continue_())
        page.goto(f"{running_hub.url}/sign-in")
        fill(page, None, f"{name}@example.com", PASSWORD)
        expect(page.get_by_role("main")).to_contain_text("Your password works. GraphiQL is switched off here")


class TestGoingOn:
    def test_token_that_is_about_to_expire_is_exchanged_once_for_all_tabs(
        self, page: Page, link: Callable[[], str]
    ) -> None:
        name = new_administrator(page, link())
        editor, first = arrived(page), _tokens(page)
        with page.expect_popup() as opened:
            page.evaluate("() => { window.open('/graphql') }")
        twin = arrived(opened.value)
        assert _tokens(twin.page) == first, "a tab takes over what the one before it has"
        page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=14, seconds=30))
        assert editor.ask(VIEWER)["viewer"]["name"] == name
        second = _tokens(page)
        assert not set(first) & set(second)
        page.clock.set_fixed_time(datetime.now(UTC))
        assert twin.ask(VIEWER)["viewer"]["name"] == name
        assert _tokens(twin.page) == second, "the other tab was told, and spends no token that was spent before"
        actions = [node["action"] for node in editor.ask(AUDIT % name)["auditEvents"]["nodes"]]
        assert actions.count("session.refreshed") == 1


def _tokens(page: Page) -> list[str]:
    """The access token and the refresh token of a tab."""
    return page.evaluate("['token', 'refresh'].map((name) => sessionStorage.getItem(`model-hub:${name}`))")
