"""What is deployed cannot be retired; what is only recorded can."""

from __future__ import annotations

from app.catalog.tables import Model
from app.identity.rules import Role
from tests.catalog.writing import act, refused
from tests.conftest import Api
from tests.deployments.desired.wanting import create, served
from tests.kit.rows import deployment, execute, gid, put, team, version


async def retire(api: Api, one: Model, role: Role = Role.ADMIN) -> list[str]:
    """What speaks against retiring a model."""
    made = await act(api, "transitionModel", role=role, modelId=gid(one), to="RETIRED")
    return [f"{error['code']} {error['message']}" for error in made["errors"]]


async def test_model_that_is_deployed_is_not_retired(api: Api) -> None:
    one = await served(api, status="EXPERIMENTAL")
    crew = team("crew")
    await put(api.database, deployment(one, "seen"), crew)
    key = await create(api, one, teamId=gid(crew))
    message = "CONFLICT Deployments serve it: {}. They must be deleted first."
    assert await retire(api, one) == [message.format("`anvil`")]
    assert await retire(api, one, Role.MANAGER) == [message.format("some that you may not see")]
    await act(api, "deleteDeployment", deploymentId=key)
    assert await retire(api, one) == []


async def test_version_that_is_deployed_is_not_retired(api: Api) -> None:
    one = await served(api)
    first = version(one, "v1", status="EXPERIMENTAL")
    await put(api.database, first)
    key = await create(api, one, versionId=gid(first))
    given = {"modelVersionId": gid(first), "to": "RETIRED"}
    assert await refused(api, "transitionModelVersion", **given) == [("CONFLICT", "to")]
    await execute(api.database, "update deployment set model_version_id = null")
    assert await refused(api, "transitionModelVersion", **given) == []
    assert key
