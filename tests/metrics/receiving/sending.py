"""Sending to the ways in, and looking at what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import orjson

from app.identity.rules import Role
from tests.conftest import Api
from tests.kit.rows import select_rows
from tests.metrics.receiving.samples import JSON, PROTOBUF

NATIVE, LITE, TRACES, LANGFUSE = "/ingest/inferences", "/ingest/litellm", "/v1/traces", "/api/public/otel/v1/traces"
WAYS = (NATIVE, LITE, TRACES, LANGFUSE)
TYPES = {NATIVE: JSON, LITE: JSON, TRACES: PROTOBUF, LANGFUSE: PROTOBUF}


async def send(
    api: Api, way: str, body: bytes, headers: Mapping[str, str] | None = None, *, role: Role = Role.DEVELOPER
) -> httpx2.Response:
    """What is answered to a body."""
    given = {"authorization": f"Bearer {api.token(role)}", **TYPES[way], **(headers or {})}
    return await api.client.post(way, content=body, headers=given)


async def report(api: Api, *calls: Any) -> dict[str, Any]:
    """What is answered to calls in Model Hub's own form."""
    answer = await send(api, NATIVE, orjson.dumps(calls))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def stored(api: Api) -> list[dict[str, Any]]:
    """The inferences, with the slugs of what they name."""
    return await select_rows(
        api.database,
        """select m.slug as model, m.source, m.status as model_status, t.slug as team, d.name as deployment, i.*
           from inference i join model m on m.id = i.model_id left join team t on t.id = i.team_id
           left join deployment d on d.id = i.deployment_id order by occurred_at, event_id""",
    )
