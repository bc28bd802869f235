"""Filters through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.kit.db import Database
from tests.catalog.search.asking import FIND, facet, find
from tests.conftest import Api
from tests.kit.rows import model, names, provider, put


class TestFilter:
    async def test_conditions_of_every_kind(self, api: Api) -> None:
        acme, zeta = provider("acme"), provider("zeta")
        since = datetime(2026, 1, 1, tzinfo=UTC)
        a = {"created_at": since, "updated_at": since, "owner": "Ann", "rating_average": Decimal("4.50")}
        await put(
            api.database,
            *(acme, zeta),
            model(acme, "a_1", tags=["x", "y"], input_formats=["pdf"], **a),
            model(acme, "a%2", baseline_latency_ms=80.0, baseline_cost_per_1k_tokens=Decimal("0.02"), category="legal"),
            model(zeta, "b\\3", context_window=8000, retires_on=since.date(), compliance=["gdpr"], source="IMPORTED"),
        )
        for chosen, expected in [
            ({"name": {"contains": "_"}}, ["a_1"]),
            ({"name": {"contains": "%"}}, ["a%2"]),
            ({"name": {"contains": "\\"}}, ["b\\3"]),
            ({"name": {"startsWith": "A"}}, ["a%2", "a_1"]),
            ({"name": {"eq": "a_1"}}, ["a_1"]),
            ({"slug": {"in": ["acme/a_1", "zeta/b\\3"]}}, ["a_1", "b\\3"]),
            ({"provider": {"startsWith": "ZE"}}, ["b\\3"]),
            ({"tags": {"containsAll": ["x", "y"]}}, ["a_1"]),
            ({"tags": {"containsAny": ["y", "z"]}}, ["a_1"]),
            ({"inputFormats": {"containsAny": ["pdf"]}}, ["a_1"]),
            ({"outputFormats": {"containsAny": ["pdf"]}}, []),
            ({"compliance": {"containsAll": ["gdpr"]}}, ["b\\3"]),
            ({"category": {"eq": "legal"}}, ["a%2"]),
            ({"source": {"in": ["IMPORTED"]}}, ["b\\3"]),
            ({"owner": {"contains": "NN"}}, ["a_1"]),
            ({"isOwned": False}, ["a%2", "b\\3"]),
            ({"minRating": 4.5}, ["a_1"]),
            ({"minRating": 4.51}, []),
            ({"maxCostPer1kTokens": "0.02"}, ["a%2"]),
            ({"maxCostPer1kTokens": "0.019999999999"}, []),
            ({"maxLatencyMs": 80}, ["a%2"]),
            ({"minContextWindow": 8000}, ["b\\3"]),
            ({"retiresBefore": "2026-01-02"}, ["b\\3"]),
            ({"retiresBefore": "2026-01-01"}, []),
            ({"retiresOn": {"gte": "2026-01-01", "lt": "2026-01-02"}}, ["b\\3"]),
            ({"createdAt": {"lt": "2026-01-02T00:00:00+02:00"}}, ["a_1"]),
            ({"updatedAt": {"gte": "2026-01-02T00:00:00Z"}}, ["a%2", "b\\3"]),
            ({"or": [{"minRating": 4}, {"category": {"eq": "legal"}}]}, ["a%2", "a_1"]),
            ({"not": {"minRating": 4}}, ["a%2", "b\\3"]),
            ({"not": {"not": {"minRating": 4}}}, ["a_1"]),
            ({"and": [{"isOwned": True}, {"isOwned": False}]}, []),
            ({"not": {}}, []),
            ({"createdAt": {"gte": "2030-01-01T00:00:00Z", "lt": "2020-01-01T00:00:00Z"}}, []),
        ]:
            page = await find(api, filter=chosen, order={"field": "NAME"})
            assert sorted(names(page)) == sorted(expected), chosen
            assert page["totalCount"] == len(expected), chosen

    async def test_what_cannot_be_taken_is_refused_with_its_path(self, api: Api) -> None:
        deep: dict[str, Any] = {"isOwned": True}
        for _ in range(4):
            deep = {"not": deep}
        for chosen, argument in [
            ({"or": [{}, {"provider": None}]}, "filter.or[1].provider"),
            ({"not": {"minRating": None}}, "filter.not.minRating"),
            ({"and": []}, "filter.and"),
            ({"or": None}, "filter.or"),
            ({"owner": {"eq": None}}, "filter.owner"),
            ({"createdAt": {"gte": None}}, "filter.createdAt"),
            ({"owner": {"eq": "a", "contains": "b"}}, "filter.owner"),
            (deep, "filter.not.not.not.not"),
            ({"or": [{"isOwned": True}] * 101}, "filter.or"),
            ({"maxCostPer1kTokens": "1e400"}, "filter.maxCostPer1kTokens"),
        ]:
            (error,) = (await api.ask(FIND, filter=chosen))["errors"]
            assert error["extensions"]["code"] == "INVALID_PARAMETER", chosen
            assert error["extensions"]["details"] == {"argument": argument}

    async def test_a_hundred_conditions_in_groups_are_answered(self, api: Api, real: Database) -> None:
        chosen = {"or": [{"name": {"contains": f"{n}"}} for n in range(100)]}
        assert (await find(api, filter=chosen))["totalCount"] == 7

    async def test_archived_models_are_found_only_when_asked_for(self, api: Api) -> None:
        acme = provider()
        old = model(acme, "anvil-old", archived_at=datetime(2026, 1, 1, tzinfo=UTC), status="RETIRED", tags=["rusty"])
        await put(api.database, acme, model(acme, "anvil-new"), old)
        assert names(await find(api)) == names(await find(api, "anvil")) == ["anvil-new"]
        assert await facet(api, "STATUS") == {"ACTIVE": 1}
        assert (await find(api, "rustyy"))["didYouMean"] is None
        for chosen, expected in [
            ({"isArchived": True}, {"anvil-old"}),
            ({"isArchived": False}, {"anvil-new"}),
            ({"or": [{"isArchived": True}, {"isArchived": False}]}, {"anvil-new", "anvil-old"}),
        ]:
            assert set(names(await find(api, filter=chosen))) == set(names(await find(api, "anvil", filter=chosen)))
            assert set(names(await find(api, filter=chosen))) == expected
        assert await facet(api, "TAGS", filter={"isArchived": True}) == {"rusty": 1}

    async def test_applied_filter_is_what_was_understood(self, api: Api) -> None:
        chosen = {
            "provider": {"in": ["acme", "zeta"]},
            "maxCostPer1kTokens": "0.10",
            "createdAt": {"gte": "2026-01-01T00:00:00+01:00"},
            "or": [{"isOwned": False}, {"not": {"name": {"startsWith": "50%"}}}],
        }
        applied = (await find(api, filter=chosen))["appliedFilter"]
        assert [tuple(each.values()) for each in applied] == [
            ("provider", "provider", "IN", ["acme", "zeta"]),
            ("createdAt", "createdAt", "GTE", ["2025-12-31T23:00:00Z"]),
            ("maxCostPer1kTokens", "maxCostPer1kTokens", "LTE", ["0.1"]),
            ("or[0].isOwned", "isOwned", "EQ", ["false"]),
            ("or[1].not.name", "name", "STARTS_WITH", ["50%"]),
        ]
