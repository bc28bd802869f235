"""Who acts, and what he may do: the actor every act and every read takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.kit.errors import Forbidden


class Permission(StrEnum):
    """What can be granted, by the names of the API specification."""

    MODELS_READ = "models:read"
    MODELS_CREATE = "models:create"
    MODELS_UPDATE = "models:update"
    MODELS_DELETE = "models:delete"
    MODELS_DEPLOY = "models:deploy"
    DEPLOYMENTS_READ = "deployments:read"
    DEPLOYMENTS_CREATE = "deployments:create"
    DEPLOYMENTS_UPDATE = "deployments:update"
    DEPLOYMENTS_DELETE = "deployments:delete"
    DEPLOYMENTS_SCALE = "deployments:scale"
    EXPERIMENTS_READ = "experiments:read"
    EXPERIMENTS_CREATE = "experiments:create"
    EXPERIMENTS_UPDATE = "experiments:update"
    EXPERIMENTS_DELETE = "experiments:delete"
    ANALYTICS_READ = "analytics:read"
    MARKETPLACE_READ = "marketplace:read"
    MARKETPLACE_PURCHASE = "marketplace:purchase"
    COSTS_READ = "costs:read"
    USERS_MANAGE = "users:manage"
    ALERTS_MANAGE = "alerts:manage"
    BUDGETS_MANAGE = "budgets:manage"
    POLICIES_MANAGE = "policies:manage"
    CHANGES_APPROVE = "changes:approve"
    AUDIT_READ = "audit:read"
    TELEMETRY_WRITE = "telemetry:write"
    DOCUMENTS_WRITE = "documents:write"


class Clearance(StrEnum):
    """The security levels, from what everybody may see to what few may."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    RESTRICTED = "RESTRICTED"
    CONFIDENTIAL = "CONFIDENTIAL"

    def below(self) -> list[str]:
        """The levels somebody with this clearance may see, his own included."""
        levels = list(Clearance)
        return [level.value for level in levels[: levels.index(self) + 1]]


@dataclass(frozen=True, slots=True)
class Actor:
    """A principal in the moment of an act. `on_behalf_of` names the human behind a service account.

    `teams`: whose data he sees beside what belongs to no team; None: every team's. `credential`: the session or API
    key by which he came; None for the system itself and for development tokens, which are no principals of record."""

    id: str
    name: str
    permissions: frozenset[Permission]
    clearance: Clearance = Clearance.PUBLIC
    role: str | None = None
    on_behalf_of: str | None = None
    teams: frozenset[UUID] | None = frozenset()
    credential: UUID | None = None

    def may(self, permission: Permission) -> bool:
        """Whether this actor holds the permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise `FORBIDDEN` unless this actor holds the permission."""
        if not self.may(permission):
            raise Forbidden(f"This needs the permission {permission}.", permission=permission.value)

    def levels(self) -> list[str]:
        """The security levels this actor may see, for `= any(…)`."""
        return self.clearance.below()


SYSTEM = Actor(
    id="system",
    name="Model Hub",
    permissions=frozenset(Permission),
    clearance=Clearance.CONFIDENTIAL,
    role="SYSTEM",
    teams=None,
)
