"""Keeps out of the audit trail what people put under names that sound like secrets."""

from __future__ import annotations

import re
from typing import Any

MASK = "•••"
_SECRET = re.compile(
    r"(password|passphrase|passwd|secret|credentials?|authorization|cookie|connectionstring|bearer|"
    r"(api|private|access|signing)key|(access|refresh|auth|bearer|id)token)$|^token$"
)
_JOINTS = re.compile(r"[^a-z0-9]")


def masked(content: Any) -> Any:
    """The same JSON, with `•••` for every value whose name says that it is a secret."""
    if isinstance(content, dict):
        return {name: MASK if _is_secret(name) and value else masked(value) for name, value in content.items()}
    return [masked(item) for item in content] if isinstance(content, list | tuple) else content


def _is_secret(name: object) -> bool:
    return _SECRET.search(_JOINTS.sub("", str(name).lower())) is not None
