"""The tests run on the servers that were chosen, and on no others."""

from __future__ import annotations

from redis import Redis

from app.embedded import EmbeddedServers
from app.kit.db import Database
from tests.kit.rows import select_rows
from tests.servers import chosen


async def test_are_the_chosen_ones(servers: EmbeddedServers, database: Database) -> None:
    (postgres,) = await select_rows(database, "select current_setting('server_version_num')::int / 10000 as major")
    with Redis.from_url(servers.urls.redis, decode_responses=True) as client:
        told = client.info("server")
    found = postgres["major"], told.get("valkey_version", told["redis_version"]).split(".")[0]
    assert found == {"embedded": (18, "9"), "debian": (15, "7")}[chosen()]
