"""How somebody comes in who finds an empty installation, and the pages on which people do that."""

from __future__ import annotations

import pytest

from app.identity.rules import Role
from app.kit.clock import utc_now
from app.serve import NOBODY_ADMINISTERS, look_at_database
from app.settings import Settings
from app.setup import demo_sign_ins, invite_administrator
from tests.conftest import Api, answering
from tests.identity.people import codes_of, try_sign_in, user
from tests.identity.test_rights import accepted
from tests.kit.rows import put, select_rows


class TestInvitation:
    async def test_makes_the_first_administrator_once(self, settings: Settings) -> None:
        token = await invite_administrator(settings)
        assert token is not None
        async with answering(settings) as api:
            payload = await accepted(api, token.reveal(), email="ann@example.com")
            assert (payload["errors"], payload["viewer"]["role"]) == ([], "ADMIN")
            assert codes_of(await accepted(api, token.reveal(), email="eve@example.com")) == ["UNAUTHORIZED"]
            assert codes_of(await try_sign_in(api, "ann@example.com")) == []
        assert await invite_administrator(settings) is None

    async def test_needs_an_address(self, settings: Settings) -> None:
        token = await invite_administrator(settings)
        assert token is not None
        async with answering(settings) as api:
            payload = await accepted(api, token.reveal())
            assert [error["path"] for error in payload["errors"]] == [["email"]]

    async def test_later_one_voids_the_earlier(self, settings: Settings) -> None:
        first, second = await invite_administrator(settings), await invite_administrator(settings)
        assert first
        assert second
        async with answering(settings) as api:
            assert codes_of(await accepted(api, first.reveal(), email="a@example.com")) == ["UNAUTHORIZED"]
            assert codes_of(await accepted(api, second.reveal(), email="a@example.com")) == []

    async def test_another_is_given_to_who_has_the_machine(self, settings: Settings, api: Api) -> None:
        await put(api.database, user("root", Role.ADMIN))
        assert await invite_administrator(settings) is None
        token = await invite_administrator(settings, another=True)
        assert token is not None
        assert codes_of(await accepted(api, token.reveal(), email="a@example.com")) == []

    async def test_an_administrator_of_the_demo_is_none(self, settings: Settings, api: Api) -> None:
        await put(api.database, user("ada", Role.ADMIN, is_demo=True))
        assert await invite_administrator(settings) is not None
        assert await demo_sign_ins(settings) != []

    async def test_the_api_says_at_its_start_that_there_is_none(
        self, settings: Settings, api: Api, caplog: pytest.LogCaptureFixture
    ) -> None:
        await put(api.database, user("ada", Role.ADMIN, is_demo=True), user("gone", Role.ADMIN, disabled_at=utc_now()))
        await look_at_database(settings)
        assert caplog.messages == [NOBODY_ADMINISTERS]
        assert "modelhub invite-admin" in NOBODY_ADMINISTERS
        await put(api.database, user("root", Role.ADMIN))
        await look_at_database(settings)
        assert len(caplog.messages) == 1

    async def test_token_is_not_in_the_database(self, settings: Settings, api: Api) -> None:
        token = await invite_administrator(settings)
        assert token is not None
        for table in ("invitation", "audit_event", "event"):
            (row,) = await select_rows(api.database, f"select string_agg(t::text, '') as all from {table} t")
            assert token.reveal() not in row["all"]
            assert token.reveal()[4:20] not in row["all"]


class TestPages:
    @pytest.mark.parametrize("path", ["/sign-in", "/welcome"])
    async def test_page_loads_what_is_there_and_nothing_else(self, api: Api, path: str) -> None:
        page = await api.client.get(path)
        assert page.headers["content-type"].startswith("text/html")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["referrer-policy"] == "no-referrer"
        for asset, kind in [("/account/page.js", "text/javascript"), ("/account/page.css", "text/css")]:
            assert asset in page.text
            answer = await api.client.get(asset)
            assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)
        assert "http://" not in page.text
        assert "https://" not in page.text

    @pytest.mark.parametrize("name", ["nothing", "..%2Faccount.py", "page.html.bak"])
    async def test_there_is_nothing_else(self, api: Api, name: str) -> None:
        assert (await api.client.get(f"/account/{name}")).status_code == 404

    async def test_graphiql_leads_to_it(self, api: Api) -> None:
        page = await api.client.get("/graphql", headers={"accept": "text/html"})
        assert 'href="/sign-in"' in page.text
