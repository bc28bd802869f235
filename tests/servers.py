"""Which Postgres and Redis the tests use: the embedded ones, or those that Debian 12 ships (`make test-compat`)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.embedded import EmbeddedServers
from app.embedded.account import choose_account
from app.embedded.places import private_folder, run_folder
from app.embedded.postgres import create_cluster, postgres
from app.embedded.server import Program
from app.embedded.valkey import valkey

CHOICE = "TEST_SERVERS"
DEBIAN_POSTGRES = Path("/usr/lib/postgresql/15/bin")
DEBIAN_REDIS = Path("/usr/bin/redis-server")


FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=256MB")
"""Processes may be killed, but no test cuts the power; dropping a database waits for the disk otherwise."""

MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
"""Where databases that come and go by the thousand are quickest (ext4 looks for inodes that were not deleted lately),
and how many bytes must be free there."""


class PrivateServers(EmbeddedServers):
    """The embedded servers, with a Postgres that leaves it to the system when files reach the disk."""

    def _programs(self) -> list[Program]:
        database, *others = super()._programs()
        return [replace(database, command=[*database.command, *FORGETFUL]), *others]


class DebianServers(EmbeddedServers):
    """Postgres 15 and Redis 7 in a home, with the same settings and under the same supervision as the embedded ones."""

    def _programs(self) -> list[Program]:
        private_folder(run_folder(self.home))
        account = replace(choose_account(self.home, self._report), programs=DEBIAN_POSTGRES)
        create_cluster(self.home, account, self._report)
        database, redis = postgres(self.home, account), valkey(self.home)
        return [
            replace(database, command=[*database.command, *FORGETFUL]),
            replace(redis, name="Redis 7", command=[str(DEBIAN_REDIS), *redis.command[1:]]),
        ]


KINDS = {"embedded": PrivateServers, "debian": DebianServers}


def chosen() -> str:
    """What the person who runs the tests has chosen."""
    return os.environ.get(CHOICE) or "embedded"


def _place() -> Path | None:
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@contextmanager
def private_servers() -> Generator[EmbeddedServers]:
    """Servers of the chosen kind in a new home, whose path is short enough for sockets, until the block ends."""
    home = Path(tempfile.mkdtemp(prefix="mh-", dir=_place()))
    try:
        with KINDS[chosen()](home, lambda _line: None) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)
