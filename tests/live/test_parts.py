"""The parts of live data, each by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from app.kit.access import SYSTEM, Actor, Clearance, Permission
from app.kit.clock import utc_now
from app.kit.errors import InvalidParameter, Unavailable
from app.kit.journal import cursor_text
from app.kit.latest import Latest
from app.kit.scoping import hears
from app.live.cursors import Place, read_cursor
from app.live.groups import essence_of
from app.live.log import forget
from app.live.printing import lines
from app.live.scope import AskedWhoListens, Listeners, scope_of
from app.live.sources import Moment
from tests.conftest import Api
from tests.kit.rows import execute, select_rows
from tests.live.listening import happen

TEAM = uuid4()
MEMBER = Actor(
    id="ann",
    name="Ann",
    permissions=frozenset({Permission.MODELS_READ}),
    clearance=Clearance.INTERNAL,
    teams=frozenset({TEAM}),
)


class TestHears:
    @pytest.mark.parametrize(
        ("tags", "heard"),
        [
            ([], True),
            (["demo"], True),
            (["level:INTERNAL"], True),
            (["level:RESTRICTED"], False),
            ([f"team:{TEAM}"], True),
            ([f"team:{uuid4()}"], False),
            (["level:PUBLIC", f"team:{uuid4()}"], False),
            (["permission:models:read"], True),
            (["permission:users:manage"], False),
            (["level:SOMETHING_NEW"], False),
        ],
    )
    def test_every_tag_must_admit(self, tags: list[str], heard: bool) -> None:
        assert hears(MEMBER, tags) == heard
        assert hears(SYSTEM, tags) or "level:SOMETHING_NEW" in tags


class TestListeners:
    def test_have_permissions_and_are_nobody(self) -> None:
        listeners = Listeners.like(MEMBER)
        assert scope_of(listeners) == scope_of(MEMBER)
        assert listeners.may(Permission.MODELS_READ)
        assert listeners.levels() == MEMBER.levels()
        for name in ("id", "name", "credential", "on_behalf_of", "role"):
            with pytest.raises(AskedWhoListens):
                getattr(listeners, name)


class TestCursors:
    def test_come_back_as_they_were(self) -> None:
        epoch = uuid4()
        assert read_cursor(cursor_text(epoch, 1, 2**60)) == Place(epoch, 2**60)

    def test_of_another_stream_are_none(self) -> None:
        with pytest.raises(InvalidParameter):
            read_cursor(cursor_text(uuid4(), 2, 1))


class TestLatest:
    async def test_result_is_newer_than_the_question_and_shared(self) -> None:
        began = list[int]()
        gate = asyncio.Event()

        async def work() -> int:
            began.append(len(began))
            await gate.wait()
            return began[-1]

        latest = Latest(work)
        first = asyncio.create_task(latest())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert began == [0]
        later = [asyncio.create_task(latest()) for _ in range(5)]
        await asyncio.sleep(0)
        gate.set()
        assert await first == 0
        assert await asyncio.gather(*later) == [1] * 5

    async def test_failure_is_that_of_its_own_run(self) -> None:
        fails = iter((True, False))

        async def work() -> str:
            await asyncio.sleep(0)
            if next(fails):
                raise Unavailable("away")
            return "there"

        latest = Latest(work)
        with pytest.raises(Unavailable):
            await latest()
        assert await latest() == "there"


def test_what_of_a_snapshot_is_different() -> None:
    def body(cursor: str, figure: int, request: str) -> str:
        return f'{{"data":{{"x":{{"cursor":"{cursor}","n":{figure}}}}},"extensions":{{"requestId":"{request}"}}}}'

    one, two = (Moment(cursor_text(uuid4(), 1, n), utc_now()) for n in (1, 2))
    assert essence_of(body(one.cursor, 7, "a"), one) == essence_of(body(two.cursor, 7, "b"), two)
    assert essence_of(body(one.cursor, 7, "a"), one) != essence_of(body(two.cursor, 8, "a"), two)


class TestLog:
    async def test_forgets_a_beginning_only(self, api: Api) -> None:
        await happen(api.database, *range(5))
        old = "update event set recorded_at = now() - interval '2 days' where position in (1, 2, 4)"
        await execute(api.database, old)
        await forget(api.database, utc_now() - timedelta(days=1))
        left = await select_rows(api.database, "select position from event order by 1")
        assert [row["position"] for row in left] == [3, 4, 5]

    async def test_is_printed(self, api: Api) -> None:
        await happen(api.database, *range(5), level="PUBLIC")
        url = api.app.state.hub.settings.database_url
        found = [line async for line in lines(url, 2, follow=False)]
        assert [line.split(" ")[0] for line in found] == ["4", "5"]
        assert all(" model.noted level:PUBLIC {" in line for line in found)
