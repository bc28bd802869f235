"""Mutations of versions through the API: what they write, what they tell, what they refuse."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.catalog.rules import NEXT
from app.catalog.tables import ModelAlias
from app.catalog.vocabulary import ModelStatus
from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from tests.catalog.writing import act, journal, one_model, refused, traces
from tests.conftest import Api
from tests.kit.rows import execute, gid, put, select_rows, version


class TestRegister:
    async def test_gives_a_model_a_version_on_trial(self, api: Api) -> None:
        made = await one_model(api)
        shown = "modelVersion { label description configuration status revision activatedAt }"
        said: dict[str, Any] = {"label": " v1 ", "description": "First.", "configuration": {"quantization": "int8"}}
        payload = await act(api, "registerModelVersion", shown, modelId=gid(made), expectedRevision=1, **said)
        assert payload["modelVersion"] == {
            "label": "v1",
            "description": "First.",
            "configuration": {"quantization": "int8"},
            "status": "EXPERIMENTAL",
            "revision": 1,
            "activatedAt": None,
        }
        (told,) = await journal(api)
        assert (told["kind"], told["resource_type"]) == ("model_version.registered", "ModelVersion")
        assert told["after"] == {**said, "label": "v1"}
        assert told["payload"]["model_id"] == str(made.id)
        assert (await select_rows(api.database, "select revision from model")) == [{"revision": 2}]

    async def test_refuses_what_cannot_be(self, api: Api) -> None:
        made = await one_model(api)
        for given, path in [
            ({"label": " "}, "label"),
            ({"label": "x" * 101}, "label"),
            ({"label": "a", "configuration": [1]}, "configuration"),
            ({"label": "a", "description": ""}, "description"),
        ]:
            faults = await refused(api, "registerModelVersion", modelId=gid(made), **given)
            assert faults == [("INVALID_PARAMETER", path)]
        assert await traces(api) == 0

    async def test_of_one_label_makes_one_of_ten(self, api: Api) -> None:
        made = await one_model(api)
        given: dict[str, Any] = {"modelId": gid(made), "label": "v1"}
        faults = await asyncio.gather(*(refused(api, "registerModelVersion", **given) for _ in range(10)))
        assert sorted(faults) == [[], *[[("CONFLICT", "label")]] * 9]
        assert (await select_rows(api.database, "select revision from model")) == [{"revision": 2}]


class TestUpdate:
    async def test_changes_a_version_that_was_never_active(self, api: Api) -> None:
        made = await one_model(api)
        trial = version(made, "v1", status="EXPERIMENTAL", description="Old.")
        await put(api.database, trial)
        shown = "modelVersion { label description configuration revision }"
        said: dict[str, Any] = {"label": "v1.1", "description": None, "configuration": {"a": 1}}
        payload = await act(api, "updateModelVersion", shown, modelVersionId=gid(trial), **said)
        assert payload["modelVersion"] == {**said, "revision": 2}
        (told,) = await journal(api)
        assert told["before"] == {"label": "v1", "description": "Old.", "configuration": {}}
        assert told["after"] == said
        assert await refused(api, "updateModelVersion", modelVersionId=gid(trial), **said) == []
        assert await traces(api) == 2

    async def test_refuses_what_cannot_be(self, api: Api) -> None:
        made = await one_model(api)
        trial, used = version(made, "v1", status="EXPERIMENTAL"), version(made, "v2")
        await put(api.database, trial, used)
        await execute(api.database, "update model_version set activated_at = now() where label = 'v2'")
        for key, given, fault in [
            (gid(trial), {"label": None}, ("INVALID_PARAMETER", "label")),
            (gid(trial), {"label": "v2"}, ("CONFLICT", "label")),
            (gid(trial), {"label": "v3", "expectedRevision": 2}, ("CONFLICT", "expectedRevision")),
            (gid(used), {"label": "v3"}, ("CONFLICT", "")),
            (global_id("ModelVersion", new_id()), {"label": "v3"}, ("NOT_FOUND", "modelVersionId")),
            (gid(made), {"label": "v3"}, ("INVALID_PARAMETER", "modelVersionId")),
        ]:
            assert await refused(api, "updateModelVersion", modelVersionId=key, **given) == [fault]
        assert await traces(api) == 0

    async def test_of_two_with_one_revision_writes_one(self, api: Api) -> None:
        made = await one_model(api)
        trial = version(made, "v1", status="EXPERIMENTAL")
        await put(api.database, trial)
        given: dict[str, Any] = {"modelVersionId": gid(trial), "expectedRevision": 1}
        faults = await asyncio.gather(*(refused(api, "updateModelVersion", **given, description=x) for x in "ab"))
        assert sorted(faults) == [[], [("CONFLICT", "expectedRevision")]]


class TestTransition:
    @pytest.mark.parametrize("status", list(ModelStatus))
    async def test_goes_where_the_table_says_and_nowhere_else(self, api: Api, status: ModelStatus) -> None:
        made = await one_model(api)
        trial = version(made, "v1", status=status)
        await put(api.database, trial)
        for to in ModelStatus:
            faults = await refused(api, "transitionModelVersion", modelVersionId=gid(trial), to=to)
            assert faults == ([] if to in NEXT[status] else [("CONFLICT", "to")])
            await execute(api.database, f"update model_version set status = '{status}'")

    async def test_activates_once(self, api: Api) -> None:
        made = await one_model(api)
        trial = version(made, "v1", status="EXPERIMENTAL")
        await put(api.database, trial)
        shown = "modelVersion { status activatedAt revision transitions { totalCount nodes { fromStatus toStatus } } }"
        first = (await act(api, "transitionModelVersion", shown, modelVersionId=gid(trial), to="ACTIVE"))[
            "modelVersion"
        ]
        assert first["activatedAt"] is not None
        assert first["transitions"]["nodes"] == [{"fromStatus": "EXPERIMENTAL", "toStatus": "ACTIVE"}]
        await act(api, "transitionModelVersion", modelVersionId=gid(trial), to="MAINTENANCE")
        again = (await act(api, "transitionModelVersion", shown, modelVersionId=gid(trial), to="ACTIVE"))[
            "modelVersion"
        ]
        assert (again["activatedAt"], again["revision"]) == (first["activatedAt"], 4)
        assert again["transitions"]["totalCount"] == 3
        asked = "query($id: ID!) { model(by: {id: $id}) { revision transitions { totalCount } } }"
        found = await api.data(asked, id=gid(made))
        assert found == {"model": {"revision": 4, "transitions": {"totalCount": 0}}}
        told = (await journal(api))[0]
        assert (told["kind"], told["before"], told["after"]) == (
            "model_version.transitioned",
            {"status": "EXPERIMENTAL"},
            {"status": "ACTIVE"},
        )

    async def test_does_not_retire_what_an_alias_points_to(self, api: Api) -> None:
        made = await one_model(api)
        old = version(made, "v1", status="DEPRECATED")
        await put(api.database, old, ModelAlias(id=new_id(), model_id=made.id, name="prod", model_version_id=old.id))
        payload = await act(api, "transitionModelVersion", modelVersionId=gid(old), to="RETIRED")
        (error,) = payload["errors"]
        assert (error["code"], error["path"], error["details"]) == ("CONFLICT", ["to"], {"aliases": ["prod"]})
        assert await select_rows(api.database, "select 1 from lifecycle_transition") == []

    async def test_of_a_model_one_may_not_see_does_not_exist(self, api: Api) -> None:
        made = await one_model(api, security_level="CONFIDENTIAL")
        trial = version(made, "v1", status="EXPERIMENTAL")
        await put(api.database, trial)
        payload = await act(api, "transitionModelVersion", role=Role.MANAGER, modelVersionId=gid(trial), to="ACTIVE")
        assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
