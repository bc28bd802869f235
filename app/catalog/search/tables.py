"""What search keeps of each model; triggers write it whenever the model or its provider changes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.columns import Texts
from app.kit.db import Base
from app.kit.journal import TransactionId


class ModelSearch(Base):
    """The searchable text of a model, and what decides who sees it in lists.

    `names`: name and slug as one word each; `words`: those without digits, for spelling. `tx` is the transaction that
    wrote it last, by which copies in processes are kept fresh."""

    __tablename__ = "model_search"
    __table_args__ = (
        Index("ix_model_search_document", "document", postgresql_using="gin"),
        Index("ix_model_search_tx", "tx"),
    )

    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int]
    security_level: Mapped[str] = mapped_column(Text)
    is_archived: Mapped[bool]
    document: Mapped[str] = mapped_column(TSVECTOR)
    names: Mapped[Texts] = mapped_column(server_default=None)
    words: Mapped[Texts] = mapped_column(server_default=None)
    tx: Mapped[int] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))
