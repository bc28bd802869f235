"""E-mail, by the mail server of this installation."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import aiosmtplib

from app.alerts.channels.content import lines_of
from app.alerts.channels.rules import Reply
from app.kit.clock import utc_now
from app.settings.mail import MailServer

MAX_SUBJECT, MAX_REPLY = 200, 300


def message_of(content: Mapping[str, Any], sender: str, recipients: Sequence[str]) -> EmailMessage:
    """The message as mail: its id is the `Message-ID`, by which mail systems know it again."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(recipients)
    mail["Subject"] = _line(content["summary"])[:MAX_SUBJECT]
    mail["Date"] = format_datetime(utc_now())
    mail["Message-ID"] = f"<{content['id']}@modelhub>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join([content["summary"], "", *lines_of(content)]))
    return mail


async def send(server: MailServer, mail: EmailMessage, trust: ssl.SSLContext, seconds: float) -> Reply:
    """Hand a mail over. What fails is a reply, too: of SMTP its code and text."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.is_tls,
        start_tls=server.start_tls,
        tls_context=trust,
        username=server.user,
        password=server.password.reveal() if server.password else None,
        timeout=seconds,
    )
    try:
        async with client:
            refused, said = await client.send_message(mail)
    except aiosmtplib.SMTPRecipientsRefused as error:
        return Reply(is_delivered=False, text=_line("; ".join(map(_told, error.recipients)))[:MAX_REPLY])
    except aiosmtplib.SMTPResponseException as error:
        return Reply(is_delivered=False, text=_line(f"SMTP {error.code} {error.message}")[:MAX_REPLY])
    except (aiosmtplib.SMTPException, OSError) as error:
        return Reply(is_delivered=False, text=_line(f"The mail server cannot be reached: {error}")[:MAX_REPLY])
    kept = f"; refused: {'; '.join(f'{who}: {why.code} {why.message}' for who, why in refused.items())}"
    return Reply(is_delivered=True, text=_line(f"SMTP 250 {said}{kept if refused else ''}")[:MAX_REPLY])


def _told(refused: aiosmtplib.SMTPRecipientRefused) -> str:
    return f"SMTP {refused.code} {refused.message}"


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
