"""The closed lists of words about the audit trail."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """How the trail is exported."""

    NDJSON = "ndjson"
    CSV = "csv"


class AuditEventOrderField(StrEnum):
    """What the trail can be sorted by."""

    OCCURRED_AT = "OCCURRED_AT"
