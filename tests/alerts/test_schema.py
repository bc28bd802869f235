"""Alerts through the API: made, tried, raised, heard, taken on, silenced and deleted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.alerts import defaults, jobs
from app.alerts.looking import Surroundings
from app.alerts.printing import lines
from app.identity.rules import Role
from app.kit.access import Clearance
from app.kit.clock import utc_now
from app.kit.ids import global_id
from app.kit.severity import Severity
from tests.conftest import Api
from tests.contract.journeys import ask, of_role
from tests.kit.rows import add_usage, alert, alert_rule, deployment, gid, model, provider, put, select_rows, team
from tests.live.listening import heard, listening, served

RULE = {
    "name": "Errors",
    "metric": "ERROR_RATE",
    "comparator": "GT",
    "threshold": "0.1",
    "severity": "CRITICAL",
    "type": "QUALITY",
    "groupBy": ["MODEL"],
    "intervalSeconds": 5,
    "condition": "metrics.requests >= 20",
}
SHOWN = "id state severity message value revision acknowledgedBy model { slug } rule { name } timeline { kind toState }"
RAISED = f"subscription {{ alertRaised(severity: [CRITICAL]) {{ cursor message alert {{ {SHOWN} }} }} }}"
CHANGED = "subscription { alertChanged { cursor kind alert { state acknowledgedBy } } }"
FIRING = f"{{ alerts(filter: {{state: {{eq: FIRING}}}}) {{ nodes {{ {SHOWN} }} }} dashboard {{ alerts {{ id }} }} }}"


@pytest_asyncio.fixture
async def address(api: Api) -> AsyncIterator[str]:
    async with served(api) as found:
        yield found


async def perform(
    api: Api, mutation: str, shown: str = "errors { code path message }", /, **given: Any
) -> dict[str, Any]:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (await api.data(f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ {shown} }} }}", input=given))[
        mutation
    ]


async def burst(api: Api) -> None:
    """Calls of this minute that failed."""
    acme = provider()
    one = model(acme, "one")
    await put(api.database, acme, one)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for minute in (0, 1):
        await add_usage(api.database, one, now - timedelta(minutes=minute), requests=40, failed=20)


async def test_a_burst_is_raised_heard_and_taken_on_where_others_see_it(api: Api, address: str) -> None:
    await jobs.seed(api.database)
    made = await perform(api, "createAlertRule", "alertRule { id channels { name } owner } errors { message }", **RULE)
    assert made["errors"] == []
    assert made["alertRule"]["channels"] == [{"name": "Dashboard"}]
    evaluate = jobs.evaluating(api.database, utc_now, Surroundings())
    async with (
        listening(address, api.token(), RAISED) as talk,
        listening(address, api.token(), CHANGED) as other,
    ):
        await burst(api)
        await evaluate()
        event = await heard(talk)
        assert event["message"] == "Errors for acme/one: Error rate is 50.0%, above 10.0%."
        found = await api.data(FIRING)
        (shown,) = [node for node in found["alerts"]["nodes"] if node["rule"]["name"] == "Errors"]
        assert event["alert"] == shown
        assert {"id": shown["id"]} in found["dashboard"]["alerts"]
        assert (await perform(api, "acknowledgeAlert", alertId=shown["id"], comment="On it."))["errors"] == []
        while (told := await heard(other))["kind"] != "alert.acknowledged":
            assert told["kind"] in {"alert.raised", "alert.pending"}
        assert told["alert"] == {"state": "FIRING", "acknowledgedBy": "development:admin"}
    again = await perform(api, "acknowledgeAlert", "alert { timeline { kind } }", alertId=shown["id"])
    assert [entry["kind"] for entry in again["alert"]["timeline"]] == ["ACKNOWLEDGEMENT", "TRANSITION"]


async def test_a_rule_that_is_deleted_or_watches_something_else_ends_its_alerts(api: Api) -> None:
    for change, given in (("deleteAlertRule", {}), ("updateAlertRule", {"isEnabled": False})):
        rule = alert_rule()
        await put(api.database, rule, alert(rule))
        assert (await perform(api, change, alertRuleId=gid(rule), **given))["errors"] == []
        (found,) = await select_rows(api.database, "select state from alert where rule_id = :rule", rule=rule.id)
        assert found["state"] == "RESOLVED"
    kinds = [row["kind"] for row in await select_rows(api.database, "select kind from event order by position")]
    assert kinds == ["alert.resolved", "alert_rule.deleted", "alert.resolved", "alert_rule.updated"]
    data = await api.data("query($id: ID!) { alertRules { nodes { id } } node(id: $id) { id } }", id=gid(rule))
    assert data["alertRules"]["nodes"] == [{"id": gid(rule)}]


async def test_everything_that_is_wrong_is_told_at_once(api: Api) -> None:
    wrong = {"name": " ", "intervalSeconds": 7, "windowMinutes": 0, "condition": "metrics.nothing > 1"}
    told = await perform(api, "createAlertRule", **{**RULE, **wrong})
    assert sorted(error["path"][0] for error in told["errors"]) == sorted(wrong)


@pytest.mark.parametrize("seconds", [0, -60, 2**31 - 1])
async def test_an_interval_out_of_bounds_is_told(api: Api, seconds: int) -> None:
    told = await perform(api, "createAlertRule", **{**RULE, "intervalSeconds": seconds})
    assert {tuple(error["path"]) for error in told["errors"]} == {("intervalSeconds",)}


async def test_what_tells_costs_needs_the_permission_for_costs(api: Api) -> None:
    rule = alert_rule("Spend", metric="SPEND_TODAY")
    hidden = alert_rule("Sly", condition="metrics.cost_per_request > 1")
    await put(api.database, rule, hidden, alert(rule), alert(hidden))
    query = "{ alerts { nodes { id } } alertRules { nodes { id } } dashboard { alerts { id } } }"
    for role, number in ((Role.VIEWER, 0), (Role.ANALYST, 2)):
        data = (await ask(api, of_role(role, clearance=Clearance.INTERNAL), query)).data
        found = (data["alerts"]["nodes"], data["alertRules"]["nodes"], data["dashboard"]["alerts"])
        assert [len(nodes) for nodes in found] == [number] * 3


async def test_the_dashboard_shows_what_is_about_what_its_filter_names(api: Api) -> None:
    acme, other, red = provider(), provider("other"), team("red")
    one, two = model(acme, "one"), model(other, "two")
    served = deployment(one, "shop", environment="STAGING", team_id=red.id)
    rules = [alert_rule(name) for name in ("all", "model", "team", "served")]
    rules.append(alert_rule("scoped", scope={"models": [str(two.id)], "environments": ["PRODUCTION"]}))
    labels: list[dict[str, Any]] = [{}, {"model_id": one.id}, {"team_id": red.id}, {"deployment_id": served.id}, {}]
    firing = [alert(rule, **own) for rule, own in zip(rules, labels, strict=True)]
    await put(api.database, acme, other, red, one, two, served, *rules, *firing)
    query = "query($f: DashboardFilter) { dashboard(filter: $f) { alerts { rule { name } } } }"
    for given, names in (
        ({}, {"all", "model", "team", "served", "scoped"}),
        ({"models": [gid(one)]}, {"model", "served"}),
        ({"models": [gid(two)]}, {"scoped"}),
        ({"providers": ["acme"]}, {"model", "served"}),
        ({"teams": ["red"]}, {"team", "served"}),
        ({"environments": ["STAGING"]}, {"served"}),
        ({"environments": ["PRODUCTION"], "models": [gid(two)]}, {"scoped"}),
        ({"environments": ["STAGING"], "models": [gid(two)]}, set[str]()),
    ):
        found = (await api.data(query, f=given))["dashboard"]["alerts"]
        assert {node["rule"]["name"] for node in found} == names, given


async def test_a_terminal_shows_what_fires_and_what_happens(api: Api) -> None:
    high, low = alert_rule("High"), alert_rule("Low", severity="LOW")
    await put(api.database, high, low, alert(high), alert(low))
    url = api.app.state.hub.settings.database_url
    assert [line async for line in lines(url, Severity.INFO, follow=False)] == [
        "2026-11-20T09:00:00Z FIRING       HIGH     High: 50 %",
        "2026-11-20T09:00:00Z FIRING       LOW      Low: 50 %",
    ]
    watching = lines(url, Severity.HIGH, follow=True)
    async with aclosing(watching), asyncio.timeout(10):
        assert (await anext(watching)).endswith("High: 50 %")
        heard = asyncio.create_task(anext(watching))
        found = await select_rows(api.database, "select id from alert order by severity desc")
        for row in found:
            key = global_id("Alert", row["id"])
            assert (await perform(api, "acknowledgeAlert", alertId=key))["errors"] == []
        assert (await heard).split()[1:] == ["ACKNOWLEDGED", "HIGH", "High:", "50", "%"]


async def test_the_examples_of_the_docs_work(api: Api) -> None:
    await burst(api)
    text = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    examples = re.findall("```graphql\n(.*?)```", text, re.DOTALL)
    assert len(examples) >= 6
    for example in examples:
        data = await api.data(example)
        assert all(shown is not None and not shown.get("errors") for shown in data.values()), example


async def test_a_rule_is_tried_on_history(api: Api) -> None:
    await burst(api)
    query = """query($rule: AlertRuleInput!) { simulateAlertRule(rule: $rule, range: {preset: LAST_HOUR}) {
        raised firings { value resolvedAt model { slug } } } }"""
    found = (await api.data(query, rule=RULE))["simulateAlertRule"]
    assert found == {"raised": 1, "firings": [{"value": "0.5", "resolvedAt": None, "model": {"slug": "acme/one"}}]}
    assert await api.codes(query, rule={**RULE, "metric": "REDIS_AVAILABLE", "groupBy": [], "condition": None}) == [
        "INVALID_PARAMETER"
    ]
    assert await api.codes(query, role=Role.VIEWER, rule=RULE) == ["FORBIDDEN"]


async def test_the_rules_of_the_product_are_there_once_and_stay_as_people_want_them(api: Api) -> None:
    assert await jobs.seed(api.database) == len(defaults.DEFAULTS)
    found = (await api.data("{ alertRules(first: 100) { nodes { id name isDefault } } }"))["alertRules"]["nodes"]
    assert {node["name"] for node in found} == {default.definition.name for default in defaults.DEFAULTS}
    assert all(node["isDefault"] for node in found)
    await perform(api, "deleteAlertRule", alertRuleId=found[0]["id"])
    await perform(api, "updateAlertRule", alertRuleId=found[1]["id"], name="Mine", scope=None)
    assert await jobs.seed(api.database) == 0
    evaluate = jobs.evaluating(api.database, utc_now, Surroundings())
    assert await evaluate() == len(found) - 1
    assert await select_rows(api.database, "select message from alert") == []


async def test_history_is_forgotten_but_not_of_what_fires(api: Api) -> None:
    rule, over = alert_rule(), alert_rule("Over")
    await put(api.database, rule, over, alert(rule), alert(over, state="RESOLVED"))
    await jobs.forget(api.database, datetime.now(UTC) + timedelta(days=999))
    assert [row["state"] for row in await select_rows(api.database, "select state from alert")] == ["FIRING"]
