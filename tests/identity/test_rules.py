"""The one map of roles, against the table of the identity issue written out."""

from __future__ import annotations

from itertools import pairwise

from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import Clearance, Permission

READS = {"models:read", "deployments:read", "experiments:read", "analytics:read", "marketplace:read"}
DEVELOPS = {
    *("models:deploy", "deployments:create", "deployments:update", "deployments:scale"),
    *("experiments:create", "experiments:update", "telemetry:write", "documents:write"),
}
MANAGES = {
    *("deployments:delete", "experiments:delete", "models:update", "users:manage", "alerts:manage"),
    *("budgets:manage", "changes:approve", "marketplace:purchase"),
}
ADMINISTERS = {"models:create", "models:delete", "audit:read", "policies:manage"}

TABLE = {
    "VIEWER": READS,
    "ANALYST": READS | {"costs:read"},
    "DEVELOPER": READS | {"costs:read"} | DEVELOPS,
    "MANAGER": READS | {"costs:read"} | DEVELOPS | MANAGES,
    "ADMIN": READS | {"costs:read"} | DEVELOPS | MANAGES | ADMINISTERS,
}


class TestPermissions:
    def test_map_is_the_table(self) -> None:
        assert {role.value: {p.value for p in granted} for role, granted in PERMISSIONS.items()} == TABLE

    def test_every_permission_is_in_the_table(self) -> None:
        assert {permission.value for permission in Permission} == TABLE["ADMIN"]

    def test_each_role_has_what_the_one_below_has(self) -> None:
        order = [Role.VIEWER, Role.ANALYST, Role.DEVELOPER, Role.MANAGER, Role.ADMIN]
        for lower, upper in pairwise(order):
            assert PERMISSIONS[lower] < PERMISSIONS[upper]

    def test_only_administrators_create_and_delete_models_and_read_the_audit_trail(self) -> None:
        for permission in (Permission.MODELS_CREATE, Permission.MODELS_DELETE, Permission.AUDIT_READ):
            assert [role for role, granted in PERMISSIONS.items() if permission in granted] == [Role.ADMIN]


class TestClearances:
    def test_map_is_the_table(self) -> None:
        assert {role.value: level.value for role, level in CLEARANCES.items()} == {
            "VIEWER": "INTERNAL",
            "ANALYST": "INTERNAL",
            "DEVELOPER": "RESTRICTED",
            "MANAGER": "RESTRICTED",
            "ADMIN": "CONFIDENTIAL",
        }

    def test_clearance_reaches_its_own_level_and_those_below(self) -> None:
        assert [len(level.below()) for level in Clearance] == [1, 2, 3, 4]
        assert Clearance.INTERNAL.below() == ["PUBLIC", "INTERNAL"]
