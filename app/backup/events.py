"""What happens to the database as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRestored(Event):
    """Everything was replaced by a backup; what was told after `taken_at` (RFC 3339) is void, and so are cursors."""

    kind: ClassVar[str] = "backup.restored"
    topic: ClassVar[str] = "installation"
    resource_type: ClassVar[str] = "Installation"
    taken_at: str
    version: str
    revision: str
