"""Mutations as the schema describes them, and what they leave in the database."""

from __future__ import annotations

import re
from collections import Counter

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type
from graphql.type.definition import GraphQLField
from sqlalchemy import text

from app.kit.db import Database
from app.migrate import METADATA
from tests.web.test_graphql import graph

GRAPH = graph()
JOURNAL = ("audit_event", "event", "event_stream", "done_mutation")

PERSONAL = frozenset({"signIn", "refreshSession", "acceptInvitation", "signOut", "revokeSession", "changePassword"})
"""What one does about oneself: no permission is needed, and a development token cannot. Tried in tests/identity."""

Contents = dict[str, Counter[str]]
"""The rows of each table as text."""

Difference = dict[str, tuple[int, int]]
"""How many rows went and came, of the tables that changed."""


def mutations() -> dict[str, GraphQLField]:
    """Every field of Mutation."""
    root = GRAPH.mutation_type
    assert isinstance(root, GraphQLObjectType)
    return root.fields


def payload_of(name: str) -> GraphQLObjectType:
    """What a mutation gives."""
    payload = get_named_type(mutations()[name].type)
    assert isinstance(payload, GraphQLObjectType)
    return payload


def changed(name: str) -> list[str]:
    """The fields of a payload that show what was changed."""
    kinds = {field: get_named_type(found.type) for field, found in payload_of(name).fields.items()}
    return [
        field
        for field, kind in kinds.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        and any(interface.name == "Node" for interface in kind.interfaces)
    ]


def document(name: str, *, shown: bool = True) -> str:
    """The mutation, with what it changed and why it did not."""
    objects = " ".join(f"{field} {{ id }}" for field in changed(name)) if shown else ""
    errors = "errors { __typename code message path }"
    return f"mutation($input: {input_of(name)}!) {{ {name}(input: $input) {{ {objects} {errors} }} }}"


def input_of(name: str) -> str:
    """The name of a mutation's input type."""
    return get_named_type(mutations()[name].args["input"].type).name


def needed(name: str) -> list[str]:
    """The permissions that a mutation's description says it needs."""
    said = re.search(r"Needs ((?:`[a-z]+:[a-z]+`(?:, | and )?)+)", mutations()[name].description or "")
    return re.findall("`([a-z:]+)`", said[1]) if said else []


async def contents(database: Database) -> Contents:
    """All rows of all tables."""
    each = " union all ".join(f"select '{name}', t::text from {name} t" for name in METADATA.tables)
    found: Contents = {name: Counter() for name in METADATA.tables}
    async with database.transaction() as session:
        for name, row in await session.execute(text(each)):
            found[name][row] += 1
    return found


def difference(before: Contents, after: Contents) -> Difference:
    """What happened between two looks."""
    counted = {name: ((before[name] - after[name]).total(), (after[name] - before[name]).total()) for name in before}
    return {name: numbers for name, numbers in counted.items() if any(numbers)}


async def journal_is_sound(database: Database) -> bool:
    """Whether the positions of events are gapless up to the head of their stream."""
    gaps = """
        select s.head = count(e.position) and coalesce(min(e.position), 1) = 1 and coalesce(max(e.position), 0) = s.head
        from event_stream s left join event e on e.stream = s.id group by s.id, s.head
    """
    async with database.transaction() as session:
        return all((await session.scalars(text(gaps))).all())
