"""Everything that credentials are given for is on record, and so is what is refused, however much of it there is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.identity.refusals import tell_of_refusals
from app.kit.access import SYSTEM
from app.kit.clock import utc_now
from app.kit.journal import Writer
from app.settings import Settings
from app.worker import jobs_of
from tests.conftest import Api
from tests.identity.people import Caller, refreshed, service_account, settle, try_sign_in, user
from tests.identity.test_rights import accepted, uid
from tests.kit.rows import execute, put, select_rows


async def told(api: Api, *, later: timedelta = timedelta(minutes=1)) -> list[dict[str, Any]]:
    """What is on record of refusals once their minute is over."""
    await Writer(api.database).write(SYSTEM, tell_of_refusals, utc_now() + later)
    return await select_rows(
        api.database,
        "select action, reason, resource_id, ip, outcome, actor_id, after from audit_event "
        "where after ? 'attempts' order by action, after ->> 'counted_for'",
    )


@pytest.fixture(autouse=True)
def stopped_clock(api: Api) -> None:
    """All attempts of a test are of one minute, whenever it is run."""
    now = utc_now()
    api.app.state.hub.authentication.clock = lambda: now


class TestFlood:
    async def test_of_sign_ins_is_one_entry_a_minute_with_their_number(self, api: Api) -> None:
        ann = user("ann")
        await put(api.database, ann)
        for _ in range(5):
            await try_sign_in(api, "ann@example.com", "wrong")
        await execute(api.database, "update sign_in_throttle set blocked_until = now() + interval '1 hour'")
        for _ in range(20):
            await try_sign_in(api, "ann@example.com", "wrong")
        (row,) = await told(api)
        assert (row["action"], row["reason"], row["outcome"]) == ("signIn", "RATE_LIMIT_EXCEEDED", "DENIED")
        assert (row["resource_id"], row["ip"], row["actor_id"]) == ("", "127.0.0.1", "nobody")
        assert (row["after"]["attempts"], row["after"]["counted_for"]) == (20, "address")

    async def test_says_whose_account_was_tried(self, api: Api) -> None:
        ann = user("ann")
        await put(api.database, ann)
        for _ in range(7):
            await try_sign_in(api, "ann@example.com", "wrong")
        rows = await told(api)
        assert {(row["resource_id"], row["after"]["counted_for"]) for row in rows} == {(str(ann.id), "visitor")}
        assert sum(row["after"]["attempts"] for row in rows) == 2

    async def test_of_other_refusals_is_one_entry_a_minute_too(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        await ann.do("signOut")
        form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
        for token in ("mhr_" + "x" * 43, "x", ann.refresh):
            await refreshed(api, token)
            await accepted(api, "mhi_" + "x" * 43)
            await api.client.post("/oauth/token", data=form)
        rows = await told(api)
        shown = [(row["action"], row["reason"], row["after"]["attempts"]) for row in rows]
        assert shown == [(name, "UNAUTHORIZED", 3) for name in ("acceptInvitation", "oauthToken", "refreshSession")]

    async def test_is_told_when_the_minute_is_over_and_once(self, api: Api, settings: Settings) -> None:
        await refreshed(api, "x")
        assert await told(api, later=timedelta()) == []
        await execute(api.database, "update refused_attempt set minute = minute - interval '1 minute'")
        (job,) = [job for job in jobs_of(settings, api.database) if job.name == "refusals"]
        await job.run()
        await job.run()
        assert len(await told(api)) == 1
        assert await select_rows(api.database, "select * from refused_attempt") == []

    async def test_attempts_at_once_are_all_counted(self, api: Api) -> None:
        await asyncio.gather(*(refreshed(api, "x") for _ in range(12)))
        assert sum(row["after"]["attempts"] for row in await told(api)) == 12


class TestCredentials:
    async def test_each_that_is_given_is_on_record(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        await refreshed(api, ann.refresh)
        robot = service_account("robot", None)
        await put(api.database, robot)
        wanted = {"principalId": uid(robot), "name": "ci", "scopes": ["models:read", "analytics:read"]}
        made = await Caller(api, api.token()).do("createApiKey", "secret", **wanted)
        form = {"client_id": uid(robot), "client_secret": made["secret"], "scope": "models:read"}
        answer = await api.client.post("/oauth/token", data={"grant_type": "client_credentials", **form})
        assert answer.status_code == 200
        rows = await select_rows(api.database, "select * from audit_event order by id")
        actions = ["user.signed_in", "session.refreshed", "api_key.created", "access_token.granted"]
        assert [row["action"] for row in rows] == actions
        assert rows[1]["actor_name"] == "ann"
        assert rows[1]["after"]["session"] == rows[0]["after"]["session"]
        assert (rows[3]["actor_id"], rows[3]["after"]) == (str(robot.id), {"scopes": ["models:read"]})
        assert made["secret"] not in str(rows)
