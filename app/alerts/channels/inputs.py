"""Channels as they are written."""

from __future__ import annotations

from typing import Any

import strawberry

from app.alerts.channels.commands import Creation, Deletion, Target, Test, Update
from app.alerts.vocabulary import ChannelKind, DigestPeriod
from app.kit.errors import Missing
from app.kit.ids import key_of
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION
from app.kit.scalars import SecretText

NAME = "The name people use; 1 to 200 characters."
CHANNEL = "The channel; not the dashboard."
TARGET = "Where it leads."
DIGEST = "How often it is told of everything at once; by default it is told of each incident as it happens."
_URL = "An http or https URL of at most 2,000 ASCII characters, without user. A secret: only its host is shown"


@strawberry.input(one_of=True, description="Where a channel leads.")
class AlertChannelTargetInput:
    webhook_url: strawberry.Maybe[SecretText] = strawberry.field(
        description=f"A webhook: gets JSON that is signed. {_URL}."
    )
    slack_url: strawberry.Maybe[SecretText] = strawberry.field(
        description=f"An incoming webhook of Slack, or of what takes the same. {_URL}."
    )
    email_recipients: strawberry.Maybe[list[str]] = strawberry.field(
        description="E-mail addresses; 1 to 20, each once, of at most 254 characters."
    )

    def target(self) -> Target:
        """As the domain has it."""
        found: dict[str, Any] = given(self, "webhook_url", "slack_url", "email_recipients")
        if "email_recipients" in found:
            return Target(kind=ChannelKind.EMAIL, recipients=tuple(found["email_recipients"]))
        kind = ChannelKind.WEBHOOK if "webhook_url" in found else ChannelKind.SLACK
        return Target(kind=kind, url=next(iter(found.values())))


@strawberry.input(description="Makes a channel.")
class CreateChannelInput:
    name: str = strawberry.field(description=NAME)
    target: AlertChannelTargetInput = strawberry.field(description=TARGET)
    digest: DigestPeriod | None = strawberry.field(default=None, description=DIGEST)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> Creation:
        """The channel wanted."""
        return Creation(name=self.name, target=self.target.target(), digest=self.digest)


@strawberry.input(description="Changes a channel: what is left out stays as it is.")
class UpdateChannelInput:
    alert_channel_id: strawberry.ID = strawberry.field(description=CHANNEL)
    name: strawberry.Maybe[str | None] = strawberry.field(description=f"{NAME} Cannot be cleared.")
    target: strawberry.Maybe[AlertChannelTargetInput | None] = strawberry.field(
        description="Where it leads from now on, of the same kind as before. Cannot be cleared."
    )
    digest: strawberry.Maybe[DigestPeriod | None] = strawberry.field(description=DIGEST)
    is_enabled: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether it is told anything; when it is disabled, what waits is dropped. Cannot be cleared."
    )
    renew_secret: bool = strawberry.field(
        default=False, description="Whether messages to a webhook are signed with a new secret from now on."
    )
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> Update:
        """The changes wanted. Raises `MISSING_REQUIRED_FIELD` for what cannot be cleared."""
        changes = given(self, "name", "target", "digest", "is_enabled")
        for name, path in (("name", "name"), ("target", "target"), ("is_enabled", "isEnabled")):
            if name in changes and changes[name] is None:
                raise Missing("This cannot be cleared.", path)
        target = changes.pop("target", None)
        return Update(
            channel_id=key_of(self.alert_channel_id, "AlertChannel", argument="alertChannelId"),
            changes={**changes, **({"name": changes["name"].strip()} if "name" in changes else {})},
            target=target and target.target(),
            renews_secret=self.renew_secret,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="Deletes a channel.")
class DeleteChannelInput:
    alert_channel_id: strawberry.ID = strawberry.field(description=CHANNEL)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> Deletion:
        """What to delete."""
        key = key_of(self.alert_channel_id, "AlertChannel", argument="alertChannelId")
        return Deletion(channel_id=key, expected_revision=self.expected_revision)


@strawberry.input(description="Sends a test message.")
class TestChannelInput:
    alert_channel_id: strawberry.ID = strawberry.field(description=CHANNEL)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> Test:
        """What to try."""
        return Test(channel_id=key_of(self.alert_channel_id, "AlertChannel", argument="alertChannelId"))
