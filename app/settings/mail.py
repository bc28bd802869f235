"""The mail server as it is written in the environment."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.secret import Secret
from app.settings.addresses import is_near

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes our mail. `is_tls`: TLS from the first byte; `start_tls`: True if the connection must become secret
    before anything is said, None if it does when the server offers it."""

    host: str
    port: int
    is_tls: bool
    user: str | None
    password: Secret[str] | None

    @property
    def start_tls(self) -> bool | None:
        """No password travels in the clear, but for those to this machine."""
        if self.is_tls:
            return False
        return True if self.user is not None and not is_near(self.host) else None


def read_mail(url: Secret[str]) -> MailServer:
    """The server of `smtp://user:password@host:587` or `smtps://…`. Raises `ValueError`."""
    parts = urlsplit(url.reveal())
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must look like smtp://user:password@mail.example.com:587, or smtps://…:465")
    password = Secret(unquote(parts.password)) if parts.password is not None else None
    user = unquote(parts.username) if parts.username else None
    return MailServer(parts.hostname, parts.port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)
