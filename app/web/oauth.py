"""`/oauth/token`: a service account exchanges an API key for an access token (RFC 6749: 4.4, 5.1, 5.2)."""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.identity.granting import WRONG, Client, Grant, WrongScope, grant
from app.identity.tokens import LIFETIME
from app.kit.errors import HubError, RateLimited, TokenExpired, Unauthorized, Unavailable
from app.kit.journal import Origin, Writer
from app.secret import Secret
from app.telemetry.request import current_id
from app.web.hub import Hub
from app.web.statuses import response_to
from app.web.turnstile import Turnstile

log = logging.getLogger("modelhub.web")

MAX_BODY, MAX_FIELDS = 16_384, 20
_FORM = "application/x-www-form-urlencoded"
_NEVER_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}


class Refused(Exception):
    """An error of the protocol, by its code."""

    def __init__(self, code: str, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.code, self.reason, self.status = code, reason, status


@dataclass(frozen=True, slots=True)
class TokenDoor:
    """Of one process."""

    hub: Hub
    turnstile: Turnstile

    async def answer(self, request: Request) -> Response:
        """Answer a token request; one that is refused is paid for by its address."""
        address = request.client.host if request.client else None
        try:
            await self.turnstile.enter(address)
            return await self._charged(request, address)
        except RateLimited as error:
            return response_to(error)

    async def _charged(self, request: Request, address: str | None) -> JSONResponse:
        try:
            return _granted(await _grant(self.hub, request))
        except Unavailable as error:
            return _refused(Refused("temporarily_unavailable", error.message, 503))
        except (Refused, WrongScope, Unauthorized, TokenExpired) as error:
            refusal = _said(error)
            await (self.turnstile.hold if refusal.status == 401 else self.turnstile.pay)(address)
            return _refused(refusal)


def _said(error: Refused | HubError) -> Refused:
    """In the words of the protocol."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, WrongScope):
        return Refused("invalid_scope", error.message)
    return Refused("invalid_client", WRONG, 401)


async def _grant(hub: Hub, request: Request) -> Grant:
    form = await _form(request)
    kind = form.get("grant_type")
    if kind is None:
        raise Refused("invalid_request", "`grant_type` is missing.")
    client = _client(request, form)
    if kind != "client_credentials":
        raise Refused("unsupported_grant_type", "Only `client_credentials` is taken here.")
    origin = Origin(current_id(), request.client.host if request.client else None)
    writer = Writer(hub.database, origin, hub.clock, hub.authentication.confirm)
    return await grant(hub.authentication, writer, Client(id=client[0], secret=client[1], scope=form.get("scope")))


async def _form(request: Request) -> Mapping[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refused("invalid_request", f"Send {_FORM}.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refused("invalid_request", "The request is too long.", 413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise Refused("invalid_request", "The form cannot be read.") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused("invalid_request", "A parameter is given twice.")
    return {name: value for name, value in pairs if value}


def _client(request: Request, form: Mapping[str, str]) -> tuple[str, Secret[str]]:
    """The client's id and secret: by HTTP Basic, or else in the form, but not in both."""
    basic = request.headers.get("authorization")
    if basic is not None and "client_secret" in form:
        raise Refused("invalid_request", "Authenticate once: by the header or by the form.")
    if basic is not None:
        return _basic(basic)
    if "client_id" not in form or "client_secret" not in form:
        raise Refused("invalid_client", "Send `client_id` and `client_secret`.", 401)
    return form["client_id"], Secret(form["client_secret"])


def _basic(header: str) -> tuple[str, Secret[str]]:
    scheme, _, encoded = header.partition(" ")
    try:
        name, separator, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        separator = name = secret = ""
    if scheme.lower() != "basic" or not separator:
        raise Refused("invalid_client", WRONG, 401)
    return unquote_plus(name), Secret(unquote_plus(secret))


def _granted(given: Grant) -> JSONResponse:
    body = {
        "access_token": given.token.reveal(),
        "token_type": "Bearer",
        "expires_in": int(LIFETIME.total_seconds()),
        "scope": " ".join(sorted(given.scopes)),
    }
    return JSONResponse(body, headers=_NEVER_STORED)


def _refused(refusal: Refused) -> JSONResponse:
    log.info("refused", extra={"code": refusal.code, "status": refusal.status})
    headers = {**_NEVER_STORED, **({"WWW-Authenticate": 'Basic realm="modelhub"'} if refusal.status == 401 else {})}
    return JSONResponse({"error": refusal.code, "error_description": refusal.reason}, refusal.status, headers)
