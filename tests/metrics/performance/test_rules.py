"""When something is worth telling."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.kit.severity import Severity
from app.metrics.performance.rules import Period, findings

CALM: dict[str, Any] = {"requests": 400, "timed": 100, "p95_ms": 200.0, "cost": Decimal(10)}


def told(before: dict[str, Any], **now: Any) -> list[tuple[str, Severity]]:
    found = findings(Period(**(CALM | now)), Period(**(CALM | before)))
    return [(finding.rule.value, finding.severity) for finding in found]


class TestFindings:
    @pytest.mark.parametrize(
        ("before", "now", "expected"),
        [
            ({}, {}, []),
            ({}, {"p95_ms": 299.9}, []),
            ({}, {"p95_ms": 300.0}, [("LATENCY_REGRESSION", Severity.MEDIUM)]),
            ({}, {"p95_ms": 600.0}, [("LATENCY_REGRESSION", Severity.HIGH)]),
            ({}, {"p95_ms": 600.0, "timed": 99}, []),
            ({"timed": 99}, {"p95_ms": 600.0}, []),
            ({"timed": 0, "p95_ms": None}, {"p95_ms": 600.0}, []),
            ({}, {"failed": 19}, []),
            ({}, {"failed": 20}, [("ERROR_SPIKE", Severity.HIGH)]),
            ({}, {"failed": 20, "requests": 401}, []),
            ({"failed": 10}, {"failed": 20}, [("ERROR_SPIKE", Severity.HIGH)]),
            ({"failed": 11}, {"failed": 20}, []),
            ({"requests": 0}, {"failed": 200}, [("ERROR_SPIKE", Severity.CRITICAL)]),
            ({}, {"cost": Decimal("14.999999999999")}, []),
            ({}, {"cost": Decimal(15)}, [("COST_SPIKE", Severity.MEDIUM)]),
            ({}, {"cost": Decimal(30)}, [("COST_SPIKE", Severity.HIGH)]),
            ({"cost": Decimal("0.1")}, {"cost": Decimal("1.09")}, []),
            ({"cost": Decimal(0)}, {"cost": Decimal(99)}, []),
            ({"unpriced": 9}, {}, []),
            ({}, {"unpriced": 1}, [("PRICE_UNKNOWN", Severity.MEDIUM)]),
        ],
    )
    def test_each_rule_on_both_sides_of_its_bounds(
        self, before: dict[str, Any], now: dict[str, Any], expected: list[tuple[str, Severity]]
    ) -> None:
        assert told(before, **now) == expected

    def test_the_gravest_comes_first(self) -> None:
        rules = told({}, p95_ms=400.0, cost=Decimal(40), failed=300, unpriced=1)
        assert rules == [
            ("ERROR_SPIKE", Severity.CRITICAL),
            ("COST_SPIKE", Severity.HIGH),
            ("LATENCY_REGRESSION", Severity.MEDIUM),
            ("PRICE_UNKNOWN", Severity.MEDIUM),
        ]

    def test_messages_say_by_how_much(self) -> None:
        worse: dict[str, Any] = {"p95_ms": 1500.4, "cost": Decimal("1234.567"), "failed": 100, "unpriced": 7}
        now = Period(**(CALM | worse))
        assert {finding.message for finding in findings(now, Period(**CALM))} == {
            "The 95th percentile of latency rose from 200 ms to 1,500 ms (7.5 times).",
            "100 of 400 calls failed: 25.0%, after 0.0% before.",
            "Spend rose from $10.00 to $1,234.57 (123.5 times).",
            "The price of 7 of 400 calls is unknown; they are in no sum.",
        }
