"""Outboxes: in order, bounded, without a task while the client keeps up."""

from __future__ import annotations

import asyncio

from app.live.outbox import MAX_CHARACTERS, MAX_MESSAGES, Outbox


class Client:
    """One that takes what it is sent when it wants."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.ready = asyncio.Event()
        self.ready.set()
        self.overflows = 0
        self.outbox = Outbox(self.send, self.overflowed)

    async def send(self, message: str) -> None:
        await self.ready.wait()
        self.taken.append(message)

    def overflowed(self) -> None:
        self.overflows += 1


async def test_sends_at_once_while_the_client_takes_it() -> None:
    client = Client()
    tasks = len(asyncio.all_tasks())
    for number in range(10_000):
        client.outbox.offer(str(number))
    assert client.taken == [str(number) for number in range(10_000)]
    assert len(asyncio.all_tasks()) == tasks
    assert client.outbox.most == 0


async def test_keeps_the_order_when_the_client_pauses() -> None:
    client = Client()
    client.outbox.offer("0")
    client.ready.clear()
    for number in range(1, 100):
        client.outbox.offer(str(number))
    await asyncio.sleep(0)
    assert client.taken == ["0"]
    client.ready.set()
    await client.outbox.drained()
    assert client.taken == [str(number) for number in range(100)]


async def test_of_a_slot_only_the_newest_waits() -> None:
    client = Client()
    client.ready.clear()
    for number in range(1000):
        client.outbox.offer(f"a{number}", "a")
        client.outbox.offer(f"b{number}", "b")
    client.ready.set()
    await client.outbox.drained()
    assert client.taken == ["a0", "a999", "b999"]
    assert client.overflows == 0


async def test_too_many_or_too_long_is_said_once() -> None:
    for message, most in (("x", MAX_MESSAGES), ("x" * 10_000, MAX_CHARACTERS // 10_000)):
        client = Client()
        client.ready.clear()
        for _ in range(most + 1):
            client.outbox.offer(message)
        assert client.overflows == 0
        for _ in range(10):
            client.outbox.offer(message)
        assert client.overflows == 1
        await client.outbox.close()
        assert client.taken == []


async def test_goes_on_after_a_pause() -> None:
    client = Client()
    client.ready.clear()
    client.outbox.offer("1")
    client.ready.set()
    await client.outbox.drained()
    client.outbox.offer("2")
    assert client.taken == ["1", "2"]
