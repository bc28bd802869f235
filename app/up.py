"""`make run`: everything on this machine under one supervisor that leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from app.console import hours, migrated, out, progress, welcome_link, with_urls
from app.embedded import EmbeddedServers, follow_parent, is_running, spawn, stop
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.errors import Unavailable
from app.kit.secrets import load_keys
from app.settings import Settings
from app.web.listening import refuse_taken_port

READY_WITHIN = 30.0
OURS = ssl._create_unverified_context()  # noqa: S323, SLF001 - a certificate names the public host, not the loopback
RESTARTS = 5
PROCESSES = ("serve", "worker")


class DidNotStart(Unavailable):
    """A process of ours ended again and again, or never became ready."""


@dataclass(slots=True)
class Processes:
    """The API and the worker as children."""

    settings: Settings
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])
    restarts: dict[str, list[float]] = field(default_factory=dict[str, "list[float]"])

    def start(self) -> None:
        """Start both."""
        for name in PROCESSES:
            self._start(name)

    def check(self) -> None:
        """Restart what ended. Raises `DidNotStart` after several times within a minute."""
        for name, process in list(self.running.items()):
            code = process.poll()
            if code is not None:
                self._note_restart(name, code)
                self._start(name)

    def stop(self) -> None:
        """Stop both."""
        for process in self.running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            stop(process)

    def log(self, name: str) -> Path:
        """Where a process explains itself."""
        return self.settings.home / "logs" / f"{name}.log"

    def _start(self, name: str) -> None:
        log = self.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "app", name]
        with log.open("ab") as file:
            self.running[name] = spawn(command, env=_environment(self.settings), stdout=file)

    def _note_restart(self, name: str, code: int) -> None:
        recent = [at for at in self.restarts.get(name, []) if at > time.monotonic() - 60]
        self.restarts[name] = [*recent, time.monotonic()]
        if len(self.restarts[name]) > RESTARTS:
            log = self.log(name)
            raise DidNotStart(f"`modelhub {name}` ends again and again: {_last_line(log)}\nIts log: {log}")
        out.print(f"`modelhub {name}` ended unexpectedly (exit code {code}); starting it again")


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
        lines = file.read().decode(errors="replace").split("\n")
    return next((_said(line) for line in reversed(lines) if line.strip()), "it says nothing")


def _said(line: str) -> str:
    """What a line of a log says to people: of a JSON line its message, and of a traceback in it the last line."""
    try:
        event = json.loads(line)
        return ": ".join([event["message"], *event.get("exception", "").strip().splitlines()[-1:]])
    except (ValueError, TypeError, KeyError, AttributeError):
        return line


def _environment(settings: Settings) -> dict[str, str]:
    """The environment of the children: ours, with the settings as they were understood."""
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MODELHUB_HOME": str(settings.home),
        "HOST": settings.host,
        "PORT": str(settings.port),
    }


def run(settings: Settings) -> None:
    """Start everything, say where it is, and keep it running until Ctrl-C or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays ignored
        signal.signal(signal.SIGHUP, _interrupt)
    follow_parent()
    try:
        if settings.database_url and settings.redis_url:
            refuse_taken_port(settings.host, settings.port)
            _run(settings, lambda: None)
        else:
            if not is_running(settings.home):  # else the next line tells who it is that has the home, and the port
                refuse_taken_port(settings.host, settings.port)
            with EmbeddedServers(settings.home, out.print) as servers:
                _run(with_urls(settings), servers.check)
    except KeyboardInterrupt:
        out.print("\nStopped. Your data is kept; `make run` starts again.")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(settings: Settings, check_servers: Callable[[], None]) -> None:
    _prepare(settings)
    processes = Processes(settings)

    def check() -> None:
        check_servers()
        processes.check()

    try:
        processes.start()
        _wait_until_ready(settings, check)
        _greet(settings)
        while True:
            time.sleep(0.5)
            check()
    finally:
        processes.stop()


def _prepare(settings: Settings) -> None:
    from app.setup import has_catalog, import_catalog, start_demo

    migrated(settings)
    if not asyncio.run(has_catalog(settings)):
        with progress("Importing the catalog of models and prices") as bar:
            task = bar.add_task("", total=None)
            asyncio.run(import_catalog(settings, lambda done, total: bar.update(task, completed=done, total=total)))
    if settings.demo:
        with hours("Making demo traffic (hours)") as report:
            asyncio.run(start_demo(settings, report))


def _wait_until_ready(settings: Settings, check: Callable[[], None]) -> None:
    end = time.monotonic() + READY_WITHIN
    while (missing := _missing(settings)) is not None:
        check()
        if time.monotonic() > end:
            raise DidNotStart(f"The API did not become ready: {missing}. The logs are in {settings.home / 'logs'}")
        time.sleep(0.05)


def _missing(settings: Settings) -> str | None:
    """What the API lacks to be ready; None if it lacks nothing."""
    try:
        with urllib.request.urlopen(f"{_url(settings)}/readyz", timeout=5, context=OURS):  # noqa: S310 - our own
            return None
    except urllib.error.HTTPError as error:
        parts = json.loads(error.read())
        return ", ".join(f"{part} {state}" for part, state in parts.items() if state != "ok" and part != "status")
    except OSError as error:
        return f"no answer at {_url(settings)} ({error})"


def _url(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - only compared
    return f"{settings.scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _greet(settings: Settings) -> None:
    out.print(f"\nModel Hub is running at {_url(settings)}", style="bold")
    if not settings.is_production:
        token = issue_development_token(load_keys(settings.home, settings.secret), Role.ADMIN)
        out.print(f"  GraphiQL, signed in for 24 hours:  {_url(settings)}/graphql#token={token}")
        out.print("  Another token:                     .venv/bin/modelhub token --role admin")
    _greet_people(settings)
    out.print(f"  Data and logs:                     {settings.home}")
    out.print("  Stop:                              Ctrl-C\n")


def _greet_people(settings: Settings) -> None:
    """Say how the demo's people sign in, and how the first real administrator comes in."""
    from app.setup import demo_sign_ins, invite_administrator

    people = asyncio.run(demo_sign_ins(settings)) if settings.demo else []
    for role, email, password in people:
        out.print(f"  Sign in as {role.lower():24}{email}  {password.reveal()}")
    invitation = asyncio.run(invite_administrator(settings))
    if invitation is not None:
        out.print(f"  Become the first administrator:    {welcome_link(settings, invitation)}")
