"""How the conditions of filters compare."""

from __future__ import annotations

from enum import StrEnum


class FilterOperator(StrEnum):
    """How a condition compares."""

    EQ = "EQ"
    IN = "IN"
    CONTAINS = "CONTAINS"
    STARTS_WITH = "STARTS_WITH"
    CONTAINS_ALL = "CONTAINS_ALL"
    CONTAINS_ANY = "CONTAINS_ANY"
    GTE = "GTE"
    LTE = "LTE"
    LT = "LT"


def pattern(operator: FilterOperator, text: str) -> str:
    r"""The pattern for `ilike` in which `%`, `_` and `\` of the text mean themselves."""
    literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%" if operator is FilterOperator.CONTAINS else f"{literal}%"
