"""The request that is being answered, known wherever a line is logged or a span begun while it lasts."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.kit.ids import new_id

if TYPE_CHECKING:
    from app.telemetry.observer import Observer

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")

UNKNOWN = "unknown"
"""The kind of an operation whose document cannot be read, or was not read yet."""


@dataclass(slots=True)
class CurrentRequest:
    """`id` is the client's own if it sent a valid one, `trace` the W3C headers it sent; the rest is learnt later."""

    id: str
    observer: Observer
    trace: Mapping[str, str] = field(default_factory=dict[str, str])
    operation: str | None = None
    kind: str = UNKNOWN
    actor: str | None = None
    trace_id: str | None = None

    def copy(self, actor: str | None, trace_id: str | None) -> CurrentRequest:
        """The same request, for one of the operations in it. `dataclasses.replace` takes four times as long."""
        return CurrentRequest(self.id, self.observer, self.trace, self.operation, self.kind, actor, trace_id)

    def fields(self) -> dict[str, str]:
        """What every line of the log has of it."""
        known = {
            "request_id": self.id,
            "operation": self.operation,
            "actor": self.actor,
            "trace_id": self.trace_id,
        }
        return {name: value for name, value in known.items() if value is not None}


_current: ContextVar[CurrentRequest | None] = ContextVar("modelhub_request", default=None)


def current() -> CurrentRequest | None:
    """The request being answered here; None outside of any."""
    return _current.get()


def current_id() -> str:
    """The id of the request being answered here, or a new one outside of any."""
    request = _current.get()
    return request.id if request else str(new_id())


@contextmanager
def answering(request: CurrentRequest) -> Generator[CurrentRequest]:
    """Make it the current one."""
    token = _current.set(request)
    try:
        yield request
    finally:
        _current.reset(token)


def accepted_id(given: str | None) -> str:
    """The id that a client sent, if it has 1 to 128 harmless characters; else a new one."""
    return given if given and _SAFE_ID.fullmatch(given) else str(new_id())
