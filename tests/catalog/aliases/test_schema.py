"""Moving aliases through the API, and where they pointed at any time."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from app.catalog.tables import Model, ModelVersion
from app.identity.rules import Role
from tests.catalog.registry.test_schema import model_of
from tests.catalog.writing import act, journal, one_model, refused, traces
from tests.conftest import Api
from tests.kit.rows import gid, put, select_rows, version

SHOWN = (
    "model { revision aliases { name isProtected version { label } moves { totalCount nodes { version { label } } } } }"
)


async def with_versions(api: Api) -> tuple[Model, ModelVersion, ModelVersion]:
    made = await one_model(api)
    first, second = version(made, "v1"), version(made, "v2")
    await put(api.database, first, second)
    return made, first, second


def move(of: Model, to: ModelVersion, alias: str = "production", **given: Any) -> dict[str, Any]:
    return {"modelId": gid(of), "alias": alias, "modelVersionId": gid(to), **given}


class TestMove:
    async def test_makes_and_moves_and_keeps_the_history(self, api: Api) -> None:
        made, first, second = await with_versions(api)
        await act(api, "moveModelAlias", **move(made, first))
        payload = await act(api, "moveModelAlias", SHOWN, **move(made, second, reason="Better."))
        moves = {"totalCount": 2, "nodes": [{"version": {"label": "v2"}}, {"version": {"label": "v1"}}]}
        alias = {"name": "production", "isProtected": False, "version": {"label": "v2"}, "moves": moves}
        assert payload["model"] == {"revision": 3, "aliases": [alias]}
        one, two = await journal(api)
        assert one["before"] is None
        assert one["after"] == {"model_version_id": str(first.id), "is_protected": False}
        assert two["before"] == {"model_version_id": str(first.id)}
        assert two["after"] == {"model_version_id": str(second.id)}
        assert (two["kind"], two["reason"], two["payload"]["label_from"]) == ("model_alias.moved", "Better.", "v1")

    async def test_to_where_it_points_changes_nothing(self, api: Api) -> None:
        made, first, _ = await with_versions(api)
        for _again in range(2):
            assert await refused(api, "moveModelAlias", **move(made, first)) == []
        assert await traces(api) == 2
        assert len(await select_rows(api.database, "select 1 from model_alias_move")) == 1

    async def test_refuses_what_cannot_be(self, api: Api) -> None:
        made, first, _ = await with_versions(api)
        other = model_of(made, "hammer")
        gone, foreign = version(made, "gone", status="RETIRED"), version(other, "v1")
        await put(api.database, other, gone, foreign)
        for given, path in [
            (move(made, gone), "modelVersionId"),
            (move(made, foreign), "modelVersionId"),
            (move(made, first, "Production"), "alias"),
            (move(made, first, ""), "alias"),
            (move(made, first, "x" * 101), "alias"),
            (move(made, first, "a\n"), "alias"),
        ]:
            assert await refused(api, "moveModelAlias", **given) == [("INVALID_PARAMETER", path)]
        assert await traces(api) == 0

    async def test_of_a_protected_one_takes_an_approver(self, api: Api) -> None:
        made, first, second = await with_versions(api)
        given = move(made, first, isProtected=True)
        assert (await act(api, "moveModelAlias", role=Role.DEVELOPER, **given))["errors"] == []
        asked = "mutation($input: MoveModelAliasInput!) { moveModelAlias(input: $input) { errors { code } } }"
        for forbidden in (move(made, second), move(made, first, isProtected=False)):
            assert await api.codes(asked, role=Role.DEVELOPER, input=forbidden) == ["FORBIDDEN"]
        assert (await act(api, "moveModelAlias", role=Role.MANAGER, **move(made, second)))["errors"] == []
        assert (await act(api, "moveModelAlias", role=Role.MANAGER, **move(made, second, isProtected=False)))[
            "errors"
        ] == []
        kinds = [row["kind"] for row in await journal(api)]
        assert kinds == ["model_alias.moved", "model_alias.moved", "model_alias.protection_changed"]

    async def test_ten_at_once_leave_one_alias_and_its_history(self, api: Api) -> None:
        made, first, second = await with_versions(api)
        wanted = [move(made, first if n % 2 else second) for n in range(10)]
        assert await asyncio.gather(*(refused(api, "moveModelAlias", **given) for given in wanted)) == [[]] * 10
        (alias,) = await select_rows(api.database, "select * from model_alias")
        moves = await select_rows(api.database, "select * from model_alias_move order by moved_at")
        assert moves[-1]["model_version_id"] == alias["model_version_id"]
        assert moves[-1]["moved_at"] == alias["moved_at"]
        pointed = [row["model_version_id"] for row in moves]
        assert all(one != other for one, other in pairwise(pointed))


class TestAliasAt:
    AT = """query($id: ID!, $name: String!, $at: DateTime!) {
        model(by: {id: $id}) { aliasAt(name: $name, at: $at) { label } } }"""

    @pytest.mark.parametrize("name", ["production", "Nobody"])
    async def test_is_where_it_pointed(self, api: Api, name: str) -> None:
        made, first, second = await with_versions(api)
        for to in (first, second):
            await act(api, "moveModelAlias", **move(made, to))
        moved = await select_rows(api.database, "select moved_at from model_alias_move order by moved_at")
        instants = ["2020-01-01T00:00:00Z", *(row["moved_at"].isoformat() for row in moved), "2199-01-01T00:00:00Z"]
        found = [(await api.data(self.AT, id=gid(made), name=name, at=at))["model"]["aliasAt"] for at in instants]
        known = [None, {"label": "v1"}, {"label": "v2"}, {"label": "v2"}]
        assert found == (known if name == "production" else [None] * 4)
