"""What happens to principals, teams and credentials. Heard by those who manage users; no secret is ever in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.access import Permission
from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityEvent(Event):
    """Something about who may do what; `message` tells it to people."""

    topic: ClassVar[str] = "identity"
    message: str
    scope_tags: tuple[str, ...] = (f"permission:{Permission.USERS_MANAGE}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalEvent(IdentityEvent):
    """It happened to a user or a service account."""

    resource_type: ClassVar[str] = "Principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(PrincipalEvent):
    """A user proved who he is, and a session began."""

    kind: ClassVar[str] = "user.signed_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRefreshed(PrincipalEvent):
    """A session goes on, with new tokens."""

    kind: ClassVar[str] = "session.refreshed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked(PrincipalEvent):
    """A session ended before its time."""

    kind: ClassVar[str] = "session.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(PrincipalEvent):
    """A user has another password; his other sessions ended."""

    kind: ClassVar[str] = "user.password_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserJoined(PrincipalEvent):
    """Somebody took an invitation."""

    kind: ClassVar[str] = "user.joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSet(PrincipalEvent):
    """A principal has another role."""

    kind: ClassVar[str] = "principal.role_set"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disabled(PrincipalEvent):
    """A principal can do nothing any more."""

    kind: ClassVar[str] = "principal.disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enabled(PrincipalEvent):
    """A principal can act again."""

    kind: ClassVar[str] = "principal.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountCreated(PrincipalEvent):
    """There is a new service account."""

    kind: ClassVar[str] = "service_account.created"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInvited(IdentityEvent):
    """Somebody was offered to become a user."""

    kind: ClassVar[str] = "user.invited"
    resource_type: ClassVar[str] = "Invitation"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamEvent(IdentityEvent):
    """It happened to a team."""

    resource_type: ClassVar[str] = "Team"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCreated(TeamEvent):
    """There is a new team."""

    kind: ClassVar[str] = "team.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMembersSet(TeamEvent):
    """Principals joined a team or left it."""

    kind: ClassVar[str] = "team.members_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent(IdentityEvent):
    """It happened to an API key; `principal_id` is whose it is."""

    resource_type: ClassVar[str] = "ApiKey"
    principal_id: str
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCreated(KeyEvent):
    """There is a new API key."""

    kind: ClassVar[str] = "api_key.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRotated(KeyEvent):
    """A new API key takes the place of an old one, which ends soon."""

    kind: ClassVar[str] = "api_key.rotated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenGranted(KeyEvent):
    """A service account got an access token for an API key."""

    kind: ClassVar[str] = "access_token.granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(KeyEvent):
    """An API key is void."""

    kind: ClassVar[str] = "api_key.revoked"
