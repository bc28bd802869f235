"""What the operator of this installation allows deployments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from app.deployments.runtimes.templates import Template
from app.kit.db import Database
from app.kit.errors import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`most` is how many deployments a team may have in an environment, if nothing else is said of it."""

    templates: Mapping[str, Template]
    most: int


_SITES: WeakKeyDictionary[Database, Site] = WeakKeyDictionary()


def establish(database: Database, site: Site) -> None:
    """Say what holds in this process for a database; mutations find it by `site_of`."""
    _SITES[database] = site


def site_of(database: Database) -> Site:
    """What was established. Raises `SERVICE_UNAVAILABLE` in a process that deploys nothing."""
    found = _SITES.get(database)
    if found is None:
        raise Unavailable("This process deploys nothing.")
    return found
