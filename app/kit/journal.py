"""What was done, for the auditor, and what happened, for subscribers: both written in the act's own transaction."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.kit.access import Actor, Permission
from app.kit.clock import Clock, utc_now
from app.kit.db import ANNOUNCED, Announcement, Base, Database
from app.kit.ids import new_id
from app.kit.masking import masked

P = ParamSpec("P")
T = TypeVar("T")

GOVERNANCE_STREAM = 1
_JOURNAL = "journal"


class TransactionId(UserDefinedType[int]):
    """Postgres `xid8`: the 64-bit id of the transaction that wrote a row. Audit rows are sealed by ranges of it."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The name of the type in DDL."""
        return "xid8"


class EventStream(Base):
    """One ordered log. `head` is the position given last; `epoch` changes when a backup is restored."""

    __tablename__ = "event_stream"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[UUID] = mapped_column(Uuid, server_default=func.gen_random_uuid())
    head: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class EventRow(Base):
    """What happened, at a position that is gapless and in commit order."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_topic", "topic", "position"),
        Index("ix_event_occurred_at", "occurred_at"),
    )

    stream: Mapped[int] = mapped_column(ForeignKey("event_stream.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    topic: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    scope_tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    audit_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The entry of the audit trail that tells the same; None for what nobody did."""
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


_NEWEST = text("occurred_at desc nulls last"), text("id desc")


class Outcome(StrEnum):
    """What became of an attempt."""

    SUCCESS = "SUCCESS"
    DENIED = "DENIED"


class AuditEvent(Base):
    """Who did what to what; rows stay as they are.

    `digest` is the SHA-256 of the row's canonical JSON with `salt`; `tx` orders the seals."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_tx", "tx"),
        Index("ix_audit_event_resource", "resource_type", "resource_id", "occurred_at"),
        Index("ix_audit_event_oldest", "occurred_at", "id"),
        Index("ix_audit_event_newest", *_NEWEST),
        Index("ix_audit_event_actor", "actor_id", *_NEWEST),
        Index("ix_audit_event_action", "action", *_NEWEST),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    epoch: Mapped[UUID] = mapped_column(Uuid)
    tx: Mapped[int] = mapped_column(TransactionId, server_default=func.pg_current_xact_id())
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor_id: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    resource_type: Mapped[str] = mapped_column(Text)
    resource_id: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


def cursor_text(epoch: UUID, stream: int, position: int) -> str:
    """A position in the log as clients hold it: opaque, and void after a restore (another epoch)."""
    return (
        urlsafe_b64encode(epoch.bytes + stream.to_bytes(2, "big") + position.to_bytes(8, "big")).rstrip(b"=").decode()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, in the past tense. Subclasses add fields that are JSON scalars and fix the wire name.

    `resource_id` is the key of what it happened to; `scope_tags` say who may hear of it (`live`)."""

    kind: ClassVar[str]
    topic: ClassVar[str]
    resource_type: ClassVar[str]

    resource_id: str
    occurred_at: datetime | None = None
    scope_tags: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The event's own fields, as they travel."""
        fields = asdict(self)
        return {name: value for name, value in fields.items() if name not in {"occurred_at", "scope_tags"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """An attempt that was not allowed. `reason` is the code of the failure, `details` what is safe to tell of it."""

    action: str
    reason: str
    resource_type: str = ""
    resource_id: str = ""
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    ip: str | None = None
    """Where it came from, if not from where the writer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDenied(Event):
    """Somebody tried what he may not; `code` is that of the refusal."""

    kind: ClassVar[str] = "attempt.denied"
    topic: ClassVar[str] = "denial"
    resource_type: ClassVar[str] = ""
    scope_tags: tuple[str, ...] = (f"permission:{Permission.AUDIT_READ}",)
    action: str
    code: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, for the audit row."""

    request_id: str | None = None
    ip: str | None = None


@dataclass(slots=True)
class Journal:
    """What one transaction will tell: filled by `record`, written by `write` as the last statements before COMMIT.

    Each event comes with the key of its audit row, if it has one."""

    events: list[tuple[Event, UUID | None]] = field(default_factory=list[tuple[Event, "UUID | None"]])
    audits: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def record(
    session: AsyncSession,
    actor: Actor,
    event: Event,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Note an act: one audit row and one event, both written when the transaction commits, or neither."""
    journal: Journal = session.info[_JOURNAL]
    key = new_id()
    journal.events.append((event, key))
    journal.audits.append(
        {
            **_by(actor),
            "id": key,
            "action": event.kind,
            "resource_type": event.resource_type,
            "resource_id": event.resource_id,
            "before": masked(before),
            "after": masked(after if after is not None else event.payload()),
            "outcome": Outcome.SUCCESS.value,
            "reason": reason,
        }
    )


def _by(actor: Actor) -> dict[str, Any]:
    return {"actor_id": actor.id, "actor_name": actor.name, "on_behalf_of": actor.on_behalf_of}


def _denied(actor: Actor, denial: Denial) -> dict[str, Any]:
    told = {**asdict(denial), "before": None, "after": masked(denial.details) or None}
    for name in ("details", *(() if denial.ip else ("ip",))):
        del told[name]
    return {**_by(actor), **told, "id": new_id(), "outcome": Outcome.DENIED.value}


def record_denial(session: AsyncSession, actor: Actor, denial: Denial) -> None:
    """Note an attempt that was not allowed: an audit row and an event, written when the transaction commits."""
    journal, denied = session.info[_JOURNAL], _denied(actor, denial)
    told = AttemptDenied(resource_id=denial.resource_id, action=denial.action, code=denial.reason)
    journal.audits.append(denied)
    journal.events.append((told, denied["id"]))


async def _put_on_record(session: AsyncSession, actor: Actor, denial: Denial) -> None:
    record_denial(session, actor, denial)


def tell(session: AsyncSession, event: Event) -> None:
    """Note something observed that nobody did (an error burst): an event without an audit row."""
    session.info[_JOURNAL].events.append((event, None))


async def as_he_is(_: AsyncSession, actor: Actor) -> Actor:
    """Believe an actor that the caller vouches for."""
    return actor


@dataclass(frozen=True, slots=True)
class Writer:
    """Runs acts, each in one transaction with its audit rows and events.

    `confirm` gives, in that transaction, the actor as he is now, and keeps him so until it ends; it may refuse."""

    database: Database
    origin: Origin = field(default_factory=Origin)
    clock: Clock = utc_now
    confirm: Callable[[AsyncSession, Actor], Awaitable[Actor]] = as_he_is

    async def write(
        self,
        actor: Actor,
        act: Callable[Concatenate[AsyncSession, Actor, P], Awaitable[T]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `act(session, actor, …)` and commit everything it did and told, or nothing."""
        async with self.database.transaction() as session:
            confirmed = await self.confirm(session, actor)
            return await write_within(session, self.origin, self.clock, confirmed, act, *args, **kwargs)

    async def deny(self, actor: Actor, denial: Denial) -> None:
        """Put an attempt on record that was not allowed, in a transaction of its own: that of the act is gone."""
        async with self.database.transaction() as session:
            await write_within(session, self.origin, self.clock, actor, _put_on_record, denial)


async def write_within(
    session: AsyncSession,
    origin: Origin,
    clock: Clock,
    actor: Actor,
    act: Callable[Concatenate[AsyncSession, Actor, P], Awaitable[T]],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What `Writer.write` does, as the last part of a transaction that the caller commits."""
    journal = session.info[_JOURNAL] = Journal()
    result = await act(session, actor, *args, **kwargs)
    await session.flush()
    await _write_audits(session, journal.audits, origin, clock())
    await _write_events(session, journal.events, clock())
    return result


async def _write_audits(session: AsyncSession, audits: Sequence[dict[str, Any]], origin: Origin, now: datetime) -> None:
    if not audits:
        return
    epoch = await session.scalar(text("select epoch from event_stream where id = 1"))
    session.add_all(_audit_row(audit, origin, now, epoch) for audit in audits)
    await session.flush()


def _audit_row(audit: dict[str, Any], origin: Origin, now: datetime, epoch: UUID) -> AuditEvent:
    salt = secrets.token_bytes(16)
    content = {
        "ip": origin.ip,
        **audit,
        "epoch": epoch,
        "occurred_at": now,
        "request_id": origin.request_id,
    }
    return AuditEvent(**content, salt=salt, digest=digest(content, salt))


def digest(content: dict[str, Any], salt: bytes) -> bytes:
    """SHA-256 over the salt and the canonical JSON (sorted keys, RFC 3339 times) of an audit row's content."""
    return hashlib.sha256(salt + orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)).digest()


_APPEND = text(
    """
    with head as (
        update event_stream set head = head + cast(:count as bigint) where id = :stream
        returning head - cast(:count as bigint) as base)
    insert into event (stream, position, topic, kind, scope_tags, payload, audit_id, occurred_at, recorded_at)
    select :stream, head.base + e.n, e.item ->> 'topic', e.item ->> 'kind',
           array(select jsonb_array_elements_text(e.item -> 'scope_tags')), e.item -> 'payload',
           cast(e.item ->> 'audit_id' as uuid), cast(e.item ->> 'occurred_at' as timestamptz), clock_timestamp()
    from head, jsonb_array_elements(cast(:events as jsonb)) with ordinality as e(item, n)
    """
)


async def _write_events(session: AsyncSession, events: Sequence[tuple[Event, UUID | None]], now: datetime) -> None:
    """Give positions and append, in one statement: the row lock it takes is the commit order, so it comes last."""
    if not events:
        return
    items = [_wire(event, now) | {"audit_id": key} for event, key in events]
    session.info[ANNOUNCED] = Announcement.EVENTS
    await session.execute(
        _APPEND, {"stream": GOVERNANCE_STREAM, "count": len(items), "events": orjson.dumps(items).decode()}
    )


def _wire(event: Event, now: datetime) -> dict[str, Any]:
    return {
        "topic": event.topic,
        "kind": event.kind,
        "scope_tags": event.scope_tags,
        "payload": event.payload(),
        "occurred_at": event.occurred_at or now,
    }
