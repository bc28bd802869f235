"""An act that is asked for again by its `clientMutationId` is not done again: the first result is given."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, Uuid, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.access import Actor
from app.kit.db import Base
from app.kit.errors import Conflict

P = ParamSpec("P")

REMEMBERED = timedelta(hours=24)

Act = Callable[Concatenate[AsyncSession, Actor, P], Awaitable[UUID]]
"""An act that gives the key of what it changed."""


class DoneMutation(Base):
    """What one principal's mutation with this key led to: `digest` tells its input, `result` what it changed."""

    __tablename__ = "done_mutation"
    __table_args__ = (Index("ix_done_mutation_done_at", "done_at"),)

    actor_id: Mapped[str] = mapped_column(Text, primary_key=True)
    mutation: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    result: Mapped[UUID | None] = mapped_column(Uuid)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of a mutation: its name, the caller's key, and the digest of its input."""

    mutation: str
    key: str
    digest: bytes

    @classmethod
    def of(cls, mutation: str, key: str, content: str) -> Attempt:
        """The attempt with this input."""
        return cls(mutation, key, hashlib.sha256(content.encode(errors="surrogatepass")).digest())


async def once(
    session: AsyncSession, actor: Actor, attempt: Attempt, act: Act[P], /, *args: P.args, **kwargs: P.kwargs
) -> UUID:
    """Run `act` unless this actor did this with the same key within 24 hours; then give what that changed.

    A simultaneous attempt waits for the first. Raises `CONFLICT` if the key was used for another input."""
    if not await _begin(session, actor, attempt):
        return await _result(session, actor, attempt)
    result = await act(session, actor, *args, **kwargs)
    await session.execute(update(DoneMutation).where(*_own(actor, attempt)).values(result=result))
    return result


async def _begin(session: AsyncSession, actor: Actor, attempt: Attempt) -> bool:
    """Whether the key is free, or was used more than 24 hours ago; it is ours then, until the transaction ends."""
    row = {"actor_id": actor.id, "mutation": attempt.mutation, "key": attempt.key, "digest": attempt.digest}
    new = insert(DoneMutation).values(row)
    forgotten = DoneMutation.done_at < func.now() - REMEMBERED
    renewed: dict[str, Any] = {"digest": attempt.digest, "done_at": func.now()}
    claimed = new.on_conflict_do_update(
        index_elements=["actor_id", "mutation", "key"], set_=renewed, where=forgotten
    ).returning(DoneMutation.key)
    return await session.scalar(claimed) is not None


async def _result(session: AsyncSession, actor: Actor, attempt: Attempt) -> UUID:
    done = await session.execute(select(DoneMutation.digest, DoneMutation.result).where(*_own(actor, attempt)))
    digest, result = done.one()
    if digest != attempt.digest or result is None:
        raise Conflict(
            "This `clientMutationId` was used for another input within 24 hours; take a new one.",
            argument="clientMutationId",
        )
    return result


def _own(actor: Actor, attempt: Attempt) -> tuple[Any, ...]:
    table = DoneMutation
    return table.actor_id == actor.id, table.mutation == attempt.mutation, table.key == attempt.key


async def forget_mutations(session: AsyncSession, _actor: Actor) -> None:
    """Drop what is no longer remembered."""
    await session.execute(delete(DoneMutation).where(DoneMutation.done_at < func.now() - REMEMBERED))
