"""Channels through the API: made, changed, tried, deleted; what they keep secret, and those that settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.alerts import jobs
from app.alerts.channels.delivering import Courier, Post
from app.alerts.channels.sealing import keyring_of
from app.identity.rules import Role
from app.kit.access import Clearance
from app.secret import Secret
from app.settings import Settings
from tests.alerts.receiving import LOOPBACK, Receiver, receiver
from tests.alerts.test_schema import perform
from tests.conftest import Api
from tests.contract.acting import contents
from tests.contract.journeys import ask, of_role
from tests.kit.rows import channel, gid, put, select_rows

SHOWN = "alertChannel { id name kind host isEnabled digest recipients revision deletedAt }"
ERRORS = "errors { code path message }"
LOG = """query($id: ID!) { node(id: $id) { ... on AlertChannel { deliveries { totalCount nodes {
    kind outcome httpStatus reply attempt nextAttemptAt idempotencyKey notifications } } } } }"""


@pytest_asyncio.fixture
async def hook() -> AsyncIterator[Receiver]:
    async with receiver() as found:
        yield found


async def made(api: Api, url: str, name: str = "Hook") -> dict[str, Any]:
    """A new webhook, with its secret."""
    shown = f"secret {SHOWN} {ERRORS}"
    answer = await perform(api, "createChannel", shown, name=name, target={"webhookUrl": url})
    assert answer["errors"] == []
    return answer


def courier(api: Api) -> Courier:
    return Courier(api.database, Post(keyring_of(api.database), LOOPBACK))


async def test_a_webhook_is_tried_and_its_url_is_shown_to_nobody(api: Api, hook: Receiver) -> None:
    answer = await made(api, hook.url)
    one = answer["alertChannel"]
    assert (one["host"], one["kind"], one["revision"]) == ("127.0.0.1", "WEBHOOK", 1)
    assert answer["secret"].startswith("mhw_")
    assert (await perform(api, "testChannel", alertChannelId=one["id"]))["errors"] == []
    (again,) = (await perform(api, "testChannel", alertChannelId=one["id"]))["errors"]
    assert (again["code"], again["path"]) == ("CONFLICT", ["alertChannelId"])
    work = courier(api)
    async with work.running():
        await work.run()
        await work.idle()
    (call,) = hook.calls
    assert (call.said["kind"], call.said["alerts"]) == ("TEST", [])
    (tried,) = (await api.data(LOG, id=one["id"]))["node"]["deliveries"]["nodes"]
    assert tried == {
        "kind": "TEST",
        "outcome": "DELIVERED",
        "httpStatus": 204,
        "reply": "HTTP 204 No Content",
        "attempt": 1,
        "nextAttemptAt": None,
        "idempotencyKey": call.headers["idempotency-key"],
        "notifications": 0,
    }
    kept = "\n".join(row for rows in (await contents(api.database)).values() for row in rows)
    assert "key=1" not in kept
    assert answer["secret"] not in kept
    assert [row["action"] for row in await select_rows(api.database, "select action from audit_event order by id")] == [
        "alert_channel.created",
        "alert_channel.tested",
    ]


async def test_a_secret_is_shown_once_and_renewed(api: Api) -> None:
    target = {"webhookUrl": "https://hooks.example.com/x"}
    given = {"name": "Hook", "target": target, "clientMutationId": "k"}
    first, second = [await perform(api, "createChannel", f"secret {SHOWN} {ERRORS}", **given) for _ in range(2)]
    assert first["secret"]
    assert second["secret"] is None
    assert first["alertChannel"] == second["alertChannel"]
    key = first["alertChannel"]["id"]
    renewed = await perform(api, "updateChannel", f"secret {SHOWN}", alertChannelId=key, renewSecret=True)
    assert renewed["secret"] not in {None, first["secret"]}
    assert renewed["alertChannel"]["revision"] == 2
    same = {"alertChannelId": key, "name": "Hook", "target": target, "isEnabled": True}
    assert (await perform(api, "updateChannel", SHOWN, **same))["alertChannel"]["revision"] == 2


async def test_everything_that_is_wrong_is_told_at_once(api: Api) -> None:
    for target, path in (
        ({"webhookUrl": "ftp://x"}, ["target", "webhookUrl"]),
        ({"slackUrl": "https://ann:pass@x.example"}, ["target", "slackUrl"]),
        ({"emailRecipients": ["ann@example.com", "x\r\nBcc: y@z.example"]}, ["target", "emailRecipients", "1"]),
        ({"emailRecipients": []}, ["target", "emailRecipients"]),
    ):
        told = (await perform(api, "createChannel", name=" ", target=target))["errors"]
        assert [error["path"] for error in told] == [["name"], path]
    one = await made(api, "https://hooks.example.com/x")
    given: dict[str, Any] = {"alertChannelId": one["alertChannel"]["id"]}
    for changes, path in (
        ({"target": {"slackUrl": "https://hooks.example.com/x"}}, ["target"]),
        ({"isEnabled": None}, ["isEnabled"]),
        ({"expectedRevision": 9}, ["expectedRevision"]),
    ):
        assert [error["path"] for error in (await perform(api, "updateChannel", **given, **changes))["errors"]] == [
            path
        ]


async def test_the_dashboard_stays_as_it_is(api: Api) -> None:
    board = channel()
    await put(api.database, board)
    for mutation in ("updateChannel", "deleteChannel", "testChannel"):
        (error,) = (await perform(api, mutation, alertChannelId=gid(board)))["errors"]
        assert error["code"] == "CONFLICT"


async def test_what_waits_is_dropped_with_the_channel(api: Api, hook: Receiver) -> None:
    one = (await made(api, hook.url))["alertChannel"]
    await perform(api, "testChannel", alertChannelId=one["id"])
    gone = await perform(api, "deleteChannel", f"{SHOWN} {ERRORS}", alertChannelId=one["id"])
    assert gone["alertChannel"]["deletedAt"]
    assert (await perform(api, "deleteChannel", f"{SHOWN} {ERRORS}", alertChannelId=one["id"])) == gone
    (error,) = (await perform(api, "testChannel", alertChannelId=one["id"]))["errors"]
    assert error["message"] == "It was deleted."
    work = courier(api)
    async with work.running():
        await work.run()
        await work.idle()
    assert hook.calls == []
    assert (await api.data("{ alertChannels { nodes { id } } }"))["alertChannels"]["nodes"] == []
    assert await select_rows(api.database, "select url, secret from alert_channel") == [{"url": None, "secret": None}]


async def test_who_may_see_and_use_a_channel(api: Api) -> None:
    """One that is told costs is for those who may see them; where it leads, for those who manage alerts."""
    one = (await made(api, "https://hooks.example.com/x"))["alertChannel"]
    mail = channel("Mail", kind="EMAIL", recipients=["ann@example.com"])
    await put(api.database, mail)
    listed = "{ alertChannels { nodes { name } } }"
    for role, names in ((Role.VIEWER, ["Mail"]), (Role.ADMIN, ["Hook", "Mail"])):
        actor = of_role(role, clearance=Clearance.CONFIDENTIAL, teams=None)
        assert [node["name"] for node in (await ask(api, actor, listed)).data["alertChannels"]["nodes"]] == names
    hidden = "{ alertChannels { nodes { name host recipients deliveries { totalCount } } } }"
    (node,) = (await api.ask(hidden, role=Role.VIEWER))["data"]["alertChannels"]["nodes"]
    assert node == {"name": "Mail", "host": None, "recipients": [], "deliveries": {"totalCount": 0}}
    rule = {"name": "x", "metric": "REQUESTS", "comparator": "GT", "threshold": "1", "severity": "LOW", "type": "COST"}
    low = of_role(Role.MANAGER, clearance=Clearance.INTERNAL, teams=frozenset())
    query = "mutation($i: CreateAlertRuleInput!) { createAlertRule(input: $i) { errors { code path } } }"
    answer = await ask(api, low, query, {"i": {**rule, "channelIds": [one["id"]]}})
    told = answer.data["createAlertRule"]["errors"]
    assert told == [{"code": "NOT_FOUND", "path": ["channelIds", "0"]}]


async def test_webhooks_of_the_settings_are_told_of_costs_and_then_left_alone(api: Api) -> None:
    given = Settings.model_validate(
        {"COST_ALERT_WEBHOOKS": "https://alerts.example.com/one?key=secret, https://two.example.com"}
    )
    assert "key=secret" not in repr(given)
    await jobs.set_up(api.database, keyring_of(api.database), given.cost_alert_webhooks)
    query = """{ alertChannels(filter: {kind: {eq: WEBHOOK}}) { nodes { id name host } }
        alertRules(first: 100, filter: {type: {eq: COST}}) { nodes { channels { name } } } }"""
    found = await api.data(query)
    names = ["Costs to alerts.example.com", "Costs to two.example.com"]
    assert [node["name"] for node in found["alertChannels"]["nodes"]] == names
    assert found["alertRules"]["nodes"]
    for node in found["alertRules"]["nodes"]:
        assert sorted(one["name"] for one in node["channels"]) == [*names, "Dashboard"]
    await perform(api, "deleteChannel", alertChannelId=found["alertChannels"]["nodes"][0]["id"])
    await jobs.set_up(api.database, keyring_of(api.database), given.cost_alert_webhooks)
    assert len((await api.data(query))["alertChannels"]["nodes"]) == 1


def test_settings_that_cannot_be_meant_are_refused() -> None:
    for name, value in (
        ("COST_ALERT_WEBHOOKS", "alerts.example.com"),
        ("MODELHUB_SMTP_URL", "http://mail.example.com"),
        ("MODELHUB_SMTP_FROM", "x\ny@z"),
    ):
        with pytest.raises(ValueError, match=name):
            Settings.model_validate({name: value})
    mail = Settings.model_validate({"MODELHUB_SMTP_URL": "smtp://ann:p%40ss@mail.example.com"}).mail
    assert mail
    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example.com", 587, "ann", Secret("p@ss"))
    assert (mail.is_tls, mail.start_tls) == (False, True)
