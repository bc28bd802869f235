"""Searches through the API."""

from __future__ import annotations

from typing import Any

from app.identity.rules import Role
from tests.conftest import Api

FIND = """query ($query: String, $filter: ModelFilter, $order: ModelOrder, $first: Int, $after: String, $last: Int,
                 $before: String) {
  models(query: $query, filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    totalCount didYouMean nodes { name } appliedFilter { path field operator values }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
FACETS = """query ($query: String, $filter: ModelFilter) { models(query: $query, filter: $filter, first: 100) {
    totalCount nodes { name } facets { field otherCount values { value label count isSelected } } } }"""


async def find(api: Api, query: str | None = None, *, role: Role = Role.ADMIN, **variables: Any) -> dict[str, Any]:
    """What a search gives."""
    return (await api.data(FIND, role=role, query=query, **variables))["models"]


async def facet(api: Api, field: str, *, role: Role = Role.ADMIN, **variables: Any) -> dict[str, int]:
    """The counts of one facet."""
    shown = (await api.data(FACETS, role=role, **variables))["models"]["facets"]
    return {each["value"]: each["count"] for each in next(f for f in shown if f["field"] == field)["values"]}
