"""What is deployed cannot be retired; what is only recorded can."""

from __future__ import annotations

import pytest

from app.catalog.registry.commands import Transition
from app.catalog.tables import Model
from app.catalog.vocabulary import ModelStatus
from app.deployments.errors import StillDeployed
from app.deployments.retiring.service import transition_model
from app.kit.access import Actor, Clearance, Permission
from app.kit.journal import Writer
from tests.catalog.writing import act, refused
from tests.conftest import Api
from tests.deployments.desired.wanting import create, served
from tests.kit.rows import deployment, execute, gid, put, team, version

STRANGER = Actor(id="x", name="X", permissions=frozenset(Permission), clearance=Clearance.CONFIDENTIAL)


async def retire(api: Api, one: Model) -> list[str]:
    """What speaks against retiring a model."""
    made = await act(api, "transitionModel", modelId=gid(one), to="RETIRED")
    return [f"{error['code']} {error['message']}" for error in made["errors"]]


async def test_model_that_is_deployed_is_not_retired(api: Api) -> None:
    one = await served(api, status="EXPERIMENTAL")
    crew = team("crew")
    await put(api.database, deployment(one, "seen"), crew)
    key = await create(api, one, teamId=gid(crew))
    message = "CONFLICT Deployments serve it: {}. They must be deleted first."
    assert await retire(api, one) == [message.format("`anvil`")]
    with pytest.raises(StillDeployed, match="some that you may not see"):
        await Writer(api.database).write(
            STRANGER, transition_model, Transition(model_id=one.id, columns={}, to=ModelStatus.RETIRED)
        )
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
