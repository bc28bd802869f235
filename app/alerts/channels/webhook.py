"""Webhooks: the message as JSON, signed, with a key by which a receiver knows it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app.alerts.channels.rules import signature
from app.secret import Secret


def body_of(content: Mapping[str, Any]) -> bytes:
    """The same bytes at every attempt."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def headers_of(content: Mapping[str, Any], secret: Secret[str] | None, body: bytes, now: datetime) -> dict[str, str]:
    """Headers of one attempt."""
    signed = signature(secret.reveal().encode(), int(now.timestamp()), body) if secret else None
    return {
        "content-type": "application/json",
        "user-agent": "ModelHub",
        "idempotency-key": content["id"],
        **({"x-modelhub-signature": signed} if signed else {}),
    }
