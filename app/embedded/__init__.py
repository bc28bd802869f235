"""The Postgres and Valkey of `make run`: children of one process, which starts, watches and stops them."""

from app.embedded.lock import AlreadyRunning, is_running
from app.embedded.places import Urls, urls
from app.embedded.server import ServerFailed
from app.embedded.supervisor import EmbeddedServers
from app.kit.processes import follow_parent, spawn, stop

__all__ = [
    "AlreadyRunning",
    "EmbeddedServers",
    "ServerFailed",
    "Urls",
    "follow_parent",
    "is_running",
    "spawn",
    "stop",
    "urls",
]
