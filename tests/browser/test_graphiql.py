"""GraphiQL in a real Chromium that can reach nothing but the server under test."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.chromium import (
    Editor,
    Page,
    RunningHub,
    Traffic,
    expect,
    open_with_token,
    response_pane,
    run,
    stored,
)

README = Path(__file__).resolve().parents[2] / "README.md"


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

    def test_hears_what_happens_in_another_tab_as_the_readme_says(self, page: Page, running_hub: RunningHub) -> None:
        blocks = re.findall(r"```graphql\n(.*?)\n```", README.read_text(), re.DOTALL)
        listen = next(number for number, block in enumerate(blocks) if "modelChanged" in block)
        other = page.context.new_page()
        for one in (page, other):
            open_with_token(one, running_hub)
        Editor(page).write(blocks[listen])
        run(page)
        expect(page.get_by_role("button", name=re.compile("stop query", re.IGNORECASE))).to_be_visible()
        page.wait_for_timeout(500)
        other.bring_to_front()
        assert Editor(other).ask(blocks[listen + 1])["registerModel"]["errors"] == []
        page.bring_to_front()
        expect(page.locator(".graphiql-response")).to_contain_text("model.registered")

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
