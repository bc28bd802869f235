"""The HTTP faces of the ways in: what a request is, handed to the receiver, and its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.kit.access import Actor, Permission
from app.kit.errors import HubError, RateLimited, Unavailable
from app.metrics.receiving import answers, litellm, native, otlp
from app.metrics.receiving.admission import Load
from app.metrics.receiving.bodies import MAX_BODY, Form, TooLarge, TooSlow, WrongType
from app.metrics.receiving.service import Receiver, Told

PATIENCE = 30.0
"""Seconds within which a body must have come."""

_OBJECTS: Final[Mapping[str, Form]] = {
    "application/json": Form.JSON,
    **dict.fromkeys(("application/x-ndjson", "application/ndjson", "application/jsonl"), Form.NDJSON),
}
_SPANS: Final[Mapping[str, Form]] = {"application/x-protobuf": Form.PROTOBUF, "application/json": Form.JSON}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What is answered under the paths of the ways in. Each raises what is wrong with a request as a whole."""

    receiver: Receiver

    async def inferences(self, actor: Actor, request: Request) -> Response:
        """Model Hub's own form."""
        return answers.of_items(await self._taken(actor, request, native.WAY, _OBJECTS))

    async def litellm(self, actor: Actor, request: Request) -> Response:
        """LiteLLM's callback `generic_api`. It comes again only after a 5xx, so that is what it gets to wait for."""
        try:
            return answers.of_items(await self._taken(actor, request, litellm.WAY, _OBJECTS))
        except RateLimited as busy:
            raise Unavailable(busy.message, **busy.details) from busy

    async def traces(self, actor: Actor, request: Request) -> Response:
        """OTLP/HTTP: the answer has the form of the request."""
        return answers.of_export(await self._taken(actor, request, otlp.WAY, _SPANS), form_of_export(request))

    async def _taken(self, actor: Actor, request: Request, way: str, forms: Mapping[str, Form]) -> list[Told]:
        actor.require(Permission.TELEMETRY_WRITE)
        form, is_packed = _form(request, forms), _is_packed(request)
        told: list[Told] = []
        with self.receiver.gate.entered() as load:
            body = await _body(request, load)
            async for part in self.receiver.decoder.parts(way, form, body, is_packed=is_packed):
                told += await self.receiver.take(actor, way, part)
        return told


def refused_export(request: Request, status: int, error: HubError) -> Response:
    """Why an export was refused, in the form of the request."""
    return answers.of_failed_export(status, error.code, error.message, form_of_export(request))


def form_of_export(request: Request) -> Form:
    """The form of an export and of its answer; protobuf where the request has neither."""
    return _SPANS.get(_media_type(request), Form.PROTOBUF)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _form(request: Request, forms: Mapping[str, Form]) -> Form:
    form = forms.get(_media_type(request))
    if form is None:
        raise WrongType(f"Send one of {', '.join(forms)}.")
    return form


def _is_packed(request: Request) -> bool:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"gzip", "identity"}:
        raise WrongType("The body may be packed with gzip, or not at all.")
    return encoding == "gzip"


async def _body(request: Request, load: Load) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                load.add(len(chunk))
                body += chunk
                if len(body) > MAX_BODY:
                    raise TooLarge(f"A request may have {MAX_BODY:,} bytes; send less at a time.")
    except (TimeoutError, ClientDisconnect) as error:
        raise TooSlow(f"The body must come within {PATIENCE:.0f} seconds.") from error
    return bytes(body)
