"""What replicas wrote, through the API: who may see the deployment sees the end of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.deployments.tables import DeploymentReplica
from tests.conftest import Api
from tests.deployments.desired.wanting import created
from tests.kit.rows import put, select_rows

LOGS = """query($id: ID!, $replica: Int, $lines: Int! = 100) {
    deployment(id: $id) { logs(replica: $replica, lines: $lines) { slot lines } } }"""


@pytest.fixture
async def key(api: Api) -> str:
    """A deployment with two replicas, the first of which wrote something."""
    made = await created(api)
    (row,) = await select_rows(api.database, "select id from deployment")
    texts = {0: "one\ntwo\nthree", 1: None}
    await put(
        api.database,
        *(
            DeploymentReplica(deployment_id=row["id"], slot=slot, revision=1, state="READY", log=log)
            for slot, log in texts.items()
        ),
    )
    return made


class TestLogs:
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ({}, [(0, ["one", "two", "three"]), (1, [])]),
            ({"lines": 2}, [(0, ["two", "three"]), (1, [])]),
            ({"replica": 0, "lines": 1}, [(0, ["three"])]),
            ({"replica": 7}, []),
        ],
    )
    async def test_the_last_lines_of_those_that_are_asked_for(
        self, api: Api, key: str, given: dict[str, int], shown: list[tuple[int, list[str]]]
    ) -> None:
        variables: dict[str, Any] = {"id": key, **given}
        answer = await api.data(LOGS, **variables)
        assert [(each["slot"], each["lines"]) for each in answer["deployment"]["logs"]] == shown

    @pytest.mark.parametrize("lines", [0, 201])
    async def test_more_lines_than_there_are_kept_are_refused(self, api: Api, key: str, lines: int) -> None:
        assert await api.codes(LOGS, id=key, lines=lines) == ["INVALID_PARAMETER"]
