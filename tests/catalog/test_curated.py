"""What people say of an imported model is theirs from then on; what nobody touched goes on following the source."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.catalog.importing import import_catalog
from app.catalog.rules import CURATED
from app.catalog.source import SourceProvider
from app.catalog.tables import Model
from app.catalog.vocabulary import ModelType
from app.kit.access import SYSTEM
from app.kit.journal import Writer
from tests.catalog.test_importing import anvil, load, row
from tests.catalog.writing import act
from tests.conftest import Api
from tests.kit.rows import gid, select_rows

FIRST = anvil()
SECOND = replace(
    FIRST,
    name="Anvil 2",
    description="Heavier.",
    context_window=2000,
    model_type=ModelType.CODE,
    capabilities=("batch", "tools"),
    deprecated=True,
)
FOLLOWED: dict[str, Any] = {
    "name": "Anvil 2",
    "description": "Heavier.",
    "context_window": 2000,
    "model_type": "CODE",
    "capabilities": ["batch", "tools"],
    "baseline_cost_per_1k_tokens": None,
    "status": "DEPRECATED",
}
"""What the second state of the source says."""

EDITS: list[tuple[str, dict[str, Any], Any]] = [
    ("name", {"name": "Our anvil"}, "Our anvil"),
    ("description", {"description": "Ours."}, "Ours."),
    ("description", {"description": None}, None),
    ("context_window", {"contextWindow": 7}, 7),
    ("context_window", {"contextWindow": None}, None),
    ("model_type", {"modelType": "VISION"}, "VISION"),
    ("capabilities", {"capabilities": ["ours"]}, ["ours"]),
    ("capabilities", {"capabilities": []}, []),
    ("baseline_cost_per_1k_tokens", {"baselineMetrics": {"costPer1kTokens": "0.5"}}, Decimal("0.5")),
]


async def imported(api: Api) -> str:
    """The id of a model that was imported."""
    await load(api.database, FIRST)
    (found,) = await select_rows(api.database, "select id from model")
    return gid(Model(id=found["id"]))


async def curated_columns(api: Api) -> dict[str, Any]:
    """What is said now of the columns that imports fill."""
    (found,) = await select_rows(api.database, f"select {', '.join(sorted(CURATED))} from model")
    return found


async def change(api: Api, mutation: str, /, **given: Any) -> None:
    """Do a mutation that is not refused."""
    assert (await act(api, mutation, **given))["errors"] == []


class TestEditedColumn:
    def test_each_column_that_imports_fill_is_tried(self) -> None:
        assert {column for column, _, _ in EDITS} | {"status"} == CURATED

    @pytest.mark.parametrize(("column", "edit", "value"), EDITS)
    async def test_survives_imports_and_the_others_follow(
        self, api: Api, column: str, edit: dict[str, Any], value: Any
    ) -> None:
        key = await imported(api)
        await change(api, "updateModel", modelId=key, **edit)
        await load(api.database, SECOND)
        assert await curated_columns(api) == {**FOLLOWED, column: value}
        assert (await load(api.database, SECOND)).models_updated == 0

    async def test_status_that_people_gave_survives(self, api: Api) -> None:
        key = await imported(api)
        await change(api, "transitionModel", modelId=key, to="MAINTENANCE")
        await change(api, "transitionModel", modelId=key, to="ACTIVE")
        await load(api.database, SECOND)
        assert await curated_columns(api) == {**FOLLOWED, "status": "ACTIVE"}

    async def test_cost_gives_way_to_prices_of_the_source(self, api: Api) -> None:
        key = await imported(api)
        await change(api, "updateModel", modelId=key, baselineMetrics={"costPer1kTokens": "0.5"})
        await load(api.database, replace(SECOND, prices=(row("3"), row("15", "OUTPUT"))))
        assert await curated_columns(api) == {**FOLLOWED, "baseline_cost_per_1k_tokens": Decimal("0.006")}

    async def test_what_it_says_already_is_no_edit(self, api: Api) -> None:
        key = await imported(api)
        await change(api, "updateModel", modelId=key, name="Anvil", contextWindow=1000)
        await load(api.database, SECOND)
        assert await curated_columns(api) == FOLLOWED

    async def test_columns_of_a_registered_model_are_those_that_were_given(self, api: Api) -> None:
        acme = {"slug": "acme", "name": "Acme"}
        given = {"slug": "acme/Anvil", "name": "Our anvil", "modelType": "VISION", "provider": acme}
        await change(api, "registerModel", **given, capabilities=[])
        await load(api.database, SECOND)
        ours = {"name": "Our anvil", "model_type": "VISION", "status": "EXPERIMENTAL"}
        assert await curated_columns(api) == {**FOLLOWED, **ours}


class TestImportMeanwhile:
    async def test_edit_between_its_reading_and_its_writing_is_not_lost(self, api: Api) -> None:
        key, reached, go_on = await imported(api), asyncio.Event(), asyncio.Event()

        async def slow_import(session: Any, actor: Any) -> None:
            scalars = session.scalars

            async def pausing(statement: Any, *args: Any, **kwargs: Any) -> Any:
                found = await scalars(statement, *args, **kwargs)
                if not reached.is_set() and "FROM model" in str(statement).replace("\n", " "):
                    reached.set()
                    await go_on.wait()
                return found

            session.scalars = pausing
            await import_catalog(session, actor, [SourceProvider("acme", "Acme", None, None, [SECOND])])

        importing = asyncio.create_task(Writer(api.database).write(SYSTEM, slow_import))
        await reached.wait()
        editing = asyncio.create_task(change(api, "updateModel", modelId=key, name="Our anvil"))
        await asyncio.wait([editing], timeout=0.5)
        go_on.set()
        await asyncio.gather(importing, editing)
        assert await curated_columns(api) == {**FOLLOWED, "name": "Our anvil"}
        assert await select_rows(api.database, "select revision from model") == [{"revision": 3}]
