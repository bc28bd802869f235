"""The demo as a service: loaded, filled, cleared without a trace, and not loaded again unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import source
from app.catalog.importing import import_catalog
from app.demo import service
from app.demo.estate import LARKFIELD
from app.kit.access import SYSTEM, Actor
from app.kit.db import Database
from app.kit.ids import global_id
from app.kit.journal import Writer
from app.metrics import jobs
from app.metrics.labels import TAKE_MINUTES
from app.metrics.rollups import TAKE_MARK
from app.migrate import METADATA
from tests.catalog.writing import act
from tests.conftest import Api
from tests.kit.rows import execute, select_rows

RETENTION = timedelta(days=30)
KEPT = {"event", "event_stream", "audit_event", "demo_run", "rollup_dirty", "rollup_dirty_minute"}
"""Tables that remember: the log and the audit trail for ever, the run as `cleared`, marks until they are worked off."""


@pytest.fixture(scope="module")
def template(template: str) -> str:
    """A migrated database that holds the real catalog."""
    return f"{template}_catalog"


@pytest.fixture(scope="module", autouse=True)
def catalog(servers: Any, template: str) -> None:
    """Make that template."""

    async def make() -> None:
        admin = await asyncpg.connect(servers.urls.database.replace("+asyncpg", ""))
        await admin.execute(f"create database {template} template {template.removesuffix('_catalog')}")
        await admin.close()
        database = Database(servers.urls.database.replace("/modelhub?", f"/{template}?"))
        await Writer(database).write(SYSTEM, import_catalog, list(source.providers()))
        await database.close()

    asyncio.run(make())


async def start(database: Database) -> bool:
    """Load the demo unless it is there or was cleared."""
    return await Writer(database).write(SYSTEM, service.start, datetime.now(UTC))


async def stop(database: Database) -> None:
    """Clear the demo."""
    await Writer(database).write(SYSTEM, service.stop)


async def fill(database: Database, hours: int = 3) -> None:
    """Make the traffic of the last hours."""
    await execute(database, f"update demo_run set generated_until = now() - interval '{hours} hours'")
    assert await service.fill(database, RETENTION) is not None


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    tables = sorted(METADATA.tables.keys() - KEPT)
    counted = ", ".join(f"(select count(*) from {name}) as {name}" for name in tables)
    return (await select_rows(database, f"select {counted}"))[0]


async def sums(database: Database) -> Any:
    """What the roll-ups add up to."""
    return await select_rows(
        database,
        "select grain, count(*), sum(requests) as n, sum(cost) as cost, sum(tokens_in) as tokens "
        "from rollup group by 1 order by 1",
    )


VERSION_OF_OWN = """
select v.id from model_version v join model m on m.id = v.model_id where v.is_demo and m.slug = 'openai/gpt-4o' limit 1
"""


class TestStart:
    async def test_api_shows_the_estate(self, api: Api) -> None:
        assert await start(api.database)
        await fill(api.database, hours=24)
        found = await api.data("""{
            deployments(first: 100) { totalCount nodes {
                isDemo runtime phase model { slug } version { label } team { slug } configuration {
                    runtime { replicas } } metrics { requests { total } } } }
            experiments { totalCount nodes { isDemo variants { model { slug } } } }
            models(first: 1, orderBy: {field: POPULARITY, direction: DESC}) { nodes { slug } }
            model(by: {slug: "neuroweaver/claims-extractor"}) { isDemo aliases { name } replacement { slug } }
            dashboard { summary { totalRequests } recentActivity { type } } }""")
        deployments = found["deployments"]["nodes"]
        assert len(deployments) == len(LARKFIELD.deployments)
        assert all(one["isDemo"] and one["runtime"] == "RECORDED" and one["version"] for one in deployments)
        assert {one["team"]["slug"] for one in deployments} == {team.slug for team in LARKFIELD.teams}
        assert {one["model"]["slug"] for one in deployments} <= {model.slug for model in LARKFIELD.models}
        assert sum(one["metrics"]["requests"]["total"] for one in deployments) > 500
        assert found["experiments"]["totalCount"] == len(LARKFIELD.experiments)
        assert found["model"]["isDemo"]
        assert found["dashboard"]["summary"]["totalRequests"] > 500

    async def test_calls_take_part_in_experiments(self, database: Database) -> None:
        await start(database)
        await fill(database, hours=24)
        rows = await select_rows(
            database,
            """select v.name, coalesce(r.requests, 0) as counted, (select count(*) from inference i
                join deployment d on d.id = i.deployment_id where d.name = case v.name
                when 'terra' then 'claims-triage' else 'claims-triage-candidate' end) as answered
               from experiment_variant v join experiment e on e.id = v.experiment_id and e.status = 'RUNNING'
               left join rollup_variant r on r.variant_id = v.id order by 1""",
        )
        assert [row["name"] for row in rows] == ["sonnet", "terra"]
        assert all(row["counted"] == row["answered"] for row in rows)

    async def test_phases_are_those_of_the_estate(self, database: Database) -> None:
        await start(database)
        rows = await select_rows(database, "select name, phase, environment from deployment")
        expected = {(made.name, made.phase.value, made.environment.value) for made in LARKFIELD.deployments}
        assert {tuple(row.values()) for row in rows} == expected

    async def test_second_start_changes_nothing(self, database: Database) -> None:
        await start(database)
        before = await counts(database), await select_rows(database, "select * from demo_run")
        assert await start(database)
        assert (await counts(database), await select_rows(database, "select * from demo_run")) == before

    async def test_history_begins_at_midnight_a_fortnight_ago(self, database: Database) -> None:
        await start(database)
        (run,) = await select_rows(database, "select * from demo_run")
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        assert run["anchor"] == run["generated_until"] == midnight - timedelta(days=14)
        assert not run["is_cleared"]


class TestFill:
    async def test_filling_again_from_an_earlier_instant_inserts_nothing_new(self, database: Database) -> None:
        await start(database)
        begin = datetime.now(UTC) - timedelta(hours=25)
        end = begin + timedelta(hours=24)
        await self.fill_until(database, begin, end)
        before = await counts(database), await sums(database)
        assert before[0]["inference"] == before[0]["inference_key"] > 300
        await self.fill_until(database, begin, end)
        assert (await counts(database), await sums(database)) == before

    async def fill_until(self, database: Database, begin: datetime, end: datetime) -> None:
        """Fill a stretch as if `end` were now."""
        await execute(database, f"update demo_run set generated_until = '{begin.isoformat()}'")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(service, "utc_now", lambda: end)
            assert await service.fill(database, RETENTION) == end
        (run,) = await select_rows(database, "select generated_until from demo_run")
        assert run["generated_until"] == end

    async def test_traffic_goes_to_the_deployments_of_the_demo_and_nowhere_else(self, database: Database) -> None:
        await start(database)
        await fill(database)
        strangers = await select_rows(
            database,
            "select i.* from inference i left join deployment d on d.id = i.deployment_id where d.is_demo is not true",
        )
        assert strangers == []
        assert await select_rows(database, "select * from deployment where not is_demo") == []
        assert await select_rows(database, "select * from team where not is_demo") == []
        assert await select_rows(database, "select * from model where source = 'DISCOVERED'") == []
        mismatched = await select_rows(
            database, "select 1 from inference i join deployment d on d.id = i.deployment_id "
            "where (i.model_id, i.environment, i.team_id) is distinct from (d.model_id, d.environment, d.team_id)"
        )  # fmt: skip
        assert mismatched == []

    async def test_nothing_is_made_where_the_demo_is_off(self, database: Database) -> None:
        assert await service.fill(database, RETENTION) is None
        await start(database)
        await stop(database)
        assert await service.fill(database, RETENTION) is None
        assert await select_rows(database, "select * from inference") == []

    async def test_two_processes_that_fill_at_once_count_nothing_twice(self, database: Database) -> None:
        await start(database)
        await execute(database, "update demo_run set generated_until = now() - interval '2 hours'")
        await asyncio.gather(*(service.fill(database, RETENTION) for _ in range(2)))
        (taken,) = await select_rows(database, "select count(*) as n, count(distinct event_id) as ids from inference")
        (counted,) = await select_rows(database, "select sum(requests)::int8 as n from rollup where grain = 1")
        assert taken["n"] == taken["ids"] == counted["n"]


class TestStop:
    async def contents(self, database: Database, *tables: str) -> list[list[dict[str, Any]]]:
        """Whole tables."""
        return [await select_rows(database, f"select * from {table} order by 1, 2") for table in tables]

    async def load_whole(self, database: Database) -> None:
        """The demo with traffic, rolled up to days, with everything that jobs note."""
        await start(database)
        await fill(database, hours=26)
        later = datetime.now(UTC) + timedelta(days=2)
        await jobs.roll_up(database, lambda: later)
        await jobs.notice(database, datetime.now(UTC) - timedelta(hours=26), datetime.now(UTC))
        (run,) = await select_rows(database, "select count(distinct grain) as n from rollup")
        assert run["n"] == 3

    async def test_leaves_no_trace(self, database: Database) -> None:
        before = await counts(database)
        catalog = await self.contents(database, "model", "provider", "price")
        await self.load_whole(database)
        loaded = await counts(database)
        assert {name for name in before if loaded[name] > before[name]} - {"error_burst"} == {
            "deployment", "experiment", "experiment_unit", "experiment_variant", "inference", "inference_key", "model",
            "model_alias", "model_alias_move", "model_first_use", "model_search", "model_version", "provider", "rollup",
            "rollup_attribution", "rollup_error", "rollup_use_case", "rollup_user", "rollup_variant", "team",
        }  # fmt: skip
        await stop(database)
        assert await counts(database) == before
        assert await self.contents(database, "model", "provider", "price") == catalog

    async def test_takes_what_people_did_to_models_of_the_demo_with_it(self, api: Api) -> None:
        before = await counts(api.database)
        await start(api.database)
        mine = 'query { model(by: {slug: "openai/gpt-4o"}) { id } }'
        chosen = "select id, slug from model where is_demo order by slug limit 1"
        (made,) = await select_rows(api.database, chosen)
        key = global_id("Model", made["id"])
        assert (await act(api, "rateModel", modelId=key, rating=3))["errors"] == []
        assert (await act(api, "registerModelVersion", modelId=key, label="mine"))["errors"] == []
        own = (await api.data(mine))["model"]["id"]
        assert (await act(api, "updateModel", modelId=own, replacementId=key))["errors"] == []
        await execute(api.database, "update model set status = 'ACTIVE'", "update model_version set status = 'ACTIVE'")
        (label,) = await select_rows(api.database, VERSION_OF_OWN)
        wanted: dict[str, Any] = {
            "name": "mine",
            "environment": "STAGING",
            "configuration": {"process": {"template": "sample"}},
        }
        given = {"modelId": own, "versionId": global_id("ModelVersion", label["id"])}
        assert (await act(api, "createDeployment", modelId=key, **wanted))["errors"] == []
        assert (await act(api, "createDeployment", **given, **wanted))["errors"] == []
        await stop(api.database)
        assert await select_rows(api.database, "delete from deployment returning model_version_id as id") == [
            {"id": None}
        ]
        after = await counts(api.database)
        assert {name for name in before if before[name] != after[name]} <= {"error_burst"}
        assert await select_rows(api.database, "select 1 from model where replacement_id is not null") == []

    async def test_events_are_emptied_and_positions_stay_gapless(self, database: Database) -> None:
        await self.load_whole(database)
        (head,) = await select_rows(database, "select head from event_stream")
        audits = await select_rows(database, "select count(*) as n from audit_event")
        await stop(database)
        events = await select_rows(database, "select position, kind, topic, payload, scope_tags from event order by 1")
        assert [event["position"] for event in events] == list(range(1, head["head"] + 1))
        emptied = [event for event in events if "demo" in event["scope_tags"]]
        assert len(emptied) >= len(LARKFIELD.scalings)
        assert {(event["kind"], str(event["payload"])) for event in emptied} == {("demo.cleared", "{}")}
        assert {event["kind"] for event in events if event not in emptied} == {"catalog.imported"}
        assert await select_rows(database, "select count(*) as n from audit_event") == audits

    async def test_dashboard_is_empty_afterwards(self, api: Api) -> None:
        await self.load_whole(api.database)
        await stop(api.database)
        found = await api.data("""{ dashboard(filter: {range: {preset: LAST_30_DAYS}}) {
            summary { totalRequests activeDeployments } topModels { requests } recentActivity { type } } }""")
        assert found["dashboard"] == {
            "summary": {"totalRequests": 0, "activeDeployments": 0},
            "topModels": [],
            "recentActivity": [],
        }

    async def test_cleared_stays_cleared(self, database: Database) -> None:
        await start(database)
        await stop(database)
        assert not await start(database)
        assert await select_rows(database, "select * from deployment") == []
        await stop(database)
        assert not await start(database)

    async def test_without_a_demo_is_nothing(self, database: Database) -> None:
        before = await counts(database)
        await stop(database)
        assert await counts(database) == before

    async def test_while_traffic_is_made_leaves_nothing_either(self, database: Database) -> None:
        before = await counts(database)
        await start(database)
        await execute(database, "update demo_run set generated_until = now() - interval '60 hours'")
        begun = asyncio.Event()
        filling = asyncio.create_task(service.fill(database, RETENTION, lambda _done, _whole: begun.set()))
        await begun.wait()
        await stop(database)
        await filling
        assert await counts(database) == before

    async def test_while_an_hour_is_rolled_up_leaves_nothing_either(self, database: Database) -> None:
        before = await counts(database)
        await start(database)
        await fill(database)
        async with database.driver() as connection:
            rolling = connection.transaction()
            await rolling.start()
            minutes = await connection.fetch(TAKE_MINUTES, datetime.now(UTC) + timedelta(days=2))
            await jobs._count_labels(connection, [row["bucket"] for row in minutes])
            mark = await connection.fetchrow(TAKE_MARK, datetime.now(UTC) + timedelta(days=2))
            assert mark is not None
            await jobs._compute(connection, mark["grain"], mark["bucket"])
            stopping = asyncio.create_task(stop(database))
            await asyncio.sleep(0.5)
            await rolling.commit()
        await stopping
        assert await counts(database) == before

    async def test_what_people_decided_meanwhile_is_kept(self, database: Database) -> None:
        await start(database)
        where = "slug = 'openai/text-embedding-3-small'"
        await execute(
            database, f"update model set owner = 'ann', tags = '{{mine}}', security_level = 'RESTRICTED' where {where}"
        )
        await stop(database)
        (row,) = await select_rows(database, f"select owner, tags, security_level, category from model where {where}")
        assert row == {"owner": "ann", "tags": ["mine"], "security_level": "RESTRICTED", "category": None}

    async def test_usage_of_others_is_kept(self, database: Database) -> None:
        await start(database)
        await fill(database)
        ids = await select_rows(database, "select m.id, m.provider_id from model m where slug = 'openai/gpt-6-luna'")
        model, provider = ids[0].values()
        await execute(
            database,
            "insert into rollup (grain, bucket, model_id, provider_id, environment, requests, last_at, latency_buckets,"
            f" latency_counts, ttft_buckets, ttft_counts) values (1, now(), '{model}', '{provider}', 'PRODUCTION', 7,"
            " now(), '{}', '{}', '{}', '{}')",
        )
        await stop(database)
        assert await select_rows(database, "select requests from rollup") == [{"requests": 7}]


class TestRestart:
    async def test_loads_anew_after_a_clear(self, database: Database) -> None:
        await start(database)
        loaded = await counts(database)
        await stop(database)
        await Writer(database).write(SYSTEM, service.restart)
        assert await start(database)
        assert await counts(database) == loaded

    async def test_replaces_what_is_there(self, database: Database) -> None:
        await start(database)
        loaded, old = await counts(database), await self.keys(database)
        await fill(database)
        await Writer(database).write(SYSTEM, service.restart)
        assert await start(database)
        assert await counts(database) == loaded
        assert not set(old) & set(await self.keys(database))

    async def keys(self, database: Database) -> Sequence[Any]:
        """The keys of deployments."""
        return [row["id"] for row in await select_rows(database, "select id from deployment")]

    async def test_while_traffic_is_made_leaves_no_usage_of_deployments_that_are_gone(self, database: Database) -> None:
        # BUG (reported): the filling process goes on with the ids of the deployments that were there before.
        async def anew(session: AsyncSession, actor: Actor) -> None:
            await service.restart(session, actor)
            await session.flush()
            await service.start(session, actor, datetime.now(UTC))

        await start(database)
        await execute(database, "update demo_run set generated_until = now() - interval '60 hours'")
        begun = asyncio.Event()
        filling = asyncio.create_task(service.fill(database, RETENTION, lambda _done, _whole: begun.set()))
        await begun.wait()
        await Writer(database).write(SYSTEM, anew)
        await filling
        orphans = await select_rows(
            database, "select 1 from rollup r where not exists (select from deployment d where d.id = r.deployment_id)"
        )
        assert orphans == []
