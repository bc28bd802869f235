"""Fields that a higher domain adds to a lower domain's type, and fields that lead from objects to others."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest
import strawberry

from app.execution.executor import BreadthFirstExecutor, StandardExecutor
from app.kit.context import Context, Info
from app.kit.edges import edge, edge_with_arguments, extends, way


@strawberry.type
class Anvil:
    weight: int = 1

    @strawberry.field
    def price_usd(self) -> int:
        return 5


class TestExtends:
    def test_added_field_is_asked_with_the_value_of_the_type_it_hangs_on(self) -> None:
        @extends(Anvil)
        class AnvilOrders:
            @strawberry.field
            def orders(self) -> int:
                return self.weight * 2  # type: ignore[attr-defined]

        @strawberry.type
        class Query:
            @strawberry.field
            def anvil(self) -> Anvil:
                return Anvil(weight=4)

        result = strawberry.Schema(Query).execute_sync("{ anvil { weight priceUsd orders } }")
        assert (result.errors, result.data) == (None, {"anvil": {"weight": 4, "priceUsd": 5, "orders": 8}})
        assert AnvilOrders.__name__ == "AnvilOrders"

    @pytest.mark.parametrize("name", ["weight", "price_usd"])
    def test_field_that_is_already_there_is_refused(self, name: str) -> None:
        def again(self: object) -> int:
            return 0

        extension = type("Again", (), {name: strawberry.field(resolver=again)})
        with pytest.raises(TypeError, match=f"Anvil already has a field {name}"):
            extends(Anvil)(extension)


async def doubled(_read: Any, _actor: Any, keys: list[int], factor: int = 2) -> dict[int, int]:
    """Each key times a factor, but for 0."""
    ASKED.append((keys, factor))
    return {key: factor * key for key in keys if key}


ASKED: list[Any] = []


def _inverse(number: Numbered, found: int | None) -> float:
    return 1 / found if found else 1 / number.number


@strawberry.type
class Numbered:
    number: int
    factor: strawberry.Private[int] = 3

    twice: int | None = edge(doubled, key=lambda of: of.number or None, description="Twice.")
    many: list[int] = edge(doubled, key=lambda _: None, many=True, description="Nothing.")
    own: int | None = edge(
        doubled, key=attrgetter("number"), given_by=lambda of: (of.factor,), description="By its own factor."
    )
    inverse: float | None = edge(doubled, key=attrgetter("number"), show=_inverse, description="The inverse.")

    @edge_with_arguments(key=attrgetter("number"), description="Times a factor.")
    def times(self, info: Info, factor: int) -> int | None:
        assert self is None
        assert info.field_name == "times"
        if factor > 9:
            raise ValueError("too large")
        return way(doubled, factor, show=lambda of, found: found or -of.number)


@strawberry.type
class Numbers:
    @strawberry.field
    def numbers(self) -> list[Numbered]:
        return [Numbered(number=n, factor=3 + n % 2) for n in (1, 2, 3, 0, 5)]


@pytest.mark.parametrize("executor", [StandardExecutor, BreadthFirstExecutor])
class TestEdge:
    async def ask(self, executor: Any, selection: str) -> Any:
        """The answers for 1, 2, 3, 0 and 5, and the errors."""
        ASKED.clear()
        schema = strawberry.Schema(Numbers, execution_context_class=executor)
        context = Context(None, None, "id", object())  # type: ignore[arg-type]
        result = await schema.execute(f"{{ numbers {{ {selection} }} }}", context_value=context)
        found = [next(iter(one.values())) for one in result.data["numbers"]] if result.data else None
        return found, [(error.message, error.path) for error in result.errors or ()]

    async def test_key_of_none_leads_nowhere(self, executor: Any) -> None:
        assert await self.ask(executor, "twice") == ([2, 4, 6, None, 10], [])
        assert [sorted(keys) for keys, _ in ASKED] == [[1, 2, 3, 5]]
        assert await self.ask(executor, "many") == ([[]] * 5, [])
        assert not ASKED

    async def test_arguments_may_depend_on_the_object(self, executor: Any) -> None:
        assert await self.ask(executor, "own") == ([4, 6, 12, None, 20], [])
        assert sorted((sorted(keys), factor) for keys, factor in ASKED) == [([0, 2], 3), ([1, 3, 5], 4)]

    async def test_arguments_of_the_field_decide_the_way(self, executor: Any) -> None:
        assert await self.ask(executor, "times(factor: 4)") == ([4, 8, 12, 0, 20], [])
        assert [(sorted(keys), factor) for keys, factor in ASKED] == [([0, 1, 2, 3, 5], 4)]

    async def test_bad_arguments_fail_for_each_object(self, executor: Any) -> None:
        found, errors = await self.ask(executor, "times(factor: 10)")
        assert found == [None] * 5
        assert errors == [("too large", ["numbers", n, "times"]) for n in range(5)]

    async def test_value_that_cannot_be_shown_fails_alone(self, executor: Any) -> None:
        found, errors = await self.ask(executor, "inverse")
        assert found == [0.5, 0.25, 1 / 6, None, 0.1]
        assert errors == [("division by zero", ["numbers", 3, "inverse"])]
