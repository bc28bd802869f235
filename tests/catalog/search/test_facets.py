"""What can be narrowed by, against a recount."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from app.catalog.search.facets import FacetField
from app.catalog.tables import Model, Provider
from app.identity.rules import Role
from tests.catalog.search.asking import FACETS, facet
from tests.catalog.search.recount import WORDS, columns, facets, found, random_filter
from tests.conftest import Api
from tests.kit.rows import execute, model, names, provider, put


class TestFacets:
    async def test_equal_a_recount_for_random_filters(self, api: Api) -> None:
        random = Random(20261121)
        providers = [provider("acme"), provider("zeta")]
        made = [
            (of, model(of, f"{random.choice(WORDS)}-{random.choice(WORDS)}-{n}", **columns(random)))
            for n in range(60)
            for of in (random.choice(providers),)
        ]
        await put(api.database, *providers, *(row for _, row in made))
        known = [as_known(of, row) for of, row in made]
        for role, levels in ((Role.ADMIN, 4), (Role.DEVELOPER, 3), (Role.VIEWER, 2)):
            visible = ("PUBLIC", "INTERNAL", "RESTRICTED", "CONFIDENTIAL")[:levels]
            for _ in range(25):
                chosen, query = random_filter(random), random.choice([None, *WORDS, "cran", "-drill"])
                page = (await api.data(FACETS, role=role, query=query, filter=chosen))["models"]
                expected = found(known, visible, query, chosen)
                assert sorted(names(page)) == sorted(each["name"] for each in expected), (query, chosen)
                assert page["totalCount"] == len(expected)
                assert counts(page["facets"]) == facets(known, visible, query, chosen), (query, chosen)

    async def test_follow_every_change_at_once_also_deletions(self, api: Api) -> None:
        acme = provider()
        made = [model(acme, name, tags=["a"]) for name in ("x", "y")]
        await put(api.database, acme, *made)
        assert await facet(api, "TAGS") == {"a": 2}
        await execute(api.database, f"update model set tags = '{{b}}' where id = '{made[0].id}'")
        assert await facet(api, "TAGS") == {"a": 1, "b": 1}
        await execute(api.database, "update provider set slug = 'emca', name = 'Emca Inc'")
        assert await facet(api, "PROVIDER") == {"emca": 2}
        await execute(api.database, f"delete from model where id = '{made[0].id}'")
        assert await facet(api, "TAGS") == {"a": 1}
        await put(api.database, model(acme, "z", tags=["c"]))
        assert await facet(api, "TAGS") == {"a": 1, "c": 1}

    async def test_have_labels_and_marks_and_selected_values_that_nobody_holds(self, api: Api) -> None:
        openai = provider("openai", name="OpenAI")
        await put(api.database, openai, model(openai, "gpt", model_type="IMAGE_GENERATION", tags=["a\x1fb", "_%"]))
        chosen = {"provider": {"in": ["openai", "nobody"]}, "isOwned": False}
        shown = (await api.data(FACETS, filter=chosen))["models"]["facets"]
        values = {each["field"]: [tuple(value.values()) for value in each["values"]] for each in shown}
        assert [each["field"] for each in shown] == [field.name for field in FacetField]
        assert values["PROVIDER"] == [("openai", "OpenAI", 1, True), ("nobody", "nobody", 0, True)]
        assert values["MODEL_TYPE"] == [("IMAGE_GENERATION", "Image generation", 1, False)]
        assert values["TAGS"] == [("_%", "_%", 1, False), ("a\x1fb", "a\x1fb", 1, False)]
        assert values["IS_OWNED"] == [("false", "Unowned", 1, True)]

    async def test_show_a_hundred_values_and_say_how_many_there_are_besides(self, api: Api) -> None:
        acme = provider()
        await put(api.database, acme, *(model(acme, f"m{n}", owner=f"o{n:03}") for n in range(103)))
        shown = (await api.data(FACETS, filter={"not": {"owner": {"eq": "o000"}}}))["models"]["facets"]
        owner = next(each for each in shown if each["field"] == "OWNER")
        assert (len(owner["values"]), owner["otherCount"]) == (100, 2)
        assert owner["values"][0] == {"value": "o001", "label": "o001", "count": 1, "isSelected": False}


def as_known(of: Provider, row: Model) -> dict[str, Any]:
    """A model by the names of the filter's fields."""
    return {
        "name": row.name,
        "provider": of.slug,
        "modelType": row.model_type,
        "status": row.status,
        "category": row.category,
        "tags": row.tags,
        "capabilities": row.capabilities,
        "supportedTasks": row.supported_tasks,
        "inputFormats": [],
        "outputFormats": [],
        "compliance": row.compliance,
        "owner": row.owner,
        "isOwned": row.owner is not None,
        "securityLevel": row.security_level,
        "source": row.source,
        "isArchived": row.archived_at is not None,
        "minRating": row.rating_average,
        "maxCostPer1kTokens": row.baseline_cost_per_1k_tokens,
        "minContextWindow": row.context_window,
        "retiresBefore": row.retires_on,
    }


def counts(shown: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Facets without values that nobody holds."""
    return {
        each["field"]: {value["value"]: value["count"] for value in each["values"] if value["count"]} for each in shown
    }
