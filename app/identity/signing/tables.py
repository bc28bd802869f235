"""Keys that sign access tokens."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.columns import CreatedAt, Instant, Key
from app.kit.db import Base
from app.kit.sealing import Sealed


class SigningKey(Base):
    """An Ed25519 key: it signs from `active_from` on, until a newer one does; until `ended_at` its tokens are taken."""

    __tablename__ = "signing_key"

    id: Mapped[Key]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[CreatedAt]
    active_from: Mapped[Instant]
    ended_at: Mapped[Instant | None]
