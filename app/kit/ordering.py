"""The direction of a sort."""

from __future__ import annotations

from enum import StrEnum

from app.kit.enums import graphql_enum


class OrderDirection(StrEnum):
    """Which way a list is sorted."""

    ASC = "ASC"
    DESC = "DESC"


graphql_enum(
    OrderDirection,
    "Which way a list is sorted.",
    ASC="Smallest or earliest first.",
    DESC="Largest or latest first.",
)
