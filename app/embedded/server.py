"""One server as a child process: started, awaited, revived after a crash, stopped, its failures explained."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import IO

from app.embedded.lock import take
from app.kit.processes import Options, spawn, stop

Report = Callable[[str], None]

ADVICE = "Mend the cause and start again, or set DATABASE_URL and REDIS_URL to servers of your own."
READY_WITHIN = 60.0
PREDECESSOR_GONE_WITHIN = 15.0
MOST_CRASHES = 4
CRASH_WINDOW = 60.0
FIRST_BACKOFF = 0.1
TAIL_LINES = 12
ALMOST_FULL = 32 * 1024 * 1024


class ServerFailed(Exception):
    """An embedded server cannot run; the message says why, what to do, and names the log."""


@dataclass(frozen=True)
class Program:
    """What to start, and how to tell that it is ready."""

    name: str
    command: Sequence[str]
    log: Path
    is_ready: Callable[[], bool]
    stop_signal: Signals
    env: Mapping[str, str] | None = None
    options: Options = field(default_factory=Options)
    before_start: Callable[[], None] = lambda: None


class Server:
    """A running program."""

    def __init__(self, program: Program, report: Report) -> None:
        self.program = program
        self._report = report
        self._process: subprocess.Popen[bytes] | None = None
        self._launched = 0.0
        self._crashes: list[float] = []

    def launch(self) -> None:
        """Starts the process without waiting for it, once nothing of its predecessor is left."""
        program = self.program
        self._launched = time.monotonic()
        with open_log(program.log) as log:
            program.before_start()
            self._process = spawn(
                program.command,
                env=program.env,
                stdout=log,
                stop_signal=program.stop_signal,
                **program.options,
            )

    def await_ready(self) -> None:
        """Waits until the server answers; ServerFailed when it exits or stays silent."""
        while not self.program.is_ready():
            self._expect_alive()
            time.sleep(0.01)
        self._report(f"{self.program.name} ready in {self._age():.2f} s")

    def revive(self) -> None:
        """Starts a process that has died again, later after each crash; ServerFailed when it keeps dying."""
        if self._process is None or self._process.poll() is None or time.monotonic() < self._next_start():
            return
        self._note_crash(self._process.returncode)
        try:
            self.launch()
            self.await_ready()
        except (ServerFailed, OSError) as error:
            self._report(str(error))

    def stop(self) -> None:
        """Lets the process finish its work and waits for it."""
        if self._process is not None:
            stop(self._process, self.program.stop_signal, grace=30.0)

    def _expect_alive(self) -> None:
        code = self._process.poll() if self._process else None
        if code is not None:
            raise failure(f"{self.program.name} did not start (exit code {code}).", self.program.log)
        if self._age() > READY_WITHIN:
            raise failure(f"{self.program.name} did not answer for {READY_WITHIN:.0f} s.", self.program.log)

    def _note_crash(self, code: int) -> None:
        now = time.monotonic()
        self._crashes = [*(crash for crash in self._crashes if now - crash < CRASH_WINDOW), now]
        if len(self._crashes) > MOST_CRASHES:
            raise failure(f"{self.program.name} keeps crashing (exit code {code}).", self.program.log)
        self._report(f"{self.program.name} stopped unexpectedly (exit code {code}); starting it again")

    def _next_start(self) -> float:
        if not self._crashes:
            return 0.0
        return self._crashes[-1] + FIRST_BACKOFF * 2 ** len(self._crashes)

    def _age(self) -> float:
        return time.monotonic() - self._launched


@contextmanager
def open_log(path: Path) -> Generator[IO[bytes]]:
    """The log to hand to a server, which keeps its lock as long as any of its processes lives."""
    with path.open("ab") as log:
        if not take(log, PREDECESSOR_GONE_WITHIN):
            raise failure("An earlier server of this home is still running; stop it first.", path)
        yield log


def failure(what: str, log: Path) -> ServerFailed:
    """An exception that tells what happened, why (as far as the log and the disk know), and what to do."""
    lines = [f"{what} The last lines of {log}:", *(f"    {line}" for line in _tail(log))]
    if shutil.disk_usage(log.parent).free < ALMOST_FULL:
        lines.append(f"The disk of {log.parent.parent} is full.")
    return ServerFailed("\n".join([*lines, ADVICE]))


def _tail(log: Path) -> list[str]:
    if not log.exists():
        return ["(there is no log)"]
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
        return file.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
