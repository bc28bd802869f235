"""Root, users without a name, and folders that only their owner may enter."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from app.embedded import EmbeddedServers, ServerFailed, account, urls
from app.embedded.binaries import postgres_package, valkey_server
from app.embedded.places import digest

from .owners import REPOSITORY, Owner, children, query, soon

pytestmark = pytest.mark.embedded
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
NAMELESS = 12345  # has no entry in /etc/passwd, and initdb refuses such a user
PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def shared_base() -> Generator[Path]:
    """Stands for /var/lib/modelhub."""
    with tempfile.TemporaryDirectory(prefix="mh", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "modelhub"


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch, shared_base: Path) -> Path:
    """A system that refuses user namespaces; where it puts the files of `nobody`."""
    monkeypatch.setattr(account, "SHARED_BASE", shared_base)
    monkeypatch.setattr(account, "namespaces_work", _refused)
    return shared_base


def _refused(_program: Path, _home: Path) -> bool:
    return False


def modes_above(path: Path) -> list[int]:
    """The permissions of every folder on the way."""
    return [stat.S_IMODE(parent.stat().st_mode) for parent in path.parents]


@AS_ROOT
class TestRoot:
    def test_private_folders_stay_private(self, short: Path) -> None:
        home = short / "a" / "b" / "home"
        home.parent.mkdir(parents=True)
        (short / "a").chmod(0o700)
        before = modes_above(home)
        with EmbeddedServers(home) as servers:
            assert query(servers.urls.database, "select 1") == 1
        assert modes_above(home) == before

    def test_nobody_serves_where_namespaces_are_refused(self, new_home: Path, no_namespaces: Path) -> None:
        lines: list[str] = []
        before = modes_above(new_home)
        for _ in range(2):
            with EmbeddedServers(new_home, report=lines.append) as servers:
                assert servers.urls == urls(new_home)
                assert query(servers.urls.database, "select 1") == 1
                pid = children(os.getpid())["postgres"]
                assert Path(f"/proc/{pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert any("runs as nobody" in line and str(no_namespaces) in line for line in lines)
        assert [line for line in lines if line.startswith("creating")] == ["creating the database (first start)"]
        assert modes_above(new_home) == before

    def test_nobody_dies_with_the_owner(self, new_home: Path, no_namespaces: Path) -> None:
        patch = (
            "from app.embedded import account\n"
            f"account.SHARED_BASE = account.Path({str(no_namespaces)!r})\n"
            "account.namespaces_work = lambda *_: False\n"
        )
        owner = Owner(new_home, before=patch)
        try:
            owner.await_ready().signal(signal.SIGKILL)
            assert soon(owner.servers_are_gone)
        finally:
            owner.end()

    def test_data_is_not_silently_left_behind_when_namespaces_become_refused(
        self, home: Path, no_namespaces: Path
    ) -> None:
        with pytest.raises(ServerFailed, match="choose another home"), EmbeddedServers(home):
            pass
        assert not (no_namespaces / digest(home)).exists()


@AS_ROOT
class TestNormalUser:
    @pytest.mark.parametrize("uid", [pwd.getpwnam("daemon").pw_uid, NAMELESS])
    def test_serves_from_a_private_folder(self, new_home: Path, library: Path, uid: int) -> None:
        as_user = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
        _skip_unless(*as_user, PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
        if uid == NAMELESS:
            _skip_unless(*as_user, *account.by_the_name_of_nobody(), "true")
        os.chown(new_home.parent, uid, uid)
        owner = Owner(new_home, (*as_user, PYTHON), library)
        try:
            owner.await_ready()
            assert query(urls(new_home).database, "select 1") == 1
            owner.signal(signal.SIGKILL)
            assert soon(owner.servers_are_gone)
        finally:
            owner.end()


@pytest.fixture(scope="module")
def library() -> Generator[Path]:
    """What an owner needs, where everybody can read it."""
    with tempfile.TemporaryDirectory(prefix="mh", dir="/tmp") as folder:
        copy = Path(folder)
        copy.chmod(0o755)
        for part in ("embedded", "kit"):
            shutil.copytree(REPOSITORY / "app" / part, copy / "app" / part)
        for package in (postgres_package(), valkey_server().parents[2]):
            for found in package.parent.glob(f"{package.name}*"):
                shutil.copytree(found, copy / found.name, ignore=shutil.ignore_patterns("pginstall"))
        yield copy


def _skip_unless(*command: str) -> None:
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip(f"refused here: {' '.join(command)}")
