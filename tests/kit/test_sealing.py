"""Sealed secrets: opened in their place with their key and nowhere else; changing the key can stop at any instant."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import insert, select, text

from app.embedded import stop
from app.identity.signing.service import place_of
from app.identity.signing.tables import SigningKey
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.resealing import BATCH, keys_in_use, refuse_unreadable, reseal, sealed_columns
from app.kit.sealing import HEADER, Keyring, Place, Unreadable, load_keyring
from app.secret import Secret
from app.settings import Settings
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
OLD, NEW = secrets.token_hex(32), secrets.token_hex(32)
PLAIN = Secret(b"hunter2-hunter2-hunter2")
PLACE = Place("signing_key", "private_key", new_id())


def ring(*keys: str) -> Keyring:
    return Keyring([Secret(bytes.fromhex(key)) for key in keys])


async def store(database: Database, keyring: Keyring, count: int) -> None:
    """Secrets of 32 bytes that tell in which row they stand."""
    now, ids = utc_now(), [new_id() for _ in range(count)]
    rows = [
        {
            "id": key,
            "public_key": b"",
            "private_key": keyring.seal(Secret(key.bytes), place_of(key)),
            "active_from": now,
        }
        for key in ids
    ]
    async with database.transaction() as session:
        await session.execute(insert(SigningKey), rows)


async def opened(database: Database, keyring: Keyring) -> int:
    """How many are stored; each opens, and is what was put there."""
    async with database.transaction() as session:
        rows = (await session.execute(select(SigningKey.id, SigningKey.private_key))).all()
    assert all(keyring.open(row.private_key, place_of(row.id)).reveal() == row.id.bytes for row in rows)
    return len(rows)


async def in_use(database: Database) -> dict[str, int]:
    async with database.transaction() as session:
        return await keys_in_use(session)


class TestKeyring:
    def test_what_is_sealed_can_be_opened_there(self) -> None:
        sealed = ring(NEW).seal(PLAIN, PLACE)
        assert ring(NEW).open(sealed, PLACE) == PLAIN
        assert PLAIN.reveal() not in sealed
        assert ring(NEW).open(ring(NEW).seal(Secret(b""), PLACE), PLACE).reveal() == b""

    def test_no_two_are_alike(self) -> None:
        assert len({ring(NEW).seal(PLAIN, PLACE) for _ in range(100)}) == 100

    def test_first_key_seals_and_all_open(self) -> None:
        before = ring(OLD).seal(PLAIN, PLACE)
        both = ring(NEW, OLD)
        assert both.open(before, PLACE) == PLAIN
        assert both.seal(PLAIN, PLACE).startswith(ring(NEW).header)
        assert len(both.names) == 2

    def test_not_without_its_key(self) -> None:
        sealed = ring(OLD).seal(PLAIN, PLACE)
        with pytest.raises(Unreadable, match=next(iter(ring(OLD).names))):
            ring(NEW).open(sealed, PLACE)

    @pytest.mark.parametrize(
        "other",
        [
            Place("signing_key", "private_key", new_id()),
            Place("signing_key", "public_key", PLACE.row),
            Place("webhook", "private_key", PLACE.row),
        ],
    )
    def test_not_in_another_place(self, other: Place) -> None:
        with pytest.raises(Unreadable, match="of another place"):
            ring(NEW).open(ring(NEW).seal(PLAIN, PLACE), other)

    def test_not_with_any_bit_changed_or_byte_missing(self) -> None:
        sealed = ring(NEW).seal(PLAIN, PLACE)
        for index in range(len(sealed)):
            spoilt = bytes([*sealed[:index], sealed[index] ^ 1, *sealed[index + 1 :]])
            for wrong in (spoilt, sealed[:index]):
                with pytest.raises(Unreadable):
                    ring(NEW).open(wrong, PLACE)

    def test_key_of_settings_comes_before_the_derived_one(self, tmp_path: Path) -> None:
        derived = load_keyring(Settings.model_validate({"MODELHUB_HOME": tmp_path}))
        given = load_keyring(Settings.model_validate({"MODELHUB_HOME": tmp_path, "MODELHUB_ENCRYPTION_KEYS": NEW}))
        assert given.open(derived.seal(PLAIN, PLACE), PLACE) == PLAIN
        assert given.header == ring(NEW).header
        with pytest.raises(Unreadable):
            derived.open(given.seal(PLAIN, PLACE), PLACE)


class TestResealing:
    def test_every_sealed_column_is_found(self) -> None:
        assert [(place.table.name, place.column.name, place.key.name) for place in sealed_columns()] == [
            ("alert_channel", "url", "id"),
            ("alert_channel", "secret", "id"),
            ("signing_key", "private_key", "id"),
        ]

    async def test_everything_gets_the_current_key(self, database: Database) -> None:
        old, both, new = ring(OLD), ring(NEW, OLD), ring(NEW)
        await store(database, old, 2 * BATCH + 1)
        steps: list[int] = []
        assert await reseal(database, both, steps.append) == 2 * BATCH + 1
        assert steps == [BATCH, 2 * BATCH, 2 * BATCH + 1]
        assert await opened(database, new) == 2 * BATCH + 1
        assert await in_use(database) == {next(iter(new.names)): 2 * BATCH + 1}
        assert await reseal(database, both) == 0

    async def test_what_has_the_current_key_stays_as_it_is(self, database: Database) -> None:
        await store(database, ring(NEW), 3)
        async with database.transaction() as session:
            before = (await session.execute(text("select array_agg(xmin::text order by id) from signing_key"))).scalar()
            await reseal(database, ring(NEW, OLD))
            after = (await session.execute(text("select array_agg(xmin::text order by id) from signing_key"))).scalar()
        assert after == before

    async def test_a_key_that_is_in_use_must_be_given(self, database: Database) -> None:
        await refuse_unreadable(database, ring(NEW))
        await store(database, ring(OLD), 2)
        await store(database, ring(NEW), 1)
        await refuse_unreadable(database, ring(NEW, OLD))
        with pytest.raises(Unreadable, match=r"2 stored secrets .*" + next(iter(ring(OLD).names))):
            await refuse_unreadable(database, ring(NEW))
        with pytest.raises(Unreadable, match="which is not given"):
            await reseal(database, ring(NEW))
        assert await opened(database, ring(NEW, OLD)) == 3

    async def test_the_api_does_not_start_without_it(self, database: Database, settings: Settings) -> None:
        await store(database, ring(OLD), 2)
        with start(settings, "serve", keys=NEW, REDIS_URL=settings.redis_url or "") as process:
            try:
                said = (await asyncio.to_thread(process.communicate, timeout=60))[1].decode()
            finally:
                stop(process)
        assert process.returncode == 1
        assert f"2 stored secrets were sealed with a key that is not given ({next(iter(ring(OLD).names))})" in said
        assert "Traceback" not in said

    async def test_killed_at_any_instant_it_converges(self, database: Database, settings: Settings) -> None:
        count, random, killed = 20 * BATCH, Random(7), 0
        await store(database, ring(OLD), count)
        for _ in range(6):
            with start(settings, "secrets", "rotate") as process:
                await until_begun(database, random.randrange(1, 12) * BATCH)
                killed += process.poll() is None
                process.send_signal(signal.SIGKILL)
                process.communicate()
            assert await opened(database, ring(NEW, OLD)) == count
            used = await in_use(database)
            assert all(number % BATCH == 0 for number in used.values())
        assert killed > 0
        with start(settings, "secrets", "rotate") as process:
            said = process.communicate(timeout=60)[0].decode()
        assert process.returncode == 0
        assert f"In use now: {next(iter(ring(NEW).names))}." in said
        assert await opened(database, ring(NEW)) == count


async def until_begun(database: Database, least: int) -> None:
    """Wait until so many are sealed with the new key."""
    end, new = time.monotonic() + 60, ring(NEW).header
    counted = text("select count(*) from signing_key where substr(private_key, 1, :length) = :header")
    while True:
        async with database.transaction() as session:
            if ((await session.execute(counted, {"length": HEADER, "header": new})).scalar() or 0) >= least:
                return
        assert time.monotonic() < end


def start(settings: Settings, *command: str, keys: str = f"{NEW},{OLD}", **given: str) -> subprocess.Popen[bytes]:
    """A command of this installation with these encryption keys."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MODELHUB_")},
        "DATABASE_URL": settings.database_url or "",
        "MODELHUB_HOME": str(settings.home),
        "MODELHUB_ENCRYPTION_KEYS": keys,
        "PORT": str(free_port()),
        **given,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "app", *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
