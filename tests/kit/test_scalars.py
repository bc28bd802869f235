"""The custom scalars, as they travel both ways."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.scalars import SCALARS, BigInt

SAFE = 2**53 - 1


def out(kind: object, value: Any) -> Any:
    """As the client sees it."""
    serialize = SCALARS[kind].serialize
    assert serialize is not None
    return serialize(value)


def read(kind: object, value: Any) -> Any:
    """As the server understands it."""
    parse = SCALARS[kind].parse_value
    assert parse is not None
    return parse(value)


class TestDateTime:
    def test_is_shown_in_utc_with_z(self) -> None:
        assert out(datetime, datetime(2026, 11, 20, 9, 15, tzinfo=UTC)) == "2026-11-20T09:15:00Z"
        berlin = timezone(timedelta(hours=1))
        assert out(datetime, datetime(2026, 11, 20, 0, 15, 0, 5, tzinfo=berlin)) == "2026-11-19T23:15:00.000005Z"

    @given(st.datetimes(timezones=st.just(UTC)))
    def test_round_trip(self, value: datetime) -> None:
        assert read(datetime, out(datetime, value)) == value

    def test_any_offset_is_taken(self) -> None:
        assert read(datetime, "2026-11-20T10:15:00+01:00") == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        ["", "yesterday", "2026-11-20", "2026-11-20T09:15:00", "2026-13-01T00:00:00Z", 1_700_000_000, None, True, {},
         "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
    )  # fmt: skip
    def test_what_is_no_instant_is_refused_with_a_reason(self, text: Any) -> None:
        with pytest.raises(ValueError, match="must "):
            read(datetime, text)


class TestDecimal:
    @pytest.mark.parametrize(
        ("value", "text"),
        [("0.0125", "0.0125"), ("1.500000000000", "1.5"), ("0E-12", "0"), ("1E+3", "1000"), ("-2.50", "-2.5"),
         ("0.000000000001", "0.000000000001"), ("123456789012.123456789012", "123456789012.123456789012")],
    )  # fmt: skip
    def test_is_exact_plain_text(self, value: str, text: str) -> None:
        assert out(Decimal, Decimal(value)) == text

    def test_sum_of_the_widest_column_keeps_every_digit(self) -> None:
        assert out(Decimal, Decimal("123456789012345678901234.123456789012")) == "123456789012345678901234.123456789012"

    @pytest.mark.parametrize("value", ["", "x", "NaN", "Infinity", "-Infinity", "sNaN", None, True, [], {}])
    def test_what_is_no_finite_number_is_refused(self, value: Any) -> None:
        with pytest.raises(ValueError, match="must be"):
            read(Decimal, value)

    def test_strings_and_numbers_are_taken(self) -> None:
        assert [read(Decimal, value) for value in ("0.1", 0.1, 3)] == [Decimal("0.1"), Decimal("0.1"), Decimal(3)]


class TestBigInt:
    @pytest.mark.parametrize("value", [0, 2**31, SAFE, -SAFE])
    def test_is_a_number_as_long_as_every_client_can_hold_it(self, value: int) -> None:
        assert out(BigInt, value) == value

    @pytest.mark.parametrize("value", [SAFE + 1, -SAFE - 1, 10**30])
    def test_is_text_beyond(self, value: int) -> None:
        assert out(BigInt, value) == str(value)

    @given(st.integers(-(10**20), 10**20))
    def test_round_trip(self, value: int) -> None:
        assert read(BigInt, out(BigInt, value)) == value

    @pytest.mark.parametrize("value", [1.5, True, "1.5", "x", "", None, "1_000", []])
    def test_what_is_no_whole_number_is_refused(self, value: Any) -> None:
        with pytest.raises((ValueError, TypeError)):
            read(BigInt, value)


class TestDate:
    def test_round_trip(self) -> None:
        assert read(date, out(date, date(2026, 11, 20))) == date(2026, 11, 20)

    @pytest.mark.parametrize("value", ["", "20.11.2026", "2026-02-30", 5, None])
    def test_what_is_no_date_is_refused(self, value: Any) -> None:
        with pytest.raises((ValueError, TypeError)):
            read(date, value)


class TestAll:
    def test_each_is_specified_and_described(self) -> None:
        for scalar in SCALARS.values():
            assert scalar.specified_by_url
            assert scalar.description
