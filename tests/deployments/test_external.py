"""Endpoints that somebody else runs are watched over real sockets; nothing is started."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.deployments.calling.credentials import read_credentials
from app.deployments.runtimes import external as room
from app.deployments.runtimes.external import ExternalRuntime
from app.deployments.runtimes.protocol import Observation, Wanted
from app.deployments.vocabulary import ReplicaState
from app.kit.ids import new_id
from app.kit.targets import Targets
from app.settings.addresses import networks
from tests.conftest import free_port
from tests.sample.serving import sample

LOOPBACK = Targets(networks("127.0.0.0/8"))
KEY = new_id()


def _wanted(url: str, replicas: int = 1, revision: int = 1, **external: Any) -> Wanted:
    spec = {"external": {"baseUrl": f"{url}/v1", **external}}
    named: Any = {"name": "hosted", "model": "sample", "version": None, "environment": "PRODUCTION"}
    return Wanted(key=KEY, revision=revision, replicas=replicas, spec=spec, **named)


@asynccontextmanager
async def _running(
    targets: Targets = LOOPBACK, credentials: Path | None = None
) -> AsyncGenerator[tuple[ExternalRuntime, asyncio.Queue[UUID]]]:
    woken: asyncio.Queue[UUID] = asyncio.Queue()
    runtime = ExternalRuntime(targets, read_credentials(credentials), woken.put_nowait)
    try:
        yield runtime, woken
    finally:
        await runtime.close()


async def _next(runtime: ExternalRuntime, woken: asyncio.Queue[UUID]) -> Observation:
    assert await asyncio.wait_for(woken.get(), 10) == KEY
    return await runtime.observe(KEY)


def _state(seen: Observation) -> tuple[ReplicaState, str | None]:
    return seen.replicas[0].state, seen.problem.reason if seen.problem else None


async def test_an_endpoint_that_answers_is_ready_and_one_that_ends_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "EVERY", 0.05)
    monkeypatch.setattr(room, "EVERY_WHILE_ILL", 0.05)
    async with _running() as (runtime, woken):
        with sample() as url:
            await runtime.apply(_wanted(url))
            seen = await _next(runtime, woken)
            assert (_state(seen), seen.endpoint) == ((ReplicaState.READY, None), f"{url}/v1")
            assert seen.checked_at is not None
            await runtime.apply(_wanted(url, revision=2))
            assert (await runtime.observe(KEY)).revision == 2
            assert woken.empty()
        assert _state(await _next(runtime, woken)) == (ReplicaState.UNHEALTHY, "Unreachable")
        await runtime.apply(_wanted(url, replicas=0, revision=3))
        assert await runtime.observe(KEY) == Observation(revision=3)
        await runtime.forget(KEY)
        assert await runtime.observe(KEY) == Observation()


@pytest.mark.parametrize(
    ("options", "state"),
    [
        (("--fails", "500"), (ReplicaState.UNHEALTHY, "Unhealthy")),
        (("--fails", "401"), (ReplicaState.UNHEALTHY, "CredentialRefused")),
        (("--fails", "302"), (ReplicaState.UNHEALTHY, "Unhealthy")),
        (("--fails", "429"), (ReplicaState.READY, None)),
        (("--fails", "404"), (ReplicaState.READY, None)),
    ],
)
async def test_what_it_answers_says_how_it_is(options: tuple[str, ...], state: Any) -> None:
    with sample(*options) as url:
        async with _running() as (runtime, woken):
            await runtime.apply(_wanted(url))
            assert _state(await _next(runtime, woken)) == state


async def test_one_failed_probe_of_a_ready_endpoint_is_no_news() -> None:
    watched = room._Watched(_wanted("http://127.0.0.1:9"))
    bad, now = room.Problem(reason="Unhealthy", message=""), room.utc_now()
    told = [watched.note(problem, now) for problem in (None, None, bad, None, bad, bad, bad, None)]
    assert told == [True, False, False, False, False, True, False, True]


async def test_where_it_may_not_go_it_does_not_go() -> None:
    async with _running(Targets()) as (runtime, woken):
        await runtime.apply(_wanted(f"http://127.0.0.1:{free_port()}"))
        assert _state(await _next(runtime, woken)) == (ReplicaState.UNHEALTHY, "TargetRefused")
        await runtime.apply(_wanted("http://user:password@127.0.0.1"))
        assert _state(await _next(runtime, woken)) == (ReplicaState.UNHEALTHY, "UrlInvalid")


async def test_the_credential_goes_where_the_operator_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMEWHERE", "s3cret")
    with sample("--key-env", "KEY", env={"KEY": "s3cret"}) as url:
        listed = tmp_path / "credentials.toml"
        listed.write_text(f'[hosted]\nvariable = "SOMEWHERE"\norigins = ["{url}"]\n')
        async with _running(credentials=listed) as (runtime, woken):
            await runtime.apply(_wanted(url, credential="hosted"))
            assert _state(await _next(runtime, woken)) == (ReplicaState.READY, None)
            await runtime.apply(_wanted(url, credential="unknown"))
            assert _state(await _next(runtime, woken)) == (ReplicaState.UNHEALTHY, "CredentialUnknown")
            await runtime.apply(_wanted(url))
            assert _state(await _next(runtime, woken)) == (ReplicaState.UNHEALTHY, "CredentialRefused")
