"""What a search must not tell, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from app.catalog.search import reads
from app.identity.rules import Role
from tests.catalog.search.asking import FACETS, FIND, find
from tests.conftest import Api
from tests.kit.rows import model, names, provider, put


class TestVisibility:
    async def test_nothing_tells_of_what_is_above_ones_clearance(self, api: Api) -> None:
        acme, secret = provider("acme"), provider("clandestine", name="Clandestine")
        hidden = [
            model(secret, f"nightjar-{n}", security_level=level, tags=["covert"], owner="spy", popularity=10**6)
            for n, level in enumerate(("RESTRICTED", "CONFIDENTIAL"))
        ]
        await put(api.database, acme, secret, model(acme, "robin"), model(acme, "wren", security_level="PUBLIC"))
        before = [
            await self.seen(api, query) for query in (None, "nightjar", "nightjer", "covert", "robin OR spy", "-x")
        ]
        await put(api.database, *hidden)
        assert before == [
            await self.seen(api, query) for query in (None, "nightjar", "nightjer", "covert", "robin OR spy", "-x")
        ]
        assert (await find(api, "nightjer"))["didYouMean"] == "nightjar"
        assert (await find(api, "nightjer", role=Role.DEVELOPER))["totalCount"] == 1

    async def seen(self, api: Api, query: str | None) -> Any:
        """All that a viewer is told."""
        filters: list[dict[str, Any]] = [{}, {"tags": {"containsAny": ["covert"]}}, {"not": {"owner": {"eq": "spy"}}}]
        told: list[Any] = []
        for chosen in filters:
            for order in (None, {"field": "POPULARITY", "direction": "DESC"}):
                page = await find(api, query, role=Role.VIEWER, filter=chosen, order=order)
                del page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]
                told.append(page)
            told.append((await api.data(FACETS, role=Role.VIEWER, query=query, filter=chosen))["models"]["facets"])
        return told

    async def test_hidden_models_do_not_make_text_too_broad_to_rank(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acme = provider()
        rows = [model(acme, "anvil"), model(acme, "anvil-2", popularity=9)]
        hidden = [model(acme, f"anvil-x{n}", security_level="CONFIDENTIAL") for n in range(4)]
        await put(api.database, acme, *rows, *hidden)
        monkeypatch.setattr(reads, "MOST_RANKED", 3)
        assert names(await find(api, "anvil", role=Role.VIEWER)) == ["anvil", "anvil-2"]
        assert names(await find(api, "anvil"))[0] == "anvil-2"

    async def test_needs_the_permission(self, api: Api) -> None:
        assert await api.codes(FIND, role=None, query="gpt") == ["UNAUTHORIZED"]


class TestStatements:
    WHOLE = """query ($query: String, $filter: ModelFilter) { models(first: 20, query: $query, filter: $filter) {
        totalCount didYouMean nodes { id name provider { name } } facets { field values { value count } } } }"""

    async def test_do_not_depend_on_how_many_models_there_are(self, api: Api) -> None:
        acme = provider()
        await put(api.database, acme, *(model(acme, f"anvil-{n}", tags=[f"t{n}"]) for n in range(6)))
        few = [await self.statements(api, **each) for each in self.asked()]
        await put(api.database, *(model(acme, f"anvil-more-{n}", tags=[f"u{n}"]) for n in range(40)))
        assert [await self.statements(api, **each) for each in self.asked()] == few == [4, 5, 7, 10]

    def asked(self) -> list[dict[str, Any]]:
        """A list, a search, one with a filter, and one that is misspelt."""
        chosen = {"status": {"eq": "ACTIVE"}, "tags": {"containsAny": ["t1", "t2"]}}
        return [{}, {"query": "anvil"}, {"query": "anvil", "filter": chosen}, {"query": "anvli"}]

    async def statements(self, api: Api, **variables: Any) -> int:
        """How many one request takes."""
        before = api.database.statements
        await api.data(self.WHOLE, **variables)
        return api.database.statements - before
