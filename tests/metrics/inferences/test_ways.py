"""Where in a workflow a call was made is kept, whichever way it came in; within bounds."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.kit.clock import utc_now
from app.metrics.receiving import litellm
from app.metrics.receiving.values import MAX_CONTEXT
from tests.conftest import Api
from tests.metrics.receiving.samples import LITELLM, export
from tests.metrics.receiving.sending import LITE, NATIVE, TRACES, send, stored

CONTEXT = {"pipeline": "claims", "step": {"name": "triage", "attempt": 2}}
WRITTEN = orjson.dumps(CONTEXT).decode()
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5"}
MUTATION = "mutation($input: RecordInferencesInput!) { recordInferences(input: $input) { results { outcome reason } } }"
TOO_LONG = {"step": "x" * MAX_CONTEXT}


def native_call(context: Any = CONTEXT) -> dict[str, Any]:
    named = {"eventId": "n", "occurredAt": utc_now().isoformat(), "provider": "openai", "model": "gpt-5"}
    return {**named, "workflowRunId": "run", "pipelineContext": context}


def spans(context: str = WRITTEN) -> bytes:
    request = export({**CHAT, "modelhub.workflow_run": "run", "modelhub.pipeline_context": context})
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.start_time_unix_nano = int(utc_now().timestamp() * 10**9)
    span.end_time_unix_nano = span.start_time_unix_nano + 10**9
    return request.SerializeToString()


def litellm_call(told: dict[str, Any], **given: Any) -> dict[str, Any]:
    about = {**LITELLM[0]["metadata"], "requester_metadata": told}
    now = utc_now().timestamp()
    return {**LITELLM[0], "metadata": about, "startTime": now, "endTime": now + 1, **given}


async def by_mutation(api: Api) -> None:
    await api.data(MUTATION, input={"inferences": [native_call()]})


async def by_json(api: Api) -> None:
    await send(api, NATIVE, orjson.dumps([native_call()]))


async def by_spans(api: Api) -> None:
    await send(api, TRACES, spans())


async def by_litellm(api: Api) -> None:
    told = {"workflow_run_id": "run", "pipeline_context": CONTEXT}
    await send(api, LITE, orjson.dumps([litellm_call(told)]))


class TestWaysIn:
    @pytest.mark.parametrize("way", [by_mutation, by_json, by_spans, by_litellm])
    async def test_keep_where_in_a_workflow_it_was_made(self, api: Api, way: Any) -> None:
        await way(api)
        (row,) = await stored(api)
        assert (row["workflow_run"], row["pipeline_context"]) == ("run", CONTEXT)
        query = '{ inferences(filter: {workflowRunId: {eq: "run"}}) { nodes { workflowRunId pipelineContext } } }'
        (node,) = (await api.data(query))["inferences"]["nodes"]
        assert node == {"workflowRunId": "run", "pipelineContext": CONTEXT}

    async def test_tell_whoever_sends_too_much_of_it(self, api: Api) -> None:
        found = await api.data(MUTATION, input={"inferences": [native_call(TOO_LONG)]})
        (told,) = found["recordInferences"]["results"]
        assert (told["outcome"], "pipelineContext is longer than 4,096 bytes" in told["reason"]) == ("REJECTED", True)
        answer = await send(api, LITE, orjson.dumps([litellm_call({"pipeline_context": TOO_LONG})]))
        assert "pipeline_context is longer" in answer.text
        for context in (orjson.dumps(TOO_LONG).decode(), "[1]", "no json"):
            answer = await send(api, TRACES, spans(context))
            assert b"modelhub.pipeline_context is" in answer.content, context
        assert await stored(api) == []

    def test_a_tag_of_litellm_names_the_run_too(self) -> None:
        (item,) = litellm.items([litellm_call({}, request_tags=["workflow_run:nightly", "other"])])
        assert item.inference is not None
        assert (item.inference.workflow_run, item.inference.pipeline_context) == ("nightly", None)
