"""Which pages of other origins may use the API: by CORS, and by the `Origin` of a WebSocket's handshake."""

from __future__ import annotations

import re
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.settings import Settings

_LOOPBACK: Final = r"https?://(?:[a-z0-9-]+\.)*(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?"
_SHOWN: Final = ("X-Request-Id", "Retry-After", "Deprecation", "Sunset")
_REMEMBERED_SECONDS: Final = 7_200
"""How long a browser remembers what it may send; none remembers it for longer."""


class Origins:
    """Those that the settings name, our own, and while one develops those of this machine."""

    def __init__(self, settings: Settings) -> None:
        ours = {settings.public_url.lower()} if settings.public_url else set[str]()
        self._named = frozenset((settings.allowed_origins or frozenset()) | ours)
        self._pattern = None if settings.is_production else _LOOPBACK

    def cors(self) -> Middleware:
        """Lets pages of these origins ask with any header and see the answers. Nothing is told by cookies."""
        return Middleware(
            CORSMiddleware,
            allow_origins=self._named,
            allow_origin_regex=self._pattern,
            allow_methods=("GET", "POST"),
            allow_headers=("*",),
            expose_headers=_SHOWN,
            max_age=_REMEMBERED_SECONDS,
        )

    def admits(self, origin: str | None, host: str | None) -> bool:
        """Whether a WebSocket may be opened from there; what is no browser names no origin."""
        if origin is None or origin in self._named or (self._pattern and re.fullmatch(self._pattern, origin)):
            return True
        return bool(host) and origin.partition("://")[2] == (host or "").lower()
