"""Documents for schemathesis: values that get past validation, and inputs that have a chance of being taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import schemathesis
from graphql import (
    REMOVE,
    ArgumentNode,
    FieldNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    value_to_literal,
    visit,
)
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from app.kit.ids import global_id, new_id, parse_global_id
from app.kit.paging import Cursors, Order, Position
from tests.contract.acting import GRAPH, changed, input_of
from tests.kit.rows import day

TIMES = ["2026-01-01T00:00:00Z", "2026-11-21T10:00:00.123456+02:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]
WORDS = [
    "acme",
    "acme/one",
    "crew",
    "production",
    "v2",
    "gold",
    'user.tier == "gold"',
    "INPUT",
    "",
    " ",
    "\0",
    "x" * 300,
]
NUMBERS = ["0", "0.01", "1.5", "33.33", "50", "99.99", "100", "1e9", "-1", "0.0000000000001", "1e999", "NaN"]
NAMES = st.sampled_from(["user", "tier", "temperature", "stop", "x", "__proto__"])


def literal(value: object, kind: str) -> Any:
    """A value of an input type as it is written in a document."""
    return value_to_literal(value, GRAPH.type_map[kind])  # type: ignore[arg-type]


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON whose names can be written in a document."""
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


def register_scalars(ids: Sequence[str], cursors: Cursors) -> None:
    """Values that get past validation: ids that exist among those that do not."""
    unknown = [global_id(name, new_id()) for name in ("Model", "Nothing")]
    lists = ("ModelRow", "DeploymentRow", "ExperimentRow")
    orders = [Order("CREATED_AT", descending=True, of=name) for name in lists]
    good = [cursors.write(order, Position(day(1, 1), new_id())) for order in orders]
    amounts = st.sampled_from(NUMBERS) | st.decimals(0, 1000, places=2).map(str)
    text = nodes.String
    values = {
        "String": st.sampled_from([*WORDS, *good]) | st.text(max_size=8),
        "ID": st.sampled_from([*(list(ids) * 20), *unknown, *good, "", "x"]),
        "DateTime": st.sampled_from(TIMES),
        "Date": st.dates().map(str),
        "Decimal": amounts,
        "URL": st.sampled_from(["https://x.example", "javascript:alert(1)", "x"]),
        "Cursor": st.sampled_from([*good, "x"]),
        "Secret": st.sampled_from(WORDS) | st.text(max_size=8),
    }
    for name, strategy in values.items():
        schemathesis.graphql.scalar(name, strategy.map(text))
    schemathesis.graphql.scalar("BigInt", st.integers(-(2**60), 2**60).map(nodes.Int))
    schemathesis.graphql.scalar("JSON", json_values().map(lambda value: literal(value, "JSON")))


class _Plausible(Visitor):
    """Takes out what makes nearly every generated page a bad one: contradictory pages and null comparators.

    An `id` becomes the known one."""

    def __init__(self, known: str | None) -> None:
        super().__init__()
        self._known = known

    def enter_argument(self, node: ArgumentNode, *_: object) -> Any:
        """Pages begin at the start; other arguments stay unless they are null."""
        if node.name.value in {"last", "before", "after"} or isinstance(node.value, NullValueNode):
            return REMOVE
        if node.name.value == "id" and self._known:
            return parse_argument(f'id: "{self._known}"')
        return parse_argument("first: 7") if node.name.value == "first" else None

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> Any:
        """Null is no comparator."""
        return REMOVE if isinstance(node.value, NullValueNode) else None


def root_field(document: str) -> FieldNode:
    """The one root field of a document with one operation."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return field


def parse_argument(text: str) -> ArgumentNode:
    """An argument as it is written."""
    return next(iter(root_field(f"{{ x({text}) }}").arguments or ()))


def plausible(query: str, ids: Sequence[str] = ()) -> str:
    """The query with a better chance of being answered with data; its `id` is one of these, of the right type."""
    fitting = (text for text in ids if (parse_global_id(text) or ("",))[0].lower() == root_field(query).name.value)
    return print_ast(visit(parse(query), _Plausible(next(fitting, None))))


def variations(name: str, document: str, given: dict[str, Any], turn: int) -> Iterator[str]:
    """The document as it was generated, and with an input that is taken but for at most one generated field."""
    field = root_field(document)
    argument = next(iter(field.arguments or ()))
    assert isinstance(argument.value, ObjectValueNode)
    yield _written(name, field, argument.value.fields)
    base = literal(given, input_of(name))
    strange = argument.value.fields[turn % len(argument.value.fields)] if turn else None
    kept = [one for one in base.fields if not strange or one.name.value != strange.name.value]
    yield _written(name, field, [*kept, *([strange] if strange else [])])


def _written(name: str, field: FieldNode, values: Sequence[ObjectFieldNode]) -> str:
    shown = " ".join(f"changed_{word}: {word} {{ id }}" for word in changed(name))
    inputs = ", ".join(map(print_ast, values))
    selection = print_ast(field.selection_set).strip()[1:-1] if field.selection_set else ""
    return f"mutation {{ {name}(input: {{{inputs}}}) {{ refused: errors {{ code }} {shown} {selection} }} }}"
