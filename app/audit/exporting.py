"""Entries of the audit trail as lines: JSON, or CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from app.audit.reads import AuditRow
from app.audit.vocabulary import Form
from app.kit.spreadsheets import MEDIA_TYPE, shown, written

COLUMNS = {
    "id": "id",
    "occurredAt": "occurred_at",
    "actor": "actor_id",
    "actorName": "actor_name",
    "onBehalfOf": "on_behalf_of",
    "action": "action",
    "resourceType": "resource_type",
    "resource": "resource_id",
    "outcome": "outcome",
    "reason": "reason",
    "before": "before",
    "after": "after",
    "address": "ip",
    "request": "request_id",
}
MEDIA_TYPES = {Form.NDJSON: "application/x-ndjson", Form.CSV: MEDIA_TYPE}


def heading(form: Form) -> bytes:
    """What comes before the entries."""
    return written([list(COLUMNS)]) if form is Form.CSV else b""


def lines(rows: Sequence[AuditRow], form: Form) -> bytes:
    """The entries, a line each."""
    if form is Form.CSV:
        return written([_cell(row[column]) for column in COLUMNS.values()] for row in rows)
    return b"".join(_json(_entry(row)) + b"\n" for row in rows)


def _entry(row: AuditRow) -> dict[str, Any]:
    return {name: row[column] for name, column in COLUMNS.items()}


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z)


def _cell(value: Any) -> str:
    """Text as a spreadsheet is to show it: what it would compute begins with an apostrophe."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _json(value).decode().strip('"')
    return shown(text)
