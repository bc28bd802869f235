"""What is wanted of a deployment changes by revisions; what changes nothing leaves no trace."""

from __future__ import annotations

import asyncio
from typing import Any

from app.identity.rules import Role
from tests.catalog.writing import act, journal, traces
from tests.conftest import Api
from tests.deployments.desired.wanting import EXTERNAL, PROCESS, change, create, created, faults, revisions, served
from tests.kit.rows import deployment, execute, gid, put, select_rows, version

BOUNDS = {"runtime": {"scaling": {"minReplicas": 1, "maxReplicas": 4}}}
ALL = ["updateDeployment", "scaleDeployment", "pauseDeployment", "resumeDeployment", "rollbackDeployment"]
REST: dict[str, dict[str, Any]] = {"scaleDeployment": {"replicas": 2}, "rollbackDeployment": {"toRevision": 1}}


class TestScale:
    async def test_is_a_revision_with_its_reason(self, api: Api) -> None:
        key = await created(api, **BOUNDS)
        scaled = await change(api, "scaleDeployment", key, replicas=3, reason="Black Friday.")
        assert (scaled["generation"], scaled["wantedReplicas"]) == (2, 3)
        told = (await journal(api))[-1]
        assert told["payload"]["message"] == "anvil: 1 → 3 replicas"
        assert (told["kind"], told["payload"]["replicas_to"], told["reason"]) == (
            "deployment.scaled",
            3,
            "Black Friday.",
        )
        assert (told["before"], told["after"]) == ({"replicas": 1}, {"replicas": 3, "revision": 2})
        first, second = await revisions(api)
        assert (second["cause"], second["spec"]["runtime"]["replicas"]) == ("SCALED", 3)
        assert first["spec"]["runtime"]["replicas"] == 1

    async def test_keeps_within_the_bounds(self, api: Api) -> None:
        key = await created(api, **BOUNDS)
        for replicas in (0, 5, -1):
            assert await faults(api, "scaleDeployment", key, replicas=replicas) == [("INVALID_PARAMETER", "replicas")]

    async def test_to_nothing_is_allowed_without_bounds(self, api: Api) -> None:
        assert (await change(api, "scaleDeployment", await created(api), replicas=0))["wantedReplicas"] == 0
        assert len(await revisions(api)) == 2

    async def test_of_two_who_saw_the_same_one_scales(self, api: Api) -> None:
        key = await created(api)
        asked = [faults(api, "scaleDeployment", key, replicas=n, expectedRevision=1) for n in (2, 3)]
        assert sorted(await asyncio.gather(*asked)) == [[], [("CONFLICT", "expectedRevision")]]


class TestPause:
    async def test_keeps_the_replicas_for_later(self, api: Api) -> None:
        key = await created(api)
        paused = await change(api, "pauseDeployment", key, reason="Night.")
        assert (paused["isPaused"], paused["wantedReplicas"], paused["generation"]) == (True, 1, 2)
        await change(api, "scaleDeployment", key, replicas=2)
        resumed = await change(api, "resumeDeployment", key)
        assert (resumed["isPaused"], resumed["wantedReplicas"], resumed["generation"]) == (False, 2, 4)
        assert [row["cause"] for row in await revisions(api)] == ["CREATED", "PAUSED", "SCALED", "RESUMED"]
        assert [told["kind"].partition(".")[2] for told in await journal(api)] == [
            "created", "paused", "scaled", "resumed",
        ]  # fmt: skip


class TestUpdate:
    async def test_changes_what_is_named_only(self, api: Api) -> None:
        key = await created(api, parameters={"temperature": 0.5, "topP": 0.9})
        patch = {"parameters": {"temperature": 0.2, "topP": None}, "networking": {"retries": 2}}
        await change(api, "updateDeployment", key, configuration=patch)
        spec = (await revisions(api))[-1]["spec"]
        assert (spec["parameters"], spec["networking"]) == ({"temperature": 0.2}, {"retries": 2})
        told = (await journal(api))[-1]
        assert told["before"] == {"parameters.temperature": 0.5, "parameters.topP": 0.9, "networking.retries": None}
        assert told["after"] == {
            "parameters.temperature": 0.2, "parameters.topP": None, "networking.retries": 2, "revision": 2,
        }  # fmt: skip
        message = "anvil changed: networking.retries, parameters.temperature, parameters.topP"
        assert told["payload"]["message"] == message

    async def test_takes_whole_objects_away(self, api: Api) -> None:
        key = await created(api, parameters={"topK": 3}, runtime={"replicas": 2})
        updated = await change(api, "updateDeployment", key, configuration={"parameters": None, "runtime": None})
        assert updated["wantedReplicas"] == 1
        assert "parameters" not in (await revisions(api))[-1]["spec"]

    async def test_is_checked_as_a_whole(self, api: Api) -> None:
        key = await created(api, runtime={"replicas": 3})
        patch = {"runtime": {"scaling": {"maxReplicas": 2}}, "process": {"template": "nothing"}}
        assert sorted(await faults(api, "updateDeployment", key, configuration=patch)) == [
            ("INVALID_PARAMETER", "configuration.process.template"),
            ("INVALID_PARAMETER", "configuration.runtime.replicas"),
        ]

    async def test_to_another_version(self, api: Api) -> None:
        one = await served(api)
        good, bad = version(one, "v2"), version(one, "v0", status="DEPRECATED")
        await put(api.database, good, bad)
        key = await create(api, one)
        assert await faults(api, "updateDeployment", key, versionId=gid(bad)) == [("INVALID_PARAMETER", "versionId")]
        await change(api, "updateDeployment", key, versionId=gid(good))
        (row,) = await select_rows(api.database, "select model_version_id, spec from deployment")
        assert (row["model_version_id"], row["spec"]["modelVersionId"]) == (good.id, str(good.id))
        await change(api, "updateDeployment", key, versionId=None)
        assert (await select_rows(api.database, "select model_version_id from deployment"))[0][
            "model_version_id"
        ] is None

    async def test_of_an_address_is_for_those_who_decide_about_addresses(self, api: Api) -> None:
        key = await create(api, await served(api), runtime="EXTERNAL", configuration=EXTERNAL)
        asked = "mutation($input: UpdateDeploymentInput!) { updateDeployment(input: $input) { errors { code } } }"
        other = {"external": {"baseUrl": "https://elsewhere.example/v1"}}
        given: dict[str, Any] = {"deploymentId": key, "configuration": other}
        assert await api.codes(asked, role=Role.MANAGER, input=given) == ["FORBIDDEN"]
        given["configuration"] = {"networking": {"retries": 1}, "external": {"credential": "ACME_KEY"}}
        assert await api.codes(asked, role=Role.MANAGER, input=given) == []
        await change(api, "updateDeployment", key, configuration=other)
        back = "mutation($input: RollbackDeploymentInput!) { rollbackDeployment(input: $input) { errors { code } } }"
        given = {"deploymentId": key, "toRevision": 1}
        assert await api.codes(back, role=Role.MANAGER, input=given) == ["FORBIDDEN"]


class TestRollBack:
    async def test_restores_configuration_and_version_but_not_how_much_runs(self, api: Api) -> None:
        one = await served(api)
        first, second = version(one, "v1"), version(one, "v2")
        await put(api.database, first, second)
        bounds = {"scaling": {"minReplicas": 1, "maxReplicas": 2}}
        configuration = {"process": {"template": "sample"}, "runtime": bounds, "parameters": {"topK": 1}}
        key = await create(api, one, versionId=gid(first), configuration=configuration)
        patch = {"runtime": {"scaling": None}, "parameters": {"topK": 2}}
        await change(api, "updateDeployment", key, versionId=gid(second), configuration=patch)
        await change(api, "scaleDeployment", key, replicas=5)
        await change(api, "pauseDeployment", key)
        back = await change(api, "rollbackDeployment", key, toRevision=1, reason="Wrong answers.")
        assert back == {"id": key, "generation": 5, "phase": "CREATING", "wantedReplicas": 2, "isPaused": True}
        last = (await revisions(api))[-1]
        assert (last["cause"], last["restored"], last["model_version_id"]) == ("ROLLED_BACK", 1, first.id)
        assert (last["spec"]["parameters"], last["spec"]["runtime"]) == ({"topK": 1}, {**bounds, "replicas": 2})
        told = (await journal(api))[-1]
        assert (told["kind"], told["payload"]["message"]) == (
            "deployment.rolledBack", "anvil was rolled back to revision 1",
        )  # fmt: skip

    async def test_goes_to_what_there_was_only(self, api: Api) -> None:
        key = await created(api)
        for number in (0, 2, -1):
            assert await faults(api, "rollbackDeployment", key, toRevision=number) == [("NOT_FOUND", "toRevision")]

    async def test_never_to_a_retired_version(self, api: Api) -> None:
        one = await served(api)
        old = version(one, "v1")
        await put(api.database, old)
        key = await create(api, one, versionId=gid(old))
        await change(api, "updateDeployment", key, versionId=None)
        await execute(api.database, "update model_version set status = 'DEPRECATED'")
        await change(api, "rollbackDeployment", key, toRevision=1)
        await change(api, "updateDeployment", key, versionId=None)
        await execute(api.database, "update model_version set status = 'RETIRED'")
        assert await faults(api, "rollbackDeployment", key, toRevision=1) == [("CONFLICT", "toRevision")]


class TestDelete:
    async def test_leaves_lists_and_stays_known(self, api: Api) -> None:
        key = await created(api)
        await change(api, "deleteDeployment", key, reason="Done.")
        before = await traces(api)
        await change(api, "deleteDeployment", key)
        assert await traces(api) == before
        asked = """query($id: ID!) { deployment(id: $id) { name deletedAt } deployments { totalCount nodes { name } }
            models { nodes { deployments { totalCount nodes { name } } } } }"""
        found = await api.data(asked, id=key)
        assert found["deployment"]["name"] == "anvil"
        assert found["deployment"]["deletedAt"]
        nothing = {"totalCount": 0, "nodes": []}
        assert found["deployments"] == nothing
        assert found["models"]["nodes"] == [{"deployments": nothing}]
        told = (await journal(api))[-1]
        assert (told["kind"], told["payload"]["message"]) == ("deployment.deleted", "anvil was deleted from staging")

    async def test_is_the_end(self, api: Api) -> None:
        key = await created(api)
        await change(api, "deleteDeployment", key)
        for name in ALL:
            assert await faults(api, name, key, **REST.get(name, {})) == [("CONFLICT", "deploymentId")], name


class TestMore:
    """Of a model that may not be deployed any more."""

    async def test_is_refused_and_less_is_not(self, api: Api) -> None:
        one = await served(api)
        key = await create(api, one, configuration={**PROCESS, "runtime": {"replicas": 2}})
        paused = await create(api, one, "paused")
        await change(api, "pauseDeployment", paused)
        await execute(api.database, "update model set status = 'DEPRECATED'")
        before = await traces(api)
        more = {"configuration": {"runtime": {"replicas": 3}}}
        for name, one, given in (
            ("scaleDeployment", key, {"replicas": 3}),
            ("updateDeployment", key, more),
            ("updateDeployment", key, {**more, "versionId": None}),
            ("resumeDeployment", paused, {}),
        ):
            assert await faults(api, name, one, **given) == [("CONFLICT", "deploymentId")], name
        assert await traces(api) == before
        await change(api, "resumeDeployment", key)
        await change(api, "updateDeployment", key, configuration={"parameters": {"topK": 2}})
        await change(api, "scaleDeployment", key, replicas=1)

    async def test_or_version_is_refused(self, api: Api) -> None:
        one = await served(api)
        old = version(one, "v1")
        await put(api.database, old)
        key = await create(api, one, versionId=gid(old))
        await execute(api.database, "update model_version set status = 'MAINTENANCE'")
        assert await faults(api, "scaleDeployment", key, replicas=2) == [("CONFLICT", "deploymentId")]


class TestEach:
    async def test_leaves_recorded_deployments_alone(self, api: Api) -> None:
        seen = deployment(await served(api), "seen")
        await put(api.database, seen)
        for name in (*ALL, "deleteDeployment"):
            assert await faults(api, name, gid(seen), **REST.get(name, {})) == [("CONFLICT", "deploymentId")], name

    async def test_knows_no_deployment_above_the_clearance(self, api: Api) -> None:
        key = await created(api)
        await execute(api.database, "update model set security_level = 'CONFIDENTIAL'")
        for name in (*ALL, "deleteDeployment"):
            made = await act(api, name, role=Role.MANAGER, deploymentId=key, **REST.get(name, {}))
            assert [error["code"] for error in made["errors"]] == ["DEPLOYMENT_NOT_FOUND"], name

    async def test_what_is_wanted_already_leaves_no_trace(self, api: Api) -> None:
        key = await created(api)
        before = await traces(api)
        for name, given in (
            ("scaleDeployment", {"replicas": 1}),
            ("resumeDeployment", {}),
            ("rollbackDeployment", {"toRevision": 1}),
            ("updateDeployment", {"configuration": {"process": {"template": "sample"}, "parameters": None}}),
            ("updateDeployment", {"versionId": None}),
        ):
            assert (await change(api, name, key, **given))["generation"] == 1, name
        assert await traces(api) == before
