"""Acts on deployments."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from app.deployments.service import Sighting, record_deployments
from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import SYSTEM, Actor
from app.kit.db import Database
from app.kit.errors import Forbidden
from app.kit.journal import Writer
from tests.kit.rows import model, provider, put, select_rows, team


async def see(database: Database, *sightings: Sighting) -> dict[tuple[str, UUID, str], UUID]:
    """Let usage name deployments."""
    return await Writer(database).write(SYSTEM, record_deployments, sightings)


@pytest.fixture
async def key(database: Database) -> UUID:
    """The key of a model."""
    acme = provider()
    made = model(acme, "anvil")
    await put(database, acme, made)
    return made.id


class TestRecordDeployments:
    async def test_unknown_one_is_recorded_as_running_with_event_and_audit_row(
        self, database: Database, key: UUID
    ) -> None:
        crew = team("crew")
        await put(database, crew)
        found = await see(database, Sighting("triage", key, "STAGING", crew.id))
        (row,) = await select_rows(database, "select * from deployment")
        assert found == {("triage", key, "STAGING"): row["id"]}
        assert (row["runtime"], row["phase"], row["spec"], row["team_id"]) == ("RECORDED", "RUNNING", None, crew.id)
        (condition,) = row["conditions"]
        assert (condition["type"], condition["status"], condition["reason"]) == ("Ready", "TRUE", "UsageReported")
        (event,) = await select_rows(database, "select kind, payload, scope_tags from event")
        assert event["scope_tags"] == ["level:INTERNAL", f"team:{crew.id}"]
        assert event["kind"] == "deployment.recorded"
        assert event["payload"]["message"] == "triage appeared in staging through its usage"
        (audit,) = await select_rows(database, "select action, resource_id from audit_event")
        assert audit == {"action": "deployment.recorded", "resource_id": str(row["id"])}

    async def test_known_one_is_left_as_it_is(self, database: Database, key: UUID) -> None:
        first = await see(database, Sighting("triage", key, "PRODUCTION"))
        crew = team("crew")
        await put(database, crew)
        assert await see(database, Sighting("triage", key, "PRODUCTION", crew.id)) == first
        assert await select_rows(database, "select team_id from deployment") == [{"team_id": None}]
        assert len(await select_rows(database, "select * from event")) == 1

    async def test_name_model_and_environment_tell_deployments_apart(self, database: Database, key: UUID) -> None:
        found = await see(
            database,
            Sighting("a", key, "PRODUCTION"),
            Sighting("a", key, "STAGING"),
            Sighting("b", key, "PRODUCTION"),
            Sighting("a", key, "PRODUCTION"),
        )
        assert len(found) == len(set(found.values())) == 3

    async def test_nothing_seen_is_nothing_done(self, database: Database) -> None:
        assert await see(database) == {}

    async def test_processes_that_see_the_same_at_once_record_it_once(self, database: Database, key: UUID) -> None:
        sightings = [Sighting(f"d{n}", key, "PRODUCTION") for n in range(20)]
        found = await asyncio.gather(*(see(database, *sightings[n:], *sightings[:n]) for n in range(8)))
        assert all(one == found[0] for one in found)
        assert len(set(found[0].values())) == 20
        assert len(await select_rows(database, "select * from deployment")) == 20
        assert len(await select_rows(database, "select * from event")) == 20

    async def test_nobody_without_the_permission_records(self, database: Database, key: UUID) -> None:
        analyst = Actor("a", "Analyst", PERMISSIONS[Role.ANALYST], CLEARANCES[Role.ANALYST])
        with pytest.raises(Forbidden):
            await Writer(database).write(analyst, record_deployments, [Sighting("a", key, "PRODUCTION")])
        assert await select_rows(database, "select * from deployment") == []
