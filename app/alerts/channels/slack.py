"""Slack's incoming webhooks, and what takes the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.alerts.channels.content import lines_of

MAX_TEXT = 2_900
"""Of a block: Slack takes 3,000 characters."""

HEADERS = {"content-type": "application/json", "user-agent": "ModelHub"}


def body_of(content: Mapping[str, Any]) -> bytes:
    """A heading, and a block for the alerts."""
    blocks = [_block(f"*{_escaped(content['summary'])[: MAX_TEXT - 2]}*")]
    if len(content["alerts"]) > 1 or content["kind"] == "DIGEST":
        blocks += [_block(_escaped(line)[:MAX_TEXT]) for line in lines_of(content)]
    return orjson.dumps({"text": _escaped(content["summary"])[:MAX_TEXT], "blocks": blocks})


def _block(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _escaped(text: str) -> str:
    """Nothing that people named is taken for a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
