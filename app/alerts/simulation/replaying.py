"""A rule over recorded history: at every instant of its interval the one evaluator decides. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.alerts.definition import NOBODYS, Definition
from app.alerts.looking import sampled
from app.alerts.measuring import Circumstances, unusual
from app.alerts.rules import AT_REST, Labels, Sample, Standing, decide
from app.alerts.samples import A_MINUTE, AN_HOUR, Question, labels_of
from app.alerts.simulation.sliding import Sliding
from app.alerts.vocabulary import AlertMetric, AlertState
from app.metrics.rules import EPOCH, TimeRange, ceil_to, floor_to

_OF_THE_INSTANT = {AlertMetric.INGEST_AGE_SECONDS}
"""What is another value at every instant, not only with every minute."""


@dataclass(frozen=True, slots=True)
class Transition:
    """What would have happened, at an instant, to the alert with these labels."""

    at: datetime
    labels: Labels
    before: AlertState
    after: AlertState
    value: Decimal | None


def instants(definition: Definition, span: TimeRange) -> Iterator[tuple[datetime, list[datetime]]]:
    """The instants that are evaluated from the start of a range to its end, by the minute at whose end they are or in
    which they lie."""
    interval = timedelta(seconds=definition.interval_seconds)
    at = ceil_to(span.start, interval)
    while at <= span.end:
        end, together = ceil_to(at, A_MINUTE), list[datetime]()
        while at <= min(end, span.end):
            together.append(at)
            at += interval
        yield end, together


def replay(definition: Definition, rows: Sequence[Any], span: TimeRange, budget: Decimal | None) -> list[Transition]:
    """All transitions within a range, by time. `rows` are figures by step: `history_span` says from when on."""
    history = (
        _Spending(definition, rows) if definition.metric is AlertMetric.UNUSUAL_SPEND else _Calls(definition, rows)
    )
    standings: dict[Labels, Standing] = {}
    found: list[Transition] = []
    for end, together in instants(definition, span):
        history.advance(end)
        for place, at in enumerate(together):
            is_new = place == 0 or definition.metric in _OF_THE_INSTANT
            timed = standings if is_new else {name: one for name, one in standings.items() if one.is_timed}
            samples = history.samples(Circumstances(at, budget)) if is_new or timed else {}
            seen = samples if is_new else {labels: samples[labels] for labels in timed if labels in samples}
            found += _step(definition, standings, timed, seen, at)
    return found


def _step(
    definition: Definition,
    standings: dict[Labels, Standing],
    looked_at: Mapping[Labels, Standing],
    samples: Mapping[Labels, Sample],
    at: datetime,
) -> Iterator[Transition]:
    for labels, after, sample in list(decide(definition.terms, looked_at, samples, at)):
        before = standings.get(labels, AT_REST)
        standings[labels] = after
        if after.state is not before.state:
            yield Transition(at, labels, before.state, after.state, sample.value)


class _Calls:
    """Calls, a minute after the other."""

    def __init__(self, definition: Definition, rows: Sequence[Any]) -> None:
        self._definition = definition
        self._question = Question.of(definition, NOBODYS)
        self._minutes = sorted(rows, key=lambda row: row["at"], reverse=True)
        self._windows: dict[Labels, Sliding] = {}
        self._samples: tuple[datetime, Mapping[Labels, Sample]] | None = None

    def advance(self, end: datetime) -> None:
        """Let the windows end at the end of a minute."""
        while self._minutes and self._minutes[-1]["at"] < end:
            row = self._minutes.pop()
            labels = labels_of(row, self._definition.group_by)
            if labels not in self._windows:
                self._windows[labels] = Sliding(histograms=self._question.histograms)
            self._windows[labels].add(row["at"], row)
        start = self._question.window(end).start
        for window in self._windows.values():
            window.forget(start)
        self._samples = None

    def samples(self, seen: Circumstances) -> Mapping[Labels, Sample]:
        """What the rule sees; the same for every instant of a minute, but for what is of the instant."""
        if self._samples is None or self._definition.metric in _OF_THE_INSTANT:
            found = {labels: window.figures() for labels, window in self._windows.items()}
            there = {labels: figures for labels, figures in found.items() if figures is not None}
            self._samples = (seen.at, sampled(self._definition, there, seen))
        return self._samples[1]


class _Spending:
    """What each hour cost, by labels."""

    def __init__(self, definition: Definition, rows: Sequence[Any]) -> None:
        self._hours = defaultdict[Labels, dict[datetime, Decimal]](dict)
        for row in rows:
            self._hours[labels_of(row, definition.group_by)][row["at"]] = row["cost"]
        self._samples: tuple[datetime, Mapping[Labels, Sample]] = (EPOCH, {})

    def advance(self, end: datetime) -> None:
        """Nothing slides: whole hours are looked at."""

    def samples(self, seen: Circumstances) -> Mapping[Labels, Sample]:
        """How unusual spending was, by labels."""
        hour = floor_to(seen.at, AN_HOUR)
        if self._samples[0] != hour:
            found = {labels: Sample(unusual(costs, seen.at)) for labels, costs in self._hours.items()}
            self._samples = (hour, found)
        return self._samples[1]
