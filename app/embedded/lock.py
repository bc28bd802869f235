"""One owner per home: a lock that the kernel drops when the owner dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

# `is_running` holds the lock for an instant; an owner must not mistake it for another owner.
_PATIENCE = 0.3


class AlreadyRunning(Exception):
    """Another process owns this home."""


@contextmanager
def hold(home: Path) -> Generator[None]:
    """Owns the home until the block ends; AlreadyRunning when another process does."""
    with (home / "lock").open("a+") as file:
        if not take(file, _PATIENCE):
            raise AlreadyRunning(_who_holds(file, home))
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)


def is_running(home: Path) -> bool:
    """Whether a live process owns this home; False also for a home that this user cannot read."""
    try:
        with (home / "lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def take(file: IO[Any], patience: float) -> bool:
    """Locks the file until we, and all children that inherit it, have closed it; False after `patience` s."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _who_holds(file: IO[str], home: Path) -> str:
    file.seek(0)
    pid = file.read().strip() or "unknown"
    return f"Model Hub already runs with {home} (process {pid}). Stop it first, or choose another home."
