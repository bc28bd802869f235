"""What a selection asks for, worked out once per document: fields merged, fragments flattened, resolvers classified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    ListValueNode,
    ObjectValueNode,
    TypeNameMetaFieldDef,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from app.execution.assembling import assembler
from app.execution.columns import Plain
from app.execution.leaves import Leaf, leaf_of
from app.kit.edges import Way, fixed_way, is_edge

_ATOMS = (str, int, float, bool, type(None), Enum, Decimal, datetime, date)
"""Argument values that nobody can change, so that requests may share them."""


class TypesOfRows(dict[type, "GraphQLObjectType | None"]):
    """The object type by class of row, if the class is that of one possible type alone."""


@dataclass(slots=True)
class Field:
    """One field of a selection on one object type. At most one of the shortcuts to its values is set."""

    name: str
    definition: GraphQLField
    details: FieldDetailsList
    parent: GraphQLObjectType
    ordinal: int
    is_typename: bool = False
    is_edge: bool = False
    way: Way | None = None
    """Where an edge without arguments leads."""
    attribute: str | None = None
    """The name of a plain attribute, if that is all there is to it."""
    plain: Plain | None = None
    """The short way to an attribute that is a scalar or an enum."""
    method: Callable[[Any], Any] | None = None
    """A resolver that takes nothing but the object."""
    leaf: Leaf | None = None
    """How its values are completed, if they are scalars or enums, or lists of them."""
    constant_arguments: dict[str, Any] | None = None
    selections: dict[str, Selection] = field(default_factory=dict[str, "Selection"])
    """What is asked of its values, by object type; filled as types occur."""
    types_of_rows: TypesOfRows = field(default_factory=TypesOfRows)
    """Of an interface or union; filled as classes occur."""

    nodes: list[FieldNode] = field(init=False)
    type: GraphQLOutputType = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = [detail.node for detail in self.details]
        self.type = self.definition.type

    @property
    def field_name(self) -> str:
        """Its name in the schema."""
        return self.nodes[0].name.value

    def arguments(self, executor: Executor[Any]) -> dict[str, Any]:
        """Its arguments in this request. Raises what a bad variable raises."""
        if self.constant_arguments is not None:
            return self.constant_arguments
        detail = self.details[0]
        return get_argument_values(
            self.definition,
            detail.node,
            executor.variable_values,
            detail.fragment_variable_values,
            executor.hide_suggestions,
        )


@dataclass(slots=True)
class Selection:
    """The fields asked of objects of one type, in order."""

    type: GraphQLObjectType
    fields: list[Field]
    assemble: Callable[[list[list[Any]], int], list[Any]]
    """From the columns of the fields, and their length, to the objects."""


def selection_of(executor: Executor[Any], parent: GraphQLObjectType, grouped: GroupedFieldSet) -> Selection:
    """Work out a selection. Fields that the type does not have are left out, as the specification says."""
    found = ((name, details, _definition(executor, parent, details)) for name, details in grouped.items())
    known = [(name, details, definition) for name, details, definition in found if definition is not None]
    fields = [
        _planned(executor, Field(name, definition, details, parent, ordinal))
        for ordinal, (name, details, definition) in enumerate(known)
    ]
    return Selection(parent, fields, assembler(tuple(one.name for one in fields)))


def _definition(executor: Executor[Any], parent: GraphQLObjectType, details: FieldDetailsList) -> GraphQLField | None:
    return executor.schema.get_field(parent, details[0].node.name.value)


def _planned(executor: Executor[Any], made: Field) -> Field:
    named = get_named_type(made.type)
    made.leaf = leaf_of(named) if is_leaf_type(named) else None
    made.constant_arguments = _constant_arguments(executor, made)
    made.is_typename = made.definition is TypeNameMetaFieldDef
    declared = made.definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if isinstance(declared, StrawberryField) and not _handles_exceptions(executor):
        _classify(made, declared)
    return made


def _constant_arguments(executor: Executor[Any], made: Field) -> dict[str, Any] | None:
    """The arguments, if they are the same for every request."""
    node = made.nodes[0]
    if not made.definition.args and not node.arguments:
        return {}
    if any(_mentions_variable(argument.value) for argument in node.arguments or ()):
        return None
    try:
        arguments = made.arguments(executor)
    except Exception:  # noqa: BLE001 - raised again in each request, at its place
        return None
    return arguments if all(isinstance(value, _ATOMS) for value in arguments.values()) else None


def _mentions_variable(value: ValueNode) -> bool:
    return isinstance(value, VariableNode) or any(map(_mentions_variable, _parts(value)))


def _parts(value: ValueNode) -> Iterator[ValueNode]:
    if isinstance(value, ListValueNode):
        yield from value.values
    elif isinstance(value, ObjectValueNode):
        yield from (member.value for member in value.fields)


def _handles_exceptions(executor: Executor[Any]) -> bool:
    """Whether Strawberry's resolvers turn exceptions into results, which the shortcuts would miss."""
    schema = getattr(executor.schema, "_strawberry_schema", None)
    return bool(schema and getattr(schema.schema_converter, "_exception_handler_specs", ()))


def _classify(made: Field, declared: StrawberryField) -> None:
    if declared.is_basic_field:
        made.attribute = declared.python_name if declared.default_resolver is getattr else None
        made.plain = _plain(made.attribute, made.type) if made.attribute else None
    elif not declared.extensions:
        made.is_edge, made.way = is_edge(declared), fixed_way(declared)
        made.method = None if made.is_edge or made.definition.args else _method(declared)


def _plain(attribute: str, of: Any) -> Plain | None:
    leaf = get_nullable_type(of)
    return Plain(attribute, leaf, is_nullable=leaf is of) if is_leaf_type(leaf) else None


def _method(declared: StrawberryField) -> Any:
    """The function behind a resolver that takes only the object."""
    resolver = declared.base_resolver
    if resolver is None or resolver.info_parameter or resolver.parent_parameter or resolver.root_parameter:
        return None
    return resolver.wrapped_func if resolver.self_parameter and not resolver.arguments else None
