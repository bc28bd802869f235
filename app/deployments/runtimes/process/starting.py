"""What is needed to start replicas of a workload, and how one start is made of it."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.deployments.runtimes.process.sweeping import COOKIE
from app.deployments.runtimes.protocol import Wanted
from app.deployments.runtimes.templates import Template
from app.kit.ids import new_id
from app.kit.masking import masked
from app.kit.processes import spawn

HOST: Final = "127.0.0.1"
"""Where replicas listen: callers come by the balancer."""
_ALWAYS: Final = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How replicas of one make are started. Raises `UnsafeValue` where a name cannot be part of a command."""

    template: Template
    wanted: Wanted
    node: str
    folder: Path

    def command(self, port: int) -> list[str]:
        """What is started."""
        wanted = self.wanted
        return self.template.words(
            host=HOST,
            port=str(port),
            model=wanted.model,
            version=wanted.version or "",
            deployment=wanted.name,
            environment=wanted.environment.lower(),
        )

    def log(self, slot: int) -> Path:
        """Where a replica's output goes."""
        return self.folder / f"{slot}.log"

    def secrets(self) -> list[str]:
        """The values of its environment that sound like secrets."""
        given = self._given()
        return [value for name, value in given.items() if value and masked({name: value})[name] != value]

    def start(self, slot: int, port: int) -> Started:
        """Start a replica. Raises `OSError` if the program is not there."""
        cookie = cookie_of(self.node, str(self.wanted.key), new_id().hex)
        environment = {**self._given(), COOKIE: cookie, "PORT": str(port)}
        with self.log(slot).open("ab") as file:
            process = spawn(self.command(port), env=environment, stdout=file, cwd=str(self.folder))
        return Started(process, port, cookie)

    def _given(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in (*_ALWAYS, *self.template.pass_environment) if name in os.environ}
        return passed | dict(self.template.environment)


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started, the port it is to listen at, and what marks it and its children."""

    process: subprocess.Popen[bytes]
    port: int
    cookie: str


def cookie_of(node: str, deployment: str, start: str) -> str:
    """What marks one start."""
    return f"{node}:{deployment}:{start}"


class Ports:
    """Free ports of the loopback interface, none of which is given out twice at the same time."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self) -> int:
        """A port that nobody listens at."""
        while (port := _free()) in self._taken:
            pass
        self._taken.add(port)
        return port

    def give_back(self, port: int) -> None:
        """It is not needed any more."""
        self._taken.discard(port)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
