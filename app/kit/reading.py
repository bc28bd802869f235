"""What a read works with: the database, the present instant, and the cursors of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from app.kit.clock import Clock, utc_now
from app.kit.db import Database, Row, Statement
from app.kit.paging import Cursors, Order, PageRequest, Position

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Reader:
    """Handed to every read and batch."""

    database: Database
    cursors: Cursors
    clock: Clock = utc_now

    async def fetch(self, statement: Statement, row: type[R], /, **values: Any) -> list[R]:
        """Run one compiled statement."""
        return await self.database.fetch(statement, row, **values)

    def now(self) -> datetime:
        """The present instant."""
        return self.clock()

    def position(self, request: PageRequest, order: Order) -> Position | None:
        """Where the page asked for begins; None at the end of the list. Raises `INVALID_PARAMETER`."""
        if request.after is not None:
            return self.cursors.read(request.after, order, "after")
        return None if request.before is None else self.cursors.read(request.before, order, "before")
