"""Two API processes and two hundred clients: together they admit what the formula says, within 2 %."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from random import uniform

import pytest

from app.identity.rules import Role
from app.limits.policy import Limits
from app.limits.rules import Count, Unit, Window, room
from app.settings import Settings
from tests.limits.asking import with_limits
from tests.limits.serving import Client, Hub, request, serving, together, token_for

CLIENTS = 200
REST = 0.4
ME = "{ viewer { name } }"
SOAK_MINUTES = int(os.environ.get("MODELHUB_SOAK_MINUTES", "3"))
FREE = dict.fromkeys(Limits.model_fields, "unlimited")


async def admitted(hubs: list[Hub], content: bytes, each: int) -> int:
    """How many requests are, if each client sends so many."""

    async def act(client: Client) -> int:
        return sum([b'"errors"' not in await client.send(content) for _ in range(each)])

    return sum(await together(lambda n: hubs[n % len(hubs)].port, CLIENTS, act))


def by_formula(limit: int, length: int, windows: int) -> int:
    """How many are admitted within so many windows if there is somebody in each millisecond."""
    window, count, found = Window(Unit.REQUESTS, length, limit), Count(), 0
    for moment in range(length * 1000 * windows):
        count = count.at(moment // window.length)
        units = room(window, count, moment)
        count, found = count.plus(units), found + units
    return found


async def slid(hubs: list[Hub], content: bytes, limit: int, length: int, windows: int) -> tuple[int, float, float]:
    """How many are admitted from the beginning of a window on, and how many the formula gives: to who asks in each
    millisecond until the clients send no more, and at most when the last of them has its answer.

    Who is refused rests a little: what is measured is the formula, not how soon a machine that is busy comes to it."""
    await asyncio.sleep(length - time.time() % length)
    begun = time.time() // length * length
    end = begun + length * windows

    async def act(client: Client) -> int:
        got = 0
        while time.time() < end:
            admitted = b'"errors"' not in await client.send(content)
            got += admitted
            await asyncio.sleep(0 if admitted else uniform(0, REST))
        return got

    found = sum(await together(lambda n: hubs[n % len(hubs)].port, CLIENTS, act))
    return found, by_formula(limit, length, windows), limit * (time.time() - begun) / length


class TestTwoProcesses:
    async def test_admit_what_the_formula_says(self, settings: Settings, tmp_path: Path) -> None:
        settings = with_limits(
            settings,
            tmp_path,
            principals={
                "development:viewer": FREE | {"requests_per_day": 1_200},
                "development:admin": FREE | {"burst_limit": 60},
            },
            address=FREE,
        )
        with serving(settings, 2) as hubs:
            found = await admitted(hubs, request(ME, token_for(settings, Role.VIEWER)), each=8)
            assert 1_200 * 0.98 <= found <= 1_200
            found, least, most = await slid(hubs, request(ME, token_for(settings, Role.ADMIN)), 60, 1, windows=8)
            assert least * 0.98 <= found <= most * 1.02

    @pytest.mark.soak
    async def test_admit_as_much_as_slides_for_minutes(self, settings: Settings, tmp_path: Path) -> None:
        limits = FREE | {"requests_per_minute": 3_000}
        settings = with_limits(settings, tmp_path, principal=limits, address=FREE)
        with serving(settings, 2) as hubs:
            found, least, most = await slid(hubs, request(ME, token_for(settings)), 3_000, 60, SOAK_MINUTES)
        print(f"{found} admitted of {least} to {most:.0f} by the formula")
        assert least * 0.98 <= found <= most * 1.02
