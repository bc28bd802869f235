"""Where a home keeps its sockets, and the URLs that lead there."""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PORT = 5432
POSTGRES_SOCKET = f".s.PGSQL.{PORT}"
VALKEY_SOCKET = "valkey.sock"

# A socket's path may have 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET = 103
# Postgres reads commas as separators, SQLAlchemy colons.
_PLAIN_PATH = re.compile(r"[\w/.@~+-]+", re.ASCII)


@dataclass(frozen=True)
class Urls:
    """How a client reaches the embedded servers."""

    database: str
    redis: str


def urls(home: Path) -> Urls:
    """Where the servers of this home listen, whether or not they run."""
    run = quote(str(run_folder(home)))
    return Urls(
        # The port is part of the socket's name; without it asyncpg would take it from PGPORT.
        database=f"postgresql+asyncpg://modelhub@/modelhub?host={run}&port={PORT}",
        redis=f"unix://{run}/{VALKEY_SOCKET}",
    )


def run_folder(home: Path) -> Path:
    """The folder of the sockets: in the home, or a temporary one when its path does not suit a socket."""
    name = f"modelhub-{os.geteuid()}-{digest(home)}"
    bases = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp")  # noqa: S108 - private_folder guards it
    candidates = [home.resolve() / "run", *(Path(base) / name for base in bases if base)]
    return next(filter(_can_hold_sockets, candidates), candidates[-1])


def digest(home: Path) -> str:
    """A short name for this home, the same in every process."""
    return hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]


def private_folder(path: Path) -> Path:
    """Creates the folder for this user alone; refuses one that somebody else has put there."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        message = "belongs to another user: run as that user, remove it, or choose another home"
        raise PermissionError(1, message, str(path))
    path.chmod(0o700)
    return path


def _can_hold_sockets(folder: Path) -> bool:
    longest = os.fsencode(folder / POSTGRES_SOCKET)
    return len(longest) <= _LONGEST_SOCKET and _PLAIN_PATH.fullmatch(str(folder)) is not None
