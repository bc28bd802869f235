"""What each role may do and see: the one map. And what makes a name, an address and a password."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from app.identity.vocabulary import Role
from app.kit.access import Clearance, Permission

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

SEES_EVERY_TEAM = frozenset({Role.ADMIN})

MAX_NAME, MAX_EMAIL = 200, 254
MIN_PASSWORD, MAX_PASSWORD = 12, 200
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@.\x00-\x1f\x7f]+(\.[^\s@.\x00-\x1f\x7f]+)*")

FREE_FAILURES = {"address": 30, "visitor": 5, "account": 20}
"""How many failed sign-ins have no consequence: from an address, to an account from an address, to an account."""
LONGEST_BLOCK = {"address": timedelta(minutes=15), "visitor": timedelta(minutes=1), "account": timedelta(minutes=1)}
"""An account is never blocked for long: else anybody could keep its owner out."""
FIRST_BLOCK = timedelta(seconds=1)
FORGIVEN_AFTER = timedelta(minutes=15)
"""Failures count together while no more than this lies between them."""


def covers(permissions: frozenset[Permission], clearance: Clearance, role: Role) -> bool:
    """Whether somebody with these permissions and this clearance has all that a role gives, so that he may grant it."""
    return PERMISSIONS[role] <= permissions and set(CLEARANCES[role].below()) <= set(clearance.below())


def lowest(one: Clearance, other: Clearance) -> Clearance:
    """The clearance that both have."""
    return min(one, other, key=list(Clearance).index)


def blocked_for(kind: str, failures: int) -> timedelta:
    """How long nobody may try again after so many failures in a row: it doubles, from one second, to a limit."""
    beyond = failures - FREE_FAILURES[kind]
    return min(FIRST_BLOCK * 2 ** min(beyond, 20), LONGEST_BLOCK[kind]) if beyond >= 0 else timedelta()


def fault_of_name(name: str) -> str | None:
    """What is wrong with the name of a principal, team or key; None if it is one."""
    if not name.strip() or len(name) > MAX_NAME:
        return f"A name has 1 to {MAX_NAME} characters and is not blank."
    return "A name holds no control characters." if has_control(name) else None


def fault_of_email(email: str) -> str | None:
    """What is wrong with an e-mail address; None if mail could be sent to it."""
    is_one = len(email) <= MAX_EMAIL and _EMAIL.fullmatch(email) is not None and not has_control(email)
    return None if is_one else f"An e-mail address looks like name@example.com and has {MAX_EMAIL} characters at most."


def fault_of_password(password: str, *known: str) -> str | None:
    """What is wrong with a new password; None if it will do. `known` is what others know of its owner."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters."
    if len(set(password)) < 5:
        return "A password has at least five different characters."
    if any(password.casefold() in {word.casefold(), word.casefold() * 2} for word in _words(known)):
        return "A password is neither your name nor your e-mail address."
    return None


def _words(known: Iterable[str]) -> Iterable[str]:
    for text in known:
        yield text
        yield text.partition("@")[0]


def has_control(text: str) -> bool:
    """Whether it holds what would break a header or a line of a log, or turn text around."""
    return any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in text)


def normal_password(password: str) -> str:
    """The same for every way of typing it (NFKC)."""
    return unicodedata.normalize("NFKC", password)
