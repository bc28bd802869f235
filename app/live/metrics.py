"""What a process counts of its subscriptions, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.live.log import Lag
from app.live.wakeups import Wakeups

DELAYS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 3.0, 10.0)


class LiveMetrics:
    """Of one process. `members` by `executions` and `delivered` tell how much is shared."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._most = 0
        self.groups = Gauge(
            "modelhub_live_groups", "Sets of subscriptions that are answered together.", registry=registry
        )
        self.connections = Gauge(
            "modelhub_live_connections",
            "Clients that are connected to listen: by `websocket`, or `sse` (server-sent events).",
            ["transport"],
            registry=registry,
        )
        self.sockets, self.streams = (self.connections.labels(transport) for transport in ("websocket", "sse"))
        self.members = Gauge("modelhub_live_subscriptions", "Subscriptions that are served.", registry=registry)
        self.executions = Counter(
            "modelhub_live_executions", "Executions: one for each event, or snapshot, and group.", registry=registry
        )
        self.delivered = Counter("modelhub_live_messages", "Messages to subscriptions.", registry=registry)
        self.replayed = Counter(
            "modelhub_live_replayed_messages", "Messages of events that a subscription had missed.", registry=registry
        )
        self.slow = Counter(
            "modelhub_live_slow_clients", "Clients that were let go as they did not keep up.", registry=registry
        )
        self.high_water = Gauge(
            "modelhub_live_outbox_high_water",
            "Messages that waited for one client at once, at most.",
            registry=registry,
        )
        self.delay = Histogram(
            "modelhub_live_delay_seconds",
            "From the last statement before the commit of an event to its delivery to those who listen.",
            buckets=DELAYS,
            registry=registry,
        )

    def note_waiting(self, messages: int) -> None:
        """So many messages waited for one client."""
        self._most = max(self._most, messages)
        self.high_water.set(self._most)

    def note_delay(self, recorded_at: datetime, now: datetime) -> None:
        """An event was delivered."""
        self.delay.observe(max((now - recorded_at).total_seconds(), 0))


def lag_families(lag: Lag) -> Iterable[Metric]:
    """How far a process is behind the log of events."""
    yield GaugeMetricFamily("modelhub_live_log_head", "The position of the last event of the log.", lag.head)
    yield GaugeMetricFamily(
        "modelhub_live_log_lag_events", "Events that this process has not told to all who listen.", lag.events
    )
    yield GaugeMetricFamily(
        "modelhub_live_log_lag_seconds",
        "How long the oldest of those has been in the log; 0 if there is none.",
        lag.seconds,
    )


class WakeupMetrics(Collector):
    """Whether processes wake each other, read when somebody asks."""

    def __init__(self, wakeups: Wakeups) -> None:
        self._wakeups = wakeups

    def collect(self) -> Iterable[Metric]:
        """All of it."""
        backend = self._wakeups.backend
        yield GaugeMetricFamily(
            "modelhub_live_redis_connected", "Whether Redis is there to wake processes.", int(backend.is_connected)
        )
        yield CounterMetricFamily(
            "modelhub_live_redis_connections", "Connections to Redis that were made to listen.", backend.connections
        )
        yield CounterMetricFamily(
            "modelhub_live_wakeups_lost", "Wake-ups that could not be published.", self._wakeups.lost
        )
