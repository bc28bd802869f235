"""What parts of an answer cost, as the schema says it: `@cost` and `@listSize`, by IBM's definitions.

An object costs 1 and a scalar nothing; a list costs as often as it is long. `priced` adds what follows from the form
of a field: connections are as long as their `first` or `last`, and an act costs more than a look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type
from strawberry import UNSET
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from app.kit.paging import DEFAULT_SIZE

OF_AN_ACT = "10"
"""What a field of `Mutation` costs besides its payload."""
SLICES = ("first", "last")
_DECLARED = "strawberry-definition"


@strawberry.schema_directive(
    name="cost",
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    description="What each object of a type, or each call of a field besides its objects, adds to the cost of a "
    "request. Without it an object adds 1 and a field 0.",
)
class Cost:
    weight: str


@strawberry.schema_directive(
    name="listSize",
    locations=[Location.FIELD_DEFINITION],
    description="How long a list counts in the cost of a request: as long as the greatest of `slicingArguments` that "
    "is given, at most 100, else as `assumedSize`. With `sizedFields` it is these fields of the object that are lists.",
)
class ListSize:
    assumed_size: int | None = UNSET
    slicing_arguments: list[str] | None = UNSET
    sized_fields: list[str] | None = UNSET


def priced(schema: strawberry.Schema) -> strawberry.Schema:
    """The schema, with what connections and acts cost."""
    graph = schema._schema  # noqa: SLF001 - graphql-core's, which has the types by name
    for parent, field in _fields(graph):
        declared = declared_of(field)
        if declared and _is_connection(field):
            _mark(
                declared,
                ListSize(assumed_size=DEFAULT_SIZE, slicing_arguments=[*SLICES], sized_fields=["edges", "nodes"]),
            )
        if declared and parent is graph.mutation_type:
            _mark(declared, Cost(weight=OF_AN_ACT))
    return schema


def declared_of(described: Any) -> Any:
    """What Strawberry knows of a field or a type; None of what is graphql-core's own."""
    return described.extensions.get(_DECLARED)


def _fields(graph: GraphQLSchema) -> Iterator[tuple[Any, GraphQLField]]:
    for kind in graph.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((kind, field) for field in kind.fields.values())


def _is_connection(field: GraphQLField) -> bool:
    return get_named_type(field.type).name.endswith("Connection") and set(SLICES) <= set(field.args)


def _mark(declared: StrawberryField, directive: object) -> None:
    """Interfaces share their fields with the types that have them: each is marked once."""
    if not any(isinstance(each, type(directive)) for each in declared.directives):
        declared.directives = [*declared.directives, directive]
