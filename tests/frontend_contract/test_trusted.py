"""The server takes the manifest as trusted documents, over HTTP and WebSocket, where it takes nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.identity.rules import Role
from app.settings import FreeDocuments, Settings
from tests.conftest import Api, answering
from tests.frontend_contract.contract import MANIFEST, ROOT, operations
from tests.live.listening import heard, listening, served


@pytest.fixture
async def strict(settings: Settings, tmp_path: Path) -> AsyncIterator[Api]:
    """A server that takes trusted documents only: those of the contract and of its releases."""
    folder = tmp_path / "documents"
    folder.mkdir()
    shutil.copy(MANIFEST, folder)
    for released in (ROOT / "released").glob("*/persisted-operations.json"):
        shutil.copy(released, folder / f"{released.parent.name}.json")
    changes = {"free_documents": FreeDocuments.NOBODY, "documents": folder}
    async with answering(settings.model_copy(update=changes)) as api:
        yield api


async def test_is_answered_over_http(strict: Api) -> None:
    headers = {"authorization": f"Bearer {strict.token(Role.VIEWER)}"}
    for one in operations().values():
        body = {"documentId": one.id, "variables": {}}
        answer = (await strict.client.post("/graphql", json=body, headers=headers)).json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert not codes & {"PERSISTED_QUERY_NOT_FOUND", "QUERY_TOO_COMPLEX"}, one.name
    viewer = {"documentId": operations()["Viewer"].id}
    assert (await strict.client.post("/graphql", json=viewer, headers=headers)).json()["data"]["viewer"]
    refused = await strict.client.post("/graphql", json={"query": "{ viewer { name } }"}, headers=headers)
    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_is_answered_over_websocket(strict: Api) -> None:
    one = operations()["OverviewChanged"]
    async with served(strict) as address, listening(address, strict.token(), one.text) as talk:
        assert (await heard(talk))["dashboard"]
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": one.id}}
        await talk.subscribe("", "2", extensions=persisted)
        message = json.loads(await talk.connection.recv())
        assert (message["id"], message["type"]) == ("2", "next")
        assert message["payload"]["data"]["dashboardChanged"]["dashboard"]
