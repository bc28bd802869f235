"""Teams, to whom usage is attributed and deployments belong."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.columns import CreatedAt, Flag, Key
from app.kit.db import Base


class Team(Base):
    """A group of people with a budget of its own. `slug` is what telemetry sends."""

    __tablename__ = "team"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]
