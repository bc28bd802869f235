"""Acts on the catalog."""

from __future__ import annotations

import asyncio

import pytest

from app.catalog import service
from app.catalog.service import Name
from app.catalog.tables import Model
from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import SYSTEM, Actor
from app.kit.db import Database
from app.kit.errors import Forbidden
from app.kit.journal import Writer
from tests.kit.rows import model, provider, put, select_rows

VIEWER = Actor("v", "Viewer", PERMISSIONS[Role.VIEWER], CLEARANCES[Role.VIEWER])


async def discover(database: Database, *names: Name, is_demo: bool = False) -> dict[Name, Model]:
    """Let telemetry name models."""
    return await Writer(database).write(SYSTEM, service.discover_models, names, is_demo=is_demo)


class TestDiscoverModels:
    async def test_known_model_is_found_by_slug_in_any_case_and_nothing_is_added(self, database: Database) -> None:
        acme = provider()
        made = model(acme, "Anvil-1")
        await put(database, acme, made)
        found = await discover(database, ("acme", "Anvil-1"), ("ACME", "anvil-1"))
        assert {known.id for known in found.values()} == {made.id}
        assert await select_rows(database, "select count(*) as n from model") == [{"n": 1}]
        assert await select_rows(database, "select * from audit_event") == []

    async def test_dated_name_is_found_as_the_source_matches_it(self, database: Database) -> None:
        openai = provider("openai")
        made = model(openai, "gpt-4o")
        await put(database, openai, made)
        found = await discover(database, ("openai", "gpt-4o-2024-11-20"), ("azure", "gpt-4o"))
        assert {known.slug for known in found.values()} == {"openai/gpt-4o"}

    async def test_unknown_model_becomes_an_unpriced_entry_with_event_and_audit_row(self, database: Database) -> None:
        found = await discover(database, ("acme", "secret-sauce"))
        (row,) = await select_rows(database, "select id, slug, name, status, source, owner, is_demo from model")
        made = found["acme", "secret-sauce"]
        assert row == {
            "id": made.id, "slug": "acme/secret-sauce", "name": "secret-sauce", "status": "EXPERIMENTAL",
            "source": "DISCOVERED", "owner": None, "is_demo": False,
        }  # fmt: skip
        assert await select_rows(database, "select * from price") == []
        (event,) = await select_rows(database, "select kind, payload from event")
        assert event == {
            "kind": "model.discovered",
            "payload": {"slug": "acme/secret-sauce", "resource_id": str(made.id)},
        }
        assert len(await select_rows(database, "select * from audit_event where action = 'model.discovered'")) == 1

    async def test_what_was_discovered_is_known_the_next_time(self, database: Database) -> None:
        first = await discover(database, ("acme", "x"))
        second = await discover(database, ("acme", "x"))
        assert first["acme", "x"].id == second["acme", "x"].id
        assert len(await select_rows(database, "select * from event")) == 1

    async def test_names_that_differ_only_in_case_are_one_model(self, database: Database) -> None:
        found = await discover(database, ("acme", "Model-X"), ("acme", "model-x"), ("Acme", "MODEL-X"))
        assert len({made.id for made in found.values()}) == 1
        assert len(await select_rows(database, "select * from model")) == 1

    async def test_provider_of_a_discovered_model_is_found_in_any_case(self, database: Database) -> None:
        await put(database, provider("openai"))
        await discover(database, ("OpenAI", "my-own-finetune"))
        assert await select_rows(database, "select slug from provider") == [{"slug": "openai"}]

    async def test_many_processes_that_meet_the_same_unknown_model_add_it_once(self, database: Database) -> None:
        found = await asyncio.gather(*(discover(database, ("acme", "x"), ("acme", "y")) for _ in range(6)))
        assert len({(one["acme", "x"].id, one["acme", "y"].id) for one in found}) == 1
        rows = await select_rows(database, "select slug from model order by slug")
        assert [row["slug"] for row in rows] == ["acme/x", "acme/y"]
        assert len(await select_rows(database, "select * from event")) == 2

    async def test_demo_marks_what_it_discovers(self, database: Database) -> None:
        await discover(database, ("acme", "x"), is_demo=True)
        assert await select_rows(database, "select is_demo from model") == [{"is_demo": True}]

    async def test_nobody_without_the_permission_discovers(self, database: Database) -> None:
        with pytest.raises(Forbidden):
            await Writer(database).write(VIEWER, service.discover_models, [("acme", "x")])
        assert await select_rows(database, "select * from model") == []


class TestSetUsage:
    async def test_replaces_every_models_popularity_and_latency(self, database: Database) -> None:
        acme = provider()
        made = [model(acme, name, popularity=5, observed_latency_ms=8.0, baseline_latency_ms=90.0) for name in "abcd"]
        await put(database, acme, *made)
        used = {made[0].id: (7, 2.5), made[1].id: (5, 8.0), made[2].id: (5, None)}
        await Writer(database).write(SYSTEM, service.set_usage, used)
        rows = await select_rows(database, "select popularity, latency_ms from model order by name")
        assert [tuple(row.values()) for row in rows] == [(7, 2.5), (5, 8.0), (5, 90.0), (None, 90.0)]

    async def test_nothing_used_leaves_neither(self, database: Database) -> None:
        acme = provider()
        await put(database, acme, model(acme, "a", popularity=5), model(acme, "b", observed_latency_ms=2.0))
        await Writer(database).write(SYSTEM, service.set_usage, {})
        rows = await select_rows(database, "select popularity, observed_latency_ms, latency_ms from model")
        assert [list(row.values()) for row in rows] == [[None, None, None]] * 2

    async def test_what_is_as_before_is_not_written(self, database: Database) -> None:
        acme = provider()
        made = model(acme, "a", popularity=5, observed_latency_ms=2.0)
        await put(database, acme, made)
        before = await select_rows(database, "select xmin::text from model")
        await Writer(database).write(SYSTEM, service.set_usage, {made.id: (5, 2.0)})
        assert await select_rows(database, "select xmin::text from model") == before

    async def test_more_requests_than_32_bits_hold_are_stored(self, database: Database) -> None:
        acme = provider()
        made = model(acme, "a")
        await put(database, acme, made)
        await Writer(database).write(SYSTEM, service.set_usage, {made.id: (2**31, None)})
        assert await select_rows(database, "select popularity from model") == [{"popularity": 2**31}]
