"""The journal: what was done and what happened, in the act's own transaction and in commit order."""

from __future__ import annotations

import asyncio
import random
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.tables import Team
from app.kit.access import Actor
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.journal import Event, Origin, Writer, cursor_text, digest, record, tell
from tests.kit.rows import select_rows

ANN = Actor("u1", "Ann", frozenset(), on_behalf_of="bob")
NOW = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung(Event):
    """A bell rang."""

    kind: ClassVar[str] = "bell.rung"
    topic: ClassVar[str] = "bell"
    resource_type: ClassVar[str] = "Bell"
    times: int = 1


class Cracked(Exception):
    """The bell broke."""


async def ring(session: AsyncSession, actor: Actor, slug: str, *, times: int = 1, cracks: bool = False) -> str:
    """An act with a row, an audit row and an event."""
    session.add(Team(id=new_id(), slug=slug, name=slug))
    record(session, actor, Rung(resource_id=slug, times=times), before={"times": 0}, reason="noon")
    if cracks:
        raise Cracked
    return slug


class TestWrite:
    async def test_row_audit_row_and_event_are_one_transaction(self, database: Database) -> None:
        writer = Writer(database, Origin("r1", "10.0.0.1"), lambda: NOW)
        assert await writer.write(ANN, ring, "a", times=3) == "a"
        (audit,) = await select_rows(database, "select *, xmin::text as writer, tx::xid::text as says from audit_event")
        (event,) = await select_rows(database, "select *, xmin::text as writer from event")
        (team,) = await select_rows(database, "select xmin::text as writer from team")
        assert audit["writer"] == audit["says"] == event["writer"] == team["writer"]
        told = {"resource_id": "a", "times": 3}
        assert (event["stream"], event["position"], event["kind"], event["topic"]) == (1, 1, "bell.rung", "bell")
        assert (event["payload"], event["scope_tags"], event["occurred_at"]) == (told, [], NOW)
        expected = {
            "actor_id": "u1", "actor_name": "Ann", "on_behalf_of": "bob", "action": "bell.rung",
            "resource_type": "Bell", "resource_id": "a", "before": {"times": 0}, "after": told, "outcome": "SUCCESS",
            "reason": "noon", "ip": "10.0.0.1", "request_id": "r1", "occurred_at": NOW,
        }  # fmt: skip
        assert {name: audit[name] for name in expected} == expected

    async def test_digest_can_be_computed_again_from_the_row_and_shows_any_change(self, database: Database) -> None:
        await Writer(database, Origin("r1", "10.0.0.1")).write(ANN, ring, "a")
        columns = """id, epoch, occurred_at, actor_id, actor_name, on_behalf_of, action, resource_type, resource_id,
            before, after, outcome, reason, ip, request_id"""
        (content,) = await select_rows(database, f"select {columns} from audit_event")
        (sealed,) = await select_rows(database, "select salt, digest from audit_event")
        assert digest(content, sealed["salt"]) == sealed["digest"]
        for name in content:
            assert digest({**content, name: "forged"}, sealed["salt"]) != sealed["digest"]

    async def test_salts_differ(self, database: Database) -> None:
        for slug in "ab":
            await Writer(database).write(ANN, ring, slug)
        rows = await select_rows(database, "select salt from audit_event")
        assert len({row["salt"] for row in rows}) == 2

    async def test_error_leaves_nothing_and_takes_no_position(self, database: Database) -> None:
        with pytest.raises(Cracked):
            await Writer(database).write(ANN, ring, "a", cracks=True)
        for table in ("team", "audit_event", "event"):
            assert await select_rows(database, f"select * from {table}") == []
        assert await select_rows(database, "select head from event_stream") == [{"head": 0}]
        await Writer(database).write(ANN, ring, "a")
        assert await select_rows(database, "select position from event") == [{"position": 1}]

    async def test_refusal_by_the_database_leaves_nothing(self, database: Database) -> None:
        await Writer(database).write(ANN, ring, "a")
        with pytest.raises(Exception, match="uq_team_slug"):
            await Writer(database).write(ANN, ring, "a")
        assert len(await select_rows(database, "select * from audit_event")) == 1
        assert await select_rows(database, "select head from event_stream") == [{"head": 1}]

    async def test_what_is_only_told_has_no_audit_row(self, database: Database) -> None:
        async def notice(session: AsyncSession, _: Actor) -> None:
            tell(session, Rung(resource_id="a", occurred_at=datetime(2026, 1, 1, tzinfo=UTC), scope_tags=("demo",)))

        await Writer(database).write(ANN, notice)
        assert await select_rows(database, "select * from audit_event") == []
        (event,) = await select_rows(database, "select * from event")
        assert (event["occurred_at"], event["scope_tags"]) == (datetime(2026, 1, 1, tzinfo=UTC), ["demo"])
        assert event["recorded_at"] > event["occurred_at"]

    async def test_act_without_events_touches_no_log(self, database: Database) -> None:
        async def nothing(_session: AsyncSession, _actor: Actor) -> int:
            return 7

        assert await Writer(database).write(ANN, nothing) == 7
        assert await select_rows(database, "select head from event_stream") == [{"head": 0}]

    async def test_events_of_one_act_keep_their_order(self, database: Database) -> None:
        async def peal(session: AsyncSession, actor: Actor) -> None:
            for times in range(20):
                record(session, actor, Rung(resource_id="a", times=times))

        await Writer(database).write(ANN, peal)
        rows = await select_rows(database, "select position, payload -> 'times' as times from event order by position")
        assert [(row["position"], row["times"]) for row in rows] == [(n + 1, n) for n in range(20)]


class TestPositions:
    async def test_are_gapless_and_in_commit_order_at_every_moment_with_eight_writers(self, database: Database) -> None:
        chance, done = random.Random(7), asyncio.Event()

        async def act(session: AsyncSession, actor: Actor, name: str, pause: float, cracks: bool) -> None:
            for times in range(1 + len(name) % 3):
                record(session, actor, Rung(resource_id=name, times=times))
            await session.execute(text("select pg_sleep(:pause)"), {"pause": pause})
            if cracks:
                raise Cracked

        async def writes(writer: int) -> int:
            told = 0
            for n in range(12):
                name, cracks = f"{writer}" * (1 + n % 3), chance.random() < 0.3
                with nullcontext() if not cracks else pytest.raises(Cracked):
                    await Writer(database).write(ANN, act, name, chance.random() / 100, cracks)
                told += 0 if cracks else 1 + len(name) % 3
            return told

        async def watches() -> int:
            looks = 0
            while not done.is_set():
                (seen,) = await select_rows(
                    database, "select count(*) as n, coalesce(max(position), 0) as top, min(head) as head "
                    "from event_stream left join event on true"
                )  # fmt: skip
                assert seen["n"] - (seen["top"] == 0) == seen["top"] == seen["head"]
                looks += 1
            return looks

        watching = asyncio.create_task(watches())
        told = sum(await asyncio.gather(*(writes(writer) for writer in range(8))))
        done.set()
        assert await watching > 5
        positions = [row["position"] for row in await select_rows(database, "select position from event order by 1")]
        assert positions == list(range(1, told + 1))
        audits = await select_rows(database, "select count(*) as n from audit_event")
        assert audits == [{"n": told}]

    async def test_events_of_one_act_lie_together(self, database: Database) -> None:
        async def peal(session: AsyncSession, actor: Actor, name: str) -> None:
            for times in range(5):
                record(session, actor, Rung(resource_id=name, times=times))

        await asyncio.gather(*(Writer(database).write(ANN, peal, f"b{n}") for n in range(8)))
        rows = await select_rows(database, "select payload ->> 'resource_id' as name from event order by position")
        runs: list[Any] = [row["name"] for row in rows][::5]
        assert [row["name"] for row in rows] == [name for name in runs for _ in range(5)]
        assert len(set(runs)) == 8


class TestCursorText:
    def test_names_epoch_stream_and_position(self) -> None:
        one, two = new_id(), new_id()
        cursors = {cursor_text(epoch, s, p) for epoch in (one, two) for s in (1, 2) for p in (1, 2**60)}
        assert len(cursors) == 8
