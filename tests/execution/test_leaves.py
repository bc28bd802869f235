"""The quick ways through a column say what going value by value says, or leave it to that."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import GraphQLLeafType
from strawberry.schema.config import StrawberryConfig

from app.execution.columns import Plain
from app.execution.failures import Raised
from app.execution.leaves import leaf_of, writer_of
from app.kit.scalars import SCALARS


class Colour(Enum):
    RED = "red"
    GREEN = "green"


@strawberry.type
class Query:
    text: str
    number: int
    fraction: float
    yes: bool
    at: datetime
    money: Decimal
    colour: strawberry.enum(Colour)  # type: ignore[valid-type]
    name: strawberry.ID


GRAPH: Any = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))._schema


def leaf(name: str) -> GraphQLLeafType:
    """A scalar or enum of the schema."""
    return GRAPH.type_map[name]


def one_by_one(name: str, column: list[Any]) -> list[Any]:
    """What the type itself makes of each value; `"!"` for what it refuses."""
    answers: list[Any] = []
    for value in column:
        try:
            answers.append(None if value is None else leaf(name).coerce_output_value(value))
        except Exception:  # noqa: BLE001 - whatever it raises
            answers.append("!")
    return answers


def random_times(count: int) -> list[datetime]:
    """Of all years, some to the second, some to the microsecond."""
    chance = random.Random(1)
    first, seconds = datetime(1, 1, 1, tzinfo=UTC), 9998 * 365 * 86_400
    return [
        first + timedelta(seconds=chance.randrange(seconds), microseconds=chance.choice([0, 1, 500_000, 999_999]))
        for _ in range(count)
    ]


def random_decimals(count: int) -> list[Decimal]:
    """Of all sizes and signs, with and without zeros at the end."""
    chance = random.Random(2)
    return [Decimal(chance.randint(-(10**18), 10**18)).scaleb(chance.randint(-24, 8)) for _ in range(count)]


COLUMNS: list[tuple[str, list[Any]]] = [
    ("String", ["a", "", "é"]),
    ("ID", ["a"]),
    ("Boolean", [True, False]),
    ("Int", [0, 2**31 - 1, -(2**31)]),
    ("Float", [0.0, 1e308, -1e308]),
    ("DateTime", random_times(3000)),
    ("Decimal", [*random_decimals(3000), Decimal(0), Decimal("-0.00"), Decimal("1E+5"), Decimal(100)]),
    ("Colour", [Colour.RED, Colour.GREEN, Colour.RED]),
    ("Colour", ["red", "green", "red"]),
]


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_quick_way_says_the_same(name: str, column: list[Any]) -> None:
    write, kinds = writer_of(leaf(name)), set(map(type, column))
    for values in (column, [None, *column, None]):
        for _ in ("first", "again"):
            assert write(values, kinds) == one_by_one(name, values)
    assert write([None, None], set()) == [None, None]


UNUSUAL: list[tuple[str, list[Any]]] = [
    ("String", ["a", 1, True, object()]),
    ("Int", [1, 2**31]),
    ("Int", [1, -(2**31) - 1]),
    ("Int", [1, True, 2.0, "3"]),
    ("Float", [1.0, float("nan")]),
    ("Float", [1.0, float("inf"), float("-inf")]),
    ("Float", [1.0, 2]),
    ("Boolean", [True, 1]),
    ("DateTime", [datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 1, 1, tzinfo=UTC)]),
    ("DateTime", ["now"]),
    ("Decimal", [Decimal(1), 2]),
    ("Colour", ["red", Colour.RED]),
    ("Colour", ["blue"]),
    ("Colour", [["red"]]),
]


@pytest.mark.parametrize(("name", "column"), UNUSUAL)
def test_what_is_unusual_goes_value_by_value(name: str, column: list[Any]) -> None:
    kinds = set(map(type, column))
    assert writer_of(leaf(name))(column, kinds) is None
    answers = ["!" if isinstance(answer, Raised) else answer for answer in leaf_of(leaf(name))(column, kinds)]
    assert answers == one_by_one(name, column)


class Row:
    def __init__(self, text: Any) -> None:
        self.text = text


def test_plain_column_knows_what_may_be_null() -> None:
    rows = [Row("a"), Row(None)]
    assert Plain("text", leaf("String"), is_nullable=True).column(rows, Row) == ["a", None]
    assert Plain("text", leaf("String"), is_nullable=False).column(rows, Row) is None
    assert Plain("text", leaf("String"), is_nullable=False).column(rows[:1], Row) == ["a"]
    assert Plain("absent", leaf("String"), is_nullable=True).column(rows, Row) is None
