"""The audit trail only grows, whoever tries, and what is in it can be checked."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from app.kit.db import Database
from app.kit.journal import digest
from app.kit.masking import MASK, masked
from tests.audit.trail import happen
from tests.kit.rows import execute, select_rows

CHANGES = (
    "update audit_event set reason = 'another'",
    "update audit_event set id = id",
    "delete from audit_event",
    "truncate audit_event",
    "truncate team, audit_event cascade",
)


class TestRows:
    async def test_are_not_changed_by_whoever_made_the_table(self, database: Database) -> None:
        await happen(database)
        before = await select_rows(database, "select a::text from audit_event a")
        for change in CHANGES:
            with pytest.raises(DBAPIError, match="refused: it only grows"):
                await execute(database, change)
        assert await select_rows(database, "select a::text from audit_event a") == before

    async def test_cannot_be_changed_by_an_owner_who_is_no_superuser(
        self, database: Database, database_url: str
    ) -> None:
        await happen(database)
        url = database_url.replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        role = f"plain_{id(connection)}"
        try:
            await connection.execute(f"create role {role}")
            await connection.execute(f"grant usage on schema public to {role}")
            await connection.execute(f"alter table audit_event owner to {role}")
            await connection.execute(f"set role {role}")
            for change in CHANGES[:4]:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(change)
            assert await connection.fetchval("select count(*) from audit_event") == 1
        finally:
            await connection.execute("reset role")
            await connection.execute("alter table audit_event owner to current_user")
            await connection.execute(f"drop owned by {role}")
            await connection.execute(f"drop role {role}")
            await connection.close()

    async def test_keep_their_digest_and_show_no_secret(self, database: Database) -> None:
        await happen(database, before={"password": "a"}, after={"password": "b", "deep": [{"client_secret": "c"}]})
        (row,) = await select_rows(database, "select * from audit_event")
        assert row["after"] == {"password": MASK, "deep": [{"client_secret": MASK}]}
        content = {name: value for name, value in row.items() if name not in {"salt", "digest", "tx"}}
        assert digest(content, bytes(row["salt"])) == bytes(row["digest"])


class TestMasked:
    @pytest.mark.parametrize(
        "name",
        ["password", "newPassword", "PASSWORD", "api_key", "x-api-key", "refreshToken", "token", "clientSecret",
         "Authorization", "private key", "connection_string", "credentials", "setCookie"],
    )  # fmt: skip
    def test_is_what_sounds_like_a_secret(self, name: str) -> None:
        assert masked({"a": [{name: "x", "size": 1}]}) == {"a": [{name: MASK, "size": 1}]}

    @pytest.mark.parametrize("name", ["maxTokens", "tokenClass", "tokens", "key", "name", "secretary", "passwordless"])
    def test_is_nothing_else(self, name: str) -> None:
        assert masked({name: "x"}) == {name: "x"}

    def test_absence_of_a_secret_is_no_secret(self) -> None:
        assert masked({"password": None}) == {"password": None}
        assert masked(None) is None
