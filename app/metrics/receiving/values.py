"""What senders write, read as what an inference holds. What is wrong is named, its value never repeated. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha1
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid5

import orjson

from app.metrics.ingest.columns import time_of
from app.metrics.ingest.rules import Inference, Rejected
from app.metrics.rules import EPOCH

T = TypeVar("T")

MAX_TEXT = 200
MAX_CONTEXT = 4096
"""Bytes of a `pipelineContext` as JSON."""
MAX_NAME = 100
"""Characters by which a rejected event is named."""

NAMESPACE = uuid5(UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "modelhub.telemetry")

_TWELVE_PLACES = Decimal("1e-12")
_MILLION_YEARS = 10.0**13
"""Seconds; beyond is no duration."""


class Item(NamedTuple):
    """A call as it came: how its sender names it, and the inference, or the reason why there is none."""

    event: str
    inference: Inference | None
    reason: str = ""


def item(event: str, read: Callable[[], Inference]) -> Item:
    """What reading one call gives."""
    name = event[:MAX_NAME] if event.isprintable() else ""
    try:
        return Item(name, read())
    except Rejected as fault:
        return Item(name, None, fault.message)


def event_id(way: str, name: bytes) -> UUID:
    """UUIDv5 of what a way in calls an event."""
    digest = sha1(NAMESPACE.bytes + way.encode() + b":" + name, usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)


def text(name: str, value: Any) -> str | None:
    """A text to 200 characters, or a whole number as one; None if it is empty."""
    if value is None:
        return None
    if type(value) is str:
        if len(value) > MAX_TEXT:
            raise Rejected(f"{name} is longer than {MAX_TEXT} characters")
        if not value.isprintable():
            raise Rejected(f"{name} holds characters that cannot be printed")
        return value.strip() or None
    if type(value) is int:
        return str(value)
    raise Rejected(f"{name} is not text")


def needed(name: str, value: T | None) -> T:
    """A value that must be there."""
    if value is None:
        raise Rejected(f"{name} is missing")
    return value


def whole(name: str, value: Any) -> int:
    """A whole number, also where it is written as text or with a point; an absent one is 0."""
    if value is None or type(value) is int:
        return value or 0
    try:
        if isinstance(value, str) or (isinstance(value, float) and value.is_integer()):
            return int(value)
    except ValueError:
        pass
    raise Rejected(f"{name} is not a whole number")


def number(name: str, value: Any) -> float | None:
    """A finite number, also where it is written as text."""
    if value is None:
        return None
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Rejected(f"{name} is not a finite number")
    return found


def decimal(name: str, value: Any) -> Decimal | None:
    """An exact number, to 12 places; a binary one is what it is written as."""
    if value is None:
        return None
    try:
        return Decimal(str(value)).quantize(_TWELVE_PLACES) if not isinstance(value, bool) else _no_number()
    except InvalidOperation:
        raise Rejected(f"{name} is not a number that can be held") from None


def _no_number() -> Decimal:
    raise InvalidOperation


def context(name: str, value: Any) -> str:
    """An object of a bounded size, as JSON."""
    if not isinstance(value, dict):
        raise Rejected(f"{name} is not an object")
    try:
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Rejected(f"{name} cannot be written as JSON") from None
    if len(written) > MAX_CONTEXT or b"\\u0000" in written:
        raise Rejected(f"{name} is longer than {MAX_CONTEXT:,} bytes, or holds U+0000")
    return written.decode()


def flag(name: str, value: Any) -> bool | None:
    """True or false."""
    if value is None or isinstance(value, bool):
        return value
    raise Rejected(f"{name} is not true or false")


def microseconds(name: str, seconds: float | None) -> int | None:
    """A duration given in seconds."""
    if seconds is not None and abs(seconds) > _MILLION_YEARS:
        raise Rejected(f"{name} is out of all proportion")
    return None if seconds is None else round(seconds * 1_000_000)


def instant(name: str, nanoseconds: int) -> datetime:
    """A time given in nanoseconds since 1970."""
    try:
        return EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        raise Rejected(f"{name} is out of all proportion") from None


def time(name: str, value: Any) -> datetime:
    """A time as RFC 3339 writes it."""
    if not isinstance(value, str):
        raise Rejected(f"{name} is not a time (RFC 3339)")
    try:
        return time_of(value)
    except ValueError:
        raise Rejected(f"{name} is not a time with an offset (RFC 3339)") from None


_ENVIRONMENTS: Mapping[str, str] = {
    **dict.fromkeys(("dev", "development", "local", "test", "testing", "ci"), "DEVELOPMENT"),
    **dict.fromkeys(("staging", "stage", "stg", "qa", "uat", "preprod", "preproduction", "preview"), "STAGING"),
}


def environment(word: str | None) -> str:
    """Where a call was made, from what people call it; what nobody says otherwise is production."""
    return _ENVIRONMENTS.get((word or "").lower(), "PRODUCTION")


_PROVIDERS: Mapping[str, str] = {
    **dict.fromkeys(("azure.ai.openai", "az.ai.openai", "azure.ai.inference", "az.ai.inference"), "azure"),
    **dict.fromkeys(("azure_openai", "azure_ai"), "azure"),
    **dict.fromkeys(("aws.bedrock", "aws_bedrock", "bedrock", "bedrock_converse", "amazon"), "aws"),
    **dict.fromkeys(("gcp.vertex_ai", "gcp.gemini", "gcp.gen_ai", "vertex_ai", "vertexai", "gemini"), "google"),
    **dict.fromkeys(("mistral_ai", "mistralai"), "mistral"),
    **dict.fromkeys(("x_ai", "xai"), "x-ai"),
    "moonshot_ai": "moonshotai",
    "fireworks_ai": "fireworks",
    "together_ai": "together",
}


def provider(word: str | None) -> str:
    """A provider's slug in the catalog, from what OpenTelemetry, LiteLLM and others call it; `unknown` without any."""
    known = (word or "unknown").lower()
    return _PROVIDERS.get(known, known)
