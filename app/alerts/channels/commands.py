"""What people want of channels, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.alerts.vocabulary import ChannelKind, DigestPeriod
from app.kit.errors import HubError, Invalid
from app.kit.targets import fault_of_url
from app.secret import Secret

MAX_NAME, MAX_RECIPIENTS, MAX_ADDRESS = 200, 20, 254
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")
PATHS = {ChannelKind.WEBHOOK: "webhookUrl", ChannelKind.SLACK: "slackUrl", ChannelKind.EMAIL: "emailRecipients"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a channel leads: to a URL, or to e-mail addresses."""

    kind: ChannelKind
    url: Secret[str] | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A channel that is wanted."""

    name: str
    target: Target
    digest: DigestPeriod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is to be other about a channel."""

    channel_id: UUID
    changes: Mapping[str, Any]
    target: Target | None = None
    renews_secret: bool = False
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A channel that is not wanted any more."""

    channel_id: UUID
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A channel that is to be tried."""

    channel_id: UUID


def faults(name: str, target: Target | None) -> Iterator[HubError]:
    """Everything that is wrong with a channel, each with its path."""
    if not name.strip() or len(name) > MAX_NAME:
        yield Invalid(f"A name has 1 to {MAX_NAME} characters and is not blank.", "name")
    if target and target.url is not None:
        fault = fault_of_url(target.url.reveal(), takes_query=True)
        if fault:
            yield Invalid(fault, "target", PATHS[target.kind])
    if target and target.kind is ChannelKind.EMAIL:
        yield from _of_recipients(target.recipients)


def _of_recipients(recipients: tuple[str, ...]) -> Iterator[HubError]:
    path = "target", PATHS[ChannelKind.EMAIL]
    if not 1 <= len(recipients) <= MAX_RECIPIENTS or len(set(recipients)) < len(recipients):
        yield Invalid(f"There must be 1 to {MAX_RECIPIENTS} addresses, each once.", *path)
    for place, address in enumerate(recipients):
        if not _ADDRESS.fullmatch(address) or len(address) > MAX_ADDRESS:
            yield Invalid("This is no e-mail address, such as ann@example.com.", *path, place)
