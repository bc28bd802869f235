"""The custom scalars of the schema. Each says in its description what travels."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType, NoReturn

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from app.kit.writing import write_decimal, write_time
from app.secret import Secret

BigInt = NewType("BigInt", int)
JSON = NewType("JSON", object)
URL = NewType("URL", str)
Cursor = NewType("Cursor", str)
SecretText = NewType("SecretText", Secret[str])

_SAFE = 2**53 - 1


def _read_time(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError("must be RFC 3339, such as 2026-11-20T09:15:00Z") from None
    if parsed.tzinfo is None:
        raise ValueError("must have an offset, such as 2026-11-20T09:15:00Z")
    try:
        return parsed.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie within the years 1 to 9999") from None


def _read_decimal(value: object) -> Decimal:
    try:
        parsed = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("must be a decimal number in a string, such as “0.0125”") from None
    if not parsed.is_finite():
        raise ValueError("must be finite")
    return parsed


def _write_big_int(value: int) -> int | str:
    return value if -_SAFE <= value <= _SAFE else str(value)


def _read_big_int(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,100}", value):
        return int(value)
    raise ValueError("must be a whole number, or a string of digits")


def _read_secret(value: object) -> Secret[str]:
    if not isinstance(value, str):
        raise GraphQLError("A secret must be a string.")  # an error of another class would repeat the value
    return Secret(value)


def _never(_: object) -> NoReturn:
    raise TypeError("A secret cannot be an answer.")


def _same(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, RFC 3339 in UTC: `2026-11-20T09:15:00Z`. Inputs may have any offset.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=write_time,
        parse_value=_read_time,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar date: `2026-11-20`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        serialize=date.isoformat,
        parse_value=date.fromisoformat,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as a string: `"0.0125"`. Money is in US dollars.',
        specified_by_url="https://en.wikipedia.org/wiki/Decimal",
        serialize=write_decimal,
        parse_value=_read_decimal,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number: a JSON number up to 2^53 − 1, a string of digits above.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=_write_big_int,
        parse_value=_read_big_int,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute URL (RFC 3986).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=_same,
        parse_value=str,
    ),
    SecretText: strawberry.scalar(
        name="Secret",
        description="A password or token as a string. Only ever an input: it is not repeated in answers, nor logged.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-7",
        serialize=_never,
        parse_value=_read_secret,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value; only for what users define themselves.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=_same,
        parse_value=_same,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A position in the log of events; opaque.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc4648#section-5",
        serialize=_same,
        parse_value=str,
    ),
}
