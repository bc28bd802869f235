"""What comparators admit, and what they refuse rather than ignore."""

from __future__ import annotations

from typing import Any

import pytest

from app.kit.errors import InvalidParameter
from app.kit.filters import DateTimeFilter, Operator, StringFilter, StringListFilter, comparisons, pattern, wanted


class TestWanted:
    def test_values_of_eq_in_and_contains_all(self) -> None:
        assert wanted(StringFilter(eq="a"), "filter.x") == ("a",)
        assert wanted(StringFilter(in_=["a", "b"]), "filter.x") == ("a", "b")
        assert wanted(StringListFilter(contains_all=["a"]), "filter.x") == ("a",)

    @pytest.mark.parametrize(
        "comparator", [StringFilter(contains="a"), StringFilter(starts_with="a"), StringListFilter(contains_any=["a"])]
    )
    def test_other_comparators_are_refused_rather_than_taken_for_no_condition(self, comparator: Any) -> None:
        with pytest.raises(InvalidParameter) as caught:
            wanted(comparator, "filter.x")
        assert caught.value.details == {"argument": "filter.x"}


class TestComparisons:
    @pytest.mark.parametrize(
        "comparator",
        [
            None,
            StringFilter(),
            DateTimeFilter(),
            StringFilter(eq=None),
            StringFilter(in_=[]),
            StringFilter(eq="a", contains="b"),
            StringFilter(in_=["a"] * 101),
            StringFilter(contains="a" * 1001),
        ],
    )
    def test_null_empty_doubled_and_too_long_are_refused(self, comparator: Any) -> None:
        with pytest.raises(InvalidParameter):
            comparisons(comparator, "filter.x")

    def test_longest_text_is_taken(self) -> None:
        assert comparisons(StringFilter(eq="a" * 1000), "filter.x") == ((Operator.EQ, ("a" * 1000,)),)


class TestPattern:
    def test_wildcards_mean_themselves(self) -> None:
        assert pattern(Operator.CONTAINS, r"1%_\x") == r"%1\%\_\\x%"
        assert pattern(Operator.STARTS_WITH, "a_") == r"a\_%"
