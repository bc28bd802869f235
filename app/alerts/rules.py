"""The evaluator: from how an alert stands and what was measured to how it stands now. Pure; live evaluation and
simulation both call `decide`, and nothing else says when an alert fires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from operator import ge, gt, le, lt

from app.alerts.vocabulary import AlertState, Comparator, NoData, Notice
from app.kit.severity import Severity

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_JITTER = timedelta(seconds=5)
PATIENCE = 2
"""So many intervals may lie between two evaluations for time to be believed to have gone on in between."""

Labels = tuple[str | None, ...]
"""The values of the labels that a rule is divided by, in the order of its `groupBy`; empty if it is not."""

_COMPARE = {Comparator.GT: gt, Comparator.GTE: ge, Comparator.LT: lt, Comparator.LTE: le}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule demands. `for_` is how long the comparison must hold, `keep_firing_for` how long it must not."""

    comparator: Comparator
    threshold: Decimal
    for_: timedelta = timedelta()
    keep_firing_for: timedelta = timedelta()
    no_data: NoData = NoData.OK


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured: None if there is no value. `is_admitted`: whether the rule's further condition holds."""

    value: Decimal | None
    is_admitted: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands: since when it holds while it is PENDING or FIRING, and since when it does not any more
    while it is FIRING. Instants are those of `Clockwork`."""

    state: AlertState = AlertState.INACTIVE
    held_from: datetime | None = None
    clear_from: datetime | None = None

    @property
    def is_timed(self) -> bool:
        """Whether time alone can change it."""
        return self.state is AlertState.PENDING or self.clear_from is not None


AT_REST = Standing()
FAILED = Standing(AlertState.ERROR)
NOTHING = Sample(None)


def holds(terms: Terms, sample: Sample) -> bool | None:
    """Whether the comparison holds; None if what was before is to stay."""
    if sample.value is None:
        return {NoData.OK: False, NoData.ALERT: True, NoData.KEEP: None}[terms.no_data]
    return sample.is_admitted and _COMPARE[terms.comparator](sample.value, terms.threshold)


def step(terms: Terms, before: Standing, sample: Sample, at: datetime) -> Standing:
    """How an alert stands after one evaluation."""
    match holds(terms, sample):
        case None:
            return AT_REST if before.state is AlertState.ERROR else before
        case True:
            return _held(terms, before, at)
        case False:
            return _clear(terms, before, at)


def _held(terms: Terms, before: Standing, at: datetime) -> Standing:
    if before.state is AlertState.FIRING:
        return before if before.clear_from is None else Standing(AlertState.FIRING, before.held_from)
    held_from = before.held_from if before.state is AlertState.PENDING and before.held_from else at
    fires = at - held_from >= terms.for_
    return Standing(AlertState.FIRING if fires else AlertState.PENDING, held_from)


def _clear(terms: Terms, before: Standing, at: datetime) -> Standing:
    if before.state is AlertState.PENDING:
        return AT_REST
    if before.state is AlertState.ERROR:
        return Standing(AlertState.RESOLVED)
    if before.state is not AlertState.FIRING:
        return before
    clear_from = before.clear_from or at
    if at - clear_from >= terms.keep_firing_for:
        return Standing(AlertState.RESOLVED)
    return before if before.clear_from else Standing(AlertState.FIRING, before.held_from, clear_from)


def decide(
    terms: Terms, standings: Mapping[Labels, Standing], samples: Mapping[Labels, Sample], at: datetime
) -> Iterator[tuple[Labels, Standing, Sample]]:
    """Which alerts of a rule stand otherwise after an evaluation, by labels. A set of labels without a sample has no
    value; `standings` may leave out those at rest."""
    for labels in {**samples, **standings}:
        before, sample = standings.get(labels, AT_REST), samples.get(labels, NOTHING)
        after = step(terms, before, sample, at)
        if after != before:
            yield labels, after, sample


@dataclass(frozen=True, slots=True)
class Clockwork:
    """When a rule is evaluated: at the multiples of its interval since 1970, each a little later by its own jitter.

    `lost` is the time that does not count: what evaluations that were left out, and jumps of the clock, have added.
    Durations are measured between instants without it, so that nothing fires because nobody looked."""

    interval: timedelta
    jitter: timedelta = timedelta()
    lost: timedelta = timedelta()

    def instant(self, now: datetime) -> datetime:
        """The newest instant that can be evaluated."""
        late = now - self.jitter
        return late - (late - EPOCH) % self.interval

    def after(self, instant: datetime) -> datetime:
        """When to evaluate the one that follows."""
        return instant + self.interval + self.jitter

    def is_due(self, next_at: datetime, now: datetime) -> bool:
        """Whether to evaluate now. A time far ahead was set by a clock that was wrong."""
        return not now < next_at <= now + PATIENCE * self.interval + LONGEST_JITTER

    def lost_after(self, before: datetime | None, instant: datetime) -> timedelta:
        """The lost time when `instant` is evaluated and `before` was evaluated last."""
        if before is None or timedelta() < instant - before <= PATIENCE * self.interval:
            return self.lost
        return self.lost + (instant - before) - self.interval

    def counted(self, instant: datetime) -> datetime:
        """An instant without the time that was lost."""
        return instant - self.lost


def jitter_of(key: bytes, interval: timedelta) -> timedelta:
    """How much later than others a rule is evaluated: at most a tenth of its interval, and five seconds."""
    share = int.from_bytes(blake2b(key, digest_size=4).digest(), "big") / 2**32
    return share * min(interval / 10, LONGEST_JITTER)


_TOLD_OF = {AlertState.FIRING, AlertState.ERROR}


def notice_of(to: AlertState, told: AlertState | None, *, is_held: bool) -> Notice:
    """Whether channels are told of a transition: that it fires always, that it is over only if they heard of it."""
    if to in _TOLD_OF:
        return Notice.HELD if is_held else Notice.SENT
    if to is not AlertState.RESOLVED:
        return Notice.NONE
    if told not in _TOLD_OF:
        return Notice.DROPPED
    return Notice.HELD if is_held else Notice.SENT


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must be, or with `is_negated` must not be: one of the values."""

    label: str
    values: frozenset[str]
    is_negated: bool = False

    def matches(self, labels: Mapping[str, str | None]) -> bool:
        """Whether labels are so. A label that is not there is none of the values."""
        return (labels.get(self.label) in self.values) is not self.is_negated


def is_silenced(matchers: Sequence[Matcher], labels: Mapping[str, str | None]) -> bool:
    """Whether all matchers match; none match nothing."""
    return bool(matchers) and all(matcher.matches(labels) for matcher in matchers)


def inhibits(
    graver: tuple[Severity, Mapping[str, str | None]], other: tuple[Severity, Mapping[str, str | None]]
) -> bool:
    """Whether one alert makes it needless to tell of another of the same metric: it is graver, and about as much or
    more: it has no label that the other does not have."""
    order = list(Severity)
    is_graver = order.index(graver[0]) > order.index(other[0])
    return is_graver and all(value is None or other[1].get(name) == value for name, value in graver[1].items())
