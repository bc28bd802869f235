"""The worker: jobs that fail are tried again and told of, and its own port shows how they do."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from app.embedded import stop
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.idempotency import DoneMutation
from app.kit.secrets import load_keys
from app.settings import Settings
from app.telemetry.metrics import JobMetrics
from app.worker import LATE_AFTER, Job, Schedule
from tests.conftest import free_port, wait_for
from tests.kit.rows import model, price, provider, put, select_rows

TOKEN = "scrape-me-0123456789"


class Ended(BaseException):
    """Ends a job's repetition in a test."""


def job_that(*outcomes: BaseException | None) -> Job:
    """A job of which each run has its own outcome; then it ends."""
    left = iter([*outcomes, Ended()])

    async def run() -> None:
        outcome = next(left)
        if outcome is not None:
            raise outcome

    return Job("test", 0.001, run)


class TestSchedule:
    @pytest.mark.parametrize(
        ("outcome", "succeeded", "told"),
        [(None, 1.0, []), (Unavailable("away"), 0.0, []), (ValueError("defect"), 0.0, [logging.ERROR])],
    )
    async def test_every_outcome_is_counted_and_a_defect_is_told(
        self, outcome: Exception | None, succeeded: float, told: list[int], caplog: pytest.LogCaptureFixture
    ) -> None:
        registry = CollectorRegistry()
        schedule = Schedule([job_that(outcome)], JobMetrics(registry))
        with pytest.raises(Ended):
            await schedule.repeat(schedule.jobs[0])
        runs = {
            kind: registry.get_sample_value("modelhub_worker_job_runs_total", {"name": "test", "outcome": kind})
            for kind in ("success", "failure")
        }
        assert {kind: count for kind, count in runs.items() if count} == {"success" if succeeded else "failure": 1.0}
        assert [record.levelno for record in caplog.records if record.levelno > logging.DEBUG] == told

    def test_job_that_does_not_succeed_for_five_minutes_is_late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 1000.0
        monkeypatch.setattr("app.worker.time.monotonic", lambda: now)
        schedule = Schedule([job_that(), Job("hourly", 3600, job_that().run)], JobMetrics(CollectorRegistry()))
        now += LATE_AFTER
        assert schedule.late() == []
        now += 1
        assert schedule.late() == ["test"]


@dataclass(frozen=True, slots=True)
class RunningWorker:
    """A worker in a process of its own."""

    url: str
    settings: Settings
    log: Path

    def get(self, path: str, token: str | None = None) -> tuple[int, str]:
        """Status and body."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[RunningWorker]:
    """`modelhub worker` over a database of one's own, with a port."""
    port, log = free_port(), tmp_path / "worker.log"
    given = {
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MODELHUB_HOME": str(settings.home),
        "HOST": "127.0.0.1",
        "DEMO": "0",
        "MODELHUB_WORKER_PORT": str(port),
        "MODELHUB_METRICS_TOKEN": TOKEN,
    }
    with log.open("wb") as file:
        command = [sys.executable, "-m", "app", "worker"]
        process = subprocess.Popen(command, env={**os.environ, **given}, stderr=file, stdout=file)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield RunningWorker(f"http://127.0.0.1:{port}", settings, log)
    finally:
        stop(process)
    assert process.returncode == 0, log.read_text()


@pytest_asyncio.fixture
async def work_left(database: Database) -> Database:
    """A database in which a model does not cost what its price says, and an act of two days ago is remembered."""
    acme = provider()
    one = model(acme, "one", baseline_cost_per_1k_tokens=Decimal(7))
    await put(database, acme, one, price(one, "INPUT", "3"), price(one, "OUTPUT", "15"))
    for key, age in (("old", timedelta(hours=48)), ("new", timedelta(hours=1))):
        done = {"actor_id": "a", "mutation": "tagModel", "key": key, "digest": b"", "result": one.id}
        await put(database, DoneMutation(**done, done_at=datetime.now(UTC) - age))
    return database


class TestJobs:
    async def test_costs_follow_prices_and_old_keys_are_forgotten(
        self, work_left: Database, worker: RunningWorker
    ) -> None:
        cost = "select baseline_cost_per_1k_tokens as cost from model"
        async with asyncio.timeout(30):
            while (await select_rows(work_left, cost))[0]["cost"] != Decimal("0.006"):
                await asyncio.sleep(0.05)
            while len(await select_rows(work_left, "select key from done_mutation")) > 1:
                await asyncio.sleep(0.05)
        assert await select_rows(work_left, "select key from done_mutation") == [{"key": "new"}]
        figures = worker.get("/metrics", TOKEN)[1]
        for job in ("costs", "mutations"):
            assert f'modelhub_worker_job_runs_total{{name="{job}",outcome="success"}} 1.0' in figures


class TestPort:
    def test_shows_jobs_to_whom_may_see_them(self, worker: RunningWorker) -> None:
        code, body = worker.get("/readyz")
        assert (code, json.loads(body)) == (200, {"status": "ok", "late": []})
        keys = load_keys(worker.settings.home)
        for token in (TOKEN, issue_development_token(keys, Role.VIEWER)):
            code, body = worker.get("/metrics", token)
            assert code == 200
            assert 'modelhub_worker_job_last_success_timestamp_seconds{name="roll-up"}' in body
            assert 'modelhub_db_pool_limit{pool="write"} 8.0' in body
        for token in (None, TOKEN + "x"):
            code, body = worker.get("/metrics", token)
            assert (code, json.loads(body)["errors"][0]["extensions"]["code"]) == (401, "UNAUTHORIZED")
        lines: list[dict[str, Any]] = [json.loads(line) for line in worker.log.read_text().splitlines()]
        assert [line["message"] for line in lines] == ["refused", "refused"]

    def test_is_what_the_health_check_of_the_containers_asks(self, worker: RunningWorker) -> None:
        from tests.test_compose import health_check

        python, *arguments = health_check("worker")
        assert python == "python"
        for url, code in ((worker.url, 0), ("http://127.0.0.1:9", 1)):
            here = [sys.executable, *(argument.replace("http://127.0.0.1:9100", url) for argument in arguments)]
            assert subprocess.run(here, capture_output=True, check=False).returncode == code
