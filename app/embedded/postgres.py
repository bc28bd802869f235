"""The embedded Postgres: creates the cluster once, and starts it with settings that suit a laptop."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from signal import SIGINT

from app.embedded.account import Account
from app.embedded.places import PORT, POSTGRES_SOCKET, run_folder
from app.embedded.server import Program, Report, failure, open_log
from app.kit.processes import spawn, stop

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm is tiny in some containers, and cleaned by others
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_checkpoints": "off",
}


def postgres(home: Path, account: Account) -> Program:
    """The server of this home; its cluster must exist."""
    settings = SETTINGS | {"unix_socket_directories": str(account.sockets)}
    flags = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
    return Program(
        name=_version(account),
        command=account.command("postgres", "-D", str(account.data), *flags),
        log=log_of(home),
        is_ready=lambda: _is_ready(home, account),
        stop_signal=SIGINT,  # fast shutdown: sessions are ended, their transactions rolled back
        env=_environment(),
        options=account.options,
        before_start=lambda: _forget_dead_postmaster(account),
    )


def create_cluster(home: Path, account: Account, report: Report) -> None:
    """Creates the files and the database `modelhub`, unless they exist; they appear whole or not at all."""
    if (account.data / "PG_VERSION").exists():
        return
    report("creating the database (first start)")
    partial = account.data.with_name("postgres.partial")
    with open_log(log_of(home)):
        shutil.rmtree(partial, ignore_errors=True)
        account.new_folder(partial)
    _initialize(account, partial, log_of(home))
    partial.rename(account.data)


def log_of(home: Path) -> Path:
    """Where Postgres explains itself."""
    return home / "logs" / "postgres.log"


def _initialize(account: Account, data: Path, log: Path) -> None:
    place = ("-D", str(data))
    locale = ("--encoding=UTF8", "--locale=C.UTF-8")
    _run(account, account.command("initdb", *place, "--username=modelhub", "--auth=trust", *locale), log)
    single = account.command("postgres", "--single", *place, "-c", "exit_on_error=on", "postgres")
    _run(account, single, log, script=b"CREATE DATABASE modelhub\n")


def _run(account: Account, command: list[str], log: Path, script: bytes = b"") -> None:
    with open_log(log) as output, tempfile.TemporaryFile() as source:
        source.write(script)
        source.seek(0)
        process = spawn(command, env=_environment(), stdout=output, **{**account.options, "stdin": source})
        try:
            code = process.wait()
        finally:
            stop(process)
    if code != 0:
        raise failure(f"Postgres could not create its files (exit code {code}).", log)


def _is_ready(home: Path, account: Account) -> bool:
    database = ("-h", str(run_folder(home)), "-p", str(PORT), "-U", "modelhub", "-d", "modelhub")
    command = [str(account.programs / "pg_isready"), "--quiet", "--timeout=1", *database]
    return subprocess.run(command, env=_environment(), check=False).returncode == 0


def _forget_dead_postmaster(account: Account) -> None:
    """After a crash the files of the dead server may name a pid that is by now another process of ours."""
    pid_file = account.data / "postmaster.pid"
    if Path("/proc/self/cwd").exists() and pid_file.exists() and not _is_postmaster(pid_file, account.data):
        pid_file.unlink()
        (account.sockets / f"{POSTGRES_SOCKET}.lock").unlink(missing_ok=True)


def _is_postmaster(pid_file: Path, data: Path) -> bool:
    """Whether the process named in the file works in this cluster, as a postmaster does."""
    pid = pid_file.read_text().partition("\n")[0].strip()
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except OSError:
        return False


def _environment() -> Mapping[str, str]:
    """Ours, but for the person's own Postgres settings (PGPORT, PGSERVICE, …); TZ spares initdb a search."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"TZ": "UTC"}


def _version(account: Account) -> str:
    command = [str(account.programs / "postgres"), "--version"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return f"Postgres {output.split()[2]}"
