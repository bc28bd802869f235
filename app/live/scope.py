"""What decides what somebody sees: those who agree in it are told the same."""

from __future__ import annotations

from typing import Any, Final

from app.kit.access import Actor

_PERSONAL: Final = frozenset({"id", "name", "credential", "on_behalf_of", "role"})

Scope = tuple[Any, ...]
"""Permissions, clearance and teams."""


def scope_of(actor: Actor) -> Scope:
    """Whose members are told the same."""
    return actor.permissions, actor.clearance, actor.teams


class AskedWhoListens(Exception):
    """A resolver asked who listens, although it answers for all of them. Mark its field with `kit.edges.PERSONAL`."""


class Listeners(Actor):
    """All those with one scope: they have permissions, but are nobody in particular."""

    __slots__ = ()

    @classmethod
    def like(cls, actor: Actor) -> Listeners:
        """Those who see what this actor sees."""
        return cls("", "", actor.permissions, actor.clearance, teams=actor.teams)

    def __getattribute__(self, name: str) -> Any:
        """Everything but what only one of them has."""
        if name in _PERSONAL:
            raise AskedWhoListens(name)
        return super().__getattribute__(name)
