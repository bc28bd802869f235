"""Deployments that somebody else runs: nothing is started, their health is probed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from app.deployments.calling.credentials import Credentials, CredentialUnknown
from app.deployments.runtimes.protocol import Observation, Problem, ReplicaSeen, Wake, Wanted
from app.deployments.vocabulary import ReplicaState
from app.kit.clock import utc_now
from app.kit.targets import TargetRefused, Targets, fault_of_url
from app.kit.tasks import ended

if TYPE_CHECKING:
    import httpx2

EVERY, EVERY_WHILE_ILL = 10.0, 2.0
"""Seconds between two probes."""
PATIENCE: Final = 5.0
UNHEALTHY_AFTER: Final = 2
"""So many failed probes in a row, and what was healthy is not any more."""
_HEALTHY: Final = frozenset({*range(200, 300), 404, 405, 429})
"""An endpoint need not list its models, and one that asks for patience lives."""
_NOT_ADMITTED: Final = frozenset({401, 403})


@dataclass(slots=True)
class _Watched:
    """One endpoint."""

    wanted: Wanted
    state: ReplicaState = ReplicaState.STARTING
    problem: Problem | None = None
    failures: int = 0
    checked_at: datetime | None = None
    ready_at: datetime | None = None
    probing: asyncio.Task[None] | None = None

    @property
    def external(self) -> Mapping[str, Any]:
        return self.wanted.spec.get("external") or {}

    def seen(self) -> Observation:
        """As the controller sees it: as many replicas as are wanted, all of which are this endpoint."""
        url = str(self.external.get("baseUrl"))
        replicas = tuple(
            ReplicaSeen(
                slot=slot, revision=self.wanted.revision, state=self.state, endpoint=url, ready_at=self.ready_at
            )
            for slot in range(self.wanted.replicas)
        )
        return Observation(
            revision=self.wanted.revision,
            replicas=replicas,
            endpoint=url if replicas else None,
            checked_at=self.checked_at,
            problem=self.problem,
        )

    def note(self, problem: Problem | None, now: datetime) -> bool:
        """Take the result of a probe down; whether it shows something new."""
        before = self.state, self.problem
        self.checked_at = now
        self.failures = self.failures + 1 if problem else 0
        if problem is None:
            self.state, self.ready_at = ReplicaState.READY, self.ready_at or now
        elif self.state is not ReplicaState.READY or self.failures >= UNHEALTHY_AFTER:
            self.state, self.ready_at = ReplicaState.UNHEALTHY, None
        self.problem = problem if self.state is ReplicaState.UNHEALTHY else None
        return before != (self.state, self.problem)


class ExternalRuntime:
    """Probes `GET <baseUrl>/models`, with the credential: 2xx, 404, 405 and 429 are healthy."""

    def __init__(self, targets: Targets, credentials: Credentials, wake: Wake, authorities: str | None = None) -> None:
        self._targets, self._credentials, self._wake, self._authorities = targets, credentials, wake, authorities
        self._watched: dict[UUID, _Watched] = {}
        self._client: httpx2.AsyncClient | None = None

    async def observe(self, key: UUID) -> Observation:
        """How the endpoint is."""
        watched = self._watched.get(key)
        return watched.seen() if watched else Observation()

    async def apply(self, wanted: Wanted) -> None:
        """Watch the endpoint, or with 0 replicas no longer."""
        watched = self._watched.get(wanted.key)
        if watched and watched.external == (wanted.spec.get("external") or {}) and wanted.replicas and watched.probing:
            watched.wanted = wanted
            return
        await self.forget(wanted.key)
        watched = self._watched[wanted.key] = _Watched(wanted)
        if wanted.replicas:
            watched.probing = asyncio.create_task(self._watch(watched, partial(self._wake, wanted.key)))

    async def forget(self, key: UUID) -> None:
        """Watch it no longer."""
        watched = self._watched.pop(key, None)
        if watched and watched.probing:
            await ended([watched.probing])

    async def close(self) -> None:
        """Watch nothing any more."""
        for key in list(self._watched):
            await self.forget(key)
        if self._client is not None:
            await self._client.aclose()

    async def _watch(self, watched: _Watched, wake: Any) -> None:
        while True:
            if watched.note(await self._probed(watched.external), utc_now()):
                wake()
            pause = EVERY if watched.state is ReplicaState.READY and not watched.failures else EVERY_WHILE_ILL
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 - so that not all are probed at once

    async def _probed(self, external: Mapping[str, Any]) -> Problem | None:
        url = str(external.get("baseUrl"))
        if (fault := fault_of_url(url)) is not None:
            return Problem(reason="UrlInvalid", message=fault)
        try:
            return _judged(await self._status(url, external.get("credential")))
        except CredentialUnknown as error:
            return Problem(reason="CredentialUnknown", message=error.message)
        except TargetRefused as error:
            return Problem(reason="TargetRefused", message=str(error))
        except Exception:  # noqa: BLE001 - whatever is wrong there is no defect here
            return Problem(reason="Unreachable", message=f"Nothing answers there within {PATIENCE:g} s.")

    async def _status(self, url: str, credential: str | None) -> int:
        key = self._credentials.reveal(credential, url) if credential else None
        headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
        async with asyncio.timeout(PATIENCE):
            async with self._speaking().stream("GET", f"{url.rstrip('/')}/models", headers=headers) as answer:
                return answer.status_code

    def _speaking(self) -> httpx2.AsyncClient:
        from app.kit.outgoing import outgoing

        self._client = self._client or outgoing(self._targets, PATIENCE, self._authorities)
        return self._client


def _judged(status: int) -> Problem | None:
    if status in _HEALTHY:
        return None
    if status in _NOT_ADMITTED:
        return Problem(reason="CredentialRefused", message=f"The endpoint answers HTTP {status}.")
    return Problem(reason="Unhealthy", message=f"The endpoint answers HTTP {status}.")
