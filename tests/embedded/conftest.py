"""Homes on short paths, and owners that do not outlive their test."""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from app.embedded import EmbeddedServers
from app.embedded.places import run_folder

from .owners import Owner, child_pids, others


@pytest.fixture(autouse=True)
def apart_from_others() -> None:
    """What the session's other tests have started is none of ours to count or kill."""
    others.clear()
    others.update(child_pids(os.getpid()))


@pytest.fixture
def short() -> Generator[Path]:
    """A folder for this user alone, whose path leaves room for the name of a socket."""
    with tempfile.TemporaryDirectory(prefix="mh", dir=_quick_base()) as folder:
        yield Path(folder)


@pytest.fixture
def new_home(short: Path) -> Path:
    """A home that does not exist yet."""
    return short / "home"


@pytest.fixture(scope="session")
def used_home() -> Generator[Path]:
    """A home that has run once."""
    with tempfile.TemporaryDirectory(prefix="mh", dir=_quick_base()) as folder:
        with EmbeddedServers(Path(folder) / "home"):
            pass
        yield Path(folder) / "home"


@pytest.fixture
def home(new_home: Path, used_home: Path) -> Path:
    """A home of the test's own that has run once, which saves the time of creating the database."""
    shutil.copytree(used_home, new_home)
    return new_home


@pytest.fixture
def own() -> Generator[Callable[[Path], Owner]]:
    """Starts owners, and ends them after the test."""
    owners: list[Owner] = []

    def start(home: Path) -> Owner:
        owners.append(Owner(home))
        return owners[-1].await_ready()

    yield start
    for owner in owners:
        owner.end()


@pytest.fixture
def long_home(tmp_path: Path) -> Generator[Path]:
    """A home on a path that is too long for a socket."""
    home = tmp_path / ("long" * 30) / "home, of: ünusual name"
    home.parent.mkdir()
    yield home
    shutil.rmtree(run_folder(home), ignore_errors=True)


def _quick_base() -> str:
    """Memory, where there is enough of it: a cluster is 1,300 files."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 512 * 1024 * 1024
    return str(memory) if roomy else "/tmp"
