"""Column types that several domains share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Numeric, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import mapped_column

from app.kit.ids import new_id

Key = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Texts = Annotated[list[str], mapped_column(ARRAY(Text), server_default=text("'{}'"))]
Json = Annotated[dict[str, Any], mapped_column(JSONB(none_as_null=True))]
Money = Annotated[Decimal, mapped_column(Numeric(24, 12))]
Flag = Annotated[bool, mapped_column(server_default=text("false"))]
Count = Annotated[int, mapped_column(server_default=text("0"))]


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A check that the column holds a value of the enum; named after the column."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)
