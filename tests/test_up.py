"""`modelhub up` as a person sees it: started, used, interrupted, killed, started again; all in real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.embedded import stop
from tests.conftest import RunningHub, free_port

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.embedded
UP = (sys.executable, "-m", "app", "up")
TOKEN = re.compile(r"#token=(\S+)")
POPULAR = """
{ models(first: 5, orderBy: {field: POPULARITY, direction: DESC}) { totalCount nodes {
    name provider { name } contextWindow prices { tokenClass usdPerMillion } deployments { nodes { environment phase } }
    metrics(range: {preset: LAST_7_DAYS}, granularity: ONE_HOUR) {
      requests { total successRate } latency { p50Ms p95Ms p99Ms } cost { total }
      series { timestamps requests latencyP95Ms costUsd } } } } }
"""
MEASURED = """
{ model(by: {slug: "openai/gpt-5-mini"}) {
    metrics(range: {preset: LAST_24_HOURS}) { requests { total } tokens { total } cost { total } } } }
"""


def process_tree(pid: int) -> dict[int, str]:
    """The process and all its descendants, by what tells a process from a later one with its number."""
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found = {pid: stat[19]} if stat[0] != "Z" else {}
        return found | {child: born for each in below for child, born in process_tree(int(each)).items()}
    return {}


def alive(tree: dict[int, str]) -> list[str]:
    """Which of them are still there."""
    return [command_of(pid) for pid, born in tree.items() if process_tree(pid).get(pid) == born]


def command_of(pid: int) -> str:
    """Its command line; nothing if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def soon(condition: Callable[[], object], seconds: float = 15) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(found)


def ask(url: str, query: str, token: str) -> dict[str, Any]:
    """The whole answer to a query over HTTP."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": query}).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def environment(home: Path, port: int, **extra: str) -> dict[str, str]:
    """Ours, with settings of an installation without demo."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return env | {"MODELHUB_HOME": str(home), "PORT": str(port), "HOST": "127.0.0.1", "DEMO": "0"} | extra


def refusal(home: Path, port: int = 0, **extra: str) -> str:
    """What `modelhub up` says where it cannot start."""
    env = environment(home, port or free_port(), **extra)
    done = subprocess.run(UP, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def hear_hangups() -> None:
    """Under nohup, tests would start what ignores SIGHUP."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass
class Up:
    """A `modelhub up`, or what starts it, with a file of what it printed."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @classmethod
    def start(cls, home: Path, port: int = 0, command: tuple[str, ...] = UP) -> Up:
        port = port or free_port()
        output = home.parent / f"{home.name}-{port}.out"
        with output.open("wb") as file:
            env = environment(home, port)
            process = subprocess.Popen(
                command,
                env=env,
                cwd=ROOT,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=hear_hangups,  # noqa: PLW1509 - no other way
            )
        return cls(home, port, process, output)

    @property
    def text(self) -> str:
        return self.output.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        found = TOKEN.search(self.text)
        assert found, self.text
        return found[1]

    def await_greeting(self) -> Up:
        assert soon(lambda: "Ctrl-C" in self.text or self.process.poll() is not None, 60), self.text
        assert self.process.poll() is None, self.text
        return self

    def child(self, command: str) -> int:
        """The pid of the descendant whose command line holds the words."""
        return next((pid for pid in process_tree(self.process.pid) if command in command_of(pid)), 0)

    def ask(self, query: str) -> dict[str, Any]:
        return ask(self.url, query, self.token)

    def cli(self, *arguments: str) -> str:
        command, env = [sys.executable, "-m", "app", *arguments], environment(self.home, self.port)
        return subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    def end(self) -> None:
        tree = process_tree(self.process.pid)
        stop(self.process)
        assert soon(lambda: not alive(tree)), alive(tree)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that its first user fills with the catalog; each test may start it, and stops it."""
    folder = Path(tempfile.mkdtemp(prefix="mh-"))
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    running = Up.start(home)
    try:
        yield running.await_greeting()
    finally:
        running.end()


def usage_file(folder: Path, calls: int) -> Path:
    """Calls of the last hour, which cost 0.25 dollars a million tokens in and 2 dollars out."""
    path, now = folder / "usage.csv", datetime.now(UTC)
    lines = ["occurred_at,provider,model,service,team,tokens_in,tokens_out,latency_ms"]
    lines += [
        f"{(now - timedelta(seconds=n)).isoformat()},openai,gpt-5-mini,support,care,1000,100,{n}" for n in range(calls)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


class TestDemo:
    def test_the_most_popular_models_have_prices_deployments_and_metrics(self, running_hub: RunningHub) -> None:
        def popular() -> list[dict[str, Any]]:
            answer = ask(running_hub.url, POPULAR, running_hub.token)
            assert "errors" not in answer
            assert answer["data"]["models"]["totalCount"] > 2300
            return answer["data"]["models"]["nodes"]

        def used() -> bool:  # once the worker has counted
            return all(model["metrics"]["requests"]["total"] > 0 for model in popular())

        assert soon(used, 5)
        models = popular()
        priced = [model for model in models if model["prices"]]
        assert len(priced) >= 3  # a model of the demo's own house has no price
        assert all(float(model["metrics"]["cost"]["total"]) > 0 for model in priced)
        for model in models:
            metrics = model["metrics"]
            assert model["deployments"]["nodes"]
            assert 0 < metrics["requests"]["successRate"] <= 1
            assert 0 < metrics["latency"]["p50Ms"] <= metrics["latency"]["p95Ms"] <= metrics["latency"]["p99Ms"]
            assert sum(metrics["series"]["requests"]) == metrics["requests"]["total"]
            assert {len(column) for column in metrics["series"].values()} <= {168, 169}


class TestRunning:
    def test_a_new_home_answers_and_keeps_its_data_over_a_restart(self, home: Path, tmp_path: Path) -> None:
        first = Up.start(home)
        try:
            first.await_greeting()
            for part in (f"running at {first.url}", f"{first.url}/graphql#token=", str(home), "Ctrl-C"):
                assert part in first.text
            assert f"{2_330}/" in first.text  # the progress of the catalog
            assert "100 new, 0 known already" in first.cli("import", "usage", str(usage_file(tmp_path, 100)))
            measured = first.ask(MEASURED)["data"]
        finally:
            first.end()
        assert "Your data is kept" in first.text
        began = time.monotonic()
        second = Up.start(home)
        try:
            second.await_greeting()
            assert time.monotonic() - began < 10  # about 1.5 s on a quiet machine
            assert "Importing" not in second.text
            assert second.ask(MEASURED)["data"] == measured
        finally:
            second.end()
        metrics = measured["model"]["metrics"]
        assert metrics["requests"] == {"total": 100}
        assert metrics["cost"] == {"total": "0.045"}

    def test_killed_api_and_worker_are_started_again(self, up: Up) -> None:
        for name in ("app serve", "app worker"):
            old = up.child(name)
            os.kill(old, signal.SIGKILL)
            assert soon(lambda name=name, old=old: up.child(name) not in {0, old}), up.text
        assert "ended unexpectedly" in up.text
        assert soon(lambda: _answers(up))

    def test_postgres_killed_under_load_comes_back(self, up: Up) -> None:
        codes: list[str] = []
        done = threading.Event()

        def load() -> None:
            while not done.is_set():
                answer = up.ask("{ models(first: 1) { nodes { name deployments { totalCount } } } }")
                codes.extend(error["extensions"]["code"] for error in answer.get("errors", []))

        threads = [threading.Thread(target=load, daemon=True) for _ in range(4)]
        try:
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            old = up.child("bin/postgres -D")
            os.kill(old, signal.SIGKILL)
            assert soon(lambda: up.child("bin/postgres -D") not in {0, old}), up.text
            assert soon(lambda: _answers(up))
            time.sleep(0.5)
        finally:
            done.set()
            for thread in threads:
                thread.join(15)
        assert set(codes) <= {"SERVICE_UNAVAILABLE"}
        assert "errors" not in up.ask(POPULAR)
        assert "stopped unexpectedly" in up.text


def _answers(up: Up) -> bool:
    with suppress(OSError):
        return "errors" not in up.ask("{ models(first: 1) { totalCount } }")
    return False


class TestEnding:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
    def test_no_process_is_left_behind(self, home: Path, number: signal.Signals) -> None:
        up = Up.start(home)
        try:
            tree = process_tree(up.await_greeting().process.pid)
            assert len(tree) >= 5  # up, postgres, valkey, serve, worker
            up.process.send_signal(number)
            code = up.process.wait(20)
            assert soon(lambda: not alive(tree)), alive(tree)
            assert code == (-number if number == signal.SIGKILL else 0)
            assert "Traceback" not in up.text
        finally:
            up.end()

    def test_ctrl_c_while_it_starts(self, home: Path) -> None:
        up = Up.start(home)
        try:
            assert soon(lambda: up.child("bin/postgres -D")), up.text
            tree = process_tree(up.process.pid)
            up.process.send_signal(signal.SIGINT)
            assert up.process.wait(20) == 0
            assert soon(lambda: not alive(tree)), alive(tree)
            assert "Traceback" not in up.text
        finally:
            up.end()

    def test_make_that_is_killed_takes_everything_along(self, home: Path, tmp_path: Path) -> None:
        makefile = tmp_path / "Makefile"
        makefile.write_text(f"run:\n\t@exec {sys.executable} -m app up\n")
        up = Up.start(home, command=("make", "-f", str(makefile), "run"))
        try:
            tree = process_tree(up.await_greeting().process.pid)
            up.process.kill()
            assert soon(lambda: not alive(tree)), alive(tree)
        finally:
            up.end()

    def test_home_can_be_used_at_once_after_a_kill(self, home: Path) -> None:
        killed = Up.start(home)
        try:
            killed.await_greeting().process.kill()
            again = Up.start(home, killed.port)
            try:
                again.await_greeting()
            finally:
                again.end()
        finally:
            killed.end()


class TestRefusing:
    def test_a_second_one_on_the_same_home(self, up: Up) -> None:
        message = refusal(up.home, up.port)
        assert message.startswith(f"Error: Model Hub already runs with {up.home} (process {up.process.pid})")
        assert _answers(up)

    def test_a_port_in_use(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert refusal(tmp_path / "home", port) == (
                f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use. "
                f"Stop what uses it, or choose another HOST or PORT: PORT={port + 1} make run.\n"
            )
        assert not (tmp_path / "home").exists()

    def test_a_database_that_is_not_there(self, tmp_path: Path) -> None:
        url = "postgresql://hub:secret@127.0.0.1:1/hub"
        message = refusal(tmp_path, DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1")
        assert message.startswith("Error: The database postgresql+asyncpg://hub:***@127.0.0.1:1/hub cannot be reached")
        assert "secret" not in message

    def test_a_home_that_cannot_be_written(self) -> None:
        assert refusal(Path("/proc/modelhub")).startswith("Error: The servers of /proc/modelhub cannot run")
