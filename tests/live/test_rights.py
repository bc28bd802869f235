"""Whoever loses a right hears no more of what it was for, from the moment at which the change was answered."""

from __future__ import annotations

import asyncio
import json

from app.identity.rules import Role
from app.settings import Settings
from tests.conftest import Api, answering
from tests.identity.people import settle, user
from tests.identity.test_rights import uid
from tests.kit.rows import select_rows
from tests.live.listening import happen, heard, listening, served, silent
from tests.live.test_streams import position


async def head_of(api: Api) -> int:
    """The position of the last event."""
    (row,) = await select_rows(api.database, "select head from event_stream")
    return row["head"]


async def test_another_role_is_another_scope_at_once(api: Api, settings: Settings) -> None:
    """He listens on one process, and the change is made on another."""
    root, dev = await settle(api, user("root", Role.ADMIN), who := user("dev", Role.DEVELOPER))
    async with answering(settings) as other, served(other) as address, listening(address, dev.access) as talk:
        for number in range(5):
            role = (Role.VIEWER, Role.DEVELOPER)[number % 2]
            before = asyncio.create_task(happen(api.database, 1, 2, 3, level="RESTRICTED"))
            payload = await root.do("setRole", principalId=uid(who), role=role.value)
            assert payload["errors"] == []
            await before
            head = await head_of(api)
            await happen(api.database, 1, level="RESTRICTED")
            await happen(api.database, 1, level="PUBLIC")
            told = []
            while not told or told[-1] < head + 2:
                told.append(position((await heard(talk))["cursor"]))
            assert (head + 1 in told) == (role is Role.DEVELOPER), (role, told, head)
            assert told == sorted(set(told))


async def test_who_may_no_longer_listen_is_told(api: Api) -> None:
    root, boss = await settle(api, user("root", Role.ADMIN), who := user("boss", Role.ADMIN))
    query = "subscription { auditEventRecorded { cursor auditEvent { action outcome } } }"
    async with served(api) as address, listening(address, boss.access, query) as talk:
        await happen(api.database, 1)
        await boss.data("{ viewer { name } }")
        assert (await root.do("setRole", principalId=uid(who), role="VIEWER"))["errors"] == []
        message = json.loads(await asyncio.wait_for(talk.connection.recv(), 5))
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_who_is_disabled_is_let_go(api: Api) -> None:
    root, dev = await settle(api, user("root", Role.ADMIN), who := user("dev", Role.DEVELOPER))
    async with served(api) as address, listening(address, dev.access) as talk:
        assert (await root.do("disableUser", principalId=uid(who)))["errors"] == []
        await happen(api.database, 1)
        assert (await talk.closed())[0] == 4403


async def test_what_is_denied_is_heard_by_auditors(api: Api) -> None:
    query = "subscription { auditEventRecorded { auditEvent { action outcome reason actorName } } }"
    async with served(api) as address, listening(address, api.token(), query) as talk:
        refused = 'mutation { registerModel(input: {slug: "a/b", name: "b", modelType: TEXT}) { errors { code } } }'
        assert await api.codes(refused, role=Role.VIEWER) == ["FORBIDDEN"]
        assert (await heard(talk))["auditEvent"] == {
            "action": "registerModel",
            "outcome": "DENIED",
            "reason": "FORBIDDEN",
            "actorName": "development:viewer",
        }
        assert await silent(talk)
