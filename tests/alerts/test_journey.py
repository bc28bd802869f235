"""With a hub as `make run` starts it: an error burst is told everywhere within seconds, and somebody takes it on."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as daytime
from typing import Any

import httpx2
import pytest

from app.demo.traffic import INCIDENT, incident_window
from tests.alerts.receiving import Receiver, receiver
from tests.conftest import RunningHub
from tests.live.listening import heard, listening

pytestmark = pytest.mark.embedded

RULE = {
    "name": "Burst",
    "metric": "ERROR_RATE",
    "comparator": "GT",
    "threshold": "0.25",
    "severity": "CRITICAL",
    "type": "QUALITY",
    "groupBy": ["MODEL"],
    "intervalSeconds": 5,
    "keepFiringSeconds": 300,
    "condition": "metrics.requests >= 20",
}
RAISED = "subscription { alertRaised(severity: [CRITICAL]) { message alert { id state model { slug } } } }"
CHANGED = "subscription { alertChanged { kind alert { id acknowledgedBy } } }"
TRIED = """query($rule: AlertRuleInput!, $from: DateTime!, $to: DateTime!) {
    simulateAlertRule(rule: $rule, range: {from: $from, to: $to}) { firings { model { slug } raisedAt } } }"""


async def ask(hub: RunningHub, query: str, **variables: Any) -> Any:
    """The only field of an answer without errors."""
    headers = {"authorization": f"Bearer {hub.token}"}
    async with httpx2.AsyncClient(timeout=30) as client:
        body = {"query": query, "variables": variables}
        answer = (await client.post(f"{hub.url}/graphql", json=body, headers=headers)).json()
    assert "errors" not in answer, answer["errors"]
    (found,) = answer["data"].values()
    return found


async def perform(hub: RunningHub, mutation: str, shown: str, **given: Any) -> Any:
    """What came of a mutation that must not be refused."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ {shown} }} }}"
    return await ask(hub, document, input=given)


@asynccontextmanager
async def watching(hub: RunningHub) -> AsyncGenerator[asyncio.subprocess.Process]:
    """`modelhub watch alerts` in a terminal."""
    env = {**os.environ, "MODELHUB_HOME": str(hub.home)}
    command = "-m", "app", "watch", "alerts", "--severity", "CRITICAL"
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=env, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


def burst(model: str) -> list[dict[str, Any]]:
    """Calls of this moment, of which half fail."""
    at = datetime.now(UTC).isoformat()
    said = {"occurredAt": at, "provider": "burst", "model": model, "latencyMs": 90.0}
    return [{**said, "eventId": f"{model}-{n}", "status": "ERROR" if n % 2 else "OK"} for n in range(60)]


async def of_model(calls: Any, slug: str) -> Any:
    """The next of what is heard that is about a model."""
    while (found := await heard(calls, 20))["alert"]["model"]["slug"] != slug:
        pass
    return found


async def told(hook: Receiver, slug: str) -> dict[str, Any]:
    """The alert about a model that a webhook is told of."""
    while True:
        for call in hook.calls:
            for one in call.said["alerts"]:
                if slug in one["message"]:
                    return {**one, "call": call}
        await asyncio.sleep(0.05)


async def test_an_error_burst_is_told_within_seconds_and_taken_on_for_all_to_see(running_hub: RunningHub) -> None:
    hub, model = running_hub, f"m{time.time_ns()}"
    slug, address = f"burst/{model}", hub.url.removeprefix("http://")
    async with receiver() as hook, watching(hub) as terminal:
        channel = await perform(
            hub, "createChannel", "secret alertChannel { id }", name="Hook", target={"webhookUrl": hook.url}
        )
        given = {**RULE, "channelIds": [channel["alertChannel"]["id"]]}
        rule = (await perform(hub, "createAlertRule", "alertRule { id }", **given))["alertRule"]["id"]
        async with listening(address, hub.token, RAISED) as raised, listening(address, hub.token, CHANGED) as other:
            begun = time.monotonic()
            await perform(hub, "recordInferences", "accepted", inferences=burst(model))
            event = await of_model(raised, slug)
            assert time.monotonic() - begun < 10
            async with asyncio.timeout(10):
                arrived = await told(hook, slug)
            print(f"raised and delivered after {time.monotonic() - begun:.1f} s")
            assert (arrived["id"], arrived["state"]) == (event["alert"]["id"], "FIRING")
            moment, _, signed = arrived["call"].headers["x-modelhub-signature"].partition(",v1=")
            content = f"{moment[2:]}.".encode() + arrived["call"].body
            assert signed == hmac.new(channel["secret"].encode(), content, hashlib.sha256).hexdigest()
            await perform(hub, "acknowledgeAlert", "errors { message }", alertId=event["alert"]["id"], comment="Mine.")
            while (change := await heard(other, 20))["kind"] != "alert.acknowledged":
                pass
            assert change["alert"]["acknowledgedBy"]
        lines = [await _line_with(terminal, slug) for _ in range(2)]
        assert [line.split()[1:3] for line in lines] == [["FIRING", "CRITICAL"], ["ACKNOWLEDGED", "CRITICAL"]]
        await perform(hub, "deleteAlertRule", "errors { message }", alertRuleId=rule)
        await perform(hub, "deleteChannel", "errors { message }", alertChannelId=channel["alertChannel"]["id"])


async def _line_with(process: asyncio.subprocess.Process, text: str) -> str:
    assert process.stdout
    while text not in (line := (await asyncio.wait_for(process.stdout.readline(), 20)).decode()):
        assert line, "it ended"
    return line


async def test_the_same_rule_would_have_told_of_the_incident_of_the_demo(running_hub: RunningHub) -> None:
    now = datetime.now(UTC)
    anchor = datetime.combine((now - timedelta(days=14)).date(), daytime(), UTC)
    models = await ask(running_hub, '{ models(first: 1, query: "gpt-4o") { nodes { provider { slug id } } } }')
    stricken = models["nodes"][0]["provider"]
    assert stricken["slug"] == INCIDENT.provider
    given: dict[str, Any] = {"from": (now - timedelta(days=14)).isoformat(), "to": now.isoformat()}
    firings = (await ask(running_hub, TRIED, rule={**RULE, "scope": {"providers": [stricken["id"]]}}, **given))[
        "firings"
    ]
    begins, ends = incident_window(anchor)
    raised = [datetime.fromisoformat(one["raisedAt"]) for one in firings]
    assert any(begins <= at < ends for at in raised), raised
