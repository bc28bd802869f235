"""Counts raw inferences again in plain Python, and compares with what metrics answer. Shares no SQL with them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import SYSTEM, Actor
from app.kit.db import Database, Row, Statement
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.metrics import reads
from app.metrics.reads import ESTATE, Subject
from app.metrics.rules import MAX_POINTS, STEPS, Granularity, TimeRange, distinct, explicit_range, sketch_of
from app.metrics.tables import ATTRIBUTED
from app.metrics.usage import reads as usage
from app.metrics.usage.reads import Division
from app.metrics.usage.vocabulary import UsageDimension, UsageOrder
from tests.metrics.sending import A_DAY, A_MINUTE, AN_HOUR

RAW = """
select i.*, m.security_level, p.slug as provider, t.slug as team, d.team_id as owner_id
from inference i join model m on m.id = i.model_id join provider p on p.id = i.provider_id
left join team t on t.id = i.team_id left join deployment d on d.id = i.deployment_id
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SnapshotReader(Reader):
    """Reads within the transaction of one connection, so that several answers are of one instant."""

    connection: asyncpg.Connection[Any]

    def __init__(self, database: Database, connection: asyncpg.Connection[Any]) -> None:
        super().__init__(database, Cursors(b"tests"))
        object.__setattr__(self, "connection", connection)

    async def fetch(self, statement: Statement, row: type[Any], /, **values: Any) -> list[Any]:
        return await self.connection.fetch(statement.sql, *statement.arguments(values), record_class=row)


def reader_of(database: Database) -> Reader:
    """A reader like that of the API."""
    return Reader(database, Cursors(b"tests"))


async def raw_rows(database: Database) -> list[Any]:
    """Every inference that is stored."""
    async with database.driver() as connection:
        return await connection.fetch(RAW, record_class=Row)


@cache
def bucket(microseconds: int) -> int:
    """The bucket (2^(i/64), 2^((i+1)/64)] ms of a duration, by whole numbers only: µs^64 ≤ 2^(i+1) · 1000^64."""
    value, unit = max(microseconds, 1) ** 64, 1000**64
    exponent = value.bit_length() - unit.bit_length() - 1
    while value * 2 ** max(-exponent, 0) > unit * 2 ** max(exponent, 0):
        exponent += 1
    return exponent - 1


def histogram(values: Iterable[int]) -> dict[int, int]:
    """How many durations fall into each bucket."""
    return dict(Counter(map(bucket, values)))


@dataclass(frozen=True, slots=True)
class Question:
    """Something that can be asked of metrics."""

    subject: Subject
    keys: tuple[UUID, ...]
    span: TimeRange
    granularity: Granularity
    actor: Actor = SYSTEM

    def keeps(self, row: Any) -> bool:
        """Whether an inference is meant."""
        subject, wanted = self.subject, self.span.start <= row.occurred_at < self.span.end
        if subject.by in {"estate", "provider", "team"}:
            wanted = wanted and row.security_level in self.actor.levels()
        return (
            wanted
            and self._sees(row)
            and self.key(row) in self.keys
            and (not subject.environments or row.environment in subject.environments)
            and (not subject.models or row.model_id in subject.models)
            and (not subject.providers or row.provider in subject.providers)
            and (not subject.teams or row.team in subject.teams)
        )

    def _sees(self, row: Any) -> bool:
        """Whether it belongs to a team of the actor, by who called or by who answered, or to none."""
        owners = {row.team_id, row.owner_id} - {None}
        return self.actor.teams is None or not owners or bool(owners & self.actor.teams)

    def key(self, row: Any) -> UUID | None:
        """Under which key the inference is counted."""
        if self.subject.by == "estate":
            return ESTATE
        return row[f"{self.subject.by}_id"]

    def step_of(self, at: datetime) -> datetime:
        """The step of the series in which an instant lies."""
        return at - (at - _EPOCH) % STEPS[self.granularity]


def _measured(rows: Sequence[Any], column: str) -> list[int]:
    return [row[column] for row in rows if row[column] is not None]


def _durations(rows: Sequence[Any], name: str) -> dict[str, Any]:
    values = _measured(rows, f"{name}_us")
    return {
        f"{name}_count": len(values),
        f"{name}_sum_us": sum(values),
        f"{name}_min_us": min(values, default=None),
        f"{name}_max_us": max(values, default=None),
        f"{name}_histogram": histogram(values),
    }


def totals(rows: Sequence[Any]) -> dict[str, Any]:
    """What `reads.totals` must answer about these inferences."""
    priced = [row for row in rows if row.cost is not None]
    confidences, ratings = _measured(rows, "confidence"), _measured(rows, "rating")
    return {
        "requests": len(rows),
        "failed": sum(row.failed for row in rows),
        "cost": sum((row.cost for row in priced), Decimal(0)),
        "unpriced": len(rows) - len(priced),
        **{f"tokens_{of}": sum(row[f"tokens_{of}"] for row in rows) for of in ("in", "out", "cached", "reasoning")},
        "tokens_priced": sum(row.tokens_in + row.tokens_out for row in priced),
        "tokens_in_max": max(row.tokens_in for row in rows),
        "tokens_out_max": max(row.tokens_out for row in rows),
        **_durations(rows, "latency"),
        **_durations(rows, "ttft"),
        "rating_count": len(ratings),
        "rating_sum": sum(ratings),
        "confidence_count": len(confidences),
        "confidence_sum": sum(confidences, Decimal(0)),
        "accepted": sum(row.accepted is True for row in rows),
        "rejected": sum(row.accepted is False for row in rows),
        "last_at": max(row.occurred_at for row in rows),
        "timed_tokens": sum(row.tokens_out for row in rows if _is_timed(row)),
        "timed_us": sum(row.latency_us for row in rows if _is_timed(row)),
    }


def _is_timed(row: Any) -> bool:
    return bool(row.latency_us and row.tokens_out and not row.failed)


POINT = ("requests", "failed", "cost", "unpriced", "latency_count", "latency_sum_us", "latency_min_us",
         "latency_max_us", "latency_histogram")  # fmt: skip


def series(rows: Sequence[Any], question: Question) -> dict[datetime, dict[str, Any]]:
    """What `reads.series` must answer, by the beginning of the step."""
    steps: dict[datetime, list[Any]] = {}
    for row in rows:
        steps.setdefault(question.step_of(row.occurred_at), []).append(row)
    return {at: _point(totals(of_step)) for at, of_step in steps.items()}


def _point(sums: dict[str, Any]) -> dict[str, Any]:
    return {**{name: sums[name] for name in POINT}, "tokens": sums["tokens_in"] + sums["tokens_out"]}


def errors(rows: Sequence[Any]) -> dict[str, tuple[int, datetime, set[str | None]]]:
    """By error code: how many, when last, and which messages may be the newest."""
    found: dict[str, tuple[int, datetime, set[str | None]]] = {}
    for code in {row.error_code for row in rows} - {None}:
        those = [row for row in rows if row.error_code == code]
        last = max(row.occurred_at for row in those)
        found[code] = (len(those), last, {row.error_message for row in those if row.occurred_at == last})
    return found


def use_cases(rows: Sequence[Any]) -> list[str]:
    """Use cases, most frequent first, then by name."""
    counted = Counter(row.use_case for row in rows if row.use_case is not None)
    return sorted(counted, key=lambda name: (-counted[name], name))


def ranks(rows: Sequence[Any]) -> list[int]:
    """The ranks of a sketch of all users, sorted."""
    registers: dict[int, int] = {}
    for user in {row.user_key for row in rows} - {None}:
        register, rank = sketch_of(user)
        registers[register] = max(registers.get(register, 0), rank)
    return sorted(registers.values())


def _with_histograms(row: Any, *names: str) -> dict[str, Any]:
    values = dict(row.items())
    for name in names:
        buckets, counts = values.pop(f"{name}_buckets") or (), values.pop(f"{name}_counts") or ()
        assert list(buckets) == sorted(set(buckets))
        values[f"{name}_histogram"] = dict(zip(buckets, counts, strict=True))
    values.pop("key")
    return values


async def check(reader: Reader, rows: Sequence[Any], question: Question) -> int:
    """Compare every answer to a question with a recount of the rows; returns how many inferences were meant."""
    by_key: dict[UUID, list[Any]] = {}
    for row in filter(question.keeps, rows):
        by_key.setdefault(question.key(row) or ESTATE, []).append(row)
    of = (question.subject, question.span)
    ask = (reader, question.actor, question.keys)

    found = await reads.totals(*ask, *of)
    assert {k: _with_histograms(v, "latency", "ttft") for k, v in found.items()} == _each(by_key, totals), question
    points = await reads.series(*ask, *of, question.granularity)
    assert {
        key: {point["at"]: _without_time(_with_histograms(point, "latency")) for point in those}
        for key, those in points.items()
    } == {key: series(those, question) for key, those in by_key.items()}, question
    await _check_errors(await reads.errors(*ask, *of), by_key, question)
    names = await reads.use_cases(*ask, *of)
    assert names == {k: v for k, v in _each(by_key, use_cases).items() if v}, question
    await _check_labels(reader, question, by_key.get(ESTATE, ()))
    sketches = {key: sorted(those) for key, those in (await reads.user_ranks(*ask, *of)).items()}
    assert sketches == {k: v for k, v in _each(by_key, ranks).items() if v}, question
    return sum(map(len, by_key.values()))


def _each(by_key: dict[UUID, list[Any]], count: Any) -> dict[UUID, Any]:
    return {key: count(rows) for key, rows in by_key.items()}


def _without_time(point: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in point.items() if name != "at"}


async def _check_errors(found: dict[UUID, list[Any]], by_key: dict[UUID, list[Any]], question: Question) -> None:
    wanted = {key: those for key, those in _each(by_key, errors).items() if those}
    assert found.keys() == wanted.keys(), question
    for key, those in found.items():
        assert {e.error_code: (e.requests, e.last_at) for e in those} == {
            code: (count, last) for code, (count, last, _) in wanted[key].items()
        }, question
        assert all(e.message in wanted[key][e.error_code][2] for e in those), question
        assert [e.requests for e in those] == sorted((e.requests for e in those), reverse=True), question


async def _check_labels(reader: Reader, question: Question, rows: Sequence[Any]) -> None:
    """Calls by use case, those without one among them."""
    if question.subject.by == "estate":
        division = Division(question.subject, (UsageDimension.USE_CASE,))
        found = await usage.groups(reader, question.actor, division, question.span, UsageOrder.REQUESTS, 1000)
        assert {json.loads(group.key)[0]: _attributed(group) for group in found} == {
            name: _attributed(totals([row for row in rows if row.use_case == name]))
            for name in {row.use_case for row in rows}
        }, question


def _attributed(sums: Any) -> dict[str, Any]:
    return {name: sums[name] for name in ATTRIBUTED}


async def check_estate(reader: Reader, rows: Sequence[Any], span: TimeRange) -> None:
    """Compare the sums of models, as popularity and the overview use them."""
    found = await reads.totals_by_model(reader, SYSTEM, Subject("estate"), span)
    models = {row.model_id for row in rows if span.start <= row.occurred_at < span.end}
    assert {row["key"]: (row["requests"], row["cost"]) for row in found} == {
        model: _requests_and_cost(rows, model, span) for model in models
    }


def _requests_and_cost(rows: Sequence[Any], model: UUID, span: TimeRange) -> tuple[int, Decimal]:
    those = [row for row in rows if row.model_id == model and span.start <= row.occurred_at < span.end]
    return len(those), sum((row.cost for row in those if row.cost is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class Questions:
    """Random questions about an estate."""

    random: Random
    start: datetime
    end: datetime
    models: tuple[UUID, ...]
    deployments: tuple[UUID, ...]
    teams: tuple[UUID, ...]
    providers: tuple[UUID, ...]

    @classmethod
    async def about(cls, database: Database, random: Random, start: datetime, end: datetime) -> Questions:
        """Questions about everything that is stored."""
        async with database.driver() as connection:
            models = [row["id"] for row in await connection.fetch("select id from model order by id")]
            deployments = [row["id"] for row in await connection.fetch("select id from deployment order by id")]
            teams = [row["id"] for row in await connection.fetch("select id from team order by slug")]
            providers = [row["id"] for row in await connection.fetch("select id from provider order by slug")]
        return cls(random, start, end, tuple(models), tuple(deployments), tuple(teams), tuple(providers))

    def ask(self) -> Question:
        """One more."""
        subject, keys = self._subject()
        span = self.span()
        fitting = [g for g, step in STEPS.items() if span.length / step <= MAX_POINTS]
        return Question(subject, keys, span, self.random.choice(fitting), self._actor(subject))

    def span(self) -> TimeRange:
        """A range whose edges lie anywhere, on whole hours and days too, and sometimes outside of all traffic."""
        longest = self.end - self.start
        length = self.random.choice([A_MINUTE * 90, AN_HOUR * 7, A_DAY, longest, longest]) * self.random.random()
        start = self.start - AN_HOUR + (longest + AN_HOUR) * self.random.random()
        step = self.random.choice([A_MINUTE, A_MINUTE, AN_HOUR, A_DAY])
        first, last = (
            self._floor(start, step),
            self._floor(start + length, self.random.choice([A_MINUTE, AN_HOUR, A_DAY])),
        )
        return explicit_range(first, max(last, first + A_MINUTE))

    def _floor(self, at: datetime, step: timedelta) -> datetime:
        return at - (at - _EPOCH) % step

    def _subject(self) -> tuple[Subject, tuple[UUID, ...]]:
        r = self.random
        some = tuple(r.sample(("PRODUCTION", "STAGING", "DEVELOPMENT"), r.choice([0, 0, 1, 2])))
        kind = r.choice(["model", "deployment", "provider", "team", "estate", "estate"])
        if kind == "model":
            return Subject("model", some), self.models
        if kind == "deployment":
            return Subject("deployment"), self.deployments
        if kind != "estate":
            return Subject(kind, some), self.providers if kind == "provider" else self.teams
        models = tuple(r.sample(self.models, min(r.choice([0, 0, 1, 2]), len(self.models))))
        providers = tuple(r.sample(("alpha", "beta", "gamma"), r.choice([0, 0, 1, 2])))
        teams = tuple(r.sample(("red", "blue", "nobody"), r.choice([0, 0, 1, 2])))
        return Subject("estate", some, models, providers, teams), (ESTATE,)

    def _actor(self, subject: Subject) -> Actor:
        some = self.random.sample(self.teams, self.random.randint(0, len(self.teams)))
        teams = self.random.choice([None, frozenset(some)])
        if subject.by in {"model", "deployment"}:
            return replace(SYSTEM, teams=teams)
        role = self.random.choice([Role.VIEWER, Role.DEVELOPER, Role.ADMIN])
        named: dict[str, Any] = {"id": "tester", "name": "Tester"}
        return Actor(**named, permissions=PERMISSIONS[role], clearance=CLEARANCES[role], teams=teams)


def users(rows: Sequence[Any]) -> int:
    """How many different users there are, as a sketch estimates it."""
    return distinct(ranks(rows))
