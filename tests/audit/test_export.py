"""The audit trail as a file: whole, harmless in a spreadsheet, made in pieces, and itself on record."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from httpx2 import Response

from app.audit.reads import BATCH
from app.identity.vocabulary import Role
from app.kit.access import Actor
from tests.audit.trail import START, happen
from tests.conftest import Api
from tests.kit.rows import execute, select_rows

NARROWED: list[tuple[dict[str, Any], int]] = [
    ({"actor": "bob"}, 1),
    ({"actor": ["ann", "bob"]}, 3),
    ({"actorName": "Ann"}, 2),
    ({"outcome": "DENIED"}, 0),
    ({"from": "2026-01-01T00:00:01Z"}, 1),
    ({"to": "2026-01-01T00:00:01"}, 2),
    ({"resource": "7", "request": "a-request"}, 3),
    ({"from": "2026-01-01T01:00:00+01:00", "resourceType": "Nothing"}, 0),
]
"""What is asked for, and how many of two entries of Ann's and one of Bob's it finds."""

WRONG: list[dict[str, Any]] = [
    {"format": "xlsx"},
    {"from": "yesterday"},
    {"to": ""},
    {"from": "9999-12-31T23:59:59-23:59"},
    {"actor": "x" * 1001},
    {"actor": "a\0b"},
    {"action": ["x"] * 101},
    {"who": "me"},
]


async def export(api: Api, role: Role | None = Role.ADMIN, **parameters: Any) -> Response:
    """The answer of `/audit/export`."""
    headers = {"authorization": f"Bearer {api.token(role)}"} if role else {}
    return await api.client.get("/audit/export", params=parameters, headers=headers)


def entries(answer: Response) -> list[dict[str, Any]]:
    """The entries of an NDJSON file."""
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


class TestNdjson:
    async def test_has_every_entry_oldest_first(self, api: Api) -> None:
        await happen(api.database, 3, at=START, after={"size": 1})
        answer = await export(api, to="2026-02-01T00:00:00Z")
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert answer.headers["content-disposition"].startswith('attachment; filename="audit-2')
        found = entries(answer)
        assert [entry["occurredAt"] for entry in found] == [f"2026-01-01T00:00:0{n}Z" for n in range(3)]
        assert found[0].pop("id")
        assert found[0] == {
            "occurredAt": "2026-01-01T00:00:00Z", "actor": "ann", "actorName": "Ann", "onBehalfOf": "boss@example.com",
            "action": "thing.happened", "resourceType": "Thing", "resource": "7", "outcome": "SUCCESS", "reason": None,
            "before": None, "after": {"size": 1}, "address": "192.0.2.7", "request": "a-request",
        }  # fmt: skip

    async def test_is_made_in_batches(self, api: Api) -> None:
        await happen(api.database, at=START)
        columns = "epoch, actor_id, actor_name, action, resource_type, resource_id, outcome, salt, digest"
        many = 2 * BATCH + 7
        await execute(
            api.database,
            f"""
            insert into audit_event (id, occurred_at, {columns})
            select gen_random_uuid(), occurred_at, {columns} from audit_event, generate_series(1, {many})""",
        )
        before = api.database.statements
        found = entries(await export(api, action="thing.happened"))
        assert len({entry["id"] for entry in found}) == many + 1
        assert api.database.statements - before == 4

    async def test_is_narrowed(self, api: Api) -> None:
        await happen(api.database, 2, at=START)
        await happen(api.database, actor=Actor(id="bob", name="Bob", permissions=frozenset()), at=START)
        for chosen, found in NARROWED:
            told = entries(await export(api, to=chosen.pop("to", "2026-02-01T00:00:00Z"), **chosen))
            assert len(told) == found, chosen


class TestCsv:
    async def test_computes_nothing(self, api: Api) -> None:
        formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]
        for formula in formulas:
            await happen(api.database, reason=formula, after={"x": formula})
        answer = await export(api, format="csv", action="thing.happened")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        heading, *rows = csv.reader(io.StringIO(answer.text, newline=""))
        assert [row[heading.index("reason")] for row in rows] == [f"'{formula}" for formula in formulas]
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
        assert [json.loads(row[heading.index("after")]) for row in rows] == [{"x": formula} for formula in formulas]

    async def test_quotes_what_would_break_a_line(self, api: Api) -> None:
        await happen(api.database, reason='a "b", c\nd\r\ne')
        answer = await export(api, format="csv", action="thing.happened")
        heading, row = csv.reader(io.StringIO(answer.text, newline=""))
        assert row[heading.index("reason")] == 'a "b", c\nd\r\ne'

    async def test_of_nothing_has_a_heading(self, api: Api) -> None:
        answer = await export(api, format="csv", actor="nobody")
        assert len(list(csv.reader(io.StringIO(answer.text)))) == 1


class TestWho:
    async def test_takes_it_is_on_record(self, api: Api) -> None:
        chosen: dict[str, Any] = {"actor": "ann", "from": "2026-01-01T00:00:00Z"}
        await export(api, **chosen)
        (row,) = await select_rows(api.database, "select * from audit_event")
        assert (row["action"], row["actor_name"]) == ("audit.exported", "development:admin")
        told = {"actor.in": ["ann"], "occurredAt.gte": "2026-01-01T00:00:00+00:00"}
        assert row["after"] == {"form": "ndjson", "filter": told}

    async def test_may_not_is_refused_and_on_record(self, api: Api) -> None:
        answer = await export(api, Role.MANAGER)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
        (row,) = await select_rows(api.database, "select * from audit_event")
        assert (row["action"], row["outcome"], row["reason"]) == ("exportAuditTrail", "DENIED", "FORBIDDEN")

    async def test_is_nobody_is_refused(self, api: Api) -> None:
        answer = await export(api, None)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHORIZED")
        assert answer.headers["www-authenticate"]

    async def test_asks_wrongly_is_told_so(self, api: Api) -> None:
        for wrong in WRONG:
            answer = await export(api, **wrong)
            told = answer.status_code, answer.json()["errors"][0]["extensions"]["code"]
            assert told == (400, "INVALID_PARAMETER"), wrong
        assert await select_rows(api.database, "select 1 from audit_event") == []
