"""Which deprecated elements of the schema an operation uses, and from when until when they are to be had.

The reason of a deprecation says it: “Use `x`. Removed after 2027-06-01.” What was deprecated on another day than the
usual six months before says so, too: “Deprecated since 2026-09-01.”"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_nullable_type,
    is_list_type,
    separate_operations,
    type_from_ast,
    validate,
)
from graphql.validation import NoDeprecatedCustomRule

from app.execution.operations import Operation
from app.execution.recent import Recent

NOTICE: Final = timedelta(days=183)
MAX_OPERATIONS: Final = 1_000
_DAY: Final = r"(\d{4}-\d\d-\d\d)"
_SINCE: Final = re.compile(rf"since {_DAY}", re.IGNORECASE)
_UNTIL: Final = re.compile(rf"removed after {_DAY}", re.IGNORECASE)

_Element = GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue


@dataclass(frozen=True, slots=True)
class Deprecation:
    """`since` is when the first element was deprecated, `until` when the first one may go; None if nobody has said."""

    since: datetime
    until: datetime | None


class Deprecations:
    """Those of one schema. One that deprecates nothing costs nothing."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._deprecates = any(True for _ in _reasons(schema))
        self._documents = Recent[Operation, tuple[str, ...]](MAX_OPERATIONS, MAX_OPERATIONS)

    def of(self, operation: Operation, variables: Mapping[str, Any] | None) -> Deprecation | None:
        """What is to be said of an operation with these variables; None if nothing that it uses is deprecated."""
        if not self._deprecates:
            return None
        reasons = [*self._in_document(operation), *self._in_variables(operation, variables or {})]
        return _soonest(reasons) if reasons else None

    def _in_document(self, operation: Operation) -> tuple[str, ...]:
        known = self._documents.get(operation)
        if known is None:
            name = operation.definition.name
            document = separate_operations(operation.document)[name.value if name else ""]
            known = tuple(error.message for error in validate(self._schema, document, [NoDeprecatedCustomRule]))
            self._documents.put(operation, known, 1)
        return known

    def _in_variables(self, operation: Operation, variables: Mapping[str, Any]) -> Iterator[str]:
        for definition in operation.definition.variable_definitions or ():
            value = variables.get(definition.variable.name.value)
            if value is not None:
                yield from _in_value(type_from_ast(self._schema, definition.type), value)


def _in_value(kind: Any, value: Any) -> Iterator[str]:
    """The reasons in a value of an input type that was found valid."""
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        for item in value if isinstance(value, list) else [value]:
            yield from _in_value(kind.of_type, item)
    elif isinstance(kind, GraphQLEnumType):
        yield from _told([kind.values.get(value)] if isinstance(value, str) else [])
    elif isinstance(kind, GraphQLInputObjectType) and isinstance(value, dict):
        for name in value.keys() & kind.fields.keys():
            yield from _told([kind.fields[name]])
            yield from _in_value(kind.fields[name].type, value[name])


def _reasons(schema: GraphQLSchema) -> Iterator[str]:
    """Of all elements that the schema deprecates."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            yield from _told(kind.values.values())
        elif isinstance(kind, GraphQLInputObjectType):
            yield from _told(kind.fields.values())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for one in kind.fields.values():
                yield from _told([one, *one.args.values()])


def _told(elements: Iterable[_Element | None]) -> Iterator[str]:
    return (one.deprecation_reason for one in elements if one is not None and one.deprecation_reason is not None)


def _soonest(reasons: list[str]) -> Deprecation:
    ends = [until for until in map(_day(_UNTIL), reasons) if until]
    return Deprecation(min(map(_since, reasons)), min(ends, default=None))


def _since(reason: str) -> datetime:
    """When it was said so: six months before the end unless there is a date; of old if there is no date at all."""
    said, until = _day(_SINCE)(reason), _day(_UNTIL)(reason)
    return said or (until - NOTICE if until else datetime.fromtimestamp(0, UTC))


def _day(pattern: re.Pattern[str]) -> Callable[[str], datetime | None]:
    def day(reason: str) -> datetime | None:
        found = pattern.search(reason)
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None

    return day
