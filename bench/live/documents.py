"""What the subscribers of the bench ask for."""

from __future__ import annotations

CHANNEL = "bench-live"
"""Where the stock server hears of events."""

FIELDS = """cursor occurredAt kind message model {
    id slug name description modelType status tags capabilities contextWindow securityLevel source revision isDemo
    createdAt updatedAt provider { slug name }
  }"""

SHARED = f"subscription {{ modelChanged {{ {FIELDS} }} }}"
"""The one that all have."""


def distinct(number: int) -> str:
    """One that nobody else has."""
    return f"subscription {{ modelChanged {{ kind{number}: kind {FIELDS} }} }}"
