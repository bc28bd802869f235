"""Clients that change the catalog through real HTTP, and ask again with the same key until they get an answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx2

from app.kit.errors import ErrorCode
from tests.contract.acting import changed, document

PATIENCE = 10.0
"""Seconds for one answer; longer than Postgres needs to come back."""


@dataclass(frozen=True, slots=True)
class Done:
    """One act that was answered: what was asked, and what it gave."""

    name: str
    request: dict[str, Any]
    result: dict[str, Any]


@dataclass(slots=True)
class Client:
    """One client. `shared` is a model that all clients change; `repeated` counts answers that it missed."""

    url: str
    token: str
    name: str
    shared: str
    done: list[Done] = field(default_factory=list[Done])
    rounds: int = 0
    repeated: int = 0

    def connected(self) -> httpx2.AsyncClient:
        """A way to the hub."""
        headers = {"authorization": f"Bearer {self.token}"}
        return httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=PATIENCE)

    async def work(self, stopped: asyncio.Event) -> None:
        """Make rounds until told to stop; the last one is finished."""
        async with self.connected() as http:
            while not stopped.is_set():
                await self.make_round(http)

    async def make_round(self, http: httpx2.AsyncClient) -> None:
        """Enter a model and all that belongs to it, and say something about the shared one."""
        here = f"{self.name}-{self.rounds}"
        model = await self._act(http, "registerModel", slug=f"acme/{here}", name=here, modelType="TEXT")
        version = await self._act(http, "registerModelVersion", modelId=model, label="v1")
        await self._act(http, "transitionModelVersion", modelVersionId=version, to="ACTIVE")
        await self._act(http, "moveModelAlias", modelId=model, alias="production", modelVersionId=version)
        price = {"tokenClass": "INPUT", "usdPerMillion": str(self.rounds + 1)}
        await self._act(http, "setModelPrice", modelId=model, prices=[price])
        await self._act(http, "transitionModel", modelId=model, to="ACTIVE")
        await self._act(http, "rateModel", modelId=model, rating=4)
        await self._act(http, "updateModel", modelId=self.shared, description=here)
        self.rounds += 1

    async def _act(self, http: httpx2.AsyncClient, name: str, /, **given: Any) -> str:
        """The id of what was changed; it is asked for until there is an answer, which must be no refusal."""
        given["clientMutationId"] = f"{self.name}-{len(self.done)}"
        request = {"query": document(name), "variables": {"input": given}}
        while (result := await self._answer(http, name, request)) is None:
            self.repeated += 1
            await asyncio.sleep(0.02)
        assert result["errors"] == [], (given, result)
        self.done.append(Done(name, request, result))
        return result[changed(name)[0]]["id"]

    async def _answer(self, http: httpx2.AsyncClient, name: str, request: dict[str, Any]) -> Any:
        """What the mutation gives; None if the server, or what it needs, is away."""
        try:
            answer = (await http.post("/graphql", json=request)).json()
        except httpx2.TransportError:
            return None
        if "errors" in answer:
            codes = {error["extensions"]["code"] for error in answer["errors"]}
            assert codes == {ErrorCode.SERVICE_UNAVAILABLE}, answer
            return None
        return answer["data"][name]

    async def ask_again(self) -> None:
        """Send the last hundred once more, as who has lost all answers; each must be what it was."""
        async with self.connected() as http:
            for done in self.done[-100:]:
                assert await self._answer(http, done.name, done.request) == done.result
