"""Figures of a process: bounded names, jobs, pools, and parts that are away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from app.kit.access import SYSTEM, Actor, Clearance
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.telemetry.metrics import ApiMetrics, BoundedNames, DatabaseMetrics, JobMetrics
from app.telemetry.scraping import Exposition
from tests.kit.rows import execute


def value(registry: CollectorRegistry, metric: str, /, **labels: str) -> float | None:
    return registry.get_sample_value(metric, labels)


class TestBoundedNames:
    def test_first_ones_get_a_label(self) -> None:
        names = BoundedNames(2)
        asked = ["a", "b", "c", "a", "b"]
        assert [names.label(name, admit=True) for name in asked] == ["a", "b", "other", "a", "b"]

    def test_strangers_take_no_place(self) -> None:
        names = BoundedNames(1)
        assert [names.label(name, admit=False) for name in ("x", "y")] == ["other", "other"]
        assert names.label("a", admit=True) == "a"
        assert names.label("a", admit=False) == "a"


class TestApiMetrics:
    def test_operations_are_counted_by_name_type_and_code(self) -> None:
        registry = CollectorRegistry()
        metrics = ApiMetrics(registry)
        metrics.note_operation("Discover", "query", [], 0.02, trusted=True)
        metrics.note_operation("Discover", "query", ["CONFLICT", "NOT_FOUND"], 0.3, trusted=True)
        metrics.note_operation(None, "query", [], 0.001, trusted=True)
        labels = {"operation": "Discover", "type": "query"}
        assert value(registry, "modelhub_graphql_operations_total", **labels) == 2
        assert value(registry, "modelhub_graphql_errors_total", **labels, code="NOT_FOUND") == 1
        assert value(registry, "modelhub_graphql_operation_duration_seconds_sum", **labels) == pytest.approx(0.32)
        assert value(registry, "modelhub_graphql_operation_duration_seconds_bucket", **labels, le="0.025") == 1
        assert value(registry, "modelhub_graphql_operations_total", operation="anonymous", type="query") == 1

    def test_any_number_of_names_gives_a_bounded_number_of_series(self) -> None:
        registry = CollectorRegistry()
        metrics = ApiMetrics(registry)
        for number in range(1000):
            metrics.note_operation(f"Name{number}", "query", [], 0.1, trusted=True)
        (family,) = (each for each in registry.collect() if each.name == "modelhub_graphql_operations")
        shown = {
            sample.labels["operation"]: sample.value for sample in family.samples if sample.name.endswith("_total")
        }
        assert len(shown) == 201
        assert shown["other"] == 800


class TestJobMetrics:
    def test_runs_are_counted_by_outcome(self) -> None:
        registry = CollectorRegistry()
        jobs = JobMetrics(registry)
        jobs.expect("roll-up")
        assert value(registry, "modelhub_worker_job_last_success_timestamp_seconds", name="roll-up") == 0
        jobs.note("roll-up", 0.1, succeeded=False)
        assert value(registry, "modelhub_worker_job_last_success_timestamp_seconds", name="roll-up") == 0
        jobs.note("roll-up", 0.1, succeeded=True)
        assert value(registry, "modelhub_worker_job_runs_total", name="roll-up", outcome="failure") == 1
        assert (value(registry, "modelhub_worker_job_last_success_timestamp_seconds", name="roll-up") or 0) > 1.7e9


class TestDatabaseMetrics:
    async def test_pools_show_who_works_and_who_waits(self, database: Database) -> None:
        registry = CollectorRegistry()
        registry.register(DatabaseMetrics(database))

        def connections(state: str) -> float | None:
            return value(registry, "modelhub_db_pool_connections", pool="write", state=state)

        async with asyncio.TaskGroup() as tasks:
            done = asyncio.Event()
            for _ in range(9):
                tasks.create_task(_hold(database, done))
            async with asyncio.timeout(10):
                while connections("in_use") != 8 or value(registry, "modelhub_db_pool_waiting", pool="write") != 1:
                    await asyncio.sleep(0.01)
            assert value(registry, "modelhub_db_pool_limit", pool="write") == 8
            done.set()
        assert connections("in_use") == 0
        assert value(registry, "modelhub_db_pool_waiting", pool="write") == 0

    async def test_statements_are_counted(self, database: Database) -> None:
        registry = CollectorRegistry()
        registry.register(DatabaseMetrics(database))
        await execute(database, "select pg_sleep(0.05)", "select 1")
        assert value(registry, "modelhub_db_statements_total", pool="write") == 2
        assert 0.05 <= (value(registry, "modelhub_db_statement_seconds_total", pool="write") or 0) < 5
        assert value(registry, "modelhub_db_statements_total", pool="read") == 0


async def _hold(database: Database, done: asyncio.Event) -> None:
    async with database.driver():
        await done.wait()


class Part:
    """A part that counts how often it is asked, and may fail."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked = 0
        self.failure = failure

    async def __call__(self, actor: Actor) -> Iterable[Metric]:
        self.asked += 1
        if self.failure:
            raise self.failure
        return [GaugeMetricFamily("modelhub_test", "A figure.", len(actor.levels()))]


class TestExposition:
    async def test_part_is_asked_once_within_five_seconds_for_those_who_see_the_same(self) -> None:
        part = Part()
        exposition = Exposition(CollectorRegistry(), {"database": part})
        viewer = Actor("v", "v", frozenset(), Clearance.PUBLIC)
        texts = await asyncio.gather(*(exposition.text(actor, "") for actor in (SYSTEM, SYSTEM, viewer, viewer)))
        assert part.asked == 2
        assert [b"modelhub_test 4.0" in text for text, _ in texts] == [True, True, False, False]
        assert all(b'modelhub_up{part="database"} 1.0' in text for text, _ in texts)

    @pytest.mark.parametrize("failure", [Unavailable("away"), ValueError("a defect")])
    async def test_part_that_fails_is_down_and_the_rest_is_shown(
        self, failure: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        exposition = Exposition(CollectorRegistry(), {"database": Part(failure), "redis": Part()})
        text, _ = await exposition.text(SYSTEM, "")
        assert b'modelhub_up{part="database"} 0.0' in text
        assert b'modelhub_up{part="redis"} 1.0' in text
        assert b"modelhub_test 4.0" in text
        assert [record.levelno for record in caplog.records] == (
            [] if isinstance(failure, Unavailable) else [logging.ERROR]
        )

    async def test_part_that_hangs_is_down_after_a_second(self) -> None:
        async def hangs(_: Actor) -> Iterable[Metric]:
            await asyncio.Event().wait()
            return ()

        async with asyncio.timeout(1.5):
            text, _ = await Exposition(CollectorRegistry(), {"redis": hangs}).text(SYSTEM, "")
        assert b'modelhub_up{part="redis"} 0.0' in text

    @pytest.mark.parametrize(
        ("accept", "media_type"),
        [
            ("", "text/plain; version=0.0.4; charset=utf-8"),
            (
                "application/openmetrics-text;version=1.0.0",
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            ),
        ],
    )
    async def test_format_is_the_one_asked_for(self, accept: str, media_type: str) -> None:
        text, answered = await Exposition(CollectorRegistry(), {}).text(SYSTEM, accept)
        assert answered.startswith(media_type)
        assert text.endswith(b"# EOF\n") == accept.startswith("application/openmetrics")
