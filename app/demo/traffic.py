"""The demo's traffic: a pure function of estate, seed, anchor and minute, so that what is back-filled, what
is made live and what is made again after a restart are the same events.

Arrivals are a Poisson process whose rate is constant within a minute and follows day and week (`Rhythm`).
Medians and sigmas of the lognormal sizes and durations are in the tables below: all chosen, none measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from hashlib import sha1
from itertools import zip_longest
from math import exp, inf, log
from random import Random
from uuid import UUID

from app.demo.estate import Deployment, Estate, Load, at
from app.metrics.ingest.rules import Inference

MINUTE = timedelta(minutes=1)
DAY, WEEK = 1440, 10_080
SATURDAY = 5
SPREAD_IN, SPREAD_OUT, SPREAD_TTFT, SPREAD_SPEED = 0.6, 0.5, 0.35, 0.2
"""The sigmas of the lognormals: input and output tokens, time to first token, output tokens per second."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Relative load by hour of the day (24 values, UTC, linear in between); `weekend` is left of it then."""

    hours: tuple[float, ...]
    weekend: float

    @lru_cache(maxsize=8)  # noqa: B019 - a handful of constants
    def by_minute(self) -> tuple[float, ...]:
        """The load in each minute of the week from Monday 00:00 on; 1 on average."""
        load = [self._load(minute) for minute in range(WEEK)]
        mean = sum(load) / WEEK
        return tuple(value / mean for value in load)

    def _load(self, minute: int) -> float:
        day, minute_of_day = divmod(minute, DAY)
        hour, past = divmod(minute_of_day, 60)
        value = self.hours[hour] + (self.hours[(hour + 1) % 24] - self.hours[hour]) * past / 60
        return value * (self.weekend if day >= SATURDAY else 1)


@dataclass(frozen=True, slots=True)
class Work:
    """How a use case calls. Tokens are lognormal with these medians (no output: embeddings). `cached`: mean
    share of cached input, uniform from 0 to twice that; `rated`, `judged`, `scored`: shares of answers with a
    rating, a verdict, a confidence; all shares 0 to 1. `people` False: machines, so there is no user."""

    rhythm: Rhythm
    tokens_in: float
    tokens_out: float
    cached: float
    rated: float
    judged: float
    scored: float = 0.0
    people: bool = True


@dataclass(frozen=True, slots=True)
class Pace:
    """How a model answers: medians of time to first token (ms), output speed (tokens/s), reasoning tokens (0:
    none) and `liking`: the share of ratings that are 5; the rest are 4 (68 %), 3 (20 %), 2 (8 %), 1 (4 %)."""

    ttft_ms: float
    speed: float
    reasoning: float = 0.0
    liking: float = 0.73


@dataclass(frozen=True, slots=True)
class Incident:
    """From `since` on, the share `failing` of a provider's calls fail with one of `codes`; the others take
    `slower` times as long."""

    provider: str
    since: timedelta
    lasting: timedelta
    failing: float
    slower: float
    codes: list[str]


OFFICE = Rhythm((0, 0, 0, 0, 1, 3, 10, 42, 100, 138, 144, 128, 88, 116, 136, 126, 84, 38, 16, 8, 4, 2, 1, 1), 0.06)
RETAIL = Rhythm((7, 5, 4, 4, 5, 8, 18, 42, 76, 98, 108, 110, 106, 102, 100, 98, 98, 96, 88, 74, 56, 36, 20, 12), 0.5)
NIGHTLY = Rhythm((60, 60, 60, 60, 60, 60, 60, 80, *(100,) * 9, 80, 60, 60, 60, 60, 60, 60), 0.3)

WORKS = {
    "claims triage": Work(OFFICE, 2100, 170, 0.35, 0.06, 0.55, 0.9),
    "claims extraction": Work(NIGHTLY, 2800, 320, 0.0, 0.0, 0.25, 1.0, people=False),
    "damage assessment": Work(OFFICE, 2600, 240, 0.1, 0.05, 0.5, 0.8),
    "policy questions": Work(OFFICE, 3400, 280, 0.4, 0.07, 0.3),
    "risk summaries": Work(OFFICE, 9000, 700, 0.2, 0.08, 0.6, 0.5),
    "customer chat": Work(RETAIL, 1500, 160, 0.45, 0.06, 0.15),
    "e-mail drafting": Work(OFFICE, 900, 240, 0.1, 0.05, 0.7),
    "product descriptions": Work(OFFICE, 650, 330, 0.1, 0.04, 0.6),
    "product search": Work(RETAIL, 24, 0, 0.0, 0.0, 0.0, people=False),
    "review summaries": Work(NIGHTLY, 4200, 260, 0.0, 0.0, 0.2, people=False),
    "contract search": Work(OFFICE, 12_000, 420, 0.3, 0.08, 0.3, 0.6),
    "code assistance": Work(OFFICE, 6200, 480, 0.45, 0.03, 0.4),
    "code completion": Work(OFFICE, 1300, 34, 0.3, 0.0, 0.6),
}
PACES = {
    "openai/gpt-6.1-terra": Pace(420, 125, liking=0.69),
    "openai/gpt-6.1-sol": Pace(900, 90, 900, 0.78),
    "openai/gpt-6-luna": Pace(260, 190, liking=0.68),
    "openai/gpt-4o": Pace(620, 75, liking=0.6),
    "openai/text-embedding-3-small": Pace(70, 1000),
    "anthropic/claude-sonnet-5-5": Pace(560, 95, liking=0.79),
    "anthropic/claude-haiku-5-5": Pace(280, 180, liking=0.75),
    "anthropic/claude-opus-5-5": Pace(980, 70, 420, 0.82),
    "google/gemini-3.8-flash": Pace(380, 170, liking=0.71),
    "google/gemini-4-argon": Pace(850, 95, 500, 0.76),
    "mistral/mistral-large-4": Pace(480, 80, liking=0.7),
    "mistral/codestral-2508": Pace(170, 160),
    "deepseek/deepseek-flash": Pace(700, 70, 150),
    "neuroweaver/claims-extractor": Pace(350, 60),
}
ERROR_RATES = {
    "openai": 0.019, "anthropic": 0.017, "google": 0.026,
    "mistral": 0.028, "deepseek": 0.06, "neuroweaver": 0.042,
}  # fmt: skip
"""The share of calls that fail in normal times."""

ERRORS = {
    "rate_limit_exceeded": (36, 0.18, "Rate limit reached for this model; retry in 20 seconds."),
    "timeout": (20, 30.0, "No answer within 30 seconds."),
    "server_error": (24, 1.4, "The provider failed to process the request."),
    "content_filter": (14, 0.9, "The prompt was stopped by the content filter."),
    "context_length_exceeded": (6, 0.25, "The prompt is longer than the context window."),
}
"""Weight, median seconds until the failure is known (lognormal), message."""

WEIGHTS = [weight for weight, _, _ in ERRORS.values()]
INCIDENT = Incident(
    "openai",
    at(9, 13, 10),
    at(0, 1, 15),
    0.35,
    3.0,
    ["server_error", "server_error", "timeout", "rate_limit_exceeded"],
)
CONFIDENCES = [Decimal(thousandths) / 1000 for thousandths in range(1001)]


@dataclass(frozen=True, slots=True)
class _Stream:
    """One load of one deployment, from minute `first` after the anchor until before `until`, ready to draw.
    `per_minute`: calls by minute of the week; `logs`: of the medians of input and output tokens, time to
    first token, speed and reasoning tokens; `inference`: takes what differs between calls."""

    name: str
    provider: str
    users: list[str]
    first: int
    until: float
    per_minute: list[float]
    work: Work
    pace: Pace
    logs: list[float]
    most_out: int
    inference: Callable[..., Inference]


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    """The whole minutes from the one of `start` on, up to but without the one of `end`."""
    minute, last = (moment.replace(second=0, microsecond=0) for moment in (start, end))
    while minute < last:
        yield minute
        minute += MINUTE


@lru_cache(maxsize=4)
def incident_window(anchor: datetime) -> tuple[datetime, datetime]:
    """When the incident begins and ends; a Monday if its day is at a weekend, when nobody would notice."""
    begins = anchor + INCIDENT.since
    begins += timedelta(days=7 - begins.weekday() if begins.weekday() >= SATURDAY else 0)
    return begins, begins + INCIDENT.lasting


def inferences_of_minute(estate: Estate, seed: int, anchor: datetime, minute: datetime) -> list[Inference]:
    """The calls that occur within a minute (UTC), by time. `anchor`: midnight UTC of the first day, before
    which there is nothing. Their number is Poisson, its mean the sum of the loads, times their rhythm."""
    minute = minute.replace(second=0, microsecond=0)
    since, of_week = (minute - anchor) // MINUTE, minute.weekday() * DAY + minute.hour * 60 + minute.minute
    active = [stream for stream in _streams(estate) if stream.first <= since < stream.until]
    rates = [stream.per_minute[of_week] for stream in active]
    rng = Random(name := f"{seed}/{minute.isoformat()}")
    moments = _arrivals(rng, sum(rates))
    callers = rng.choices(active, rates, k=len(moments)) if moments else []
    begins, ends = incident_window(anchor)
    stricken = INCIDENT.provider if begins <= minute < ends else None
    return [
        _call(rng, stream, stricken, _event_id(f"{name}/{stream.name}/{index}"), minute + moment)
        for index, (stream, moment) in enumerate(zip(callers, moments, strict=True))
    ]


def _arrivals(rng: Random, per_minute: float) -> list[timedelta]:
    moments: list[timedelta] = []
    moment = rng.expovariate(per_minute) if per_minute else 1.0
    while moment < 1:
        moments.append(timedelta(microseconds=int(moment * 60_000_000)))
        moment += rng.expovariate(per_minute)
    return moments


def _event_id(name: str) -> UUID:
    return UUID(bytes=sha1(name.encode(), usedforsecurity=False).digest()[:16], version=5)


def _call(rng: Random, stream: _Stream, stricken: str | None, event_id: UUID, occurred_at: datetime) -> Inference:
    """A few users call most: number n of N with a probability proportional to about 1 / sqrt(n)."""
    hit = stream.provider == stricken
    user = stream.users[int(len(stream.users) * rng.random() ** 2)] if stream.users else None
    failed = rng.random() < (INCIDENT.failing if hit else ERROR_RATES[stream.provider])
    drawn = _failure(rng, stream, hit=hit) if failed else _answer(rng, stream, INCIDENT.slower if hit else 1.0)
    return stream.inference(event_id=event_id, occurred_at=occurred_at, user=user, **drawn)


def _failure(rng: Random, stream: _Stream, *, hit: bool) -> dict[str, object]:
    """No output; only a filtered prompt was read, and will be billed."""
    code = rng.choices(INCIDENT.codes if hit else list(ERRORS), None if hit else WEIGHTS)[0]
    _, seconds, message = ERRORS[code]
    return {
        "tokens_in": _tokens_in(rng, stream) if code == "content_filter" else 0,
        "latency_us": int(1e6 * seconds * exp(rng.gauss(0, 0.02 if code == "timeout" else SPREAD_TTFT))),
        "failed": True,
        "error_code": code,
        "error_message": message,
    }


def _answer(rng: Random, stream: _Stream, slower: float) -> dict[str, object]:
    tokens_in, (tokens_out, reasoning) = _tokens_in(rng, stream), _tokens_out(rng, stream)
    ttft, latency = _durations(rng, stream, tokens_out, slower)
    rating, accepted, confidence = _feedback(rng, stream)
    return {
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
        "tokens_cached": int(tokens_in * 2 * stream.work.cached * rng.random()),
        "tokens_reasoning": reasoning,
        "latency_us": latency,
        "ttft_us": ttft if tokens_out else None,
        "rating": rating,
        "accepted": accepted,
        "confidence": confidence,
    }


def _tokens_in(rng: Random, stream: _Stream) -> int:
    return int(exp(rng.gauss(stream.logs[0], SPREAD_IN))) + 1


def _tokens_out(rng: Random, stream: _Stream) -> tuple[int, int]:
    """All output tokens, cut at the deployment's limit, and those of them that were reasoning."""
    if not stream.work.tokens_out:
        return 0, 0
    reasoning = int(exp(rng.gauss(stream.logs[4], SPREAD_OUT))) if stream.pace.reasoning else 0
    total = min(reasoning + int(exp(rng.gauss(stream.logs[1], SPREAD_OUT))) + 1, stream.most_out)
    return total, min(reasoning, total)


def _durations(rng: Random, stream: _Stream, tokens_out: int, slower: float) -> tuple[int, int]:
    """Microseconds to the first token and in all: the first token plus output at the drawn speed."""
    first = 1000 * slower * exp(rng.gauss(stream.logs[2], SPREAD_TTFT))
    rest = 1e6 * slower * tokens_out / exp(rng.gauss(stream.logs[3], SPREAD_SPEED)) if tokens_out else 0
    return int(first), int(first + rest)


def _feedback(rng: Random, stream: _Stream) -> tuple[int | None, bool | None, Decimal | None]:
    """Rating, verdict (accepted with probability 0.6 + 0.35 `liking`) and confidence (1 less an exponential
    of mean 0.1, at least 0.3), each for its share of the calls."""
    work, chance = stream.work, rng.random
    rating = _rating(chance(), stream.pace.liking) if chance() < work.rated else None
    accepted = chance() < 0.6 + 0.35 * stream.pace.liking if chance() < work.judged else None
    confidence = CONFIDENCES[max(300, 1000 + int(100 * log(1 - chance())))] if chance() < work.scored else None
    return rating, accepted, confidence


def _rating(chance: float, liking: float) -> int:
    rest = (chance - liking) / (1 - liking)
    return next(stars for stars, below in ((5, 0), (4, 0.68), (3, 0.88), (2, 0.96), (1, 1)) if rest < below)


@lru_cache(maxsize=4)
def _streams(estate: Estate) -> list[_Stream]:
    """A stream for each load, which lasts until the next one of its deployment, the last one for ever."""
    numbers = {team.slug: [f"{team.users}-{n:03}" for n in range(1, team.people + 1)] for team in estate.teams}
    return [
        _stream(made, load, after.since // MINUTE if after else inf, numbers[made.team])
        for made in estate.deployments
        for load, after in zip_longest(made.loads, made.loads[1:])
    ]


def _stream(made: Deployment, load: Load, until: float, users: list[str]) -> _Stream:
    work, pace = WORKS[made.use_case], PACES[made.model]
    medians = (work.tokens_in, work.tokens_out, pace.ttft_ms, pace.speed, pace.reasoning)
    return _Stream(
        name=made.name,
        provider=made.model.partition("/")[0],
        users=users[load.cohort :: load.of] if work.people else [],
        first=load.since // MINUTE,
        until=until,
        per_minute=[load.requests_per_hour / 60 * share for share in work.rhythm.by_minute()],
        work=work,
        pace=pace,
        logs=[log(median) if median else 0.0 for median in medians],
        most_out=made.size.max_tokens,
        inference=_inference_of(made),
    )


def _inference_of(made: Deployment) -> Callable[..., Inference]:
    """The constructor, given everything that all calls of a deployment have in common."""
    provider, _, model = made.model.partition("/")
    operation = "chat" if WORKS[made.use_case].tokens_out else "embeddings"
    who = {"provider": provider, "model": model, "environment": made.environment.value, "service": made.name}
    return partial(Inference, **who, team=made.team, operation=operation, use_case=made.use_case)
