"""What all mutations share: refusals as data, one result for one key, and nothing written when refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.identity.rules import Role
from tests.conftest import Api
from tests.kit.rows import execute, gid, model, provider, put, select_rows

TRANSITION = """
    mutation($input: TransitionModelInput!) {
        transitionModel(input: $input) {
            model { status revision }
            errors { __typename message code path details
                ... on RevisionConflict { currentRevision } ... on TransitionNotAllowed { allowed } }
            query { models { nodes { status } } }
        }
    }
"""


async def active_model(api: Api) -> str:
    acme = provider()
    one = model(acme, "one")
    await put(api.database, acme, one)
    return gid(one)


async def transition(api: Api, model_id: str, to: str = "MAINTENANCE", **given: Any) -> dict[str, Any]:
    answer = await api.data(TRANSITION, input={"modelId": model_id, "to": to, **given})
    return answer["transitionModel"]


class TestPayload:
    async def test_has_the_change_and_lets_one_read_on(self, api: Api) -> None:
        answer = await transition(api, await active_model(api))
        assert answer == {
            "model": {"status": "MAINTENANCE", "revision": 2},
            "errors": [],
            "query": {"models": {"nodes": [{"status": "MAINTENANCE"}]}},
        }

    async def test_two_changes_in_one_request_are_seen_one_after_the_other(self, api: Api) -> None:
        key = await active_model(api)
        asked = """mutation($a: TransitionModelInput!, $b: TransitionModelInput!) {
            a: transitionModel(input: $a) { model { status } } b: transitionModel(input: $b) { model { status } } }"""
        first, then = {"modelId": key, "to": "MAINTENANCE"}, {"modelId": key, "to": "ACTIVE"}
        answer = await api.data(asked, a=first, b=then)
        assert answer == {"a": {"model": {"status": "MAINTENANCE"}}, "b": {"model": {"status": "ACTIVE"}}}

    async def test_shows_the_kind_of_failure_with_what_helps(self, api: Api) -> None:
        key = await active_model(api)
        (refused,) = (await transition(api, key, "RETIRED"))["errors"]
        assert refused["__typename"] == "TransitionNotAllowed"
        assert (refused["code"], refused["path"]) == ("CONFLICT", ["to"])
        assert refused["allowed"] == ["MAINTENANCE", "DEPRECATED"]
        (late,) = (await transition(api, key, expectedRevision=7))["errors"]
        assert (late["__typename"], late["currentRevision"], late["path"]) == (
            "RevisionConflict",
            1,
            ["expectedRevision"],
        )

    async def test_with_errors_nothing_is_written(self, api: Api) -> None:
        await transition(api, await active_model(api), "RETIRED")
        for table in ("audit_event", "event", "lifecycle_transition"):
            assert await select_rows(api.database, f"select 1 from {table}") == []

    async def test_is_null_where_a_permission_lacks(self, api: Api) -> None:
        wanted = {"modelId": await active_model(api), "to": "MAINTENANCE"}
        answer = await api.ask(TRANSITION, role=Role.VIEWER, input=wanted)
        assert answer["data"] == {"transitionModel": None}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


class TestInput:
    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"reason": "nul \0"}, ["reason"]),
            ({"reason": "x" * 10_001}, ["reason"]),
            ({"clientMutationId": ""}, ["clientMutationId"]),
            ({"clientMutationId": "x" * 201}, ["clientMutationId"]),
        ],
    )
    async def test_that_cannot_be_stored_is_refused_with_its_path(
        self, api: Api, given: dict[str, Any], path: list[str]
    ) -> None:
        (refused,) = (await transition(api, await active_model(api), **given))["errors"]
        assert (refused["__typename"], refused["code"], refused["path"]) == ("InvalidInput", "INVALID_PARAMETER", path)

    @pytest.mark.parametrize("key", ["", "x", "TW9kZWw6AAAA", "🙂", "\0"])
    async def test_id_that_is_none_of_ours_is_refused_with_its_path(self, api: Api, key: str) -> None:
        (refused,) = (await transition(api, key))["errors"]
        assert (refused["code"], refused["path"]) == ("INVALID_PARAMETER", ["modelId"])


class TestClientMutationId:
    async def test_again_gives_the_first_result_and_writes_once(self, api: Api) -> None:
        key = await active_model(api)
        first = await transition(api, key, clientMutationId="once")
        assert await transition(api, key, clientMutationId="once") == first
        assert len(await select_rows(api.database, "select 1 from event")) == 1

    async def test_at_the_same_moment_writes_once(self, api: Api) -> None:
        key = await active_model(api)
        answers = await asyncio.gather(*(transition(api, key, clientMutationId="once") for _ in range(8)))
        assert [answer["model"] for answer in answers] == [{"status": "MAINTENANCE", "revision": 2}] * 8
        assert len(await select_rows(api.database, "select 1 from audit_event")) == 1

    async def test_for_another_input_is_a_conflict(self, api: Api) -> None:
        key = await active_model(api)
        await transition(api, key, clientMutationId="once")
        (refused,) = (await transition(api, key, "DEPRECATED", clientMutationId="once"))["errors"]
        assert (refused["code"], refused["path"]) == ("CONFLICT", ["clientMutationId"])

    async def test_of_a_refused_attempt_can_be_used_again(self, api: Api) -> None:
        key = await active_model(api)
        assert (await transition(api, key, "RETIRED", clientMutationId="once"))["errors"]
        assert not (await transition(api, key, clientMutationId="once"))["errors"]

    async def test_is_forgotten_after_a_day(self, api: Api) -> None:
        key = await active_model(api)
        await transition(api, key, clientMutationId="once")
        await execute(api.database, "update done_mutation set done_at = now() - interval '24 hours 1 second'")
        (refused,) = (await transition(api, key, clientMutationId="once"))["errors"]
        assert refused["__typename"] == "TransitionNotAllowed"
