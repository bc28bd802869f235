"""What happens to the keys that sign access tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.identity.events import IdentityEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyRenewed(IdentityEvent):
    """A new key signs access tokens from `active_from` on; tokens of older keys are taken until `others_end_at`."""

    kind: ClassVar[str] = "signing_key.renewed"
    resource_type: ClassVar[str] = "SigningKey"

    active_from: str
    others_end_at: str
