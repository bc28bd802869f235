"""Identity's closed lists of words."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A fixed set of permissions, from everything to looking only."""

    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    DEVELOPER = "DEVELOPER"
    ANALYST = "ANALYST"
    VIEWER = "VIEWER"


class PrincipalKind(StrEnum):
    """Who can act."""

    USER = "USER"
    SERVICE_ACCOUNT = "SERVICE_ACCOUNT"


class PrincipalOrderField(StrEnum):
    """What users and service accounts are sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


class TeamOrderField(StrEnum):
    """What teams are sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
