"""What an operation has at hand that may also sign somebody in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.identity.authentication import Authentication
from app.kit.context import Context, Info
from app.kit.errors import Unauthorized
from app.kit.journal import Origin

MAX_USER_AGENT = 300


@dataclass(slots=True)
class Visit(Context):
    """A context that knows how credentials are made and where the caller is."""

    authentication: Authentication | None = None
    user_agent: str | None = None

    @property
    def origin(self) -> Origin:
        """Where the request came from."""
        return self.writer.origin


def visit_of(info: Info) -> tuple[Visit, Authentication]:
    """The context of an operation that came through a door."""
    context: Any = info.context
    if not isinstance(context, Visit) or context.authentication is None:
        raise Unauthorized("Nobody can be signed in here.")
    return context, context.authentication
