"""What the worker forgets, and what it keeps."""

from __future__ import annotations

from app.identity.jobs import forget
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer
from tests.identity.people import user
from tests.kit.rows import execute, put, select_rows


async def test_what_is_of_no_more_use_is_forgotten(database: Database) -> None:
    ann = user("ann")
    await put(database, ann)
    session = "insert into session (id, principal_id, ip, expires_at, revoked_at) values (gen_random_uuid(), "
    token = "insert into refresh_token (digest, session_id, expires_at) select sha256(random()::text::bytea), id, "
    await execute(
        database,
        f"{session} '{ann.id}', 'open', now() + interval '1 day', null)",
        f"{session} '{ann.id}', 'expired lately', now() - interval '29 days', null)",
        f"{session} '{ann.id}', 'expired', now() - interval '31 days', null)",
        f"{session} '{ann.id}', 'revoked', now() + interval '1 day', now() - interval '31 days')",
        f"{token} now() + interval '1 day' from session where ip = 'open'",
        f"{token} now() - interval '1 second' from session where ip = 'open'",
        "insert into sign_in_throttle values ('a', 9, now() - interval '2 days', now() - interval '2 days')",
        "insert into sign_in_throttle values ('b', 9, now(), now())",
    )
    await Writer(database).write(SYSTEM, forget)
    rows = await select_rows(database, "select ip from session order by 1")
    assert [row["ip"] for row in rows] == ["expired lately", "open"]
    for table in ("refresh_token", "sign_in_throttle", "principal"):
        (row,) = await select_rows(database, f"select count(*) as n from {table}")
        assert row["n"] == 1, table
