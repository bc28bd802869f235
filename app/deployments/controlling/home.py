"""How the machine is called, and which of its processes holds a deployment."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from app.kit.ids import new_id

_FOLDER: Final = "deployments"


def node_of(home: Path) -> str:
    """The name of the machine that has this home; made once. A home must not be copied to another machine."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, own = home / "node", home / f"node.{os.getpid()}"
    if not path.exists():
        own.write_text(new_id().hex)
        try:
            os.link(own, path)  # whole, or not at all; the first of several wins
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text().strip()


class Holds:
    """The deployments that this process holds on its machine. The kernel lets go when the process ends."""

    def __init__(self, home: Path) -> None:
        self._folder = home / _FOLDER
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._held: dict[UUID, IO[bytes]] = {}

    def take(self, key: UUID) -> bool:
        """Hold a deployment, unless another process does."""
        if key in self._held:
            return True
        file = (self._folder / f"{key}.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._held[key] = file
        return True

    def take_all(self, keys: Iterable[UUID]) -> set[UUID]:
        """Hold as many as possible; those that are held now."""
        return {key for key in keys if self.take(key)}

    def release(self, key: UUID) -> None:
        """Let go."""
        file = self._held.pop(key, None)
        if file is not None:
            file.close()

    def release_all(self) -> None:
        """Let go of everything."""
        for key in [*self._held]:
            self.release(key)
