"""The price book's arithmetic and which row wins, as tables of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

import pytest

from app.catalog.pricing import PriceList, PriceRow, TokenUsage, cost_per_1k_tokens, prices_in_force

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MILLION = TokenUsage(1_000_000, 0)


def row(token_class: str, usd: str, **conditions: Any) -> PriceRow:
    return PriceRow(token_class, Decimal(usd), conditions=conditions)


def dated(usd: str, begin: datetime | None, end: datetime | None) -> PriceRow:
    return PriceRow("INPUT", Decimal(usd), begin, end)


PLAIN = [row("INPUT", "3"), row("OUTPUT", "15"), row("CACHED_INPUT", "0.3")]


class TestCost:
    @pytest.mark.parametrize(
        ("rows", "usage", "cost"),
        [
            pytest.param(PLAIN, TokenUsage(1000, 100), "0.0045", id="input and output"),
            pytest.param(PLAIN, TokenUsage(1000, 100, 800), "0.00234", id="cached at its own price"),
            pytest.param(PLAIN[:2], TokenUsage(1000, 100, 800), "0.0045", id="cached without one is input"),
            pytest.param(PLAIN, TokenUsage(0, 100, 0, 60), "0.0015", id="reasoning is output"),
            pytest.param(
                [*PLAIN, row("REASONING_OUTPUT", "5")],
                TokenUsage(0, 100, 0, 60),
                "0.0009",
                id="reasoning priced",
            ),
            pytest.param([*PLAIN, row("REQUEST", "5000")], TokenUsage(1, 0), "0.005003", id="price per request"),
            pytest.param(PLAIN, TokenUsage(0, 0), "0", id="nothing used"),
            pytest.param(PLAIN[:1], TokenUsage(1000, 0), "0.003", id="no output needed"),
            pytest.param(PLAIN[:1], TokenUsage(1000, 1), None, id="output unpriced"),
            pytest.param(PLAIN[1:2], TokenUsage(1, 1), None, id="input unpriced"),
            pytest.param(PLAIN[1:], TokenUsage(8, 1, 8), "0.0000174", id="all input cached"),
            pytest.param([], TokenUsage(0, 0), None, id="no prices at all"),
            pytest.param([row("AUDIO_HOUR", "111000")], TokenUsage(0, 0), None, id="not priced by tokens"),
            pytest.param([row("INPUT", "0"), row("OUTPUT", "0")], TokenUsage(9, 9), "0", id="known to be free"),
        ],
    )
    def test_cost(self, rows: list[PriceRow], usage: TokenUsage, cost: str | None) -> None:
        assert PriceList(rows).cost(usage, NOON) == (None if cost is None else Decimal(cost))

    @pytest.mark.parametrize("usage", [(1, 0, 2), (1, 1, 0, 2), (-1, 0), (0, -1), (1, 0, -1), (1, 1, 0, -1)])
    def test_a_part_larger_than_its_whole_is_refused(self, usage: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="exceeds"):
            PriceList(PLAIN).cost(TokenUsage(*usage), NOON)

    @pytest.mark.parametrize(
        ("usd", "cost"),
        [("0.0000005", "0E-12"), ("0.0000015", "0.000000000002"), ("0.0833333333333333", "0.000000083333")],
    )
    def test_ties_are_rounded_to_even_at_the_twelfth_place(self, usd: str, cost: str) -> None:
        assert PriceList([row("INPUT", usd)]).cost(TokenUsage(1, 0), NOON) == Decimal(cost)

    def test_the_callers_decimal_context_does_not_matter(self) -> None:
        with localcontext() as context:
            context.prec = 3
            cost = PriceList([row("INPUT", "1.23456789")]).cost(TokenUsage(987_654_321, 0), NOON)
        assert cost == Decimal("1219.326311126353")


class TestWhichRowWins:
    @pytest.mark.parametrize(("tokens_in", "usd"), [(100, "1"), (101, "2"), (200, "2"), (201, "4"), (10_000_000, "4")])
    def test_a_larger_input_prices_the_whole_request(self, tokens_in: int, usd: str) -> None:
        rows = [
            row("INPUT", "4", inputTokensAbove=200),
            row("INPUT", "1"),
            row("INPUT", "2", inputTokensAbove=100),
        ]
        cost = PriceList(rows).cost(TokenUsage(tokens_in, 0), NOON)
        assert cost == tokens_in * Decimal(usd) / 1_000_000

    @pytest.mark.parametrize(
        ("hour", "usd"), [("21:59", "2"), ("22:00", "1"), ("00:00", "1"), ("05:59", "1"), ("06:00", "2")]
    )
    def test_hours_may_pass_midnight(self, hour: str, usd: str) -> None:
        prices = PriceList([row("INPUT", "1", utcHours=["22:00", "06:00"]), row("INPUT", "2")])
        at = datetime.fromisoformat(f"2026-06-15T{hour}:00+00:00")
        assert prices.cost(MILLION, at) == Decimal(usd)
        assert prices.cost(MILLION, at.astimezone().replace(microsecond=1)) == Decimal(usd)

    @pytest.mark.parametrize(
        ("offset", "usd"), [(-DAY, "1"), (-timedelta(microseconds=1), "1"), (0 * DAY, "2"), (DAY, None)]
    )
    def test_dates_include_their_start_and_exclude_their_end(self, offset: timedelta, usd: str | None) -> None:
        prices = PriceList([dated("2", NOON, NOON + DAY), dated("1", None, NOON)])
        assert prices.cost(MILLION, NOON + offset) == (None if usd is None else Decimal(usd))

    def test_a_later_start_supersedes_an_open_row(self) -> None:
        prices = PriceList([dated("2", NOON, None), dated("1", NOON - DAY, None)])
        assert [prices.cost(MILLION, NOON + at) for at in (-DAY, DAY)] == [1, 2]

    @pytest.mark.parametrize(
        ("context", "usd"),
        [
            ({}, "8"),
            ({"processing": "batch"}, "4"),
            ({"processing": "live"}, "8"),
            ({"Processing": "batch"}, "8"),
            ({"serviceTier": "flex", "processing": "batch"}, "5"),
            ({"speed": "fast", "processing": "batch"}, "4"),
            ({"serviceTier": "priority", "processing": "batch"}, "7"),
            ({"speed": "fast", "other": "value"}, "9"),
        ],
    )
    def test_contexts(self, context: dict[str, str], usd: str) -> None:
        rows = [
            row("INPUT", "9", speed="fast"),
            row("INPUT", "4", processing="batch"),
            row("INPUT", "5", serviceTier="flex"),
            row("INPUT", "7", serviceTier="priority", processing="batch"),
            row("INPUT", "8"),
            row("INPUT", "8.5", inputTokensAbove=10_000_000, utcHours=["00:00", "23:59"]),
        ]
        assert PriceList(rows).cost(MILLION, NOON, context) == Decimal(usd)

    def test_a_context_wins_over_hours_and_hours_over_size(self) -> None:
        rows = [row("INPUT", "1", inputTokensAbove=5), row("INPUT", "2", utcHours=["11:00", "13:00"])]
        assert PriceList(rows).cost(MILLION, NOON) == 2
        assert PriceList([*rows, row("INPUT", "3", speed="fast")]).cost(MILLION, NOON, {"speed": "fast"}) == 3

    def test_a_class_without_a_row_for_the_context_keeps_its_own(self) -> None:
        prices = PriceList([*PLAIN, row("INPUT", "1", processing="batch")])
        assert prices.cost(TokenUsage(1000, 100, 500), NOON, {"processing": "batch"}) == Decimal("0.00215")


class TestPricesInForce:
    def test_all_conditions_are_shown_in_the_order_of_classes_and_past_rows_are_not(self) -> None:
        now = [
            row("INPUT", "3"),
            row("INPUT", "6", inputTokensAbove=5),
            row("OUTPUT", "9"),
            row("REQUEST", "1"),
        ]
        rows = [now[3], now[1], dated("1", None, NOON), dated("4", NOON + DAY, None), now[2], now[0]]
        assert prices_in_force(rows, NOON) == now

    def test_of_two_open_rows_only_the_later_is_shown(self) -> None:
        rows = [dated("2", NOON, None), dated("1", None, None)]
        assert prices_in_force(rows, NOON) == rows[:1]


class TestCostPer1kTokens:
    @pytest.mark.parametrize(
        ("rows", "cost"),
        [
            (PLAIN, "0.006"),
            (PLAIN[:1], None),
            (PLAIN[1:], None),
            ([row("INPUT", "0.1"), row("OUTPUT", "0.4")], "0.000175"),
            ([*PLAIN, row("INPUT", "9", inputTokensAbove=5), row("INPUT", "1", speed="fast")], "0.006"),
        ],
    )
    def test_blend(self, rows: list[PriceRow], cost: str | None) -> None:
        assert cost_per_1k_tokens(rows, NOON) == (None if cost is None else Decimal(cost))
