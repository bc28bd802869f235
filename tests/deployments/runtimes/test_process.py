"""Deployments as real processes."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.deployments.runtimes.protocol import Observation
from app.deployments.vocabulary import ReplicaState

from .running import Running, ready, running, sample, wanted

FORKING = """
import subprocess, sys
import app.sample.server as sample
subprocess.Popen(["sleep", "60"], start_new_session=True)
sys.argv = ["sample", "--port", sys.argv[1]]
sample.main()
"""


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Running]:
    """A runtime with servers that behave, and others that do not."""
    python = (sys.executable, "-c", FORKING, "{port}")
    async with running(
        tmp_path,
        unhealthy=sample("--unhealthy", start_seconds=0.6),
        exits=sample("--exit-after", "0", "--exit-code", "3"),
        stubborn=sample("--ignores-term", stop_seconds=0.3),
        forking=sample(command=python),
        missing=sample(command=("/no/such/program", "{port}")),
    ) as opened:
        yield opened


def ask(endpoint: str | None, path: str = "/v1/models") -> tuple[int, bytes]:
    """The status and the body of an answer."""
    try:
        with urllib.request.urlopen(f"{endpoint}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class TestRunning:
    async def test_a_replica_is_ready_soon_and_answers_at_the_endpoint(self, process: Running) -> None:
        one, begun = wanted(), time.monotonic()
        seen = await process.converge(one)
        assert time.monotonic() - begun < 2
        status, body = await asyncio.to_thread(ask, seen.endpoint)
        assert status == 200
        assert json.loads(body)["data"][0]["id"] == "acme/anvil"
        (replica,) = seen.replicas
        assert replica.pid in process.processes(one.key)
        assert replica.started_at is not None
        assert replica.ready_at is not None
        assert replica.started_at < replica.ready_at

    async def test_more_and_fewer_replicas_keep_those_that_run(self, process: Running) -> None:
        one = wanted()
        first = await process.converge(one)
        three = await process.converge(dataclasses.replace(one, replicas=3, revision=2))
        assert first.replicas[0].pid in {replica.pid for replica in three.replicas}
        again = await process.converge(dataclasses.replace(one, revision=3))
        assert (again.replicas[0].pid, again.endpoint) == (first.replicas[0].pid, first.endpoint)
        assert len(process.processes(one.key)) == 1

    async def test_none_wanted_leaves_no_process_and_callers_are_told(self, process: Running) -> None:
        one = wanted()
        await process.converge(one)
        stopped = await process.converge(dataclasses.replace(one, replicas=0, revision=2))
        assert process.processes(one.key) == []
        assert (await asyncio.to_thread(ask, stopped.endpoint))[0] == 503

    async def test_what_a_replica_uses_is_measured(self, process: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.deployments.runtimes.process.runtime.MEASURE_EVERY", 0.1)
        one = wanted()
        await process.converge(one)
        seen = await process.until(one.key, lambda seen: seen.replicas[0].cpu_cores is not None)
        assert seen.replicas[0].memory_bytes is not None
        assert 5_000_000 < seen.replicas[0].memory_bytes < 500_000_000


class TestHealing:
    async def test_a_killed_replica_is_replaced_while_the_others_serve(self, process: Running) -> None:
        two = wanted(replicas=2)
        before = await process.converge(two)
        pid = before.replicas[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        seen = await process.until(two.key, lambda seen: len(ready(seen)) == 1)
        assert (await asyncio.to_thread(ask, seen.endpoint))[0] == 200
        healed = await process.converge(two)
        assert healed.replicas[0].restarts == 1
        assert healed.replicas[0].last_exit is not None
        assert healed.replicas[0].last_exit.code == -signal.SIGKILL
        assert healed.replicas[1].pid == before.replicas[1].pid

    async def test_one_that_hangs_gets_no_calls_and_is_started_again(self, process: Running) -> None:
        one = wanted()
        pid = (await process.converge(one)).replicas[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        seen = await process.until(one.key, lambda seen: seen.replicas[0].state is ReplicaState.UNHEALTHY)
        assert (await asyncio.to_thread(ask, seen.endpoint))[0] == 503
        healed = await process.converge(one)
        assert healed.replicas[0].last_exit is not None
        assert healed.replicas[0].last_exit.reason == "failed 3 health checks in a row"

    async def test_one_that_ends_at_once_is_in_a_crash_loop(self, process: Running) -> None:
        one = wanted(template="exits")
        await process.runtime.apply(one)
        seen = await process.until(one.key, lambda seen: bool(seen.replicas) and seen.replicas[0].crash_loop)
        assert seen.replicas[0].last_exit is not None
        assert seen.replicas[0].last_exit.reason == "ended with exit code 3"

    async def test_one_that_never_becomes_healthy_is_ended_and_tried_again(self, process: Running) -> None:
        one = wanted(template="unhealthy")
        await process.runtime.apply(one)
        seen = await process.until(one.key, lambda seen: bool(seen.replicas) and seen.replicas[0].restarts == 1)
        assert seen.replicas[0].last_exit is not None
        assert seen.replicas[0].last_exit.reason == "was not healthy within 0.6 s of its start"

    async def test_a_program_that_is_not_there_is_a_failure_with_its_reason(self, process: Running) -> None:
        one = wanted(template="missing")
        await process.runtime.apply(one)
        seen = await process.until(one.key, lambda seen: seen.replicas[0].last_exit is not None)
        assert seen.replicas[0].last_exit is not None
        assert seen.replicas[0].last_exit.reason == "could not be started: No such file or directory"


class TestStopping:
    async def test_one_that_does_not_listen_is_killed_after_its_grace(self, process: Running) -> None:
        one = wanted(template="stubborn")
        await process.converge(one)
        await process.converge(dataclasses.replace(one, replicas=0, revision=2), seconds=5)
        assert process.processes(one.key) == []

    async def test_what_a_replica_began_elsewhere_ends_with_it(self, process: Running) -> None:
        one = wanted(template="forking")
        pid = (await process.converge(one)).replicas[0].pid
        assert pid is not None
        assert len(process.processes(one.key)) == 2
        os.kill(pid, signal.SIGKILL)
        await process.until(one.key, lambda seen: seen.replicas[0].restarts == 1)
        await process.converge(one)
        assert len(process.processes(one.key)) == 2

    async def test_a_call_under_way_ends_before_its_replica(self, tmp_path: Path) -> None:
        slow = sample("--token-delay", "0.05", drain_seconds=10)
        async with running(tmp_path, slow=slow) as process:
            one = wanted(template="slow")
            endpoint = (await process.converge(one)).endpoint
            body = {"model": "acme/anvil", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 8}
            head = {"content-type": "application/json"}
            call = urllib.request.Request(f"{endpoint}/v1/chat/completions", json.dumps(body).encode(), head)

            def answer() -> int:
                with urllib.request.urlopen(call, timeout=10) as said:
                    said.read()
                    return said.status

            asked = asyncio.create_task(asyncio.to_thread(answer))
            await asyncio.sleep(0.1)
            await process.converge(dataclasses.replace(one, replicas=0, revision=2))
            assert await asked == 200


class TestReplacing:
    async def test_others_take_their_places_one_by_one_and_the_endpoint_always_answers(self, process: Running) -> None:
        old = wanted(replicas=3)
        before = await process.converge(old)
        least: list[int] = []
        most: list[int] = []

        def note(seen: Observation) -> None:
            least.append(len(ready(seen)))
            most.append(sum(replica.state is not ReplicaState.STOPPING for replica in seen.replicas))

        new = dataclasses.replace(old, revision=2, version="2")
        after = await process.converge(new, each=note)
        assert (min(least), max(most)) == (3, 4)
        assert after.endpoint == before.endpoint
        assert not {replica.pid for replica in before.replicas} & {replica.pid for replica in after.replicas}

    async def test_a_change_back_in_the_middle_keeps_what_still_runs(self, process: Running) -> None:
        old = wanted(replicas=2)
        before = await process.converge(old)
        new = dataclasses.replace(old, revision=2, version="2", spec={"process": {"template": "exits"}})
        await process.runtime.apply(new)
        await process.until(new.key, lambda seen: len(seen.replicas) == 3)
        assert len(ready(await process.runtime.observe(new.key))) == 2
        back = await process.converge(dataclasses.replace(old, revision=3))
        assert {replica.pid for replica in back.replicas} == {replica.pid for replica in before.replicas}


class TestListening:
    async def test_a_port_that_is_asked_for_is_taken_or_it_is_said_why_not(self, process: Running) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            one = wanted(spec={"networking": {"port": port}})
            await process.runtime.apply(one)
            seen = await process.runtime.observe(one.key)
            assert seen.problem is not None
            assert seen.problem.reason == "PortTaken"
        seen = await process.converge(one)
        assert (seen.problem, seen.endpoint) == (None, f"http://127.0.0.1:{port}")

    async def test_where_it_was_reached_before_it_is_reached_again_unless_that_is_taken(self, process: Running) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]
            other.listen()
            moved = await process.converge(wanted(endpoint=f"http://127.0.0.1:{port}"))
            assert moved.endpoint not in {None, f"http://127.0.0.1:{port}"}
        again = await process.converge(wanted(endpoint=f"http://127.0.0.1:{port}"))
        assert again.endpoint == f"http://127.0.0.1:{port}"


class TestRefusing:
    @pytest.mark.parametrize(
        ("given", "reason"), [({"template": "none"}, "TemplateUnknown"), ({"model": "--x"}, "UnsafeName")]
    )
    async def test_what_cannot_be_started_is_a_problem_and_starts_nothing(
        self, process: Running, given: dict[str, str], reason: str
    ) -> None:
        one = wanted(**given)
        await process.runtime.apply(one)
        seen = await process.runtime.observe(one.key)
        assert seen.problem is not None
        assert (seen.problem.reason, seen.replicas, seen.revision) == (reason, (), 1)
