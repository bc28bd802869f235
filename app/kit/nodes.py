"""The `Node` interface: every entity has an opaque id by which it can be fetched again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.kit.access import Actor
from app.kit.context import Context, Info
from app.kit.costs import ListSize
from app.kit.db import Row
from app.kit.errors import InvalidParameter
from app.kit.ids import global_id, parse_global_id
from app.kit.reading import Reader

MAX_NODES = 100

NodeBatch = Callable[[Reader, Actor, Sequence[UUID]], Awaitable[Mapping[UUID, Any]]]

_batches: dict[str, NodeBatch] = {}


def fetched_by(type_name: str, batch: NodeBatch) -> None:
    """Make entities of a type reachable by `node` and `nodes`."""
    _batches[type_name] = batch


@strawberry.interface(description="An entity with an id that stays the same for ever.")
class Node:
    @strawberry.field(description="Opaque; give it to `node` to fetch the entity again.")
    def id(self) -> strawberry.ID:
        row = row_of(self)
        return strawberry.ID(global_id(row.node_type, row["id"]))


def row_of(face: Any) -> Any:
    """The value behind a face: resolvers are written as methods, but what they get is the row."""
    return face


class Rows:
    """A face whose values are rows: mix it in and name the row class."""

    row: type[Row]

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Rows of our class are values of this type."""
        return isinstance(value, cls.row)


def row_class(is_type_of: Any) -> type[Row] | None:
    """The class of the rows that an `is_type_of` accepts, if it is that of `Rows`."""
    is_of_rows = getattr(is_type_of, "__func__", None) is Rows.__dict__["is_type_of"].__func__
    return is_type_of.__self__.row if is_of_rows else None


async def fetch_node(context: Context, text: str) -> Any:
    """The entity of an id; None if it does not exist, may not be seen, or the id is none of ours."""
    parsed = parse_global_id(text)
    batch = _batches.get(parsed[0]) if parsed else None
    if parsed is None or batch is None:
        context.actor  # noqa: B018 - refuses those without a credential all the same
        return None
    return await context.load(batch, parsed[1])


Id = Annotated[strawberry.ID, strawberry.argument(description="The `id` of an entity.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 ids.")]


@strawberry.type
class NodeQuery:
    @strawberry.field(
        description="Any entity by its id. Null if it does not exist, may not be seen, or the id is malformed."
    )
    async def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002 - the name the Relay specification fixes
        return await fetch_node(info.context, id)

    @strawberry.field(
        description="Entities by their ids, in the same order; null where `node` would be null.",
        directives=[ListSize(slicing_arguments=["ids"])],
    )
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        if len(ids) > MAX_NODES:
            raise InvalidParameter(f"`ids` may hold {MAX_NODES} at most.", argument="ids")
        return await asyncio.gather(*(fetch_node(info.context, text) for text in ids))
