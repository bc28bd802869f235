"""The words of single calls."""

from __future__ import annotations

from enum import StrEnum


class InferenceOrderField(StrEnum):
    """What calls can be sorted by."""

    OCCURRED_AT = "OCCURRED_AT"
