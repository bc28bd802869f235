"""Deployments are created whole and valid, or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from tests.catalog.writing import act, journal, refused, traces
from tests.conftest import Api
from tests.deployments.desired.wanting import EXTERNAL, SHOWN, create, faults, revisions, served, wish
from tests.kit.rows import deployment, execute, gid, model, provider, put, select_rows, team, version


class TestCreate:
    async def test_waits_for_a_worker_as_revision_one(self, api: Api) -> None:
        made = await act(api, "createDeployment", SHOWN, **wish(await served(api), reason="To try."))
        key = made["deployment"].pop("id")
        assert made["deployment"] == {"generation": 1, "phase": "CREATING", "wantedReplicas": 1, "isPaused": False}
        (row,) = await revisions(api)
        spec = {"process": {"template": "sample"}, "runtime": {"replicas": 1}, "modelVersionId": None, "paused": False}
        assert (row["number"], row["cause"], row["reason"], row["spec"]) == (1, "CREATED", "To try.", spec)
        (told,) = await journal(api)
        assert (told["kind"], told["payload"]["message"]) == ("deployment.created", "anvil was created in staging")
        assert told["after"]["spec"] == spec
        shown = await api.data("query($id: ID!) { deployment(id: $id) { conditions { type status reason } } }", id=key)
        assert shown["deployment"]["conditions"] == [{"type": "Ready", "status": "UNKNOWN", "reason": "Waiting"}]
        (step,) = await select_rows(api.database, "select phase from deployment_transition")
        assert step["phase"] == "CREATING"

    async def test_everything_wrong_is_told_at_once(self, api: Api) -> None:
        one = await served(api, status="DEPRECATED")
        before = await traces(api)
        wrong: dict[str, Any] = {
            "name": "Not-A-Label-",
            "versionId": global_id("ModelVersion", new_id()),
            "teamId": global_id("Team", new_id()),
            "reason": " ",
            "configuration": {
                "process": {"template": "rm -rf"},
                "runtime": {"replicas": 9, "scaling": {"minReplicas": 1, "maxReplicas": 3}, "resources": {"cpu": "2"}},
                "parameters": {"temperature": 2.5},
                "networking": {"port": 80},
            },
        }
        assert sorted(await refused(api, "createDeployment", **wish(one, **wrong))) == [
            ("INVALID_PARAMETER", "configuration.networking.port"),
            ("INVALID_PARAMETER", "configuration.parameters.temperature"),
            ("INVALID_PARAMETER", "configuration.process.template"),
            ("INVALID_PARAMETER", "configuration.runtime.replicas"),
            ("INVALID_PARAMETER", "configuration.runtime.resources.cpu"),
            ("INVALID_PARAMETER", "modelId"),
            ("INVALID_PARAMETER", "name"),
            ("INVALID_PARAMETER", "reason"),
            ("NOT_FOUND", "teamId"),
            ("NOT_FOUND", "versionId"),
        ]
        assert await traces(api) == before

    async def test_only_what_something_here_runs(self, api: Api) -> None:
        one = await served(api)
        for runtime in ("RECORDED", "KUBERNETES"):
            told = await refused(api, "createDeployment", **wish(one, runtime=runtime))
            assert told == [("INVALID_PARAMETER", "runtime")]

    async def test_statuses_decide(self, api: Api) -> None:
        acme = provider()
        await put(api.database, acme)
        for status, of_version, environment, path in [
            ("ACTIVE", "ACTIVE", "PRODUCTION", None),
            ("EXPERIMENTAL", "ACTIVE", "STAGING", None),
            ("EXPERIMENTAL", "ACTIVE", "PRODUCTION", "modelId"),
            ("ACTIVE", "EXPERIMENTAL", "PRODUCTION", "versionId"),
            ("ACTIVE", "RETIRED", "DEVELOPMENT", "versionId"),
            ("MAINTENANCE", "ACTIVE", "DEVELOPMENT", "modelId"),
        ]:
            one = model(acme, f"anvil-{new_id().hex}", status=status)
            first = version(one, "v1", status=of_version)
            await put(api.database, one, first)
            given = wish(one, versionId=gid(first), environment=environment)
            expected = [("INVALID_PARAMETER", path)] if path else []
            assert await refused(api, "createDeployment", **given) == expected, (status, of_version, environment)

    async def test_archived_model_is_a_conflict(self, api: Api) -> None:
        one = await served(api)
        await execute(api.database, "update model set archived_at = now()")
        assert await refused(api, "createDeployment", **wish(one)) == [("CONFLICT", "modelId")]

    async def test_version_of_another_model_is_none(self, api: Api) -> None:
        one = await served(api)
        other = provider("other")
        stranger = model(other, "stranger")
        theirs = version(stranger, "v1")
        await put(api.database, other, stranger, theirs)
        assert await refused(api, "createDeployment", **wish(one, versionId=gid(theirs))) == [
            ("NOT_FOUND", "versionId")
        ]

    async def test_model_above_the_clearance_does_not_exist(self, api: Api) -> None:
        one = await served(api, security_level="CONFIDENTIAL")
        made = await act(api, "createDeployment", role=Role.MANAGER, **wish(one))
        assert [(error["code"], error["path"]) for error in made["errors"]] == [("MODEL_NOT_FOUND", ["modelId"])]

    async def test_same_key_gives_the_same_deployment(self, api: Api) -> None:
        given = wish(await served(api), clientMutationId="one")
        first, again = [await act(api, "createDeployment", SHOWN, **given) for _ in range(2)]
        assert first == again
        assert len(await revisions(api)) == 1


class TestName:
    async def test_is_taken_once_for_a_model_and_an_environment(self, api: Api) -> None:
        one = await served(api)
        await create(api, one)
        assert await refused(api, "createDeployment", **wish(one)) == [("CONFLICT", "name")]
        await create(api, one, environment="PRODUCTION")

    async def test_of_what_usage_showed_is_taken_too(self, api: Api) -> None:
        one = await served(api)
        await put(api.database, deployment(one, "anvil", environment="STAGING"))
        assert await refused(api, "createDeployment", **wish(one)) == [("CONFLICT", "name")]

    async def test_is_free_again_after_the_deletion(self, api: Api) -> None:
        one = await served(api)
        first = await create(api, one)
        await act(api, "deleteDeployment", deploymentId=first)
        assert await create(api, one) != first

    async def test_of_two_at_once_one_gets_it(self, api: Api) -> None:
        one = await served(api)
        made = await asyncio.gather(*(refused(api, "createDeployment", **wish(one)) for _ in range(4)))
        assert sorted(made) == [[], *[[("CONFLICT", "name")]] * 3]


class TestQuota:
    @pytest.fixture
    def most(self) -> str:
        """As the environment of the process says it."""
        return "2"

    @pytest.fixture(autouse=True)
    def _few(self, most: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MODELHUB_DEPLOYMENTS_PER_TEAM", most)

    async def test_holds_for_each_team_and_environment(self, api: Api) -> None:
        one, crew = await served(api), team("crew")
        await put(api.database, crew)
        for name in ("a", "b"):
            await create(api, one, name)
        over: Any = [("DEPLOYMENT_LIMIT_EXCEEDED", "environment")]
        assert await refused(api, "createDeployment", **wish(one, "c")) == over
        await create(api, one, "c", environment="DEVELOPMENT")
        await create(api, one, "c", teamId=gid(crew))
        limits: dict[str, Any] = {"teamId": gid(crew), "environment": "STAGING"}
        shown = "team { deploymentLimits { environment limit used } }"
        told = await act(api, "setDeploymentLimit", shown, **limits, limit=1, reason="Small.")
        assert told["team"]["deploymentLimits"] == [
            {"environment": "DEVELOPMENT", "limit": 2, "used": 0},
            {"environment": "STAGING", "limit": 1, "used": 1},
            {"environment": "PRODUCTION", "limit": 2, "used": 0},
        ]
        before = await traces(api)
        await act(api, "setDeploymentLimit", **limits, limit=1)
        assert await refused(api, "createDeployment", **wish(one, "d", teamId=gid(crew))) == over
        assert await traces(api) == before
        await act(api, "setDeploymentLimit", **limits, limit=None)
        await create(api, one, "d", teamId=gid(crew))
        last = [row for row in await journal(api) if row["kind"] == "team.deploymentLimitSet"][-1]
        assert (last["before"]["limit"], last["after"]["limit"]) == (1, None)

    async def test_of_several_at_once_as_many_get_in_as_may(self, api: Api) -> None:
        acme = provider()
        models = [model(acme, f"m{n}") for n in range(5)]  # of one model they would wait for each other anyway
        await put(api.database, acme, *models)
        await create(api, models[0])
        made = await asyncio.gather(*(refused(api, "createDeployment", **wish(one)) for one in models[1:]))
        assert sorted(made) == [[], *[[("DEPLOYMENT_LIMIT_EXCEEDED", "environment")]] * 3]


class TestExternal:
    async def test_is_for_those_who_decide_about_addresses(self, api: Api) -> None:
        one = await served(api)
        given = wish(one, runtime="EXTERNAL", configuration=EXTERNAL)
        asked = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input) { errors { code } } }"
        assert await api.codes(asked, role=Role.MANAGER, input=given) == ["FORBIDDEN"]
        key = await create(api, one, runtime="EXTERNAL", configuration=EXTERNAL)
        assert await faults(api, "scaleDeployment", key, replicas=2) == [("INVALID_PARAMETER", "replicas")]

    async def test_takes_only_what_it_holds_to(self, api: Api) -> None:
        one = await served(api)
        wrong = {"process": {"template": "sample"}, "networking": {"port": 8080}, "runtime": {"replicas": 2}}
        told = await refused(api, "createDeployment", **wish(one, runtime="EXTERNAL", configuration=wrong))
        assert sorted(told) == [
            ("INVALID_PARAMETER", "configuration.networking.port"),
            ("INVALID_PARAMETER", "configuration.process.template"),
            ("INVALID_PARAMETER", "configuration.runtime.replicas"),
            ("MISSING_REQUIRED_FIELD", "configuration.external.baseUrl"),
        ]
