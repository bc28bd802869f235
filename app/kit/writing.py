"""Times and numbers as they travel."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal


def write_time(value: datetime) -> str:
    """As it travels: RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def write_decimal(value: Decimal) -> str:
    """As it travels: without exponent and needless zeros."""
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if text[-1] == "0" and "." in text else text
