"""Lists of people, accounts and keys with all that hangs on them: as many statements for many as for two."""

from __future__ import annotations

from typing import Any

from app.identity.rules import Role
from app.identity.tables import ApiKey
from app.kit.ids import new_id
from tests.conftest import Api
from tests.identity.people import member, service_account, user
from tests.kit.rows import put, team

USERS = """{ users(first: 12) { totalCount nodes {
    name teams { slug members(first: 2) { totalCount nodes { name teams { slug } } } } } } }"""
ACCOUNTS = """{ serviceAccounts(first: 12) { nodes { name teams { slug } owner { email teams { slug } }
    apiKeys(first: 2) { totalCount nodes { name principal { name teams { slug } } replaces { id } } } } } }"""


async def add(api: Api, count: int) -> None:
    """Users in a team each, with a service account each that has two keys."""
    for _ in range(count):
        crew, ann = team(new_id().hex), user(new_id().hex, Role.MANAGER)
        robot = service_account("robot", ann)
        keys = [
            ApiKey(id=new_id(), principal_id=robot.id, name="ci", prefix="mhk_x", digest=new_id().bytes)
            for _ in range(2)
        ]
        keys[1].replaces_id = keys[0].id
        await put(api.database, crew, ann, robot, *keys, member(crew, ann), member(crew, robot))


class TestStatements:
    async def test_are_as_many_for_many_as_for_two(self, api: Api) -> None:
        counted: list[list[int]] = []
        for more in (2, 10):
            await add(api, more)
            people, accounts = await self._ask(api, USERS), await self._ask(api, ACCOUNTS)
            counted.append([people[0], accounts[0]])
            nodes = accounts[1]["serviceAccounts"]["nodes"]
            assert {len(node["apiKeys"]["nodes"]) for node in nodes} == {2}
            assert all(node["owner"]["teams"] == node["teams"] for node in nodes)
        assert len(nodes) == 12
        assert counted[0] == counted[1]
        assert sum(counted[0]) <= 14

    async def _ask(self, api: Api, query: str) -> tuple[int, Any]:
        before = api.database.statements
        data = await api.data(query)
        return api.database.statements - before, data
