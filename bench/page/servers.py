"""The servers that are compared: one process each, on ports of the loopback interface."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.embedded import spawn, stop
from bench.page import node

LIMITS = Path(__file__).parents[1] / "limits.toml"

NODE = ("mercurius", "postgraphile", "yoga")
UNLIMITED = "BENCH_UNLIMITED"
"""In the environment of this server: it has no limits then."""

POOL = 8
"""Connections to Postgres that each server may open."""

STARTS_WITHIN = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Server:
    """One that is running."""

    name: str
    url: str
    process: subprocess.Popen[bytes]

    @property
    def memory(self) -> float:
        """Resident megabytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    @property
    def busy(self) -> float:
        """Seconds of processor time used so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a server is started."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Place:
    """What servers are told: where the data is, and the home with the secret of the tokens."""

    database: str
    sockets: Path
    redis: str
    home: Path

    def environment(self) -> dict[str, str]:
        """For any of the servers."""
        return {
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis,
            "MODELHUB_HOME": str(self.home),
            "MODELHUB_LIMITS": str(LIMITS),
            "MODELHUB_READ_CONNECTIONS": str(POOL),
            "POOL": str(POOL),
            "HOST": "127.0.0.1",
            "PGHOST": str(self.sockets),
            "PGUSER": "modelhub",
            "PGDATABASE": "bench",
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
        }


def compared(place: Place) -> list[Recipe]:
    """All of them."""
    environment, folder = place.environment(), node.install()
    python = [(name, (sys.executable, "-m", f"bench.page.python.{name}")) for name in ("this", "stock", "hand")]
    peers = [(name, (node.node(), f"{name}.mjs")) for name in NODE]
    return [
        *(Recipe(name, command, environment) for name, command in python),
        Recipe("unlimited", python[0][1], environment | {UNLIMITED: "1"}),
        *(Recipe(name, command, environment, folder) for name, command in peers),
    ]


@contextmanager
def running(recipe: Recipe, logs: Path) -> Generator[Server]:
    """A server for the length of the block, ready for requests."""
    port = _free_port()
    with (logs / f"{recipe.name}.log").open("wb") as log:
        environment = {**os.environ, **recipe.environment, "PORT": str(port)}
        process = spawn(recipe.command, env=environment, stdout=log, cwd=str(recipe.folder.absolute()))
    try:
        _await(port, process, Path(log.name))
        yield Server(recipe.name, f"http://127.0.0.1:{port}/graphql", process)
    finally:
        stop(process)


class DidNotStart(Exception):
    """A server ended, or does not answer."""


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise DidNotStart(f"{log.stem} did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", b"{}", {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - our own server
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
