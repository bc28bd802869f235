"""The import of the public catalog: idempotent, with a history of prices, and respectful of what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.catalog import service, source
from app.catalog.importing import Imported, import_catalog, is_empty
from app.catalog.pricing import PriceRow
from app.catalog.source import SourceModel, SourceProvider
from app.catalog.vocabulary import ModelType
from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import SYSTEM, Actor
from app.kit.db import Database
from app.kit.errors import Forbidden
from app.kit.journal import Writer
from tests.conftest import Api
from tests.kit.rows import execute, select_rows

EARLIER, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def row(usd: str, token_class: str = "INPUT", **columns: Any) -> PriceRow:
    """A price of the source."""
    return PriceRow(token_class, Decimal(usd), **columns)


def anvil(*prices: PriceRow, **columns: Any) -> SourceModel:
    """A model of the source."""
    made = SourceModel("acme/anvil", "Anvil", "Heavy.", 1000, False, ModelType.TEXT, ("batch",), prices)
    return replace(made, **columns)


async def load(database: Database, *models: SourceModel) -> Imported:
    """Import a source that consists of these models of Acme."""
    acme = SourceProvider("acme", "Acme", "https://acme.example/prices", "Makes anvils.", list(models))
    return await Writer(database).write(SYSTEM, import_catalog, [acme])


async def prices(database: Database) -> list[dict[str, Any]]:
    """The price rows that are believed now, by start."""
    sql = """select token_class, usd_per_million, conditions, effective_from, effective_to from price
        where superseded_at is null order by effective_from nulls first, token_class, usd_per_million"""
    return await select_rows(database, sql)


async def amounts(database: Database) -> list[tuple[str, datetime | None, datetime | None]]:
    """Amount, from and to of all price rows."""
    found = await prices(database)
    return [(f"{p['usd_per_million'].normalize():f}", p["effective_from"], p["effective_to"]) for p in found]


async def in_force(api: Api) -> dict[str, str]:
    """The prices a user sees now, by class."""
    found = await api.data('{ model(by: {slug: "acme/anvil"}) { prices { tokenClass usdPerMillion } } }')
    return {price["tokenClass"]: price["usdPerMillion"] for price in found["model"]["prices"]}


@pytest.fixture(scope="module")
def real() -> Sequence[SourceProvider]:
    """The real catalog."""
    return list(source.providers())


class TestRealCatalog:
    async def test_second_import_changes_nothing(self, database: Database, real: Sequence[SourceProvider]) -> None:
        told: list[tuple[int, int]] = []
        first = await Writer(database).write(SYSTEM, import_catalog, real, lambda *done: told.append(done))
        assert (first.providers, first.models, first.models_added, first.models_updated) == (47, 2330, 2330, 0)
        assert told[-1] == (2330, 2330)
        assert first.prices_added == sum(len(model.prices) for provider in real for model in provider.models)
        everything = [await self.contents(database, table) for table in ("provider", "model", "price", "event")]
        second = await Writer(database).write(SYSTEM, import_catalog, real)
        assert second == Imported(47, 2330, 0, 0, 0, 0)
        assert [await self.contents(database, table) for table in ("provider", "model", "price", "event")] == everything
        (event,) = everything[-1]
        assert event["kind"] == "catalog.imported"
        assert event["payload"]["models_added"] == 2330
        assert len(await select_rows(database, "select * from audit_event")) == 1

    async def contents(self, database: Database, table: str) -> list[dict[str, Any]]:
        """A whole table."""
        return await select_rows(database, f"select * from {table} order by 1, 2")

    async def test_real_models_have_prices_in_force_through_the_api(
        self, api: Api, real: Sequence[SourceProvider]
    ) -> None:
        await Writer(api.database).write(SYSTEM, import_catalog, real)
        query = """{ model(by: {slug: "openai/gpt-4o"}) {
            name provider { slug name } contextWindow status source owner
            prices { tokenClass usdPerMillion conditions } baselineMetrics { costPer1kTokens } } }"""
        found = (await api.data(query))["model"]
        assert (found["provider"], found["source"], found["owner"]) == (
            {"slug": "openai", "name": "OpenAI"},
            "IMPORTED",
            None,
        )
        plain = {p["tokenClass"]: Decimal(p["usdPerMillion"]) for p in found["prices"] if not p["conditions"]}
        assert plain["INPUT"] > 0
        assert Decimal(found["baselineMetrics"]["costPer1kTokens"]) == (3 * plain["INPUT"] + plain["OUTPUT"]) / 4000
        assert (await api.data("{ models { totalCount } }"))["models"]["totalCount"] == 2330


class TestPrices:
    async def test_unknown_price_stays_unknown(self, database: Database) -> None:
        await load(database, anvil(description=None, context_window=None))
        assert await prices(database) == []
        (model,) = await select_rows(
            database, "select description, context_window, max_tokens, license, baseline_cost_per_1k_tokens from model"
        )
        assert set(model.values()) == {None}

    async def test_binary_noise_is_rounded_to_what_is_stored(self, database: Database) -> None:
        noisy = anvil(row("0.13999999999999999"))
        await load(database, noisy)
        assert (await load(database, noisy)).prices_added == 0
        assert await amounts(database) == [("0.14", None, None)]

    async def test_changed_undated_price_closes_the_old_row_now_and_opens_a_new_one(self, api: Api) -> None:
        await load(api.database, anvil(row("1"), row("9", "OUTPUT")))
        before = datetime.now(UTC)
        changed = await load(api.database, anvil(row("2"), row("9", "OUTPUT")))
        assert (changed.prices_added, changed.prices_closed) == (1, 1)
        old, same, new = await amounts(api.database)
        assert same == ("9", None, None)
        assert (old[:2], new[0], new[2]) == (("1", None), "2", None)
        assert old[2] == new[1]
        assert new[1] is not None
        assert before <= new[1] <= datetime.now(UTC)
        assert await in_force(api) == {"INPUT": "2", "OUTPUT": "9"}
        assert (await load(api.database, anvil(row("2"), row("9", "OUTPUT")))).prices_added == 0

    async def test_price_that_goes_up_and_back_is_the_old_price_again(self, api: Api) -> None:
        for usd in ("1", "2", "1"):
            await load(api.database, anvil(row(usd)))
        assert await in_force(api) == {"INPUT": "1"}
        assert [amount for amount, _, _ in await amounts(api.database)] == ["1", "2", "1"]
        assert (await load(api.database, anvil(row("1")))).prices_added == 0

    async def test_dated_price_is_added_as_it_is_dated_and_ends_its_predecessor(self, api: Api) -> None:
        await load(api.database, anvil(row("1")))
        await load(api.database, anvil(row("1", effective_to=LATER), row("2", effective_from=LATER)))
        assert await amounts(api.database) == [("1", None, LATER), ("2", LATER, None)]
        assert await in_force(api) == {"INPUT": "2"}

    async def test_corrected_amount_of_a_dated_price_is_recorded_beside_the_old_one(self, api: Api) -> None:
        await load(api.database, anvil(row("1", effective_to=EARLIER), row("2", effective_from=EARLIER)))
        corrected = anvil(row("1", effective_to=EARLIER), row("3", effective_from=EARLIER))
        assert (await load(api.database, corrected)).prices_added == 1
        assert await in_force(api) == {"INPUT": "3"}
        assert (await load(api.database, corrected)).prices_added == 0
        assert {amount for amount, _, _ in await amounts(api.database)} == {"1", "3"}

    async def test_price_that_left_the_source_ends_now(self, api: Api) -> None:
        await load(api.database, anvil(row("1"), row("9", "OUTPUT")))
        assert (await load(api.database, anvil(row("1")))).prices_closed == 1
        assert await in_force(api) == {"INPUT": "1"}
        assert len(await prices(api.database)) == 2  # the one that ended is still known to have held
        assert (await load(api.database, anvil(row("1")))).prices_closed == 0

    async def test_price_that_left_and_came_back_is_in_force_again(self, api: Api) -> None:
        for models in ((anvil(row("1")),), (anvil(),), (anvil(row("1")),)):
            await load(api.database, *models)
        assert await in_force(api) == {"INPUT": "1"}

    async def test_withdrawn_date_brings_the_undated_price_back(self, api: Api) -> None:
        await load(api.database, anvil(row("1", effective_to=EARLIER), row("2", effective_from=EARLIER)))
        await load(api.database, anvil(row("1")))
        assert await in_force(api) == {"INPUT": "1"}

    async def test_withdrawn_announcement_of_a_future_price_does_not_break_the_import(self, api: Api) -> None:
        soon = datetime.now(UTC) + timedelta(days=30)
        await load(api.database, anvil(row("1"), row("2", "OUTPUT", effective_from=soon)))
        await load(api.database, anvil(row("1")))
        assert await in_force(api) == {"INPUT": "1"}
        assert await amounts(api.database) == [("1", None, None)]
        (announced,) = await select_rows(api.database, "select * from price where token_class = 'OUTPUT'")
        assert (announced["effective_from"], announced["superseded_at"] is None) == (soon, False)

    async def test_rows_of_one_class_differ_by_their_conditions(self, api: Api) -> None:
        tiers = (row("1"), row("2", conditions={"inputTokensAbove": 1000}), row("3", conditions={"speed": "fast"}))
        await load(api.database, anvil(*tiers))
        changed = await load(api.database, anvil(tiers[0], replace(tiers[1], usd_per_million=Decimal(5)), tiers[2]))
        assert (changed.prices_added, changed.prices_closed) == (1, 1)
        current = [p["usd_per_million"] for p in await prices(api.database) if p["effective_to"] is None]
        assert sorted(current) == [1, 3, 5]

    async def test_prices_of_other_sources_are_left_alone(self, database: Database) -> None:
        await load(database, anvil(row("1")))
        await execute(database, "update price set source = 'contract'")
        await load(database, anvil(row("1")))
        assert await amounts(database) == [("1", None, None), ("1", None, None)]


class TestModels:
    async def test_what_the_source_owns_is_refreshed(self, database: Database) -> None:
        await load(database, anvil(row("1"), row("2", "OUTPUT")))
        changed = anvil(row("3"), row("2", "OUTPUT"), name="Anvil 2", context_window=2000, model_type=ModelType.CODE)
        assert (await load(database, replace(changed, capabilities=("reasoning",)))).models_updated == 1
        (model,) = await select_rows(database, "select * from model")
        assert (model["name"], model["context_window"], model["model_type"]) == ("Anvil 2", 2000, "CODE")
        assert (model["capabilities"], model["baseline_cost_per_1k_tokens"]) == (["reasoning"], Decimal("0.00275"))
        assert model["revision"] == 2
        assert model["updated_at"] > model["created_at"]

    async def test_what_people_decide_is_left_alone(self, database: Database) -> None:
        await load(database, anvil(row("1")))
        await execute(
            database,
            """update model set owner = 'ann', tags = '{x}', category = 'c', status = 'RETIRED', compliance = '{gdpr}',
               security_level = 'CONFIDENTIAL', retires_on = '2027-01-01', documentation = 'https://x', license = 'MIT',
               max_tokens = 5, supported_tasks = '{t}', replacement_id = id, popularity = 3""",
        )
        (before,) = await select_rows(database, "select * from model")
        await load(database, anvil(row("1"), name="Anvil 2", deprecated=True))
        (after,) = await select_rows(database, "select * from model")
        assert {name for name in after if after[name] != before[name]} == {"name", "revision", "updated_at"}

    async def test_deprecation_by_the_source_deprecates_an_active_model(self, database: Database) -> None:
        await load(database, anvil())
        await load(database, anvil(deprecated=True))
        assert await select_rows(database, "select status from model") == [{"status": "DEPRECATED"}]
        assert await select_rows(database, "select from_status, to_status, actor from lifecycle_transition") == [
            {"from_status": "ACTIVE", "to_status": "DEPRECATED", "actor": SYSTEM.name}
        ]

    async def test_model_that_vanished_stays_with_its_prices(self, api: Api) -> None:
        await load(api.database, anvil(row("1")), anvil(slug="acme/hammer", name="Hammer"))
        changed = await load(api.database, anvil(slug="acme/hammer", name="Hammer"))
        assert (changed.models_added, changed.models_updated, changed.prices_closed) == (0, 0, 0)
        assert await in_force(api) == {"INPUT": "1"}

    async def test_providers_are_refreshed_as_well(self, database: Database) -> None:
        await Writer(database).write(SYSTEM, service.discover_models, [("acme", "x")])
        await load(database, anvil())
        (acme,) = await select_rows(database, "select slug, name, website, description from provider")
        assert acme == {
            "slug": "acme",
            "name": "Acme",
            "website": "https://acme.example/prices",
            "description": "Makes anvils.",
        }


class TestAdoption:
    async def discover(self, database: Database, *name: str) -> None:
        """Telemetry names a model."""
        await Writer(database).write(SYSTEM, service.discover_models, [(name[0], name[1])])

    async def test_discovered_model_is_adopted_with_its_id(self, database: Database) -> None:
        await self.discover(database, "acme", "ANVIL")
        (before,) = await select_rows(database, "select * from model")
        result = await load(database, anvil(row("1")))
        (after,) = await select_rows(database, "select * from model")
        assert (result.models_added, result.models_updated, result.prices_added) == (0, 1, 1)
        assert (after["id"], after["status"], after["source"], after["name"]) == (
            before["id"],
            "ACTIVE",
            "IMPORTED",
            "Anvil",
        )
        assert (await load(database, anvil(row("1")))).models_updated == 0

    async def test_deprecated_one_is_adopted_as_deprecated_at_once(self, database: Database) -> None:
        await self.discover(database, "acme", "anvil")
        await load(database, anvil(deprecated=True))
        assert await select_rows(database, "select status from model") == [{"status": "DEPRECATED"}]
        assert (await load(database, anvil(deprecated=True))).models_updated == 0

    async def test_status_that_people_gave_it_stays(self, database: Database) -> None:
        await self.discover(database, "acme", "anvil")
        await execute(database, "update model set status = 'RETIRED'")
        await load(database, anvil())
        assert await select_rows(database, "select status, source from model") == [
            {"status": "RETIRED", "source": "IMPORTED"}
        ]


class TestRights:
    async def test_only_who_may_create_models_imports(self, database: Database) -> None:
        manager = Actor("m", "Manager", PERMISSIONS[Role.MANAGER], CLEARANCES[Role.MANAGER])
        with pytest.raises(Forbidden):
            await Writer(database).write(manager, import_catalog, [])
        assert await select_rows(database, "select * from provider") == []

    async def test_catalog_is_empty_until_something_was_imported(self, database: Database) -> None:
        await Writer(database).write(SYSTEM, service.discover_models, [("acme", "x")])
        async with database.transaction() as session:
            assert await is_empty(session)
        await load(database, anvil())
        async with database.transaction() as session:
            assert not await is_empty(session)

    async def test_failed_import_leaves_nothing_and_can_be_repeated(self, database: Database) -> None:
        with pytest.raises(Exception, match="not_negative"):
            await load(database, anvil(row("1")), anvil(row("-1"), slug="acme/b"))
        assert await select_rows(database, "select * from provider") == []
        assert await select_rows(database, "select * from model") == []
        assert (await load(database, anvil(row("1")))).models_added == 1
