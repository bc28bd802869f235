"""Fields that a higher domain adds to a lower domain's type."""

from __future__ import annotations

import pytest
import strawberry

from app.kit.edges import extends


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
