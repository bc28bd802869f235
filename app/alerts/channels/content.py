"""What a message says: as it is stored and as webhooks get it, and in words for people. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.alerts.channels.vocabulary import MessageKind
from app.kit.ids import global_id
from app.kit.writing import write_decimal, write_time

VERSION = 1
MAX_ALERTS, MAX_LINES = 100, 20
_LABELS = {"model_id": "Model", "provider_id": "Provider", "deployment_id": "Deployment", "team_id": "Team"}
_ORDER = ("ERROR", "FIRING", "RESOLVED")


def content_of(
    key: UUID, kind: MessageKind, channel: Any, notices: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    """A message about these notices, oldest first; the first hundred are told in full, the others counted."""
    alerts = [_alert(notice) for notice in notices[:MAX_ALERTS]]
    return {
        "version": VERSION,
        "id": str(key),
        "kind": kind.value,
        "createdAt": write_time(now),
        "channel": {"id": global_id("AlertChannel", channel.id), "name": channel.name},
        "summary": _summary(kind, channel, notices),
        "alerts": alerts,
        "omitted": len(notices) - len(alerts),
    }


def _alert(notice: Mapping[str, Any]) -> dict[str, Any]:
    named = {column.removesuffix("_id"): (kind, notice[column]) for column, kind in _LABELS.items()}
    labels = {name: global_id(kind, key) for name, (kind, key) in named.items() if key is not None}
    return {
        "id": global_id("Alert", notice["alert_id"]),
        "notificationId": str(notice["id"]),
        "rule": {"id": global_id("AlertRule", notice["rule_id"]), "name": notice["rule_name"]},
        "state": notice["to_state"],
        "severity": notice["severity"],
        "type": notice["type"],
        "metric": notice["metric"],
        "value": None if notice["value"] is None else write_decimal(notice["value"]),
        "threshold": write_decimal(notice["threshold"]),
        "message": notice["message"],
        "labels": labels | ({"environment": notice["environment"]} if notice["environment"] else {}),
        "occurredAt": write_time(notice["at"]),
        "escalationLevel": notice["escalation_level"],
    }


def _summary(kind: MessageKind, channel: Any, notices: Sequence[Mapping[str, Any]]) -> str:
    if kind is MessageKind.TEST:
        return f"Test: Model Hub reaches the channel {channel.name}."
    if len(notices) == 1:
        return line_of(notices[0]["severity"], notices[0]["to_state"], notices[0]["message"])
    counted = Counter(notice["to_state"] for notice in notices)
    told = ", ".join(f"{counted[state]} {state.lower()}" for state in _ORDER if counted[state])
    return f"{'Digest' if kind is MessageKind.DIGEST else notices[0]['rule_name']}: {told}"


def line_of(severity: str, state: str, message: str) -> str:
    """One notice in a line."""
    return f"[{state} {severity}] {message}"


def lines_of(content: Mapping[str, Any]) -> list[str]:
    """A message for people: a line for each of the first twenty alerts, and how many more there are."""
    shown = content["alerts"][:MAX_LINES]
    lines = [
        f"{one['occurredAt']} {line_of(one['severity'], one['state'], one['message'])}"
        + (f" (nobody has acknowledged it; level {one['escalationLevel']})" if one["escalationLevel"] else "")
        for one in shown
    ]
    left = len(content["alerts"]) - len(shown) + content["omitted"]
    return [*lines, *([f"… and {left} more."] if left else [])]
