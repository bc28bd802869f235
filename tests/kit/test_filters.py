"""What comparators admit, and what they refuse rather than ignore."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry import ID, UNSET

from app.kit.errors import InvalidParameter
from app.kit.filters import (
    DateTimeFilter,
    IdFilter,
    StringFilter,
    StringListFilter,
    comparisons,
    wanted,
    wanted_texts,
)
from app.kit.operators import FilterOperator, pattern


class TestWanted:
    def test_values_of_eq_and_in(self) -> None:
        assert wanted(IdFilter(eq=ID("a")), "filter.x") == ("a",)
        assert wanted(IdFilter(in_=[ID("a"), ID("b")]), "filter.x") == ("a", "b")
        assert wanted(UNSET, "filter.x") == ()


class TestWantedTexts:
    def test_exact_values_and_patterns_are_kept_apart(self) -> None:
        assert wanted_texts(StringFilter(in_=["a", "b"]), "filter.x") == (("a", "b"), ())
        assert wanted_texts(StringFilter(starts_with="a_"), "filter.x") == ((), (r"a\_%",))
        assert wanted_texts(StringFilter(contains="a"), "filter.x") == ((), ("%a%",))
        assert wanted_texts(UNSET, "filter.x") == ((), ())


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
            StringListFilter(contains_all=["a"], contains_any=["b"]),
            DateTimeFilter(gte=None),
            StringFilter(in_=["a"] * 101),
            StringFilter(contains="a" * 1001),
        ],
    )
    def test_null_empty_doubled_and_too_long_are_refused(self, comparator: Any) -> None:
        with pytest.raises(InvalidParameter):
            comparisons(comparator, "filter.x")

    def test_longest_text_is_taken(self) -> None:
        assert comparisons(StringFilter(eq="a" * 1000), "filter.x") == ((FilterOperator.EQ, ("a" * 1000,)),)


class TestPattern:
    def test_wildcards_mean_themselves(self) -> None:
        assert pattern(FilterOperator.CONTAINS, r"1%_\x") == r"%1\%\_\\x%"
        assert pattern(FilterOperator.STARTS_WITH, "a_") == r"a\_%"
