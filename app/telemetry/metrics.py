"""What a process counts about itself, for Prometheus. Every label has a bounded number of values."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.kit.db import CACHE_FIGURES, Database

MAX_NAMES = 200
OTHER, ANONYMOUS = "other", "anonymous"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class BoundedNames:
    """At most `limit` names get a label of their own, those that are admitted first; the rest share `other`."""

    def __init__(self, limit: int = MAX_NAMES) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def label(self, name: str, *, admit: bool) -> str:
        """The label of a name; only admitted ones take a place."""
        if name in self._known:
            return name
        if not admit or len(self._known) >= self._limit:
            return OTHER
        self._known.add(name)
        return name


def process_registry() -> CollectorRegistry:
    """A registry with what Prometheus expects of every process, and which build it is."""
    disable_created_metrics()
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(TaskCollector())
    build = Gauge("modelhub_build_info", "Which program this is; always 1.", ["version", "python"], registry=registry)
    build.labels(version("modelhub"), platform.python_version()).set(1)
    return registry


class TaskCollector(Collector):
    """What a process has begun, counted when somebody asks from within its event loop."""

    def collect(self) -> Iterable[Metric]:
        """Nothing where there is no loop."""
        try:
            tasks = len(asyncio.all_tasks())
        except RuntimeError:
            return
        yield GaugeMetricFamily("modelhub_tasks", "asyncio tasks that have begun and not ended.", tasks)


class ApiMetrics:
    """Counts operations and HTTP requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        by_operation = ["operation", "type"]
        self.registry = registry
        self._names = BoundedNames()
        self._operations = Counter(
            "modelhub_graphql_operations_total", "GraphQL operations answered.", by_operation, registry=registry
        )
        self._errors = Counter(
            "modelhub_graphql_errors_total",
            "GraphQL operations that met a failure, by its code, be it an error or a mutation's answer.",
            [*by_operation, "code"],
            registry=registry,
        )
        self._seconds = Histogram(
            "modelhub_graphql_operation_duration_seconds",
            "From parsing an operation to its result.",
            by_operation,
            buckets=SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "modelhub_http_requests_total",
            "HTTP requests answered, by route of this program.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._request_seconds = Histogram(
            "modelhub_http_request_duration_seconds",
            "From the head of a request to the end of its answer.",
            ["route"],
            buckets=SECONDS,
            registry=registry,
        )
        self._calls = Counter(
            "modelhub_ingest_calls_total",
            "Calls of models that were reported, by way in and by what became of them.",
            ["way", "outcome"],
            registry=registry,
        )
        self.open_requests = Gauge(
            "modelhub_http_requests_in_progress", "HTTP requests that are being answered.", registry=registry
        )
        # To find a series by its labels takes longer than to count.
        self._of_operation = cache(self._find_operation)
        self._of_request = cache(self._find_request)

    def note_calls(self, way: str, outcome: str, number: int) -> None:
        """Count calls of models that were reported; `way` and `outcome` come from closed sets."""
        self._calls.labels(way, outcome).inc(number)

    def note_operation(
        self, name: str | None, kind: str, codes: Iterable[str], seconds: float, *, trusted: bool
    ) -> None:
        """Count an operation. A name of its own gets only who is `trusted`: signed in, with a valid document."""
        label = self._names.label(name, admit=trusted) if name else ANONYMOUS
        number, duration = self._of_operation(label, kind)
        number.inc()
        duration.observe(seconds)
        for code in codes:
            self._errors.labels(label, kind, code).inc()

    def note_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an HTTP request; `route` and `method` come from closed sets."""
        number, duration = self._of_request(route, method, status)
        number.inc()
        duration.observe(seconds)

    def _find_operation(self, label: str, kind: str) -> tuple[Counter, Histogram]:
        return self._operations.labels(label, kind), self._seconds.labels(label, kind)

    def _find_request(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(route, method, str(status)), self._request_seconds.labels(route)


class JobMetrics:
    """Counts the runs of the worker's jobs."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._runs = Counter(
            "modelhub_worker_job_runs_total",
            "Runs of a job, by outcome: `success` or `failure`.",
            ["name", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "modelhub_worker_job_duration_seconds", "How long a run took.", ["name"], buckets=SECONDS, registry=registry
        )
        self._succeeded = Gauge(
            "modelhub_worker_job_last_success_timestamp_seconds",
            "When a job last succeeded; 0 if it has not since this process began.",
            ["name"],
            registry=registry,
        )

    def expect(self, name: str) -> None:
        """Show a job before it ran."""
        self._succeeded.labels(name)

    def note(self, name: str, seconds: float, *, succeeded: bool) -> None:
        """Count a run."""
        self._runs.labels(name, "success" if succeeded else "failure").inc()
        self._seconds.labels(name).observe(seconds)
        if succeeded:
            self._succeeded.labels(name).set_to_current_time()


class AlertMetrics:
    """How late alert rules are evaluated."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lag = Gauge(
            "modelhub_alert_evaluation_lag_seconds",
            "How late the alert rule was that waited longest when this process last looked.",
            registry=registry,
        )

    def note_lag(self, seconds: float) -> None:
        """Note by how much a rule was late."""
        self._lag.set(seconds)


class DatabaseMetrics(Collector):
    """The pools, statements and statement caches of one process, read when somebody asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        """All of it."""
        yield from self._connections()
        yield from self._statements()
        yield from _caches()

    def _connections(self) -> Iterable[Metric]:
        limit = GaugeMetricFamily("modelhub_db_pool_limit", "Connections a pool may open.", labels=["pool"])
        waiting = GaugeMetricFamily(
            "modelhub_db_pool_waiting", "Tasks that wait for a connection of a pool.", labels=["pool"]
        )
        connections = GaugeMetricFamily(
            "modelhub_db_pool_connections", "Open connections: `in_use` or `idle`.", labels=["pool", "state"]
        )
        for pool in (each.figures() for each in self._database.pools):
            limit.add_metric([pool.name], pool.limit)
            waiting.add_metric([pool.name], pool.waiting)
            connections.add_metric([pool.name, "in_use"], pool.in_use)
            connections.add_metric([pool.name, "idle"], pool.idle)
        return limit, waiting, connections

    def _statements(self) -> Iterable[Metric]:
        count = CounterMetricFamily(
            "modelhub_db_statements", "SQL statements sent; usage that is copied in is not among them.", labels=["pool"]
        )
        seconds = CounterMetricFamily(
            "modelhub_db_statement_seconds",
            "Time that SQL statements took, without waits for connections.",
            labels=["pool"],
        )
        for pool in (each.figures() for each in self._database.pools):
            count.add_metric([pool.name], pool.statements)
            seconds.add_metric([pool.name], pool.seconds)
        text = "Reads that were repeated on a new connection because theirs was lost."
        return count, seconds, CounterMetricFamily("modelhub_db_reads_repeated", text, self._database.repeated)


def _caches() -> Iterable[Metric]:
    figures = [each() for each in CACHE_FIGURES]
    name = "statements"
    requests = CounterMetricFamily(
        "modelhub_cache_requests", "Look-ups in a cache: `hit` or `miss`.", labels=["cache", "outcome"]
    )
    requests.add_metric([name, "hit"], sum(each.hits for each in figures))
    requests.add_metric([name, "miss"], sum(each.misses for each in figures))
    entries = GaugeMetricFamily("modelhub_cache_entries", "What a cache holds.", labels=["cache"])
    entries.add_metric([name], sum(each.currsize for each in figures))
    return requests, entries
