"""Signing in and out: what a password, a refresh token and a session are good for, and for how long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.identity import rules
from app.identity.passwords import is_outdated, is_password
from app.identity.rules import Role
from app.identity.service import NOBODY
from app.identity.sessions import throttle
from app.identity.tokens import verify
from app.kit.ids import global_id, new_id
from app.kit.journal import Writer
from app.secret import Secret
from tests.conftest import Api
from tests.identity.conftest import LONG_BLOCK
from tests.identity.people import (
    PASSWORD,
    SIGN_IN,
    Caller,
    codes_of,
    nobody,
    refreshed,
    settle,
    signed_in,
    try_sign_in,
    user,
)
from tests.kit.rows import execute, put, select_rows


async def age(api: Api, table: str, column: str, by: timedelta) -> None:
    """Let time pass for a column."""
    await execute(api.database, f"update {table} set {column} = {column} - interval '{by.total_seconds()} seconds'")


class TestSignIn:
    async def test_gives_tokens_and_who_one_is(self, api: Api) -> None:
        ann = user("ann", Role.ANALYST)
        await put(api.database, ann)
        payload = await try_sign_in(api, "  ANN@Example.com ")
        assert payload["errors"] == []
        assert payload["viewer"]["role"] == "ANALYST"
        assert payload["viewer"]["user"]["email"] == "ann@example.com"
        said = verify(api.app.state.hub.keys, payload["accessToken"])
        assert said.subject == str(ann.id)
        assert await Caller(api, payload["accessToken"]).data("{ viewer { name } }") == {"viewer": {"name": "ann"}}

    async def test_rest_of_the_request_is_done_by_the_user(self, api: Api) -> None:
        await put(api.database, user("ann"))
        document = SIGN_IN.replace("accessToken", "accessToken query { viewer { name } models { totalCount } }")
        answer = await nobody(api).data(document, input={"email": "ann@example.com", "password": PASSWORD})
        assert answer["signIn"]["query"] == {"viewer": {"name": "ann"}, "models": {"totalCount": 0}}

    async def test_without_success_the_rest_of_the_request_is_refused(self, api: Api) -> None:
        document = SIGN_IN.replace("accessToken", "accessToken query { models { totalCount } }")
        assert await nobody(api).codes(document, input={"email": "ann@example.com", "password": "x"}) == [
            "UNAUTHORIZED"
        ]

    async def test_is_told_and_audited_without_secrets(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        for table in ("audit_event", "event"):
            (row,) = await select_rows(api.database, f"select string_agg(t::text, ' ') as all from {table} t")
            assert "signed in" in row["all"] or "user.signed_in" in row["all"]
            for secret in (PASSWORD, ann.access, ann.refresh, ann.refresh[:20]):
                assert secret not in row["all"]

    async def test_passwords_and_tokens_are_nowhere_in_the_database(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        tables = await select_rows(api.database, "select tablename from pg_tables where schemaname = 'public'")
        for table in tables:
            name = table["tablename"]
            (row,) = await select_rows(api.database, f"select string_agg(t::text, ' ') as all from \"{name}\" t")
            for secret in (PASSWORD, ann.access, ann.refresh):
                assert secret not in (row["all"] or "")

    async def test_answer_is_the_same_whatever_is_wrong(self, api: Api) -> None:
        gone = user("gone", disabled_at=await _now(api))
        await put(api.database, user("ann"), gone, user("invited", password_hash=None))
        tried = [
            await try_sign_in(api, "ann@example.com", "wrong"),
            await try_sign_in(api, "nobody@example.com"),
            await try_sign_in(api, "gone@example.com"),
            await try_sign_in(api, "invited@example.com"),
            await try_sign_in(api, ""),
        ]
        assert {str(payload) for payload in tried} == {str(tried[0])}
        assert codes_of(tried[0]) == ["UNAUTHORIZED"]
        assert tried[0]["accessToken"] is None

    async def test_as_much_is_done_whether_or_not_the_account_exists(self, api: Api) -> None:
        """Times cannot be compared on a busy machine; statements can."""
        await put(api.database, user("ann"))
        pools = api.database.pools
        counted: list[int] = []
        for email in ("ann@example.com", "nobody@example.com"):
            before = sum(pool.tally.statements for pool in pools)
            await try_sign_in(api, email, "wrong")
            counted.append(sum(pool.tally.statements for pool in pools) - before)
        assert counted[0] == counted[1]

    async def test_hash_is_verified_for_nobody_too(self) -> None:
        assert not await is_password(Secret("nobody's"), None)

    async def test_old_hash_is_renewed(self, api: Api) -> None:
        from argon2 import PasswordHasher

        weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        await settle(api, user("ann", password_hash=weak))
        (row,) = await select_rows(api.database, "select password_hash from principal")
        assert row["password_hash"] != weak
        assert not is_outdated(row["password_hash"])
        assert await is_password(Secret(PASSWORD), row["password_hash"])

    @pytest.mark.parametrize("email", ["ann@example.com\r\nx: y", "'; drop table principal; --", "💥@x", "a" * 9000])
    async def test_odd_addresses_are_nobody(self, api: Api, email: str) -> None:
        assert codes_of(await try_sign_in(api, email)) == ["UNAUTHORIZED"]

    async def test_what_cannot_be_held_is_refused(self, api: Api) -> None:
        assert codes_of(await try_sign_in(api, "a\0@example.com")) == ["INVALID_PARAMETER"]
        assert codes_of(await try_sign_in(api, "ann@example.com", "x" * 1001)) == ["INVALID_PARAMETER"]

    async def test_password_is_the_same_however_it_is_typed(self, api: Api) -> None:
        from app.identity.passwords import hash_password

        await put(api.database, user("ann", password_hash=await hash_password(Secret("cafe\u0301 au lait fort"))))
        assert codes_of(await try_sign_in(api, "ann@example.com", "caf\u00e9 au lait fort")) == []


async def _now(api: Api) -> object:
    (row,) = await select_rows(api.database, "select now() as now")
    return row["now"]


class TestBruteForce:
    async def test_account_is_slowed_down_and_then_forgiven(self, api: Api) -> None:
        await put(api.database, user("ann"))
        for _ in range(5):
            assert codes_of(await try_sign_in(api, "ann@example.com", "wrong")) == ["UNAUTHORIZED"]
        payload = await try_sign_in(api, "ann@example.com")
        assert codes_of(payload) == ["RATE_LIMIT_EXCEEDED"]
        assert 1 <= payload["errors"][0]["details"]["retryAfterSeconds"] <= LONG_BLOCK.seconds
        await age(api, "sign_in_throttle", "blocked_until", LONG_BLOCK)
        await signed_in(api, user("ann"))
        assert codes_of(await try_sign_in(api, "ann@example.com", "wrong")) == ["UNAUTHORIZED"]

    async def test_waits_grow_and_have_an_end(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "FIRST_BLOCK", timedelta(seconds=1))
        waits = []
        for _ in range(14):
            await age(api, "sign_in_throttle", "blocked_until", timedelta(hours=1))
            await try_sign_in(api, "ann@example.com", "wrong")
            (row,) = await select_rows(
                api.database,
                "select max(extract(epoch from blocked_until - failed_at))::int as wait from sign_in_throttle "
                "where failures = (select max(failures) from sign_in_throttle)",
            )
            waits.append(row["wait"])
        assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]

    async def test_it_is_the_same_for_an_account_that_does_not_exist(self, api: Api) -> None:
        await put(api.database, user("ann"))
        answers = [
            [str(await try_sign_in(api, email, "wrong")) for _ in range(6)]
            for email in ("ann@example.com", "nobody@example.com")
        ]
        assert answers[0] == answers[1]

    async def test_address_is_slowed_down_over_all_accounts(self, api: Api) -> None:
        for n in range(30):
            assert codes_of(await try_sign_in(api, f"nobody{n}@example.com")) == ["UNAUTHORIZED"]
        assert codes_of(await try_sign_in(api, "somebody@example.com")) == ["RATE_LIMIT_EXCEEDED"]

    async def test_attempts_at_once_are_all_counted(self, api: Api) -> None:
        await put(api.database, user("ann"))
        tried = await asyncio.gather(*(try_sign_in(api, "ann@example.com", f"wrong{n}") for n in range(12)))
        assert sum(codes_of(payload) == ["UNAUTHORIZED"] for payload in tried) == 5

    async def test_attempts_are_counted_in_any_order_of_their_clocks(self, api: Api) -> None:
        attempt = throttle.subjects("ann@example.com", "192.0.2.1", is_known=False)
        now = datetime.now(UTC)
        counted = [
            await Writer(api.database).write(NOBODY, throttle.begin_attempt, attempt, now - timedelta(milliseconds=n))
            for n in range(3)
        ]
        assert counted == [{"account": n, "address": n, "visitor": n} for n in (1, 2, 3)]

    async def test_many_in_one_request_are_counted_each(self, api: Api) -> None:
        await put(api.database, user("ann"))
        one = 'signIn(input: {email: "ann@example.com", password: "wrong"}) { errors { code } }'
        answer = await nobody(api).data(f"mutation {{ {' '.join(f'a{n}: {one}' for n in range(8))} }}")
        assert [codes_of(payload) for payload in answer.values()].count(["RATE_LIMIT_EXCEEDED"]) == 3

    async def test_failures_are_on_record_without_what_was_typed(self, api: Api) -> None:
        ann = user("ann")
        await put(api.database, ann)
        for email in ("ann@example.com", "nobody@example.com"):
            await try_sign_in(api, email, "a mistyped password")
        for _ in range(8):
            await try_sign_in(api, "ann@example.com", "wrong")
        rows = await select_rows(api.database, "select * from audit_event order by occurred_at, id")
        assert [(row["action"], row["outcome"], row["reason"]) for row in rows] == [
            ("signIn", "DENIED", "UNAUTHORIZED")
        ] * 6
        assert [row["resource_id"] for row in rows[:2]] == [str(ann.id), ""]
        assert rows[-1]["after"] == {"account": 5, "address": 6, "visitor": 5}
        assert "mistyped" not in str(rows)
        assert "nobody@" not in str(rows)

    async def test_failures_long_ago_do_not_count(self, api: Api) -> None:
        for _ in range(5):
            await try_sign_in(api, "ann@example.com", "wrong")
        await age(api, "sign_in_throttle", "blocked_until", timedelta(hours=1))
        await age(api, "sign_in_throttle", "failed_at", timedelta(hours=1))
        for _ in range(5):
            assert codes_of(await try_sign_in(api, "ann@example.com", "wrong")) == ["UNAUTHORIZED"]


class TestRefresh:
    async def test_gives_a_new_pair(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        payload = await refreshed(api, ann.refresh)
        assert payload["errors"] == []
        assert payload["refreshToken"] != ann.refresh
        assert await Caller(api, payload["accessToken"]).codes() == []
        assert (await refreshed(api, payload["refreshToken"]))["errors"] == []

    async def test_two_tabs_at_once_both_live(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        tabs = await asyncio.gather(*(refreshed(api, ann.refresh) for _ in range(4)))
        assert [codes_of(tab) for tab in tabs] == [[]] * 4
        again = await asyncio.gather(*(refreshed(api, tab["refreshToken"]) for tab in tabs))
        assert [codes_of(tab) for tab in again] == [[]] * 4
        assert [await Caller(api, tab["accessToken"]).codes() for tab in again] == [[]] * 4

    async def test_reuse_revokes_the_whole_family(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        thief = await refreshed(api, ann.refresh)
        await age(api, "refresh_token", "used_at", timedelta(seconds=11))
        assert codes_of(await refreshed(api, ann.refresh)) == ["UNAUTHORIZED"]
        assert codes_of(await refreshed(api, thief["refreshToken"])) == ["UNAUTHORIZED"]
        await asyncio.sleep(0.5)
        for access in (ann.access, thief["accessToken"]):
            assert await Caller(api, access).codes() == ["UNAUTHORIZED"]
        (row,) = await select_rows(api.database, "select reason from audit_event where action = 'session.revoked'")
        assert row["reason"] == "REFRESH_REUSED"

    async def test_reuse_does_not_touch_other_sessions(self, api: Api) -> None:
        ann = user("ann")
        (one,) = await settle(api, ann)
        other = await signed_in(api, ann)
        await refreshed(api, one.refresh)
        await age(api, "refresh_token", "used_at", timedelta(seconds=11))
        await refreshed(api, one.refresh)
        assert (await refreshed(api, other.refresh))["errors"] == []

    async def test_idle_session_expires(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        await age(api, "refresh_token", "expires_at", timedelta(days=7))
        assert codes_of(await refreshed(api, ann.refresh)) == ["TOKEN_EXPIRED"]

    async def test_no_session_lasts_for_ever(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        await age(api, "session", "expires_at", timedelta(days=29, hours=12))
        payload = await refreshed(api, ann.refresh)
        (row,) = await select_rows(
            api.database, "select max(t.expires_at) <= s.expires_at as within from refresh_token t, session s "
            "where t.used_at is null group by s.expires_at"
        )  # fmt: skip
        assert row["within"]
        await age(api, "session", "expires_at", timedelta(days=1))
        assert codes_of(await refreshed(api, payload["refreshToken"])) == ["TOKEN_EXPIRED"]

    @pytest.mark.parametrize("token", ["", "x", "mhr_", "mhr_" + "x" * 43, "mhk_" + "x" * 43, "x" * 9000, "mhr_\r\n"])
    async def test_others_are_refused(self, api: Api, token: str) -> None:
        assert set(codes_of(await refreshed(api, token))) <= {"UNAUTHORIZED", "INVALID_PARAMETER"}
        assert codes_of(await refreshed(api, token))

    async def test_access_token_does_not_refresh_and_refresh_token_gives_no_access(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        assert codes_of(await refreshed(api, ann.access)) == ["UNAUTHORIZED"]
        assert await Caller(api, ann.refresh).codes() == ["UNAUTHORIZED"]


class TestSignOut:
    async def test_ends_the_session_at_once(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        assert (await ann.do("signOut"))["errors"] == []
        await asyncio.sleep(0.5)
        assert await ann.codes() == ["UNAUTHORIZED"]
        assert codes_of(await refreshed(api, ann.refresh)) == ["UNAUTHORIZED"]

    async def test_development_token_has_nothing_to_sign_out_of(self, api: Api) -> None:
        assert await Caller(api, api.token()).refusals("signOut") == ["CONFLICT"]


class TestSessions:
    SESSIONS = "{ viewer { sessions { totalCount nodes { id isCurrent userAgent revokedAt } } } }"

    async def test_are_listed_and_one_of_them_is_this(self, api: Api) -> None:
        ann = user("ann")
        one, _ = await settle(api, ann, user("bob"))
        await signed_in(api, ann)
        sessions = (await one.data(self.SESSIONS))["viewer"]["sessions"]
        assert sessions["totalCount"] == 2
        assert [session["isCurrent"] for session in sessions["nodes"]] == [False, True]

    async def test_one_can_be_revoked_from_another(self, api: Api) -> None:
        ann = user("ann")
        (one,) = await settle(api, ann)
        other = await signed_in(api, ann)
        nodes = (await one.data(self.SESSIONS))["viewer"]["sessions"]["nodes"]
        (lost,) = [node["id"] for node in nodes if not node["isCurrent"]]
        payload = await one.do("revokeSession", "session { revokedAt }", sessionId=lost)
        assert payload["session"]["revokedAt"]
        await asyncio.sleep(0.5)
        assert (await other.codes(), await one.codes()) == (["UNAUTHORIZED"], [])

    async def test_those_of_others_do_not_exist(self, api: Api) -> None:
        one, other = await settle(api, user("ann"), user("bob"))
        (node,) = (await other.data(self.SESSIONS))["viewer"]["sessions"]["nodes"]
        refused = await one.do("revokeSession", sessionId=node["id"])
        absent = await one.do("revokeSession", sessionId=global_id("Session", new_id()))
        assert refused == absent
        assert codes_of(refused) == ["NOT_FOUND"]
        assert (await one.data("query ($id: ID!) { node(id: $id) { id } }", id=node["id"]))["node"] is None
        assert await other.codes() == []

    async def test_manager_ends_one_of_a_user_he_manages(self, api: Api) -> None:
        one, other = await settle(api, user("root", Role.ADMIN), user("bob"))
        (node,) = (await other.data(self.SESSIONS))["viewer"]["sessions"]["nodes"]
        assert await one.refusals("revokeSession", sessionId=node["id"]) == []
        await asyncio.sleep(0.5)
        assert await other.codes() == ["UNAUTHORIZED"]


class TestChangePassword:
    NEW = "another good password"

    async def test_holds_from_then_on_and_ends_other_sessions(self, api: Api) -> None:
        ann = user("ann")
        (one,) = await settle(api, ann)
        other = await signed_in(api, ann)
        assert await one.refusals("changePassword", currentPassword=PASSWORD, newPassword=self.NEW) == []
        await asyncio.sleep(0.5)
        assert (await one.codes(), await other.codes()) == ([], ["UNAUTHORIZED"])
        assert codes_of(await try_sign_in(api, "ann@example.com")) == ["UNAUTHORIZED"]
        assert codes_of(await try_sign_in(api, "ann@example.com", self.NEW)) == []

    async def test_needs_the_present_one_and_counts_failures(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        tried = [await ann.refusals("changePassword", currentPassword="x", newPassword=self.NEW) for _ in range(6)]
        assert tried == [["UNAUTHORIZED"]] * 5 + [["RATE_LIMIT_EXCEEDED"]]

    @pytest.mark.parametrize("weak", ["short", "x" * 201, "a" * 12, "ann@example.com", "ababababababab"])
    async def test_weak_one_is_refused(self, api: Api, weak: str) -> None:
        (ann,) = await settle(api, user("ann"))
        payload = await ann.do("changePassword", currentPassword=PASSWORD, newPassword=weak)
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [
            ("INVALID_PARAMETER", ["newPassword"])
        ]

    async def test_is_not_for_who_has_none(self, api: Api) -> None:
        given = {"currentPassword": PASSWORD, "newPassword": self.NEW}
        assert await Caller(api, api.token()).refusals("changePassword", **given) == ["UNAUTHORIZED"]
        assert await nobody(api).refusals("changePassword", **given) == ["UNAUTHORIZED"]
