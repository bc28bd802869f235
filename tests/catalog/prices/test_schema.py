"""Prices that people set: through the API, beside those of imports, and in what usage costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.catalog.prices.jobs import refresh_costs
from app.catalog.tables import Model
from app.identity.rules import Role
from app.kit.db import Database
from tests.catalog.test_importing import anvil, load, row
from tests.conftest import Api
from tests.kit.rows import gid, model, price, provider, put, select_rows
from tests.metrics.sending import call, ingest_of

SET = """mutation($input: SetModelPriceInput!) { setModelPrice(input: $input) {
    model { revision prices { tokenClass usdPerMillion source recordedBy reason } baselineMetrics { costPer1kTokens } }
    errors { code path } } }"""
PRICES = """query($id: ID!, $asOf: DateTime, $knownAt: DateTime) { model(by: {id: $id}) {
    prices(asOf: $asOf, knownAt: $knownAt) { tokenClass usdPerMillion } } }"""


async def one_model(api: Api, *usd: tuple[str, str]) -> Model:
    acme = provider("alpha")
    made = model(acme, "one")
    await put(api.database, acme, made, *(price(made, token_class, amount) for token_class, amount in usd))
    return made


async def set_price(api: Api, model_id: str, usd: str | None, token_class: str = "INPUT", **given: Any) -> Any:
    """Set one price; null withdraws it."""
    wanted = [{"tokenClass": token_class, "usdPerMillion": usd, **given.pop("price", {})}]
    return (await api.data(SET, input={"modelId": model_id, "prices": wanted, **given}))["setModelPrice"]


async def prices(api: Api, model_id: str, **at: Any) -> dict[str, str]:
    found = await api.data(PRICES, id=model_id, **at)
    return {price["tokenClass"]: price["usdPerMillion"] for price in found["model"]["prices"]}


def now() -> str:
    return datetime.now(UTC).isoformat()


class TestSetModelPrice:
    async def test_beats_the_one_there_is_and_tells_of_it(self, api: Api) -> None:
        made = await one_model(api, ("INPUT", "3"), ("OUTPUT", "15"))
        answer = await set_price(api, gid(made), "1", reason="Contract")
        own, other = answer["model"]["prices"]
        assert (own["usdPerMillion"], own["source"], own["reason"]) == ("1", "manual", "Contract")
        assert own["recordedBy"]
        assert (other["tokenClass"], other["usdPerMillion"]) == ("OUTPUT", "15")
        assert answer["model"]["baselineMetrics"] == {"costPer1kTokens": "0.0045"}
        assert answer["model"]["revision"] == 2
        (event,) = await select_rows(api.database, "select kind, payload from event")
        assert (event["kind"], event["payload"]["model_id"]) == ("model.priced", str(made.id))
        (audit,) = await select_rows(api.database, "select before, after, reason from audit_event")
        assert (audit["before"], audit["reason"]) == ({"prices": []}, "Contract")
        assert audit["after"]["prices"][0]["usdPerMillion"] == "1"

    async def test_stays_through_imports_and_gives_way_when_withdrawn(self, api: Api) -> None:
        await load(api.database, anvil(row("1")))
        (found,) = await select_rows(api.database, "select id from model")
        key = gid(Model(id=found["id"]))
        await set_price(api, key, "7")
        await load(api.database, anvil(row("2")))
        assert await prices(api, key) == {"INPUT": "7"}
        await set_price(api, key, None)
        assert await prices(api, key) == {"INPUT": "2"}

    async def test_what_was_known_then_is_answered_as_then(self, api: Api) -> None:
        key = gid(await one_model(api, ("INPUT", "9")))
        since = (datetime.now(UTC) - timedelta(days=9)).isoformat()
        before = now()
        await set_price(api, key, "5", effectiveFrom=since)
        between = now()
        await set_price(api, key, "6", effectiveFrom=since)
        past = (datetime.now(UTC) - timedelta(days=3)).isoformat()
        for known, usd in ((before, "9"), (between, "5"), (now(), "6")):
            assert await prices(api, key, asOf=past, knownAt=known) == {"INPUT": usd}
        history = await api.data(
            "query($id: ID!) { model(by: {id: $id}) { priceHistory { totalCount nodes { usdPerMillion supersededAt }"
            " } } }",
            id=key,
        )
        assert [node["usdPerMillion"] for node in history["model"]["priceHistory"]["nodes"]] == ["6", "5", "9"]
        assert history["model"]["priceHistory"]["totalCount"] == 3

    async def test_again_changes_nothing(self, api: Api) -> None:
        key = gid(await one_model(api))
        assert (await set_price(api, key, "5"))["model"]["revision"] == 2
        assert (await set_price(api, key, "5.0"))["model"]["revision"] == 2
        assert len(await select_rows(api.database, "select 1 from event")) == 1

    @pytest.mark.parametrize(
        ("usd", "given", "path"),
        [
            ("-1", {}, ["prices", "0", "usdPerMillion"]),
            ("1000000000000", {}, ["prices", "0", "usdPerMillion"]),
            ("0.0000000000001", {}, ["prices", "0", "usdPerMillion"]),
            ("1", {"price": {"tokenClass": "TOKENS"}}, ["prices", "0", "tokenClass"]),
            (
                "1",
                {"price": {"conditions": {"inputTokensAbove": -1}}},
                ["prices", "0", "conditions", "inputTokensAbove"],
            ),
            ("1", {"price": {"conditions": {"utcHours": ["9:00", "8:00"]}}}, ["prices", "0", "conditions", "utcHours"]),
            ("1", {"price": {"conditions": {"speed": " "}}}, ["prices", "0", "conditions", "speed"]),
            ("1", {"effectiveFrom": "1999-12-31T23:59:59Z"}, ["effectiveFrom"]),
            ("1", {"effectiveTo": "2020-01-01T00:00:00Z"}, ["effectiveTo"]),
            ("1", {"reason": "x" * 1001}, ["reason"]),
        ],
    )
    async def test_what_cannot_be_taken_is_refused_with_its_path(
        self, api: Api, usd: str, given: dict[str, Any], path: list[str]
    ) -> None:
        answer = await set_price(api, gid(await one_model(api)), usd, **given)
        assert answer["errors"] == [{"code": "INVALID_PARAMETER", "path": path}]
        assert await select_rows(api.database, "select 1 from price") == []

    async def test_amount_left_out_and_one_said_twice_are_refused(self, api: Api) -> None:
        key, silent = gid(await one_model(api)), {"tokenClass": "INPUT"}
        (refused,) = (await api.data(SET, input={"modelId": key, "prices": [silent]}))["setModelPrice"]["errors"]
        assert refused == {"code": "MISSING_REQUIRED_FIELD", "path": ["prices", "0", "usdPerMillion"]}
        said = {**silent, "usdPerMillion": "1"}
        (refused,) = (await api.data(SET, input={"modelId": key, "prices": [said, said]}))["setModelPrice"]["errors"]
        assert refused == {"code": "INVALID_PARAMETER", "path": ["prices", "1"]}

    async def test_needs_the_permission(self, api: Api) -> None:
        wanted = {"modelId": gid(await one_model(api)), "prices": [{"tokenClass": "INPUT", "usdPerMillion": "1"}]}
        assert await api.codes(SET, role=Role.VIEWER, input=wanted) == ["FORBIDDEN"]


class TestCosts:
    async def test_of_usage_follow_from_the_next_batch_on_by_when_the_call_was_made(self, api: Api) -> None:
        made, random = await one_model(api, ("INPUT", "3"), ("OUTPUT", "0")), Random(1)
        ingest = ingest_of(api.database, datetime.now(UTC))
        start = datetime.now(UTC) - timedelta(hours=1)
        early, late = ([call(random, start + timedelta(minutes=m)) for _ in range(2)] for m in (-1, 1))
        await ingest.take([early[0], late[0]])
        await set_price(api, gid(made), "1", effectiveFrom=start.isoformat())
        await ingest.take([early[1], late[1]])
        costs = await self.costs(api.database)
        assert [costs[one.event_id] for one in (*early, *late)] == [
            Decimal(c) for c in ("0.0003", "0.0003", "0.0003", "0.0001")
        ]

    async def costs(self, database: Database) -> dict[UUID, Decimal]:
        return {r["event_id"]: r["cost"] for r in await select_rows(database, "select event_id, cost from inference")}

    async def test_of_a_model_follow_when_a_price_begins(self, api: Api) -> None:
        made, soon = await one_model(api, ("INPUT", "3"), ("OUTPUT", "15")), datetime.now(UTC) + timedelta(hours=1)
        await set_price(api, gid(made), "7", effectiveFrom=soon.isoformat())
        assert await refresh_costs(api.database, soon - timedelta(hours=2), soon - timedelta(minutes=1)) == 0
        assert await refresh_costs(api.database, soon - timedelta(minutes=1), soon) == 1
        (found,) = await select_rows(api.database, "select baseline_cost_per_1k_tokens as cost from model")
        assert found["cost"] == Decimal("0.009")
