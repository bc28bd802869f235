"""The context of an operation: who asks, and batches that are called once a level."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from app.kit.access import SYSTEM, Actor
from app.kit.context import Context
from app.kit.db import Database
from app.kit.errors import Forbidden, Unauthorized
from app.kit.journal import Writer
from app.kit.paging import Cursors
from app.kit.reading import Reader


def context(database: Database, caller: Actor | None = SYSTEM) -> Context:
    """A context of one operation."""
    return Context(Reader(database, Cursors(b"k")), Writer(database), "r1", caller)


class TestLoad:
    async def test_all_keys_of_a_level_are_one_call(self, database: Database) -> None:
        calls: list[list[int]] = []

        async def squares(_: Reader, actor: Actor, keys: Sequence[int]) -> dict[int, int]:
            assert actor is SYSTEM
            calls.append(list(keys))
            return {key: key * key for key in keys if key != 3}

        one = context(database)
        assert await asyncio.gather(*(one.load(squares, key) for key in (1, 2, 3, 2))) == [1, 4, None, 4]
        assert calls == [[1, 2, 3]]
        assert await asyncio.gather(one.load(squares, 4), one.load(squares, 1)) == [16, 1]
        assert calls == [[1, 2, 3], [4]]

    async def test_one_who_stops_waiting_does_not_cancel_it_for_the_others(self, database: Database) -> None:
        async def slow(_: Reader, _actor: Actor, keys: Sequence[int]) -> dict[int, int]:
            await asyncio.sleep(0.05)
            return {key: key for key in keys}

        one = context(database)
        leaving, staying = (asyncio.create_task(one.load(slow, 1)) for _ in range(2))
        await asyncio.sleep(0.01)
        leaving.cancel()
        assert await staying == 1

    async def test_other_arguments_are_other_batches_and_nothing_is_shared_between_operations(
        self, database: Database
    ) -> None:
        calls: list[Any] = []

        async def scaled(_: Reader, _actor: Actor, keys: Sequence[int], by: int, *, plus: int = 0) -> dict[int, int]:
            calls.append((tuple(keys), by, plus))
            return {key: key * by + plus for key in keys}

        one, two = context(database), context(database)
        found = await asyncio.gather(
            one.load(scaled, 1, 2), one.load(scaled, 1, 3), one.load(scaled, 2, 2), one.load(scaled, 1, 2, plus=1)
        )
        assert (found, len(calls)) == ([2, 3, 4, 3], 3)
        await two.load(scaled, 1, 2)
        assert len(calls) == 4

    async def test_refusal_reaches_everyone_who_asked(self, database: Database) -> None:
        async def refuses(_: Reader, actor: Actor, _keys: Sequence[int]) -> dict[int, int]:
            raise Forbidden(f"not {actor.name}")

        one = context(database)
        found = await asyncio.gather(*(one.load(refuses, key) for key in (1, 2)), return_exceptions=True)
        assert [type(error) for error in found] == [Forbidden, Forbidden]

    async def test_nothing_is_read_without_a_credential(self, database: Database) -> None:
        async def leaks(_: Reader, _actor: Actor, keys: Sequence[int]) -> dict[int, int]:
            raise AssertionError(keys)

        async def leak(_: Reader, _actor: Actor) -> None:
            raise AssertionError

        nobody = context(database, None)
        with pytest.raises(Unauthorized):
            await nobody.load(leaks, 1)
        with pytest.raises(Unauthorized):
            await nobody.read(leak)
        with pytest.raises(Unauthorized):
            await nobody.write(leak)  # pyright: ignore[reportArgumentType]
