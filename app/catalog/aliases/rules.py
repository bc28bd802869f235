"""How an alias may be called. Pure."""

from __future__ import annotations

import re

_NAME = re.compile("[a-z0-9._-]{1,100}")


def fault_of_name(name: str) -> str | None:
    """What is wrong with the name of an alias; None if nothing is."""
    if _NAME.fullmatch(name):
        return None
    return "The name of an alias has 1 to 100 lower-case letters, digits and `.-_`."
