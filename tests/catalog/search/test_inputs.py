"""What filters mean, and which are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.catalog.search.conditions import Condition, Group, Joint, arguments, conditions, demands, selected, shape
from app.catalog.search.inputs import ModelFilter
from app.kit.errors import InvalidParameter
from app.kit.filters import DateTimeFilter, Filter, StringFilter, StringListFilter
from app.kit.operators import FilterOperator

OPENAI = ModelFilter(provider=StringFilter(eq="openai"))


def nested(depth: int) -> ModelFilter:
    """A condition below so many groups."""
    return ModelFilter(not_=nested(depth - 1)) if depth else OPENAI


class TestGroup:
    def test_says_what_is_compared_and_where_it_was_written(self) -> None:
        given = ModelFilter(
            tags=StringListFilter(contains_any=["a", "b"]),
            or_=[OPENAI, ModelFilter(min_rating=4.5)],
            not_=ModelFilter(and_=[ModelFilter(is_owned=True)]),
        )
        assert [(each.path, each.field, each.operator, each.values) for each in conditions(given.group())] == [
            ("tags", "tags", FilterOperator.CONTAINS_ANY, ("a", "b")),
            ("or[0].provider", "provider", FilterOperator.EQ, ("openai",)),
            ("or[1].minRating", "minRating", FilterOperator.GTE, (4.5,)),
            ("not.and[0].isOwned", "isOwned", FilterOperator.EQ, (True,)),
        ]

    def test_empty_filter_demands_nothing(self) -> None:
        assert list(demands(ModelFilter().group())) == []

    def test_filters_that_differ_in_values_alone_have_one_shape(self) -> None:
        other = ModelFilter(provider=StringFilter(eq="anthropic"))
        assert shape(OPENAI.group()) == shape(other.group())
        assert arguments(OPENAI.group()) == {"c0": "openai"}
        assert shape(OPENAI.group()) != shape(ModelFilter(provider=StringFilter(in_=["openai"])).group())

    def test_range_has_two_bounds(self) -> None:
        day = datetime(2026, 1, 1, tzinfo=UTC)
        group = ModelFilter(created_at=DateTimeFilter(gte=day, lt=day)).group()
        assert [each.operator for each in conditions(group)] == [FilterOperator.GTE, FilterOperator.LT]

    def test_cost_has_as_many_places_as_prices(self) -> None:
        (cost,) = conditions(ModelFilter(max_cost_per1k_tokens=Decimal("0.0000000000019")).group())
        assert cost.values == (Decimal("0.000000000001"),)


class TestRefusal:
    @pytest.mark.parametrize(
        ("given", "argument"),
        [
            (ModelFilter(provider=None), "filter.provider"),
            (ModelFilter(provider=StringFilter()), "filter.provider"),
            (ModelFilter(provider=StringFilter(eq=None)), "filter.provider"),
            (ModelFilter(status=Filter(in_=[])), "filter.status"),
            (ModelFilter(tags=StringListFilter(contains_all=["x"] * 101)), "filter.tags"),
            (ModelFilter(name=StringFilter(contains="x" * 1001)), "filter.name"),
            (ModelFilter(min_rating=None), "filter.minRating"),
            (ModelFilter(is_archived=None), "filter.isArchived"),
            (ModelFilter(max_cost_per1k_tokens=Decimal(-1)), "filter.maxCostPer1kTokens"),
            (ModelFilter(max_cost_per1k_tokens=Decimal("1e999999")), "filter.maxCostPer1kTokens"),
            (ModelFilter(or_=None), "filter.or"),
            (ModelFilter(or_=[]), "filter.or"),
            (ModelFilter(and_=[OPENAI, None]), "filter.and"),  # type: ignore[list-item]
            (ModelFilter(not_=None), "filter.not"),
            (ModelFilter(or_=[OPENAI, ModelFilter(not_=ModelFilter(owner=None))]), "filter.or[1].not.owner"),
            (nested(4), "filter.not.not.not.not"),
            (ModelFilter(and_=[OPENAI] * 101), "filter.and"),
            (ModelFilter(or_=[ModelFilter()] * 101), "filter.or"),
        ],
    )
    def test_names_the_path(self, given: ModelFilter, argument: str) -> None:
        with pytest.raises(InvalidParameter) as caught:
            given.group()
        assert caught.value.details["argument"].startswith(argument)

    def test_three_levels_and_a_hundred_conditions_are_taken(self) -> None:
        assert list(conditions(nested(3).group()))
        assert len(list(conditions(ModelFilter(and_=[OPENAI] * 100).group()))) == 100


class TestSelected:
    def test_is_what_is_demanded_by_itself(self) -> None:
        mine: Any = Condition("provider", "provider", FilterOperator.IN, ("openai", "google"))
        other = Condition("or[0].provider", "provider", FilterOperator.EQ, ("meta",))
        begins = Condition("provider", "provider", FilterOperator.STARTS_WITH, ("a",))
        chosen = Group(Joint.AND, (mine, begins, Group(Joint.OR, (other,))))
        assert selected(chosen, "provider") == {"openai", "google"}
        assert selected(
            Group(Joint.AND, (Condition("isOwned", "isOwned", FilterOperator.EQ, (True,)),)), "isOwned"
        ) == {"true"}
