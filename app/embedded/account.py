"""Under which account Postgres runs, and what follows from it for its files: it refuses to be root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded.binaries import POSTGRES_WHEEL, postgres_package, postgres_programs, wheel_version
from app.embedded.places import POSTGRES_SOCKET, digest, run_folder
from app.embedded.server import Report, ServerFailed
from app.kit.processes import Options

# What `nobody` runs must be where `nobody` can go, and a home often is not.
SHARED_BASE = Path("/var/lib/modelhub")


@dataclass(frozen=True)
class Account:
    """How to call Postgres: its programs, its files, and a prefix or a user that keeps it from being root."""

    programs: Path
    data: Path
    sockets: Path
    prefix: tuple[str, ...] = ()
    options: Options = field(default_factory=lambda: Options(cwd="/"))

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line of one of the programs."""
        return [*self.prefix, str(self.programs / program), *arguments]

    def new_folder(self, path: Path) -> None:
        """Creates a folder that only this account may open."""
        path.mkdir(mode=0o700)
        if "user" in self.options:
            os.chown(path, self.options["user"], self.options.get("group", -1))


def choose_account(home: Path, report: Report) -> Account:
    """Ourselves, if Postgres accepts us; else ourselves under the name of `nobody`; else `nobody` itself."""
    mine = Account(postgres_programs(postgres_package()), home / "postgres", run_folder(home))
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return mine
    if not _shared_data(home).exists() and namespaces_work(mine.programs / "postgres", home):
        return Account(mine.programs, mine.data, mine.sockets, by_the_name_of_nobody())
    return _nobody(home, report) if os.geteuid() == 0 else mine


def namespaces_work(program: Path, home: Path) -> bool:
    """Whether this user, once it goes by another name, may still run the program and write to the home."""
    test = ("sh", "-c", 'test -x "$0" && test -w "$1"', str(program), str(home))
    try:
        probe = subprocess.run((*by_the_name_of_nobody(), *test), capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return probe.returncode == 0


def by_the_name_of_nobody() -> tuple[str, ...]:
    """In a user namespace we keep our rights to our own files, and only look like somebody else."""
    nobody = pwd.getpwnam("nobody")
    return ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")


def _has_name(uid: int) -> bool:
    """Whether the system knows this user; initdb refuses one that it does not, as in some containers."""
    with suppress(KeyError):
        return bool(pwd.getpwuid(uid))
    return False


def _nobody(home: Path, report: Report) -> Account:
    if (home / "postgres").exists():
        message = (
            f"{home / 'postgres'} belongs to an account under which Postgres cannot run now. "
            "Run as its owner, allow user namespaces to root, or choose another home."
        )
        raise ServerFailed(message)
    nobody = pwd.getpwnam("nobody")
    account = Account(
        programs=_reachable_programs(),
        data=_shared_data(home),
        sockets=_shared_data(home).with_name("run"),
        options=Options(cwd="/", user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[]),
    )
    _prepare_shared(account, home)
    report(f"Postgres runs as nobody, with its data in {account.data}: root has no user namespaces here")
    return account


def _shared_data(home: Path) -> Path:
    return SHARED_BASE / digest(home) / "postgres"


def _prepare_shared(account: Account, home: Path) -> None:
    _passage(account.data.parent)
    if not account.sockets.exists():
        account.new_folder(account.sockets)
    link = run_folder(home) / POSTGRES_SOCKET  # so that the URL of a home does not depend on the account
    link.unlink(missing_ok=True)
    link.symlink_to(account.sockets / POSTGRES_SOCKET)


def _reachable_programs() -> Path:
    _passage(SHARED_BASE)
    target = SHARED_BASE / f"postgres-{wheel_version(POSTGRES_WHEEL)}"
    package = postgres_package()
    if not target.exists():
        _copy_package(package, target)
    return postgres_programs(target / package.name)


def _passage(folder: Path) -> None:
    """A folder of our own that others may pass through but not list."""
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o711)


def _copy_package(package: Path, target: Path) -> None:
    """Copies the programs and their libraries; they appear together or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / "copy"
        for name in (f"{package.name}/pginstall18", f"{package.name}.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, copy / name)
        _open_to_all(copy)
        copy.rename(target)


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
