"""What a backup says about itself: by which program, of which schema, when, and what each table holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT = 1
"""Of the archive; raised when an older program could not read it any more."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_VALUES = r"\((\d+|'[\d:. +-]+')(, \d+)*\)"
Bound = Annotated[str, StringConstraints(pattern=rf"^FOR VALUES (IN {_VALUES}|FROM {_VALUES} TO {_VALUES})$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Partition(_Part):
    """A partition and its bound, as `create table … partition of` takes it."""

    name: Name
    bound: Bound


class Table(_Part):
    """A table: the columns that are stored in this order, and its partitions, whose rows are among its own."""

    name: Name
    columns: list[Name]
    partitions: list[Partition] = Field(default_factory=list[Partition])


class StoredTable(Table):
    """A table and what of it is in the archive: rows, and the length (bytes) and SHA-256 of their text."""

    rows: int
    size: int
    sha256: Sha256


class Sequence(_Part):
    """Where a sequence stands; `value` is null if it was never used."""

    name: Name
    value: int | None


class Manifest(_Part):
    """The last entry of the archive, `manifest.json`."""

    format: int
    version: str
    revision: str
    epoch: UUID
    head: int
    taken_at: datetime
    tables: list[StoredTable]
    sequences: list[Sequence]

    def __str__(self) -> str:
        counted = (("model", "models"), ("deployment", "deployments"), ("inference", "inferences"))
        holds = ", ".join(f"{self.rows(table):,} {words}" for table, words in counted)
        return (
            f"taken {self.taken_at:%Y-%m-%d %H:%M:%S} UTC by Model Hub {self.version}, schema {self.revision}: {holds}"
        )

    def rows(self, table: str) -> int:
        """How many rows of a table are stored; 0 for a table that is not."""
        return next((stored.rows for stored in self.tables if stored.name == table), 0)
