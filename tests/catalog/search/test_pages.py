"""Pages and orders through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from app.catalog.search import reads
from app.kit.db import Database
from tests.catalog.search.asking import facet, find
from tests.catalog.search.recount import WORDS
from tests.conftest import Api
from tests.kit.rows import model, names, provider, put


class TestPages:
    async def walk(self, api: Api, size: int, count: str, cursor: str, **variables: Any) -> list[str]:
        """All names, by pages."""
        shown: list[str] = []
        place: str | None = None
        while True:
            given: dict[str, Any] = {**variables, count: size, cursor: place}
            page = await find(api, **given)
            info = page["pageInfo"]
            shown = shown + names(page) if count == "first" else names(page) + shown
            more, place = (
                (info["hasNextPage"], info["endCursor"])
                if count == "first"
                else (info["hasPreviousPage"], info["startCursor"])
            )
            if not more:
                return shown

    @pytest.fixture
    async def estate(self, api: Api) -> Database:
        """Twenty-three models, many of which rank the same."""
        acme, random = provider(), Random(7)
        made = [
            model(
                acme, f"anvil-{n}", popularity=random.choice([None, 1, 50]), description=random.choice(WORDS) * (n % 2)
            )
            for n in range(23)
        ]
        await put(api.database, acme, *made, model(acme, "bolt"), model(acme, "anvil", popularity=3))
        return api.database

    async def test_through_ranked_results_give_each_model_once_and_in_order(self, api: Api, estate: Database) -> None:
        for query in ("anvil", "anvil OR bolt", "-bolt"):
            whole = names(await find(api, query, first=100))
            assert len(whole) == len(set(whole)) == (await find(api, query))["totalCount"] >= 24 - ("-" in query) * 5
            for size in (1, 4, 100):
                assert await self.walk(api, size, "first", "after", query=query) == whole
                assert await self.walk(api, size, "last", "before", query=query) == whole
        assert names(await find(api, "anvil"))[0] == "anvil"

    async def test_through_text_too_broad_to_rank_are_by_popularity(
        self, api: Api, estate: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ranked = names(await find(api, "anvil", first=4))
        begun = await find(api, "anvil", first=2)
        monkeypatch.setattr(reads, "MOST_RANKED", 5)
        order = {"field": "POPULARITY", "direction": "DESC"}
        whole = names(await find(api, "anvil", first=100, order=order))
        page = await find(api, "anvil", first=100)
        assert (names(page), page["totalCount"]) == (whole, 24)
        assert await self.walk(api, 5, "first", "after", query="anvil") == whole
        assert await self.walk(api, 5, "last", "before", query="anvil") == whole
        on = await find(api, "anvil", first=2, after=begun["pageInfo"]["endCursor"])
        assert names(begun) + names(on) == ranked  # what was begun by relevance goes on so
        assert await facet(api, "STATUS", query="anvil", filter={"minContextWindow": 1}) == {}
        assert await facet(api, "STATUS", query="anvil") == {"ACTIVE": 24}

    async def test_by_every_order_have_what_is_unknown_last(self, api: Api) -> None:
        acme, since = provider(), datetime(2026, 1, 1, tzinfo=UTC)
        made = [
            model(
                acme,
                f"m{n}",
                created_at=since + timedelta(days=n % 3),
                updated_at=since + timedelta(days=n % 2),
                popularity=[None, 5, 7][n % 3],
                baseline_cost_per_1k_tokens=[Decimal(1), None, Decimal(2)][n % 3],
                baseline_latency_ms=[1.5, 2.5, None][n % 3],
                context_window=[None, None, 1000][n % 3],
                rating_average=[Decimal("4.25"), Decimal(1), None][n % 3],
            )
            for n in range(7)
        ]
        await put(api.database, acme, *made)
        unknown = {"POPULARITY": 0, "COST": 1, "LATENCY": 2, "CONTEXT_WINDOW": (0, 1), "RATING": 2}
        for field in ("NAME", "CREATED_AT", "UPDATED_AT", *unknown):
            for direction in ("ASC", "DESC"):
                variables: dict[str, Any] = {"order": {"field": field, "direction": direction}}
                whole = names(await find(api, first=100, **variables))
                assert sorted(whole) == [f"m{n}" for n in range(7)]
                last = [int(name[1]) % 3 for name in whole]
                nulls = [n in unknown[field] if field == "CONTEXT_WINDOW" else n == unknown.get(field) for n in last]  # type: ignore[operator]
                assert nulls == sorted(nulls), (field, direction, whole)
                for query in (None, "m"):
                    assert await self.walk(api, 2, "first", "after", query=query, **variables) == whole
                    assert await self.walk(api, 3, "last", "before", query=query, **variables) == whole
