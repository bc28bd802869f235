"""Several sessions set prices of one model at the same moment: one after the other, and none is lost."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.catalog.tables import Model
from app.kit.db import Database
from tests.catalog.prices.test_schema import one_model, prices
from tests.catalog.test_importing import anvil, load, row
from tests.catalog.writing import act, journal
from tests.conftest import Api
from tests.contract.acting import journal_is_sound
from tests.kit.rows import gid, select_rows

AT_ONCE = 8


async def set_price(api: Api, key: str, usd: str, token_class: str = "INPUT", **given: Any) -> dict[str, Any]:
    """What comes of setting one price."""
    wanted = [{"tokenClass": token_class, "usdPerMillion": usd}]
    shown = "model { revision prices { usdPerMillion } }"
    return await act(api, "setModelPrice", shown, modelId=key, prices=wanted, **given)


async def believed(database: Database) -> list[dict[str, Any]]:
    """What is believed now, in the order of time."""
    return await select_rows(
        database,
        "select usd_per_million as usd, effective_from, effective_to from price where superseded_at is null "
        "order by effective_from nulls first",
    )


class TestOneClass:
    async def test_each_is_written_and_the_last_holds(self, api: Api) -> None:
        key = gid(await one_model(api, ("INPUT", "100")))
        answers = await asyncio.gather(*(set_price(api, key, str(n + 1)) for n in range(AT_ONCE)))
        assert [answer["errors"] for answer in answers] == [[]] * AT_ONCE
        told = [entry["after"]["prices"][0]["usdPerMillion"] for entry in await journal(api)]
        assert sorted(map(int, told)) == list(range(1, AT_ONCE + 1))
        assert await prices(api, key) == {"INPUT": told[-1]}
        assert await select_rows(api.database, "select revision from model") == [{"revision": 1 + AT_ONCE}]
        assert await journal_is_sound(api.database)

    async def test_periods_of_what_is_believed_never_overlap(self, api: Api) -> None:
        key = gid(await one_model(api))
        await asyncio.gather(*(set_price(api, key, str(n + 1)) for n in range(AT_ONCE)))
        found = await believed(api.database)
        assert len(found) == AT_ONCE
        assert all(earlier["effective_to"] == later["effective_from"] for earlier, later in pairwise(found))
        assert found[-1]["effective_to"] is None

    async def test_of_those_who_saw_the_same_revision_one_succeeds(self, api: Api) -> None:
        key = gid(await one_model(api))
        answers = await asyncio.gather(*(set_price(api, key, str(n + 1), expectedRevision=1) for n in range(AT_ONCE)))
        done = [answer for answer in answers if not answer["errors"]]
        refused = [error["__typename"] for answer in answers for error in answer["errors"]]
        assert (len(done), refused) == (1, ["RevisionConflict"] * (AT_ONCE - 1))
        assert [f"{price['usd'].normalize():f}" for price in await believed(api.database)] == [
            done[0]["model"]["prices"][0]["usdPerMillion"]
        ]


class TestSeveralClasses:
    async def test_all_hold_and_the_model_costs_what_they_say_together(self, api: Api) -> None:
        key = gid(await one_model(api))
        for usd in ("1", "3"):
            await asyncio.gather(set_price(api, key, usd, "INPUT"), set_price(api, key, usd, "OUTPUT"))
        assert await prices(api, key) == {"INPUT": "3", "OUTPUT": "3"}
        (found,) = await select_rows(api.database, "select baseline_cost_per_1k_tokens as cost, revision from model")
        assert (found["cost"], found["revision"]) == (Decimal("0.003"), 5)


class TestImport:
    async def test_and_a_person_at_once_leave_both_prices_and_the_cost_of_both(self, api: Api) -> None:
        await load(api.database, anvil(row("1"), row("1", "OUTPUT")))
        (found,) = await select_rows(api.database, "select id from model")
        key = gid(Model(id=found["id"]))
        for usd in range(2, 8):
            imported = anvil(row(str(usd)), row(str(usd), "OUTPUT"))
            await asyncio.gather(load(api.database, imported), set_price(api, key, str(10 * usd), "OUTPUT"))
            assert await prices(api, key) == {"INPUT": str(usd), "OUTPUT": str(10 * usd)}
            (now,) = await select_rows(api.database, "select baseline_cost_per_1k_tokens as cost from model")
            assert now["cost"] == (3 * Decimal(usd) + 10 * Decimal(usd)) / 4000, usd
        assert await select_rows(api.database, "select revision from model") == [{"revision": 1 + 2 * 6}]
