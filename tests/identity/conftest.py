"""How people sign in here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.identity import rules

LONG_BLOCK = timedelta(seconds=20)


@pytest.fixture(autouse=True)
def long_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is blocked still is when he tries again, however busy the machine."""
    monkeypatch.setattr(rules, "FIRST_BLOCK", LONG_BLOCK)
