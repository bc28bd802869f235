"""The embedded Valkey: a bus between processes of one machine, which keeps nothing."""

import socket
from contextlib import suppress
from pathlib import Path
from signal import SIGTERM

from app.embedded.binaries import VALKEY_WHEEL, valkey_server, wheel_version
from app.embedded.places import VALKEY_SOCKET, run_folder
from app.embedded.server import Program

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "128mb",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
}


def valkey(home: Path) -> Program:
    """The server of this home."""
    listener = run_folder(home) / VALKEY_SOCKET
    settings = SETTINGS | {"unixsocket": str(listener), "dir": str(listener.parent)}
    flags = (part for name, value in settings.items() for part in (f"--{name}", value))
    return Program(
        name=f"Valkey {wheel_version(VALKEY_WHEEL).partition('.post')[0]}",
        command=[str(valkey_server()), *flags],
        log=home / "logs" / "valkey.log",
        is_ready=lambda: _answers(listener),
        stop_signal=SIGTERM,
    )


def _answers(listener: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(listener))
        client.sendall(b"PING\r\n")
        return client.recv(16) == b"+PONG\r\n"
    return False
