"""The audit trail through the API: who sees it, how it is searched, and what was not allowed."""

from __future__ import annotations

from typing import Any

from app.identity.vocabulary import Role
from app.kit.access import Actor
from app.kit.ids import global_id, new_id
from tests.audit.trail import START, happen
from tests.conftest import Api
from tests.contract.examples import transition_model
from tests.kit.rows import gid, put, select_rows

TRAIL = """query ($filter: AuditEventFilter, $first: Int, $after: String,
    $orderBy: AuditEventOrder! = {field: OCCURRED_AT, direction: DESC}) {
    auditEvents(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        totalCount pageInfo { endCursor hasNextPage }
        nodes { id occurredAt actor actorName onBehalfOf action outcome reason resourceType resource before after
            address request } } }"""
TRANSITION = "mutation ($input: TransitionModelInput!) { transitionModel(input: $input) { errors { code } } }"


SEARCHES: list[tuple[dict[str, Any], int]] = [
    ({"actor": {"eq": "bob"}}, 1),
    ({"actorName": {"contains": "OB"}}, 1),
    ({"action": {"in": ["thing.happened", "x"]}}, 3),
    ({"action": {"startsWith": "other."}}, 0),
    ({"resourceType": {"eq": "Thing"}, "outcome": {"eq": "SUCCESS"}}, 3),
    ({"outcome": {"eq": "DENIED"}}, 0),
    ({"request": {"eq": "a-request"}}, 3),
    ({"occurredAt": {"gte": "2026-01-01T00:00:01Z"}}, 1),
    ({"occurredAt": {"lt": "2026-01-01T00:00:01Z"}, "actor": {"eq": "ann"}}, 1),
]
"""What is asked for, and how many of two entries of Ann's and one of Bob's it finds."""


async def trail(api: Api, **variables: Any) -> list[dict[str, Any]]:
    """The entries that match."""
    return (await api.data(TRAIL, **variables))["auditEvents"]["nodes"]


class TestTrail:
    async def test_tells_who_did_what_to_what(self, api: Api) -> None:
        await happen(api.database, before={"size": 1}, after={"size": 2, "apiKey": "abc"}, reason="It grew.", at=START)
        (entry,) = await trail(api)
        assert entry.pop("id")
        assert entry == {
            "occurredAt": "2026-01-01T00:00:00Z",
            "actor": "ann",
            "actorName": "Ann",
            "onBehalfOf": "boss@example.com",
            "action": "thing.happened",
            "outcome": "SUCCESS",
            "reason": "It grew.",
            "resourceType": "Thing",
            "resource": "7",
            "before": {"size": 1},
            "after": {"size": 2, "apiKey": "•••"},
            "address": "192.0.2.7",
            "request": "a-request",
        }

    async def test_pages_newest_first_and_the_other_way(self, api: Api) -> None:
        await happen(api.database, 5, at=START)
        first = (await api.data(TRAIL, first=2))["auditEvents"]
        assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (5, True)
        rest = await trail(api, after=first["pageInfo"]["endCursor"])
        times = [entry["occurredAt"][-3:-1] for entry in [*first["nodes"], *rest]]
        assert times == ["04", "03", "02", "01", "00"]
        oldest = await trail(api, orderBy={"field": "OCCURRED_AT", "direction": "ASC"})
        assert [entry["occurredAt"][-3:-1] for entry in oldest] == times[::-1]

    async def test_is_searched(self, api: Api) -> None:
        await happen(api.database, 2, at=START)
        await happen(api.database, actor=Actor(id="bob", name="Bob", permissions=frozenset()), at=START)
        for chosen, found in SEARCHES:
            assert len(await trail(api, filter=chosen)) == found, chosen

    async def test_is_found_by_what_it_happened_to(self, api: Api) -> None:
        key = new_id()
        await happen(api.database, resource_id=str(key))
        await happen(api.database)
        (entry,) = await trail(api, filter={"resource": {"eq": global_id("Thing", key)}})
        assert entry["resource"] == global_id("Thing", key)
        assert await api.codes(TRAIL, filter={"resource": {"eq": "x"}}) == ["INVALID_PARAMETER"]
        assert await api.codes(TRAIL, filter={"action": {"eq": None}}) == ["INVALID_PARAMETER"]

    async def test_is_for_administrators(self, api: Api) -> None:
        await happen(api.database)
        (entry,) = await trail(api)
        for role in set(Role) - {Role.ADMIN}:
            assert await api.codes(TRAIL, role=role) == ["FORBIDDEN"], role
            query = "query ($id: ID!) { node(id: $id) { id } }"
            assert await api.codes(query, role=role, id=entry["id"]) == ["FORBIDDEN"], role


class TestDenied:
    async def test_act_is_on_record_and_nothing_of_it_is_done(self, api: Api) -> None:
        example = transition_model()
        await put(api.database, *example.rows)
        answer = await api.ask(TRANSITION, role=Role.VIEWER, input=example.input)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        (entry,) = await trail(api)
        told = {name: entry[name] for name in ("actorName", "action", "outcome", "reason", "after", "request")}
        assert told == {
            "actorName": "development:viewer",
            "action": "transitionModel",
            "outcome": "DENIED",
            "reason": "FORBIDDEN",
            "after": {"permission": "models:update"},
            "request": answer["extensions"]["requestId"],
        }
        assert (entry["resourceType"], entry["resource"]) == ("Model", gid(example.rows[1]))
        told = "select kind, scope_tags, audit_id is not null as is_told from event"
        (event,) = await select_rows(api.database, told)
        assert event == {"kind": "attempt.denied", "scope_tags": ["permission:audit:read"], "is_told": True}

    async def test_input_is_not_on_record(self, api: Api) -> None:
        given = {"modelId": global_id("Model", new_id()), "to": "RETIRED", "reason": "my password is swordfish"}
        await api.ask(TRANSITION, role=Role.VIEWER, input=given)
        (row,) = await select_rows(api.database, "select a::text as all from audit_event a")
        assert "swordfish" not in row["all"]

    async def test_what_is_refused_for_another_reason_is_not(self, api: Api) -> None:
        given = {"modelId": global_id("Model", new_id()), "to": "RETIRED"}
        assert (await api.data(TRANSITION, input=given))["transitionModel"]["errors"] == [{"code": "MODEL_NOT_FOUND"}]
        assert await trail(api) == []
