"""Fill frontend-contract/examples/ with what a hub that has just loaded the demo answers.

`python -m tests.frontend_contract.recording URL TOKEN [operation …]`: the variables are those of the examples that are
there, with ids of the demo; for a new operation write `{"variables": {…}}` first."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from graphql import OperationType

from tests.frontend_contract.contract import ROOT, Operation, of_kind, operations
from tests.frontend_contract.filling import Filling
from tests.web.talking import talking

SEVERAL = 3
"""As many of each list are kept."""
SECRETS = {
    "accessToken": "<access token>",
    "refreshToken": "<refresh token>",
    "token": "<token>",
    "secret": "<secret>",
}
ACTS = [
    *("AcceptInvitation", "SignIn", "RefreshSession", "SignOut"),
    *("CreateDeployment", "TestDeployment", "InferenceTokens", "UpdateDeployment", "DeploymentRevisions"),
    *("DeploymentReplicas", "DeploymentLogs", "ScaleDeployment", "PauseDeployment", "ResumeDeployment"),
    *("RollbackDeployment", "DeleteDeployment"),
    *("CreateAlertRule", "UpdateAlertRule", "Alerts", "Alert", "AcknowledgeAlert", "AlertRules"),
    *("CreateSilence", "Silences", "ExpireSilence", "DeleteAlertRule"),
    *("CreateChannel", "UpdateChannel", "TestChannel", "AlertChannels", "DeleteChannel"),
    *("CreateExperiment", "UpdateExperiment", "StartExperiment", "StopExperiment", "ArchiveExperiment"),
    *("RegisterModel", "UpdateModel", "TagModel", "UntagModel", "RateModel", "SetModelPrice", "TransitionModel"),
    *("RegisterModelVersion", "MoveModelAlias", "ArchiveModel"),
]
"""Each leads to what the next needs."""
COMING = {
    "CreateDeployment": ("Deployment", "query ($id: ID!) { deployment(id: $id) { phase } }", "RUNNING"),
    "TestChannel": (
        "AlertChannel",
        "query ($id: ID!) { node(id: $id) { ... on AlertChannel { deliveries { nodes { outcome } } } } }",
        '"outcome"',
    ),
    "CreateAlertRule": ("AlertRule", "query ($id: ID!) { alerts(filter: {rule: {eq: $id}}) { nodes { id } } }", '"id"'),
}
"""After some of them it is asked about what was made, until the answer has a word."""
DEMO = """{ eventCursor
    deployments(filter: {phase: {eq: RUNNING}}) { nodes { id model { id } version { id } team { id } } }
    experiments(filter: {status: {eq: RUNNING}}) { nodes { id variants { model { id } } } } }"""
INVITE = "mutation ($input: InviteUserInput!) { inviteUser(input: $input) { token } }"


def shortened(value: Any, name: str = "") -> Any:
    """An answer with the first of each list, and without secrets."""
    if isinstance(value, dict):
        return {key: shortened(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        most = 100 if name in {"permissions", "distribution"} else SEVERAL
        return [shortened(inner, name) for inner in value[:most]]
    return SECRETS.get(name, value) if value else value


@dataclass(slots=True)
class Recorder:
    """Asks a hub and writes down what it says."""

    url: str
    token: str
    filling: Filling = field(default_factory=Filling)

    async def ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The answer to a document."""
        token = self.filling.said["accessToken"] if "signOut" in query else self.token
        async with httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}, timeout=30) as client:
            return (await client.post(f"{self.url}/graphql", json={"query": query, "variables": variables})).json()

    async def begin(self) -> str:
        """Learn what the demo has; the cursor from which on everything is heard later."""
        data = (await self.ask(DEMO, {}))["data"]
        self.filling.learn(data)
        invited = {"email": "ada@example.com", "role": "MANAGER", "teamIds": []}
        self.filling.learn(await self.ask(INVITE, {"input": invited}))
        return data["eventCursor"]

    async def record(self, one: Operation) -> None:
        """Perform it, and keep it if it succeeds."""
        variables = self._filled(one)
        answer = await self.ask(one.text, variables)
        if "errors" in answer or any(part.get("errors") for part in answer["data"].values() if isinstance(part, dict)):
            print(one.name, json.dumps(answer)[:400])
            return
        if one.kind is OperationType.MUTATION:
            self.filling.learn(answer)
        keep(one, variables, answer["data"])
        if one.name in COMING:
            await self._wait_for(*COMING[one.name])

    async def _wait_for(self, kind: str, query: str, word: str) -> None:
        """Learn what comes within a minute."""
        asked = {"id": self.filling.ids[kind][0]}
        async with asyncio.timeout(60):
            while word not in json.dumps(answer := await self.ask(query, asked)):
                await asyncio.sleep(1)
        self.filling.learn(answer)

    async def listen(self, one: Operation, after: str) -> None:
        """Write down the first event of it since a cursor; of an answer, how it ends."""
        variables = self._filled(one) | ({"after": after} if "$after" in one.text else {})
        async with talking(self.url.removeprefix("http://")) as talk:
            await talk.begin(self.token)
            await talk.subscribe(one.text, variables=variables)
            try:
                while not (payload := (await talk.hear())["payload"]["data"])[one.field].get("result", True):
                    pass
            except TimeoutError:
                print(one.name, "nothing was told: write the event by hand")
                return
            keep(one, variables, payload)

    def _filled(self, one: Operation) -> dict[str, Any]:
        variables = self.filling.filled(one.example["variables"])
        duration = variables.get("input", {}).get("duration")
        if duration:
            start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
            duration |= {"startsAt": start.isoformat(), "endsAt": (start + timedelta(days=14)).isoformat()}
        return variables


def keep(one: Operation, variables: dict[str, Any], data: Any) -> None:
    """Write an example."""
    text = json.dumps({"variables": shortened(variables), "response": shortened(data)}, indent=2, ensure_ascii=False)
    (ROOT / "examples" / f"{one.name}.json").write_text(f"{text}\n", encoding="utf-8")


async def main(url: str, token: str, wanted: Iterable[str]) -> None:
    """Record these operations, in the order in which they can be performed."""
    recorder, chosen = Recorder(url, token), {*wanted} or {*operations()}
    after = await recorder.begin()
    for one in in_order():
        if one.name in chosen:
            await (recorder.listen(one, after) if one.kind is OperationType.SUBSCRIPTION else recorder.record(one))


def in_order() -> list[Operation]:
    """All: what needs nothing, then what leads to each other, then what tells of it."""
    kinds = (OperationType.QUERY, OperationType.MUTATION, OperationType.SUBSCRIPTION)
    queries, mutations, subscriptions = ([each for each in of_kind(kind) if each.name not in ACTS] for kind in kinds)
    return [*queries, *(operations()[name] for name in ACTS), *mutations, *subscriptions]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
