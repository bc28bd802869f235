"""Usage through the API, and feedback, which the figures follow exactly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import orjson
import pytest
import pytest_asyncio

from app.identity.rules import PERMISSIONS, Role
from app.kit.access import Actor
from app.kit.db import Database
from app.kit.ids import global_id
from app.kit.journal import Writer
from app.metrics.jobs import roll_up
from app.metrics.receiving.feedback import Feedback, rate_inference
from app.settings import Settings
from tests.conftest import Api, answering
from tests.identity.people import Caller, member, service_account, signed_in, user
from tests.kit.rows import execute, put, select_rows, team
from tests.metrics.receiving.samples import AT, LITELLM, NOW, SPANS, call
from tests.metrics.receiving.sending import report, send, stored

RECORD = """mutation ($input: RecordInferencesInput!) { recordInferences(input: $input) {
    accepted duplicates conflicts rejected results { index event outcome reason } errors { code path message } } }"""
RATE = "mutation ($input: RateInferenceInput!) { rateInference(input: $input) { errors { code path } } }"
DAY = '{from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z"}'
QUALITY = f"""{{ models(first: 9) {{ nodes {{ slug metrics(range: {DAY}) {{
    requests {{ total }} quality {{ avgUserRating acceptanceRate rejectionRate }} }} }} }} }}"""


@pytest_asyncio.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """The API shortly after the samples were captured."""
    async with answering(settings, lambda: NOW) as opened:
        yield opened


async def rate(api: Api, event: str, **said: Any) -> list[str]:
    """The codes of the errors of a rating."""
    payload = await api.data(RATE, input={"eventId": event, **said}, role=Role.DEVELOPER)
    return [error["code"] for error in payload["rateInference"]["errors"]]


class TestRecordInferences:
    async def test_takes_calls_as_the_endpoint_does(self, api: Api) -> None:
        said = call(
            "a", environment="STAGING", status="ERROR", latencyMs=12.5, costUsd="0.5", pipelineContext={"step": [1]},
            user="u", session="s", rating=3, accepted=False, confidence=0.25, tokensCached=7, variantId="v",
        )  # fmt: skip
        payload = (await api.data(RECORD, input={"inferences": [said, call("b", tokensIn=-1)]}))["recordInferences"]
        assert (payload["accepted"], payload["rejected"], payload["errors"]) == (1, 1, [])
        assert payload["results"] == [
            {"index": 0, "event": "a", "outcome": "ACCEPTED", "reason": None},
            {"index": 1, "event": "b", "outcome": "REJECTED", "reason": "a token count is negative"},
        ]
        assert await report(api, said) == {
            "accepted": 0, "duplicates": 1, "conflicts": 0, "rejected": 0,
            "results": [{"index": 0, "eventId": "a", "outcome": "DUPLICATE"}],
        }  # fmt: skip

    async def test_takes_a_thousand_and_no_more(self, api: Api) -> None:
        calls = [call(f"call-{number}") for number in range(1001)]
        payload = (await api.data(RECORD, input={"inferences": calls}))["recordInferences"]
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [
            ("INVALID_PARAMETER", ["inferences"])
        ]
        assert (payload["accepted"], payload["results"], await stored(api)) == (0, [], [])
        payload = (await api.data(RECORD, input={"inferences": calls[1:]}))["recordInferences"]
        assert (payload["accepted"], len(payload["results"])) == (1000, 1000)

    async def test_needs_the_permission_and_puts_on_record_who_tried(self, api: Api) -> None:
        answer = await api.ask(RECORD, input={"inferences": [call("a")]}, role=Role.VIEWER)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert await stored(api) == []
        audits = await select_rows(api.database, "select action, outcome from audit_event")
        assert audits == [{"action": "recordInferences", "outcome": "DENIED"}]


class TestRateInference:
    async def quality(self, api: Api, slug: str = "openai/gpt-5") -> tuple[int, Any, Any, Any]:
        """Requests, rating and shares of a model, which are the same before and after rolling up."""
        answers: list[Any] = []
        for _ in range(2):
            models = (await api.data(QUALITY))["models"]["nodes"]
            (found,) = (model["metrics"] for model in models if model["slug"] == slug)
            answers.append((found["requests"]["total"], *found["quality"].values()))
            await roll_up(api.database, lambda: NOW + timedelta(days=900))
        assert answers[0] == answers[1]
        return answers[0]

    async def test_figures_follow_what_was_said_last(self, api: Api) -> None:
        await report(api, call("a"), call("b", rating=5), call("c"))
        assert await self.quality(api) == (3, 5, None, None)
        assert await rate(api, "a", rating=2, accepted=True) == []
        assert await self.quality(api) == (3, 3.5, 1, 0)
        assert await rate(api, "a", accepted=False) == []
        assert await rate(api, "c", accepted=True) == []
        assert await self.quality(api) == (3, 3.5, 0.5, 0.5)
        assert await rate(api, "a", rating=None, accepted=None) == []
        assert await rate(api, "b", rating=1) == []
        assert await self.quality(api) == (3, 1, 1, 0)

    async def test_the_same_again_changes_nothing(self, api: Api) -> None:
        await report(api, call("a"))
        for _ in range(3):
            assert await rate(api, "a", rating=4) == []
        assert await self.quality(api) == (1, 4, None, None)
        assert (await report(api, call("a")))["duplicates"] == 1, "feedback makes no conflict of a call"

    async def test_calls_go_by_the_names_their_senders_know(self, api: Api) -> None:
        await send(api, "/v1/traces", SPANS)
        await send(api, "/ingest/litellm", orjson.dumps(LITELLM))
        await report(api, call("00000000-0000-7000-8000-000000000001"))
        for name in (
            "4edd6c37b969d0ae8c109ed3b00da5d3:1b0fb4baef0ddb0a",
            "4EDD6C37B969D0AE8C109ED3B00DA5D3-CB567B672F708D9D",
            LITELLM[0]["litellm_call_id"],
            "00000000-0000-7000-8000-000000000001",
        ):
            assert await rate(api, name, rating=3) == [], name
        assert sum(row["rating"] is not None for row in await stored(api)) == 4

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"eventId": "nobody knows", "rating": 3}, "NOT_FOUND"),
            ({"eventId": "a"}, "MISSING_REQUIRED_FIELD"),
            ({"eventId": "a", "rating": 0}, "INVALID_PARAMETER"),
            ({"eventId": "a", "rating": 6}, "INVALID_PARAMETER"),
            ({"eventId": "", "rating": 3}, "INVALID_PARAMETER"),
            ({"eventId": "x" * 201, "rating": 3}, "INVALID_PARAMETER"),
        ],
        ids=str,
    )
    async def test_what_cannot_be_said(self, api: Api, said: dict[str, Any], code: str) -> None:
        await report(api, call("a"))
        payload = (await api.data(RATE, input=said))["rateInference"]
        assert [error["code"] for error in payload["errors"]] == [code]

    async def test_a_minute_that_is_forgotten_takes_nothing_more(self, api: Api) -> None:
        await report(api, call("a"))
        await execute(api.database, "delete from rollup where grain = 1")
        assert await rate(api, "a", rating=3) == ["CONFLICT"]
        assert [row["rating"] for row in await stored(api)] == [None]

    async def test_calls_of_other_teams_are_not_there_unless_one_reported_them(self, api: Api) -> None:
        red, blue, ann = team("red"), team("blue"), user("ann", Role.DEVELOPER)
        await put(api.database, red, blue, ann, member(red, ann))
        await report(api, call("theirs", team="blue"), call("ours", team="red"), call("nobodys"))
        caller = await signed_in(api, ann)
        headers = {"authorization": f"Bearer {caller.access}", "content-type": "application/json"}
        body = orjson.dumps([call("reported", team="blue")])
        assert (await api.client.post("/ingest/inferences", content=body, headers=headers)).json()["accepted"] == 1
        for event, codes in {"theirs": ["NOT_FOUND"], "ours": [], "nobodys": [], "reported": []}.items():
            payload = await caller.data(RATE, input={"eventId": event, "rating": 1})
            assert [error["code"] for error in payload["rateInference"]["errors"]] == codes, event

    async def test_another_key_of_the_same_account_may_rate_what_the_first_reported(self, api: Api) -> None:
        root, robot, other = user("root", Role.ADMIN), service_account("robot", None), service_account("other", None)
        await put(api.database, team("blue"), root, robot, other)
        first, second, strange = [
            await key_of(await signed_in(api, root), global_id("ServiceAccount", account.id))
            for account in (robot, robot, other)
        ]
        headers = {"authorization": f"Bearer {first}", "content-type": "application/json"}
        body = orjson.dumps([call("a", team="blue")])
        assert (await api.client.post("/ingest/inferences", content=body, headers=headers)).json()["accepted"] == 1
        for key, codes in ((strange, ["NOT_FOUND"]), (second, [])):
            payload = await Caller(api, key).data(RATE, input={"eventId": "a", "rating": 1})
            assert [error["code"] for error in payload["rateInference"]["errors"]] == codes


async def key_of(by: Caller, account: str) -> str:
    """A new key of an account."""
    wanted = {"principalId": account, "name": "ci", "scopes": ["telemetry:write"]}
    payload = await by.do("createApiKey", "secret", **wanted)
    assert payload["errors"] == []
    return payload["secret"]


EVENTS = [f"call-{number}" for number in range(12)]


async def rate_some(database: Database, random: Random) -> None:
    """Say many things about few calls."""
    actor = Actor(id="robot", name="Robot", permissions=PERMISSIONS[Role.DEVELOPER], teams=None)
    for _ in range(15):
        said = {"rating": random.choice([None, 1, 5]), "accepted": random.choice([None, True, False])}
        await Writer(database).write(actor, rate_inference, Feedback(event=random.choice(EVENTS), said=said))


async def report_some(api: Api, names: Sequence[str], **said: Any) -> None:
    """Report calls of three minutes, one after another."""
    for number, name in enumerate(names):
        at = AT - timedelta(minutes=number % 3)
        assert (await report(api, call(name, occurredAt=at.isoformat(), **said)))["accepted"] == 1


async def roll_some(database: Database) -> None:
    """Roll up again and again."""
    for _ in range(10):
        await roll_up(database, lambda: NOW + timedelta(days=900))


async def test_ratings_at_once_with_calls_and_rollers_are_exact(database: Database, api: Api) -> None:
    random = Random(5)
    await report_some(api, EVENTS)
    raters = (rate_some(database, random) for _ in range(3))
    await asyncio.gather(*raters, report_some(api, [f"more-{n}" for n in range(10)], rating=2), roll_some(database))
    await roll_some(database)
    sums = "count(rating) as n, sum(rating) as s, count(*) filter (where accepted) as a, "
    raw = await select_rows(database, f"select {sums} count(*) filter (where not accepted) as r from inference")
    sums = "sum(rating_count) as n, sum(rating_sum) as s, sum(accepted) as a, sum(rejected) as r"
    for grain in (1, 60, 1440):
        assert await select_rows(database, f"select {sums} from rollup where grain = {grain}") == raw, grain
