"""One round of evaluation: claim what is due, look, decide by the one evaluator, and store what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.alerts.claiming import Due, claim
from app.alerts.looking import Look, Seen, Surroundings, Unevaluable
from app.alerts.naming import Names, audience_of, keys_in, message_of, names_of
from app.alerts.rules import AT_REST, FAILED, Labels, Sample, Standing, decide
from app.alerts.storing import Change, Known, store, stored_alerts
from app.alerts.vocabulary import AlertState
from app.kit.access import SYSTEM
from app.kit.journal import Writer
from app.kit.reading import Reader

Decision = tuple[Labels, Standing, Sample]


async def evaluate_due(read: Reader, writer: Writer, around: Surroundings) -> int:
    """Evaluate the rules that are due, some hundreds at most; returns how many. Raises `SERVICE_UNAVAILABLE`."""
    now = read.now()
    due = await writer.write(SYSTEM, claim, now)
    if due:
        await evaluate(read, writer, around, due, now)
    return len(due)


async def evaluate(read: Reader, writer: Writer, around: Surroundings, due: Sequence[Due], now: datetime) -> int:
    """Evaluate claimed rules, gravest first; returns how many transitions there were."""
    seen = await Look(read, around).all(due)
    stored = await stored_alerts(read, [one.id for one in due])
    decided = [(one, decisions) for one in due if (decisions := decided_of(one, seen[one.id], stored[one.id]))]
    wanted = (
        key for one, decisions in decided for labels, _, _ in decisions for key in keys_in(one.definition, labels)
    )
    names = await names_of(read, wanted) if decided else {}
    made = 0
    for one, decisions in decided:
        changes = list(_changes(one, decisions, seen[one.id], stored[one.id], names))
        made += await writer.write(SYSTEM, store, one, changes, now)
    return made


def decided_of(due: Due, seen: Seen, known: Known) -> list[Decision]:
    """Which alerts of a rule stand otherwise now. That it cannot be evaluated is told by the alert without labels."""
    standings = {labels: row.standing for labels, row in known.items()}
    if isinstance(seen, Unevaluable):
        is_new = standings.get((), AT_REST).state is not AlertState.ERROR
        return [((), FAILED, Sample(None))] if is_new else []
    over: list[Decision] = []
    if due.definition.group_by and standings.pop((), AT_REST).state is AlertState.ERROR:
        over = [((), Standing(AlertState.RESOLVED), Sample(None))]
    return [*over, *decide(due.definition.terms, standings, seen, due.counted_at)]


def _changes(due: Due, decisions: Sequence[Decision], seen: Seen, known: Known, names: Names) -> Iterator[Change]:
    for labels, after, sample in decisions:
        audience = audience_of(due.definition, due.view, labels, names)
        message = _message(due, labels, after, sample, seen, names)
        yield Change(labels, known.get(labels), after, sample.value, message, audience)


def _message(due: Due, labels: Labels, after: Standing, sample: Sample, seen: Seen, names: Names) -> str:
    if isinstance(seen, Unevaluable):
        return f"{due.definition.name} cannot be evaluated: {seen.reason}"
    if due.definition.group_by and not labels:
        return f"{due.definition.name} can be evaluated again."
    return message_of(due.definition, labels, names, after.state, sample.value)
