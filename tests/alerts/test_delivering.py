"""Delivery to real receivers: once, signed, in groups and digests, and what may go wrong with it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from app.alerts.channels import posting
from app.alerts.channels.forming import form
from app.alerts.definition import EscalationLevel
from app.alerts.vocabulary import AlertLabel, AlertMetric, DigestPeriod
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.targets import Targets
from tests.alerts.receiving import (
    SECRET,
    Receiver,
    Rounds,
    dripping,
    receiver,
    rounds,
    silent,
    status,
    webhook,
)
from tests.alerts.watching import MINUTE, START, Watch
from tests.kit.rows import add_usage, execute, model, provider, put, select_rows, silence

SOON = START + MINUTE + timedelta(seconds=8)
"""After the wait for others of the same group, as rules are evaluated five seconds late."""


@pytest.fixture
async def watch(database: Database) -> Watch:
    """Two models that fail for a minute, and are well again in the next."""
    acme = provider()
    models = [model(acme, name) for name in ("one", "two")]
    await put(database, acme, *models)
    for each in models:
        await add_usage(database, each, START, requests=40, failed=40)
        await add_usage(database, each, START + MINUTE, requests=40)
    return Watch(database)


@pytest_asyncio.fixture
async def hook() -> AsyncIterator[Receiver]:
    async with receiver() as found:
        yield found


@pytest_asyncio.fixture
async def round_(database: Database) -> AsyncIterator[Rounds]:
    async with rounds(database, seconds=0.5) as found:
        yield found


async def failing(watch: Watch, *urls: str, **rule: Any) -> list[Any]:
    """Channels to these URLs, and a rule that has just fired and tells them."""
    channels = [webhook(url) for url in urls]
    await put(watch.database, *channels)
    await watch.add(channel_ids=tuple(channel.id for channel in channels), **rule)
    await watch.look(START + MINUTE)
    return channels


def code_of(language: str) -> str:
    """The example of the docs in that language."""
    docs = Path(__file__).parents[2] / "docs" / "alerts.md"
    (found,) = re.findall(f"```{language}\n(.*?)```", docs.read_text(encoding="utf-8"), re.DOTALL)
    return found


async def statuses(database: Database) -> list[str]:
    return [row["status"] for row in await select_rows(database, "select status from alert_notification order by id")]


class TestMessages:
    async def test_one_incident_is_one_message_that_is_signed(
        self, watch: Watch, hook: Receiver, round_: Rounds
    ) -> None:
        await failing(watch, hook.url, group_by=(AlertLabel.MODEL,))
        await round_.go(START + MINUTE + timedelta(seconds=6))
        assert hook.calls == []
        await round_.go(SOON)
        await round_.go()
        (call,) = hook.calls
        said = call.said
        assert said["kind"] == "ALERTS"
        assert said["summary"] == "Failing: 2 firing"
        assert [one["state"] for one in said["alerts"]] == ["FIRING", "FIRING"]
        assert said["alerts"][0]["message"].endswith("Error rate is 100.0%, above 10.0%.")
        assert [one["value"] for one in said["alerts"]] == ["1", "1"]
        assert call.headers["idempotency-key"] == said["id"]
        header = call.headers["x-modelhub-signature"]
        assert header.startswith(f"t={int(SOON.timestamp())},v1=")
        here: dict[str, Any] = {}
        exec(code_of("python"), here)
        here["time"] = SimpleNamespace(time=SOON.timestamp)
        known = SECRET.reveal()
        assert here["is_genuine"](known, header, call.body)
        assert not here["is_genuine"](known, header, call.body + b" ")
        assert not here["is_genuine"]("another", header, call.body)
        example = json.loads(code_of("json"))
        assert (set(example), set(example["alerts"][0])) == (set(said), set(said["alerts"][0]))
        (attempt,) = await round_.attempts()
        assert (attempt["outcome"], attempt["http_status"], attempt["reply"]) == (
            "DELIVERED",
            204,
            "HTTP 204 No Content",
        )
        assert await statuses(watch.database) == ["SENT", "SENT"]
        await watch.look(START + 2 * MINUTE)
        await round_.go(SOON + MINUTE)
        assert [one["state"] for one in hook.calls[1].said["alerts"]] == ["RESOLVED", "RESOLVED"]

    async def test_several_workers_send_it_once(self, watch: Watch, hook: Receiver, database: Database) -> None:
        await failing(watch, hook.url)
        async with rounds(database) as one, rounds(database) as two, rounds(database) as three:
            await asyncio.gather(*(each.go(SOON) for each in (one, two, three)))
            await asyncio.gather(*(each.go(SOON) for each in (one, two, three)))
        assert len(hook.calls) == 1

    async def test_a_digest_is_one_message_at_the_full_hour(self, watch: Watch, hook: Receiver, round_: Rounds) -> None:
        channel = webhook(hook.url, digest=DigestPeriod.HOURLY)
        await put(watch.database, channel)
        for n in range(2):
            await watch.add(channel_ids=(channel.id,), name=f"{n}", group_by=(AlertLabel.MODEL,))
        for minute in (1, 2):
            await watch.look(START + minute * MINUTE)
        await round_.go(START + 59 * MINUTE)
        assert hook.calls == []
        await round_.go(START + 60 * MINUTE)
        (call,) = hook.calls
        assert (call.said["kind"], call.said["summary"]) == ("DIGEST", "Digest: 4 firing, 4 resolved")

    async def test_slack_gets_what_it_takes(self, watch: Watch, hook: Receiver, round_: Rounds) -> None:
        channel = webhook(hook.url, kind="SLACK")
        await put(watch.database, channel)
        await watch.add(channel_ids=(channel.id,), name="<!channel> & more", group_by=(AlertLabel.MODEL,))
        await watch.look(START + MINUTE)
        await round_.go(SOON)
        said = hook.calls[0].said
        assert said["text"] == "&lt;!channel&gt; &amp; more: 2 firing"
        assert [block["type"] for block in said["blocks"]] == ["section"] * 3
        assert "idempotency-key" not in hook.calls[0].headers

    async def test_a_channel_is_not_told_what_its_readers_may_not_see(
        self, watch: Watch, hook: Receiver, round_: Rounds
    ) -> None:
        blind = webhook(hook.url, sees_costs=False)
        low = webhook(hook.url, level="PUBLIC", team_ids=[])
        await put(watch.database, blind, low)
        await watch.add(channel_ids=(blind.id, low.id), metric=AlertMetric.REQUESTS, condition="metrics.cost >= 0")
        await watch.look(START + MINUTE)
        await round_.go(SOON)
        assert hook.calls == []

    async def test_the_dashboard_has_been_told_already(self, watch: Watch, round_: Rounds) -> None:
        await watch.add()
        await watch.look(START + MINUTE)
        await round_.go(SOON)
        assert await statuses(watch.database) == ["SENT"]
        assert await round_.attempts() == []


class TestEscalation:
    async def test_whoever_comes_next_is_told_once_unless_somebody_took_it_on(
        self, watch: Watch, hook: Receiver, round_: Rounds
    ) -> None:
        next_ = webhook(hook.url)
        await put(watch.database, next_)
        steps = EscalationLevel(60, (next_.id,)), EscalationLevel(120, (next_.id,))
        await watch.add(escalation=steps)
        await watch.look(START + MINUTE)
        await round_.go(START + 2 * MINUTE - timedelta(seconds=1))
        await round_.go(START + 2 * MINUTE)
        assert hook.calls == []
        for _ in range(2):
            await round_.go(START + 2 * MINUTE + timedelta(seconds=3))
        assert [call.said["alerts"][0]["escalationLevel"] for call in hook.calls] == [1]
        await execute(watch.database, "update alert set acknowledged_at = now()")
        await round_.go(START + 4 * MINUTE)
        assert len(hook.calls) == 1
        await watch.look(START + 2 * MINUTE)
        await round_.go(START + 5 * MINUTE)
        assert [one["state"] for call in hook.calls for one in call.said["alerts"]] == ["FIRING", "RESOLVED"]

    async def test_nobody_is_told_during_a_silence(self, watch: Watch, hook: Receiver, round_: Rounds) -> None:
        next_ = webhook(hook.url)
        await put(watch.database, next_)
        await watch.add(escalation=(EscalationLevel(60, (next_.id,)),), keep_firing_seconds=600)
        await watch.look(START + MINUTE)
        hush = {"starts_at": START + MINUTE, "ends_at": START + 5 * MINUTE}
        await put(watch.database, silence(level="CONFIDENTIAL", team_ids=None, **hush))
        await round_.go(START + 3 * MINUTE)
        await round_.go(START + 3 * MINUTE + timedelta(seconds=3))
        assert hook.calls == []
        await round_.go(START + 5 * MINUTE)
        await round_.go(START + 5 * MINUTE + timedelta(seconds=3))
        assert len(hook.calls) == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("answer", "code", "reply"),
        [
            (status(500), 500, "HTTP 500 Internal Server Error"),
            (status(302, Location="http://127.0.0.1:1/"), 302, "HTTP 302 Found: redirects are not followed."),
            (silent, None, "There was no"),
            (dripping, None, "There was no whole answer within 0.5 s."),
        ],
    )
    async def test_what_fails_is_tried_again_with_the_same_key(
        self, watch: Watch, round_: Rounds, answer: Any, code: int | None, reply: str
    ) -> None:
        async with receiver(answer) as bad:
            await failing(watch, bad.url)
            await round_.go(SOON)
            (attempt,) = await round_.attempts()
            assert (attempt["outcome"], attempt["http_status"]) == ("FAILED", code)
            assert attempt["reply"].startswith(reply)
            pause = attempt["next_at"] - attempt["at"]
            assert timedelta(seconds=2.5) <= pause <= timedelta(seconds=5)
            bad.answer = status(200)
            await round_.go(SOON + timedelta(seconds=1))
            assert len(bad.calls) == 1
            await round_.go(await round_.later())
            assert [one["outcome"] for one in await round_.attempts()] == ["FAILED", "DELIVERED"]
            assert len(set(bad.keys)) == 1
            assert bad.calls[0].body == bad.calls[1].body
            assert bad.calls[0].headers["x-modelhub-signature"] != bad.calls[1].headers["x-modelhub-signature"]

    async def test_a_receiver_that_drips_holds_up_nobody_else(
        self, watch: Watch, hook: Receiver, database: Database
    ) -> None:
        async with receiver(dripping) as bad, rounds(database, seconds=30) as long:
            await failing(watch, bad.url, hook.url)
            long.at = SOON
            await long.courier.run()
            async with asyncio.timeout(5):
                while not (hook.calls and bad.calls):
                    await asyncio.sleep(0.01)
            await watch.look(START + 2 * MINUTE)
            long.at = SOON + MINUTE
            await long.courier.run()
            async with asyncio.timeout(5):
                while len(hook.calls) < 2:
                    await asyncio.sleep(0.01)
            assert len(bad.calls) == 1

    async def test_it_is_given_up_after_a_day(self, watch: Watch, hook: Receiver, round_: Rounds) -> None:
        hook.answer = status(503, Retry_After="1200")
        await failing(watch, hook.url)
        await round_.go(SOON)
        tries = 1
        (first,) = await round_.attempts()
        assert first["next_at"] - first["at"] == timedelta(seconds=1200)
        await execute(watch.database, "update alert_message set created_at = created_at - interval '22 hours'")
        while (await round_.attempts())[-1]["outcome"] == "FAILED":
            await round_.go(await round_.later())
            tries += 1
        assert tries == 6
        last = (await round_.attempts())[-1]
        assert (last["outcome"], last["next_at"]) == ("GIVEN_UP", None)
        assert timedelta(minutes=90) < last["at"] - first["at"] <= timedelta(hours=2)
        assert await statuses(watch.database) == ["DEAD"]
        await round_.go(SOON + timedelta(days=3))
        assert len(hook.calls) == tries

    @pytest.mark.parametrize("wait", ["9" * 5_000, "-5", "soon", "1e9"])
    async def test_a_wait_that_makes_no_sense_harms_nobody(
        self, watch: Watch, hook: Receiver, round_: Rounds, wait: str
    ) -> None:
        hook.answer = status(503, Retry_After=wait)
        await failing(watch, hook.url)
        await round_.go(SOON)
        (tried,) = await round_.attempts()
        assert tried["outcome"] == "FAILED"
        assert timedelta(0) < tried["next_at"] - tried["at"] <= timedelta(minutes=30)

    async def test_what_is_not_public_is_not_called(self, watch: Watch, hook: Receiver, database: Database) -> None:
        await failing(watch, hook.url, hook.url.replace("127.0.0.1", "localhost"))
        async with rounds(database, targets=Targets()) as strict:
            await strict.go(SOON)
            replies = {attempt["reply"] for attempt in await strict.attempts()}
        assert replies == {"It leads to an address that is not public, and the operator has not allowed it."}
        assert hook.calls == []

    async def test_a_worker_that_dies_between_sending_and_marking_sends_the_same_again(
        self, watch: Watch, hook: Receiver, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await failing(watch, hook.url)
        finish = posting.finish

        async def die(session: Any, *_: Any) -> None:
            await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

        monkeypatch.setattr("app.alerts.channels.delivering.finish", die)
        async with rounds(database) as dying:
            await dying.go(SOON)
        monkeypatch.setattr("app.alerts.channels.delivering.finish", finish)
        async with rounds(database) as next_:
            await next_.go(SOON + timedelta(seconds=59))
            assert len(hook.calls) == 1
            await next_.go(SOON + timedelta(seconds=61))
            assert [one["number"] for one in await next_.attempts()] == [2]
        assert len(hook.calls) == 2
        assert len(set(hook.keys)) == 1
        assert await statuses(database) == ["SENT"]

    async def test_one_that_dies_after_the_transition_or_once_it_has_formed_messages_leaves_them_to_the_next(
        self, watch: Watch, hook: Receiver, database: Database
    ) -> None:
        await failing(watch, hook.url)
        await Writer(database).write(SYSTEM, form, SOON)
        async with rounds(database) as next_:
            await next_.go(SOON)
        assert len(hook.calls) == 1

    async def test_what_waits_for_a_channel_that_is_disabled_or_deleted_is_dropped(
        self, watch: Watch, hook: Receiver, round_: Rounds
    ) -> None:
        await failing(watch, hook.url)
        await execute(watch.database, "update alert_channel set deleted_at = now()")
        await round_.go(SOON)
        await execute(watch.database, "update alert_channel set deleted_at = null, is_enabled = false")
        await round_.go(SOON)
        assert hook.calls == []
