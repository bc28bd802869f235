"""The pages on which people sign in (`/sign-in`) and take invitations (`/welcome#…`); they need no outside network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.web.pages import PAGE_HEADERS

_DIR: Final = Path(__file__).parent / "static" / "account"
_TYPES: Final = {"page.html": "text/html", "page.css": "text/css", "page.js": "text/javascript"}
PAGES: Final = ("/sign-in", "/welcome")


def account_pages() -> list[BaseRoute]:
    """The pages and what they load."""
    return [*(Route(path, _page) for path in PAGES), Route("/account/{name}", _asset)]


async def _page(_: Request) -> Response:
    return _answer("page.html")


async def _asset(request: Request) -> Response:
    return _answer(request.path_params["name"])


def _answer(name: str) -> Response:
    if name not in _TYPES:
        raise HTTPException(404)
    return Response(_content(name), media_type=_TYPES[name], headers=PAGE_HEADERS)


@cache
def _content(name: str) -> bytes:
    return (_DIR / name).read_bytes()
