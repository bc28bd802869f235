"""Two acts at once of somebody upon himself: both shared his lock, and each wants it alone."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.service import get_principal, principal_of
from app.identity.tables import Principal
from app.kit.access import Actor
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.journal import Origin, Writer
from tests.conftest import Api
from tests.identity.people import PASSWORD, settle, user
from tests.kit.rows import select_rows


async def rename(session: AsyncSession, actor: Actor, both: asyncio.Barrier, name: str) -> Principal:
    """An act upon oneself that begins when the other has begun too."""
    await both.wait()
    principal = await get_principal(session, actor, principal_of(actor) or new_id())
    principal.name = name
    return principal


class TestUponOneself:
    async def test_one_is_done_and_the_other_is_told_to_try_again(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        authentication = api.app.state.hub.authentication
        actor = await authentication.actor_of(ann.access)
        writer, both = Writer(api.database, Origin(), confirm=authentication.confirm), asyncio.Barrier(2)
        acts = (writer.write(actor, rename, both, name) for name in ("one", "two"))
        done = await asyncio.wait_for(asyncio.gather(*acts, return_exceptions=True), 10)
        (refused,) = [each for each in done if isinstance(each, BaseException)]
        assert isinstance(refused, Conflict)
        assert refused.message.endswith("try again.")
        (row,) = await select_rows(api.database, "select name from principal")
        assert [row["name"]] == [each.name for each in done if isinstance(each, Principal)]

    async def test_in_one_burst_nothing_is_half_done_and_nothing_is_an_incident(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        keys = (ann.refusals("createApiKey", name=f"{n}", scopes=["models:read"]) for n in range(3))
        change = ann.refusals("changePassword", currentPassword=PASSWORD, newPassword="another good password")
        *made, changed = await asyncio.gather(*keys, change)
        assert {code for codes in (*made, changed) for code in codes} <= {"CONFLICT"}
        (row,) = await select_rows(
            api.database,
            "select (select count(*) from api_key) as keys, "
            "(select count(*) from audit_event where action = 'api_key.created') as told",
        )
        assert row["keys"] == row["told"] == made.count([])
        assert made.count([]) + [changed].count([]) > 0
