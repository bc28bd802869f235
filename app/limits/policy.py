"""How much may be asked by whom: the built-in limits, and what a file of the installation says otherwise."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.execution.cost import MAX_COST
from app.kit.errors import HubError
from app.limits.rules import Unit, Window

SECOND, MINUTE, HOUR, DAY = 1, 60, 3_600, 86_400
_MOST: Final = 2_000_000_000


def _limit(value: object) -> object:
    """TOML has no null."""
    return None if value == "unlimited" else value


_Limit: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=_MOST, strict=True)] | None, BeforeValidator(_limit)]
_Cost: TypeAlias = Annotated[Annotated[int, Field(ge=MAX_COST, le=_MOST, strict=True)] | None, BeforeValidator(_limit)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OperationLimits(_Read):
    """Of calls of one root field, such as `signIn`: of each who is signed in, else of each address."""

    requests_per_minute: _Limit = None
    burst_limit: _Limit = None
    """Calls within a second."""

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Those that there are."""
        return _windows((SECOND, self.burst_limit), (MINUTE, self.requests_per_minute))


class Limits(_Read):
    """Of one principal, or of one address."""

    burst_limit: _Limit
    """Requests within a second."""
    requests_per_minute: _Limit
    requests_per_hour: _Limit
    requests_per_day: _Limit
    cost_per_minute: _Cost
    operations_at_once: _Limit
    """Queries and mutations that a process executes at once."""
    operations_waiting: _Limit
    """Those that wait until others are done."""

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Those that there are."""
        cost = () if self.cost_per_minute is None else (Window(Unit.COST, MINUTE, self.cost_per_minute),)
        return cost + _windows(
            (SECOND, self.burst_limit),
            (MINUTE, self.requests_per_minute),
            (HOUR, self.requests_per_hour),
            (DAY, self.requests_per_day),
        )


def _windows(*limits: tuple[int, int | None]) -> tuple[Window, ...]:
    return tuple(Window(Unit.REQUESTS, seconds, limit) for seconds, limit in limits if limit is not None)


PRINCIPAL: Final = {
    "burst_limit": 500,
    "requests_per_minute": 6_000,
    "requests_per_hour": 120_000,
    "requests_per_day": 1_000_000,
    "cost_per_minute": 600_000,
    "operations_at_once": 4,
    "operations_waiting": 100,
}
ADDRESS: Final = {
    "burst_limit": 2_000,
    "requests_per_minute": 30_000,
    "requests_per_hour": 600_000,
    "requests_per_day": 5_000_000,
    "cost_per_minute": 3_000_000,
    "operations_at_once": 4,
    "operations_waiting": 100,
}
"""Many people may share an address. Operations at once are those of who did not sign in."""
OPERATIONS: Final = {"signIn": {"requests_per_minute": 60, "burst_limit": 10}}


class Policy(_Read):
    """All limits of an installation. `principals` has those of some principals by their id."""

    principal: Limits
    address: Limits
    principals: dict[str, Limits]
    operations: dict[str, OperationLimits]

    def of(self, principal: str) -> Limits:
        """Those of a principal."""
        return self.principals.get(principal, self.principal)


class BadPolicy(HubError):
    """A file of limits that cannot be taken; says what is wrong."""


def read_policy(path: Path | None) -> Policy:
    """The limits of a TOML file; what it does not say is as built in. Raises `BadPolicy`."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
        return Policy.model_validate(_completed(said))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadPolicy(f"MODELHUB_LIMITS: {path}: {told}") from None
    except (OSError, ValueError, TypeError) as error:
        raise BadPolicy(f"MODELHUB_LIMITS: {path}: {error}") from None


def _completed(said: dict[str, Any]) -> dict[str, Any]:
    """With the built-in limits where nothing is said."""
    principal = PRINCIPAL | _table(said, "principal")
    some = _table(said, "principals")
    return said | {
        "principal": principal,
        "address": ADDRESS | _table(said, "address"),
        "principals": {name: principal | _table(some, name) for name in some},
        "operations": OPERATIONS | _table(said, "operations"),
    }


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name, {})
    if not isinstance(found, dict):
        raise TypeError(f"{name}: must be a table")
    return found
