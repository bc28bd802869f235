"""Rules in the database, and rounds of evaluation at instants that the test chooses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.alerts import releasing
from app.alerts.definition import DASHBOARD, Definition, View
from app.alerts.evaluating import evaluate_due
from app.alerts.looking import Surroundings
from app.alerts.service import columns_of
from app.alerts.tables import Channel, Rule
from app.alerts.vocabulary import AlertMetric, AlertType, Comparator
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.journal import Writer
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.kit.severity import Severity
from tests.kit.rows import put, select_rows

START = datetime(2026, 11, 16, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

FAILING = Definition(
    name="Failing",
    metric=AlertMetric.ERROR_RATE,
    comparator=Comparator.GT,
    threshold=Decimal("0.1"),
    severity=Severity.HIGH,
    type=AlertType.QUALITY,
    window_minutes=1,
    channel_ids=(DASHBOARD,),
)


def rule_row(definition: Definition, view: View | None = None, **columns: Any) -> Rule:
    """A rule of the system, due at once, or of somebody who sees less."""
    seen = view or View.of(SYSTEM)
    teams = None if seen.teams is None else sorted(seen.teams)
    owned = {"owner_id": "system", "owner_name": "Model Hub", "level": seen.level.value, "team_ids": teams}
    timed = {"id": new_id(), "next_at": START - timedelta(days=99)}
    return Rule(**{**timed, **owned, **columns_of(definition), **columns})


@dataclass(slots=True)
class Watch:
    """A database with rules, and the time of day."""

    database: Database
    now: datetime = START
    around: Surroundings = field(default_factory=Surroundings)

    async def add(self, definition: Definition = FAILING, view: View | None = None, **changes: Any) -> UUID:
        """Add a rule."""
        await Writer(self.database).write(SYSTEM, _channel)
        row = rule_row(replace(definition, **changes), view)
        await put(self.database, row)
        return row.id

    async def look(self, at: datetime | None = None) -> int:
        """Evaluate what is due at an instant, five seconds later as rules may be; then tell what was held."""
        self.now = at or self.now
        late = self.now + timedelta(seconds=5)
        read, writer = Reader(self.database, Cursors(b""), lambda: late), Writer(self.database, clock=lambda: late)
        done = 0
        while claimed := await evaluate_due(read, writer, self.around):
            done += claimed
        await writer.write(SYSTEM, releasing.release, late)
        return done

    async def states(self) -> list[str]:
        """The states that alerts came to, in order."""
        rows = await select_rows(self.database, "select to_state from alert_entry order by at, id")
        return [row["to_state"] for row in rows]

    async def history(self) -> list[tuple[datetime, str, str, str]]:
        """Every transition: when, of which labels, from where and to where."""
        rows = await select_rows(
            self.database,
            "select e.at, a.labels_key, e.from_state, e.to_state from alert_entry e "
            "join alert a on a.id = e.alert_id order by e.at, a.labels_key",
        )
        return [(row["at"], row["labels_key"], row["from_state"], row["to_state"]) for row in rows]

    async def history_by_rule(self) -> dict[UUID, list[tuple[datetime, str, str, str]]]:
        """The same, by rule."""
        rows = await select_rows(
            self.database,
            "select a.rule_id, e.at, a.labels_key, e.from_state, e.to_state from alert_entry e "
            "join alert a on a.id = e.alert_id",
        )
        found: dict[UUID, list[tuple[datetime, str, str, str]]] = {}
        for row in rows:
            told = (row["at"], row["labels_key"], row["from_state"], row["to_state"])
            found.setdefault(row["rule_id"], []).append(told)
        return {key: sorted(entries) for key, entries in found.items()}

    async def told(self) -> list[str]:
        """The states that notifications tell of."""
        rows = await select_rows(
            self.database,
            "select e.to_state from alert_notification n join alert_entry e on e.id = n.entry_id order by e.at, n.id",
        )
        return [row["to_state"] for row in rows]


async def _channel(session: Any, _: Any) -> None:
    row = {"id": DASHBOARD, "kind": "DASHBOARD", "name": "Dashboard", "level": "PUBLIC", "team_ids": []}
    await session.execute(insert(Channel).values(row).on_conflict_do_nothing())
