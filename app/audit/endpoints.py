"""`GET /audit/export`: the audit trail as a file that is made while it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.audit import reads, service
from app.audit.exporting import MEDIA_TYPES, heading, lines
from app.audit.reads import AuditFilter, Comparison
from app.audit.vocabulary import Form
from app.kit.context import Context
from app.kit.errors import Forbidden, InvalidParameter
from app.kit.filters import MAX_LENGTH, MAX_VALUES
from app.kit.journal import Denial

ACTION = "exportAuditTrail"
_TEXTS = ("actor", "actorName", "action", "resourceType", "resource", "outcome", "request")
_BOUNDS = {"from": "GTE", "to": "LT"}


async def export(context: Context, request: Request) -> Response:
    """The entries that match the parameters, oldest first; each parameter may be given up to 100 times.

    Raises `INVALID_PARAMETER`, `FORBIDDEN`; both before anything is sent, and the latter is put on record."""
    form, chosen = _form(request), _chosen(request)
    try:
        await context.write(service.note_export, form, chosen.told())
    except Forbidden as refusal:
        denial = Denial(action=ACTION, reason=refusal.code.value, details=refusal.details)
        await context.writer.deny(context.actor, denial)
        raise
    name = f"audit-{context.reader.now():%Y%m%dT%H%M%SZ}.{form.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_file(context, form, chosen), headers=headers, media_type=MEDIA_TYPES[form])


async def _file(context: Context, form: Form, chosen: AuditFilter) -> AsyncIterator[bytes]:
    yield heading(form)
    async for rows in reads.batches(context.reader, context.actor, chosen):
        yield lines(rows, form)


def _form(request: Request) -> Form:
    given = request.query_params.get("format", Form.NDJSON.value)
    try:
        return Form(given)
    except ValueError:
        raise InvalidParameter("`format` is `ndjson` or `csv`.", argument="format") from None


def _chosen(request: Request) -> AuditFilter:
    known = {"format", *_TEXTS, *_BOUNDS}
    unknown = sorted(request.query_params.keys() - known)
    if unknown:
        raise InvalidParameter(f"There is no parameter `{unknown[0][:50]}`.", argument=unknown[0][:50])
    texts: list[Comparison] = [(name, "IN", _values(request, name)) for name in _TEXTS if name in request.query_params]
    bounds = [("occurredAt", _BOUNDS[name], _time(request, name)) for name in _BOUNDS if name in request.query_params]
    return AuditFilter((*texts, *bounds))


def _values(request: Request, name: str) -> list[str]:
    values = request.query_params.getlist(name)
    if len(values) > MAX_VALUES or any(len(value) > MAX_LENGTH or "\0" in value for value in values):
        raise InvalidParameter(f"`{name}` takes {MAX_VALUES} values of {MAX_LENGTH} characters at most.", argument=name)
    return values


def _time(request: Request, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(request.query_params[name])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidParameter(f"`{name}` is not a time such as 2026-11-21T09:30:00Z.", argument=name) from None
