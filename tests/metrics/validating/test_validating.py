"""Whether a model will do for a use case, by the catalog and by a call."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.deployments.vocabulary import Environment
from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from app.metrics.validating.rules import UseCase, findings, is_valid
from app.metrics.validating.vocabulary import Check, CheckOutcome
from tests.conftest import Api
from tests.kit.rows import select_rows
from tests.metrics.trying.test_trying import SLUG, api, deployed  # noqa: F401 - a fixture
from tests.sample.serving import sample

VALIDATE = """mutation ($input: ValidateModelInput!) { validateModel(input: $input) {
    model { lastValidatedAt } validation { isValid checks { check outcome reason } } errors { code path } } }"""
TODAY = date(2026, 11, 22)
KNOWN = {
    "status": "ACTIVE",
    "archived_at": None,
    "retires_on": None,
    "capabilities": ["tools", "Vision"],
    "compliance": [],
    "context_window": 8_000,
    "baseline_cost_per_1k_tokens": Decimal("0.0050"),
}
P, F, U = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("wanted", "known", "check", "outcome"),
    [
        ({}, {}, Check.STATUS, P),
        ({}, {"status": "EXPERIMENTAL"}, Check.STATUS, F),
        ({"environment": Environment.STAGING}, {"status": "EXPERIMENTAL"}, Check.STATUS, P),
        ({}, {"retires_on": date(2026, 11, 21)}, Check.STATUS, F),
        ({}, {"retires_on": TODAY}, Check.STATUS, P),
        ({}, {"archived_at": TODAY}, Check.STATUS, F),
        ({"capabilities": ["vision"]}, {}, Check.CAPABILITIES, P),
        ({"capabilities": ["vision", "audio"]}, {}, Check.CAPABILITIES, F),
        ({"capabilities": ["vision"]}, {"capabilities": []}, Check.CAPABILITIES, U),
        ({"context_tokens": 8_000}, {}, Check.CONTEXT, P),
        ({"context_tokens": 8_001}, {}, Check.CONTEXT, F),
        ({"context_tokens": 1}, {"context_window": None}, Check.CONTEXT, U),
        ({"most_per_1k": Decimal("0.005")}, {}, Check.PRICE, P),
        ({"most_per_1k": Decimal("0.0049")}, {}, Check.PRICE, F),
        ({"most_per_1k": Decimal(1)}, {"baseline_cost_per_1k_tokens": None}, Check.PRICE, U),
        ({"compliance": ["gdpr"]}, {}, Check.COMPLIANCE, U),
        ({"compliance": ["gdpr"]}, {"compliance": ["hipaa"]}, Check.COMPLIANCE, F),
    ],
)
def test_each_need_is_checked(wanted: dict[str, Any], known: dict[str, Any], check: Check, outcome: Any) -> None:
    asked: dict[str, Any] = {"model_id": new_id(), "name": "support", "environment": Environment.PRODUCTION, **wanted}
    found = findings({**KNOWN, **known}, UseCase(**asked), TODAY)
    assert {each.check: each.outcome for each in found}[check] is outcome
    assert len(found) == 1 + (check is not Check.STATUS)
    assert is_valid(found) is (outcome is not F)


async def validated(api: Api, of: Any, **more: Any) -> dict[str, Any]:  # noqa: F811
    """The payload of a validation."""
    given = {"modelId": global_id("Model", of.model_id), "useCase": "support", **more}
    return (await api.data(VALIDATE, input=given, role=Role.MANAGER))["validateModel"]


async def test_a_model_that_answers_is_valid_and_the_day_is_kept(api: Api) -> None:  # noqa: F811
    with sample("--model", SLUG) as url:
        shop = await deployed(api, url)
        payload = await validated(api, shop)
    assert payload["errors"] == []
    assert payload["validation"]["isValid"] is True
    assert [(each["check"], each["outcome"]) for each in payload["validation"]["checks"]] == [
        ("STATUS", "PASSED"),
        ("PROBE", "PASSED"),
    ]
    assert payload["model"]["lastValidatedAt"]
    assert await select_rows(api.database, "select use_case, failed from inference") == [
        {"use_case": "support", "failed": False}
    ]
    events = await select_rows(api.database, "select kind from event where kind = 'model.validated'")
    assert len(events) == 1


async def test_a_model_that_does_not_answer_is_not_valid(api: Api) -> None:  # noqa: F811
    shop = await deployed(api, "http://127.0.0.1:9")
    checks = (await validated(api, shop))["validation"]
    assert (checks["isValid"], checks["checks"][-1]["check"]) == (False, "PROBE")
    assert checks["checks"][-1]["reason"] == "A call of its deployment failed: unreachable."


async def test_what_serves_nowhere_is_not_called(api: Api) -> None:  # noqa: F811
    shop = await deployed(api, None, runtime="RECORDED")
    payload = await validated(api, shop, environment="STAGING")
    assert [each["check"] for each in payload["validation"]["checks"]] == ["STATUS"]
    bad = await validated(api, shop, useCase=" ", capabilities=["", "a"], contextTokens=0)
    assert {tuple(each["path"]) for each in bad["errors"]} == {("useCase",), ("capabilities", "0"), ("contextTokens",)}
    assert (bad["validation"], bad["model"]) == (None, None)
