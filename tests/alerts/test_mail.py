"""Mail to a real SMTP server: taken, refused, silent, away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from app.alerts.vocabulary import AlertLabel
from app.kit.db import Database
from app.settings.mail import MailServer
from tests.alerts.receiving import rounds, webhook
from tests.alerts.test_delivering import SOON, statuses, watch
from tests.alerts.watching import MINUTE, START, Watch
from tests.kit.rows import put

__all__ = ["watch"]


@dataclass(slots=True)
class Mailbox:
    """What a mail server took, and what it says to what it does not take."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])
    says: str = "250 Thanks"
    refused: tuple[str, ...] = ()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """As aiosmtpd wants it."""
        if address in self.refused:
            return "550 Nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """As aiosmtpd wants it."""
        if self.says.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.says

    @property
    def server(self) -> MailServer:
        """How it is reached."""
        return MailServer("127.0.0.1", self.port, is_tls=False, user=None, password=None)


@asynccontextmanager
async def mailbox() -> AsyncGenerator[Mailbox]:
    """A mail server for as long as the block runs."""
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


async def failing(watch: Watch, *people: str) -> None:
    """A mail channel to these people, and a rule that has just fired."""
    channel = webhook("", kind="EMAIL", url=None, host=None, recipients=list(people))
    await put(watch.database, channel)
    await watch.add(channel_ids=(channel.id,), name="Ärger\u2028now", group_by=(AlertLabel.MODEL,))
    await watch.look(START + MINUTE)


async def test_a_mail_arrives_and_can_be_known_again(watch: Watch, database: Database) -> None:
    async with mailbox() as box, rounds(database, mail=box.server) as round_:
        await failing(watch, "ann@example.com", "bob@example.com")
        await round_.go(SOON)
        (mail,) = box.taken
        (attempt,) = await round_.attempts()
    assert (mail["From"], mail["To"]) == ("hub@example.com", "ann@example.com, bob@example.com")
    assert mail["Subject"] == "Ärger now: 2 firing"
    assert mail["Message-ID"] == f"<{attempt['message_id']}@modelhub>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().count("[FIRING HIGH]") == 2
    assert (attempt["outcome"], attempt["reply"]) == ("DELIVERED", "SMTP 250 Thanks")
    assert await statuses(database) == ["SENT", "SENT"]


async def test_what_is_refused_is_tried_again(watch: Watch, database: Database) -> None:
    async with mailbox() as box, rounds(database, mail=box.server) as round_:
        box.says = "451 Later"
        await failing(watch, "ann@example.com", "bob@example.com")
        await round_.go(SOON)
        box.says, box.refused = "250 Thanks", ("ann@example.com", "bob@example.com")
        await round_.go(await round_.later())
        box.refused = ("bob@example.com",)
        await round_.go(await round_.later())
        attempts = await round_.attempts()
    assert [one["outcome"] for one in attempts] == ["FAILED", "FAILED", "DELIVERED"]
    assert [one["reply"] for one in attempts] == [
        "SMTP 451 Later",
        "SMTP 550 Nobody of that name; SMTP 550 Nobody of that name",
        "SMTP 250 Thanks; refused: bob@example.com: 550 Nobody of that name",
    ]
    assert len(box.taken) == 1


@pytest.mark.parametrize("kind", ["none", "away", "silent"])
async def test_a_server_that_does_not_answer_takes_no_longer_than_it_may(
    watch: Watch, database: Database, kind: str
) -> None:
    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if kind == "away":
        server.close()
    mail = None if kind == "none" else MailServer("127.0.0.1", port, is_tls=False, user=None, password=None)
    async with rounds(database, mail=mail, seconds=0.3) as round_:
        await failing(watch, "ann@example.com")
        begun = time.monotonic()
        await round_.go(SOON)
        assert time.monotonic() - begun < 2
        (attempt,) = await round_.attempts()
    server.close()
    assert attempt["outcome"] == "FAILED"
    reason = {"none": "No mail server is set", "away": "The mail server cannot be reached", "silent": "There was no"}
    assert attempt["reply"].startswith((reason[kind], "The mail server cannot be reached: Timed"))
    await asyncio.sleep(1 if kind == "silent" else 0)
