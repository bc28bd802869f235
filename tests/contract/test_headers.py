"""Ids that would be headers, or lines of a log, of their own: nothing of them gets there."""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from app.settings import LogFormat
from app.telemetry.logs import formatter
from tests.conftest import Api
from tests.contract.acting import document
from tests.contract.examples import EXAMPLES
from tests.contract.test_mutations import ids_in, replaced

EVIL = "Set-Cookie: stolen=1"
UUID = "0190b6f0-0000-7000-8000-000000000000"


def _global(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


IDS = [
    f"x\r\n{EVIL}",
    f"\r\n\r\n{EVIL}",
    f"x\n{EVIL}",
    f"x\u2028{EVIL}",
    _global(f"Model\r\n{EVIL}\r\n:{UUID}"),
    _global(f"Model:{UUID}\r\n{EVIL}"),
]

LOOKUPS = (
    "node(id: $id) { id }",
    "nodes(ids: [$id]) { id }",
    "model(by: {id: $id}) { id }",
    "deployment(id: $id) { id }",
    "experiment(id: $id) { id }",
    "deployments(filter: {model: {eq: $id}}) { totalCount }",
    "users(filter: {teamId: $id}) { totalCount }",
    "dashboard(filter: {models: [$id]}) { summary { totalModels } }",
    'viewer { can(action: "models:read", id: $id) }',
)


def requests(given: str) -> Iterator[dict[str, Any]]:
    """Everything that takes an id, with this one."""
    for lookup in LOOKUPS:
        yield {"query": f"query ($id: ID!) {{ {lookup} }}", "variables": {"id": given}}
    for text in ("model(by: {slug: $s}) { id }", "teams(filter: {slug: $s}) { totalCount }"):
        yield {"query": f"query ($s: String!) {{ {text} }}", "variables": {"s": given}}
    for name, example in EXAMPLES.items():
        found = example().input
        for path, _ in ids_in(found):
            yield {
                "query": document(name, shown=False),
                "variables": {"input": replaced(found, path, given)},
                "operationName": None,
            }


@pytest.mark.parametrize("given", IDS)
async def test_id_gets_into_no_header_and_no_line_of_the_log(
    api: Api, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    caplog.set_level(logging.DEBUG, "modelhub")
    headers = {"authorization": f"Bearer {api.token()}"}
    asked = list(requests(given))
    assert len(asked) > 30
    for body in asked:
        answer = await api.client.post("/graphql", json=body, headers=headers)
        assert answer.status_code == 200, body
        assert "set-cookie" not in answer.headers, body
        assert EVIL not in str(answer.headers), body
        assert "INTERNAL_ERROR" not in answer.text, body
    lines = [formatter(of).format(record) for record in caplog.records for of in LogFormat]
    assert lines
    assert [line for line in lines if "\n" in line or EVIL in line] == []


@pytest.mark.parametrize("path", ["/account/{}", "/graphiql-assets/{}", "/audit/export?format={}", "/{}"])
async def test_path_neither(api: Api, path: str) -> None:
    address = path.format("x%0d%0aSet-Cookie:%20stolen=1")
    answer = await api.client.get(address, headers={"authorization": f"Bearer {api.token()}"})
    assert answer.status_code in {400, 404}
    assert "set-cookie" not in answer.headers
    assert EVIL not in str(answer.headers)
