"""One POST to an address that people named: no redirect is followed, and of the answer only the status is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus

import httpx2

from app.alerts.channels.rules import Reply
from app.kit.targets import TargetRefused
from app.secret import Secret

MOST_WAIT = 86_400


async def post(client: httpx2.AsyncClient, url: Secret[str], headers: Mapping[str, str], body: bytes) -> Reply:
    """What the receiver said. What fails on the way is a reply, too."""
    try:
        async with client.stream("POST", url.reveal(), headers=dict(headers), content=body) as answer:
            return _reply(answer)
    except (httpx2.HTTPError, httpx2.InvalidURL, TargetRefused, OSError) as error:
        return Reply(is_delivered=False, text=_explained(error))


def _reply(answer: httpx2.Response) -> Reply:
    code = answer.status_code
    said = f"HTTP {code} {_phrase(code)}".strip()
    if 300 <= code < 400:
        return Reply(is_delivered=False, text=f"{said}: redirects are not followed.", http_status=code)
    return Reply(is_delivered=200 <= code < 300, text=said, http_status=code, wait=_wait(answer))


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""


def _wait(answer: httpx2.Response) -> timedelta:
    asked = answer.headers.get("retry-after", "")
    return timedelta(seconds=min(int(asked[:9]), MOST_WAIT)) if asked.isascii() and asked.isdigit() else timedelta()


def _explained(error: BaseException) -> str:
    causes = [error, *_causes(error)]
    refused = next((cause for cause in causes if isinstance(cause, TargetRefused)), None)
    if refused:
        return str(refused)
    if any(isinstance(cause, httpx2.TimeoutException) for cause in causes):
        return "There was no answer within the time."
    if any(isinstance(cause, httpx2.ConnectError | httpx2.UnsupportedProtocol) for cause in causes):
        return "Nothing answers there."
    return "The answer broke off, or is none of HTTP."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    while (cause := error.__cause__ or error.__context__) is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        error = cause
