"""What each role may do and see: the one map."""

from __future__ import annotations

from enum import StrEnum

from app.kit.access import Clearance, Permission


class Role(StrEnum):
    """A fixed set of permissions, from everything to looking only."""

    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    DEVELOPER = "DEVELOPER"
    ANALYST = "ANALYST"
    VIEWER = "VIEWER"


_P = Permission

_VIEWER = {_P.MODELS_READ, _P.DEPLOYMENTS_READ, _P.EXPERIMENTS_READ, _P.ANALYTICS_READ, _P.MARKETPLACE_READ}
_ANALYST = _VIEWER | {_P.COSTS_READ}
_DEVELOPER = _ANALYST | {
    _P.MODELS_DEPLOY,
    _P.DEPLOYMENTS_CREATE,
    _P.DEPLOYMENTS_UPDATE,
    _P.DEPLOYMENTS_SCALE,
    _P.EXPERIMENTS_CREATE,
    _P.EXPERIMENTS_UPDATE,
    _P.TELEMETRY_WRITE,
    _P.DOCUMENTS_WRITE,
}
_MANAGER = _DEVELOPER | {
    _P.DEPLOYMENTS_DELETE,
    _P.EXPERIMENTS_DELETE,
    _P.MODELS_UPDATE,
    _P.USERS_MANAGE,
    _P.ALERTS_MANAGE,
    _P.BUDGETS_MANAGE,
    _P.CHANGES_APPROVE,
    _P.MARKETPLACE_PURCHASE,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset(_VIEWER),
    Role.ANALYST: frozenset(_ANALYST),
    Role.DEVELOPER: frozenset(_DEVELOPER),
    Role.MANAGER: frozenset(_MANAGER),
    Role.ADMIN: frozenset(Permission),
}

CLEARANCES: dict[Role, Clearance] = {
    Role.VIEWER: Clearance.INTERNAL,
    Role.ANALYST: Clearance.INTERNAL,
    Role.DEVELOPER: Clearance.RESTRICTED,
    Role.MANAGER: Clearance.RESTRICTED,
    Role.ADMIN: Clearance.CONFIDENTIAL,
}
