"""Deployments as tests want them."""

from __future__ import annotations

from typing import Any

from app.catalog.tables import Model
from tests.catalog.writing import act, refused
from tests.conftest import Api
from tests.kit.rows import gid, model, provider, put, select_rows

SHOWN = "deployment { id generation phase wantedReplicas isPaused }"
PROCESS = {"process": {"template": "sample"}}
EXTERNAL = {"external": {"baseUrl": "https://models.example.com/v1", "credential": "ACME_KEY"}}


async def served(api: Api, **columns: Any) -> Model:
    """A model in the database that may be deployed."""
    acme = provider()
    made = model(acme, "anvil", **columns)
    await put(api.database, acme, made)
    return made


def wish(of: Model, name: str = "anvil", **given: Any) -> dict[str, Any]:
    """The input of `createDeployment`."""
    return {"name": name, "modelId": gid(of), "environment": "STAGING", "configuration": PROCESS, **given}


async def create(api: Api, of: Model, name: str = "anvil", **given: Any) -> str:
    """The id of a new deployment."""
    made = await act(api, "createDeployment", SHOWN, **wish(of, name, **given))
    assert made["errors"] == []
    return made["deployment"]["id"]


async def created(api: Api, **configuration: Any) -> str:
    """The id of a new deployment of a new model."""
    return await create(api, await served(api), configuration={**PROCESS, **configuration})


async def change(api: Api, name: str, key: str, **given: Any) -> dict[str, Any]:
    """The deployment after a mutation that is taken."""
    made = await act(api, name, SHOWN, deploymentId=key, **given)
    assert made["errors"] == []
    return made["deployment"]


async def faults(api: Api, name: str, key: str, **given: Any) -> list[tuple[str, str]]:
    """The codes and paths of what is wrong with a mutation of a deployment."""
    return await refused(api, name, deploymentId=key, **given)


async def revisions(api: Api) -> list[dict[str, Any]]:
    """All revisions, by number."""
    return await select_rows(api.database, "select * from deployment_revision order by deployment_id, number")
