"""Puts load on a server with wrk: so many connections, each with one request at a time."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.page.documents import Work
from bench.page.servers import Server

SCRIPT = Path(__file__).with_name("load.lua")
_numbers = itertools.count(1)

LONGEST = 30
"""Seconds in which a server must have answered at least once."""


class LoadFailed(Exception):
    """A server did not answer as it should, or wrk is not to be had."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of wrk found: requests per second; times and the server's processor time per request in ms."""

    rate: float
    requests: int
    p50: float
    p99: float
    busy: float


@dataclass(frozen=True, slots=True)
class Load:
    """How requests are made: `folder` is for the bodies, `token` goes with each."""

    folder: Path
    token: str
    connections: int = 8

    def run(self, server: Server, work: Work, seconds: int) -> Result:
        """One run; a longer one if none was answered in that time. Raises LoadFailed if any request failed."""
        begun = server.busy
        found = orjson.loads(self._wrk(server, work, seconds).strip().rsplit("\n", 1)[-1])
        requests = found["requests"]
        if found["failed"] or not (requests or seconds < LONGEST):
            raise LoadFailed(f"{server.name} on {work.name}: {found}")
        if not requests:
            return self.run(server, work, 2 * seconds)
        busy = 1000 * (server.busy - begun) / requests
        return Result(requests / found["seconds"], requests, found["p50_ms"], found["p99_ms"], busy)

    def _wrk(self, server: Server, work: Work, seconds: int) -> str:
        body = self.folder / f"{work.name}.json"
        body.write_bytes(work.body("@@"))
        options = f"-t1 -c{self.connections} -d{seconds}s --timeout 30s -s {SCRIPT} {server.url}".split()
        arguments = [str(body), self.token, str(next(_numbers) * 10_000_000)]
        command = [shutil.which("wrk") or "wrk", *options, "--", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def need_wrk() -> None:
    """Install wrk if it is missing and we may; else say so."""
    if shutil.which("wrk"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LoadFailed("The benchmark needs wrk: install it (Debian and Ubuntu: apt-get install wrk).")
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "wrk"]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
