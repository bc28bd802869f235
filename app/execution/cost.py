"""What a request costs, worked out before it is executed: each object 1, each list as often as it may be long.

Fields that are merged count once, as they are executed once. Of alternatives (`... on A`, `... on B`) all count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

from app.execution.limits import TooComplex
from app.execution.operations import Operation
from app.execution.recent import Recent
from app.kit.costs import Cost, ListSize, declared_of
from app.kit.paging import MAX_SIZE

MAX_COST: Final = 5_000
MAX_EVENT_COST: Final = 2_000
"""Of one event of a subscription."""
MAX_STEPS: Final = 20_000
"""Selections that are looked at for one request; a document that needs more is refused."""

_OF_INTROSPECTION: Final = {"__schema": 100, "__type": 10, "__typename": 0}
_CONDITIONS: Final = {"skip": True, "include": False}
_ASSUMED: Final = 10
"""How long a list counts that says nothing of it."""

Variables: TypeAlias = Mapping[str, Any]
_Sets: TypeAlias = "tuple[SelectionSetNode, ...]"


@dataclass(frozen=True, slots=True)
class Price:
    """What a field of the schema costs."""

    weight: int
    each: int
    """For each object that it gives."""
    type: str | None
    """The name of the type of these objects; None for scalars."""
    is_list: bool = False
    assumed: int = _ASSUMED
    slices: tuple[str, ...] = ()
    sized: tuple[str, ...] = ()

    def length(self, node: FieldNode, variables: Variables) -> int:
        """How many there may be."""
        given = [_length(one.value, variables) for one in node.arguments or () if one.name.value in self.slices]
        known = [length for length in given if length is not None]
        return min(max(known), MAX_SIZE) if known else self.assumed


@dataclass(slots=True)
class Costs:
    """The costs of the operations of one schema, remembered as long as they depend on the same variables."""

    schema: GraphQLSchema
    known: Recent[int, _Known] = field(default_factory=lambda: Recent[int, "_Known"](500, 500_000))
    prices: dict[tuple[str, str], Price] = field(default_factory=dict[tuple[str, str], Price])

    def of(self, operation: Operation, variables: Variables) -> int:
        """The cost of a request, by its coerced variables. Raises `QUERY_TOO_COMPLEX` if it is over the limit."""
        known = self.known.get(id(operation.definition)) or self._remember(operation)
        values = tuple(_comparable(variables.get(name)) for name in known.deciding) if known.deciding else ()
        cost = known.costs.get(values)
        if cost is None:
            cost = self._reckoned(operation, variables)
            if len(known.costs) < _MAX_VARIANTS:
                known.costs[values] = cost
        limit = MAX_EVENT_COST if operation.kind is OperationType.SUBSCRIPTION else MAX_COST
        if cost > limit:
            raise TooComplex("points of cost", limit, cost)
        return cost

    def roots(self, operation: Operation) -> Mapping[str, int]:
        """How often an operation has each field at its root."""
        return (self.known.get(id(operation.definition)) or self._remember(operation)).roots

    def price(self, parent: str, name: str) -> Price | None:
        """What a field costs; None if the type has no such field."""
        key = parent, name
        found = self.prices.get(key)
        if found is None:
            definition = self._definition(parent, name)
            found = _priced(definition) if definition else None
            if found:
                self.prices[key] = found
        return found

    def _definition(self, parent: str, name: str) -> GraphQLField | None:
        kind = self.schema.get_type(parent)
        return kind.fields.get(name) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else None

    def _remember(self, operation: Operation) -> _Known:
        definition = operation.definition
        parts: list[Node] = [definition, *operation.fragment_definitions.values()]
        root = _Reckoning(self, operation.fragment_definitions, {}).roots(definition.selection_set)
        known = _Known(definition, tuple(sorted(set(_deciding(parts)))), Counter(root))
        self.known.put(id(definition), known, len(definition.loc.source.body) if definition.loc else 0)
        return known

    def _reckoned(self, operation: Operation, variables: Variables) -> int:
        root = self.schema.get_root_type(operation.kind)
        reckoning = _Reckoning(self, operation.fragment_definitions, variables)
        return reckoning.of(_Place(root.name if root else "", (operation.definition.selection_set,)))


_MAX_VARIANTS: Final = 128


@dataclass(slots=True)
class _Known:
    """What is known of an operation, which is kept alive, so that its identity names it."""

    definition: OperationDefinitionNode
    deciding: tuple[str, ...]
    """The variables that its cost depends on."""
    roots: Mapping[str, int]
    """How often it has each field at its root, conditions left aside."""
    costs: dict[tuple[Any, ...], int] = field(default_factory=dict[tuple[Any, ...], int])


@dataclass(frozen=True, slots=True)
class _Place:
    """Selection sets that are merged, on a type; `sized` names fields of it that are lists of `length`."""

    type: str
    sets: _Sets
    sized: tuple[str, ...] = ()
    length: int = 0

    def key(self) -> tuple[Any, ...]:
        return self.type, tuple(map(id, self.sets)), self.sized, self.length


@dataclass(slots=True)
class _Reckoning:
    """The cost of one request. What was reckoned for selections once holds wherever they are merged again."""

    costs: Costs
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables
    steps: int = 0
    done: dict[tuple[Any, ...], int] = field(default_factory=dict[tuple[Any, ...], int])

    def of(self, place: _Place) -> int:
        """The cost of what is selected there."""
        key = place.key()
        cost = self.done.get(key)
        if cost is None:
            groups = self._merged(place)
            cost = self.done[key] = sum(self._of_field(place, kind, nodes) for (kind, _), nodes in groups.items())
        return cost

    def roots(self, selections: SelectionSetNode) -> Iterator[str]:
        """The names of the fields at the root, each as often as it is there."""
        waiting, spread = [("", one) for one in selections.selections], set[str]()
        while waiting:
            kind, one = waiting.pop()
            if isinstance(one, FieldNode):
                yield one.name.value
            else:
                waiting += self._within(kind, one, spread)

    def _of_field(self, place: _Place, kind: str, nodes: list[FieldNode]) -> int:
        node = nodes[0]
        name = node.name.value
        price = None if name in _OF_INTROSPECTION else self.costs.price(kind, name)
        if price is None:
            return _OF_INTROSPECTION.get(name, 0)
        if price.type is None:
            return price.weight
        length = price.length(node, self.variables) if price.is_list or price.sized else 1
        count = place.length if name in place.sized else length if price.is_list else 1
        sets = tuple(one.selection_set for one in nodes if one.selection_set)
        return price.weight + count * (price.each + self.of(_Place(price.type, sets, price.sized, length)))

    def _merged(self, place: _Place) -> dict[tuple[str, str], list[FieldNode]]:
        """The fields that are selected, by the type they are selected on and the name they are answered under."""
        groups: dict[tuple[str, str], list[FieldNode]] = {}
        spread: set[str] = set()
        waiting = [(place.type, one) for chosen in place.sets for one in chosen.selections]
        while waiting:
            kind, one = waiting.pop()
            self._step()
            if _is_left_out(one, self.variables):
                continue
            if isinstance(one, FieldNode):
                groups.setdefault((kind, (one.alias or one.name).value), []).append(one)
            else:
                waiting += self._within(kind, one, spread)
        return groups

    def _within(self, kind: str, one: Any, spread: set[str]) -> Iterable[tuple[str, SelectionNode]]:
        """What a fragment holds; of one that is spread again in the same place, nothing."""
        fragment = one
        if not isinstance(one, InlineFragmentNode):
            name = one.name.value
            fragment = None if name in spread else self.fragments.get(name)
            spread.add(name)
        if fragment is None:
            return ()
        inner = fragment.type_condition.name.value if fragment.type_condition else kind
        return [(inner, each) for each in fragment.selection_set.selections]

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooComplex("selections after merging", MAX_STEPS)


def _priced(definition: GraphQLField) -> Price:
    named: Any = get_named_type(definition.type)
    size = _marked(definition, ListSize)
    is_object = is_composite_type(named)
    return Price(
        weight=int(_weight(definition, 0)),
        each=int(_weight(named, 1)) if is_object else 0,
        type=named.name if is_object else None,
        is_list=is_list_type(definition.type.of_type if is_non_null_type(definition.type) else definition.type),
        assumed=size.assumed_size if size and size.assumed_size else _ASSUMED,
        slices=tuple(size.slicing_arguments or ()) if size else (),
        sized=tuple(size.sized_fields or ()) if size else (),
    )


def _weight(described: Any, otherwise: int) -> str | int:
    marked = _marked(described, Cost)
    return marked.weight if marked else otherwise


def _marked(described: Any, directive: type[Any]) -> Any:
    declared = declared_of(described)
    found = (one for one in getattr(declared, "directives", None) or () if isinstance(one, directive))
    return next(found, None)


def _length(value: ValueNode, variables: Variables) -> int | None:
    """What a slicing argument comes to: a number, or how long a list is. None if it is not given."""
    if isinstance(value, IntValueNode):
        return max(int(value.value), 0)
    if isinstance(value, ListValueNode):
        return len(value.values)
    given = _comparable(variables.get(value.name.value)) if isinstance(value, VariableNode) else None
    return max(given, 0) if isinstance(given, int) else None


def _comparable(value: Any) -> Any:
    """Of a list only its length matters to a cost; of nothing else than numbers, lists and booleans anything."""
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else None


def _is_left_out(node: SelectionNode, variables: Variables) -> bool:
    return any(_leaves_out(directive, variables) for directive in node.directives or ())


def _leaves_out(directive: DirectiveNode, variables: Variables) -> bool:
    leaves_out_if = _CONDITIONS.get(directive.name.value)
    if leaves_out_if is None or not directive.arguments:
        return False
    value: Any = directive.arguments[0].value
    given = variables.get(value.name.value) if isinstance(value, VariableNode) else value.value
    return given is leaves_out_if


def _deciding(parts: Iterable[Node]) -> Iterator[str]:
    """The variables of conditions and of all arguments that may say how long a list is."""
    waiting: list[Any] = list(parts)
    while waiting:
        node = waiting.pop()
        conditions = (one for one in node.directives or () if one.name.value in _CONDITIONS)
        for given in (getattr(node, "arguments", None) or (), *(one.arguments or () for one in conditions)):
            yield from (one.value.name.value for one in given if isinstance(one.value, VariableNode))
        if getattr(node, "selection_set", None):
            waiting += node.selection_set.selections
