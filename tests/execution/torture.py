"""A schema that does everything wrong a resolver can do, under every wrapping of list and non-null."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import product
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

DEEPEST = 3


def wrappings(inner: Any) -> Iterator[tuple[str, Any, int]]:
    """Name, type and depth of every wrapping: `N` for non-null, `L` for list."""
    for depth in range(DEEPEST + 1):
        for bangs in product((False, True), repeat=depth + 1):
            kind: Any = GraphQLNonNull(inner) if bangs[0] else inner
            name = "N" if bangs[0] else ""
            for bang in bangs[1:]:
                kind = GraphQLNonNull(GraphQLList(kind)) if bang else GraphQLList(kind)
                name = f"{'N' if bang else ''}L{name}"
            yield name, kind, depth


class Thing:
    """A value with a type name, and any other attribute, which is what `made` gives for its name."""

    def __init__(self, kind: str, made: Any, random: Random) -> None:
        self.kind = kind
        self._made, self._seed = made, random.random()

    def __getattr__(self, name: str) -> Any:
        return self._made(name, Random(f"{self._seed} {name}"))


class Later:
    """Gives what `make` gives, some turns of the loop later. Nobody warns if it is never awaited."""

    def __init__(self, make: Any, ticks: int) -> None:
        self.make, self.ticks = make, ticks

    def __repr__(self) -> str:
        return "Later"

    def __await__(self) -> Generator[Any, Any, Any]:
        for _ in range(self.ticks):
            yield
        return self.make()


def _raise(message: str) -> Any:
    raise ValueError(message)


class Mischief:
    """What resolvers give, decided by a seed and the path alone, so that the order of calls does not matter."""

    def __init__(self, *, waits: bool) -> None:
        self.waits = waits

    def attribute(self, name: str, random: Random) -> Any:
        """A value of an attribute, right nine times out of ten."""
        if name not in ATTRIBUTES:
            raise AttributeError(name)
        _, leaf, depth = ATTRIBUTES[name]
        return self.value(random, leaf, depth) if depth or random.random() < 0.1 else leaf(random)

    def value(self, random: Random, leaf: Any, depth: int) -> Any:
        """A value of a list depth, mostly right."""
        what = random.random()
        if what < 0.04:
            return None
        if what < 0.08:
            return ValueError(f"as a value {random.randint(0, 9)}")
        if what < 0.12:
            return _raise(f"raised {random.randint(0, 9)}")
        if what < 0.15:
            return "wrong" if random.random() < 0.5 else 3.7
        if self.waits and what < 0.3:
            inner = Random(random.random())
            return Later(lambda: self.value(inner, leaf, depth), random.randint(0, 2))
        return self._list(random, leaf, depth) if depth else leaf(random)

    def _list(self, random: Random, leaf: Any, depth: int) -> Any:
        items = [self._item(random, leaf, depth - 1) for _ in range(random.randint(0, 3))]
        form = random.random()
        if form < 0.6:
            return items
        if form < 0.75:
            return tuple(items)
        breaks = random.random() < 0.3
        if self.waits and form < 0.87:
            return self._async_items(items, breaks=breaks)
        return self._items(items, breaks=breaks)

    def _item(self, random: Random, leaf: Any, depth: int) -> Any:
        try:
            return self.value(random, leaf, depth)
        except ValueError as error:
            return error

    def _items(self, items: list[Any], *, breaks: bool) -> Iterator[Any]:
        yield from items
        if breaks:
            _raise("broke off")

    async def _async_items(self, items: list[Any], *, breaks: bool) -> Any:
        for item in items:
            yield item
        if breaks:
            _raise("broke off")


def attribute_field(name: str, kind: Any) -> GraphQLField:
    """A field as Strawberry makes it of a plain attribute."""
    declared = {GraphQLCoreConverter.DEFINITION_BACKREF: StrawberryField(python_name=name)}
    return GraphQLField(kind, resolve=lambda source, _info: getattr(source, name), extensions=declared)


COLOR = GraphQLEnumType("Color", {"RED": 1, "BLUE": 2})


LEAVES: dict[str, tuple[Any, Any]] = {
    "int": (GraphQLInt, lambda random: random.randint(0, 9)),
    "string": (GraphQLString, lambda random: random.choice(["a", "b", 7, True])),
    "color": (COLOR, lambda random: random.choice([1, 2, 2, 9])),
}
ATTRIBUTES = {
    f"own_{name}{suffix}": (kind, leaf, depth)
    for name, (inner, leaf) in LEAVES.items()
    for suffix, kind, depth in wrappings(inner)
}
OWN = {name: attribute_field(name, kind) for name, (kind, *_) in ATTRIBUTES.items()}


def schema(*, waits: bool) -> GraphQLSchema:
    """The schema; with `waits`, some values are awaitables and asynchronous generators."""
    mischief = Mischief(waits=waits)
    seed = {"seed": GraphQLArgument(GraphQLInt, default_value=0)}

    def resolver(leaf: Any, depth: int) -> Any:
        def resolve(_source: Any, info: Any, seed: int | None = 0) -> Any:
            return mischief.value(Random(f"{info.path.as_list()} {seed}"), leaf, depth)

        return resolve

    def field(kind: Any, leaf: Any, depth: int) -> GraphQLField:
        return GraphQLField(kind, args=seed, resolve=resolver(leaf, depth))

    def one_of(*kinds: str) -> Any:
        return lambda random: Thing(random.choice(kinds), mischief.attribute, random)

    def fields() -> dict[str, GraphQLField]:
        leaves = {
            **LEAVES,
            "thing": (thing, one_of("Thing")),
            "named": (named, one_of("Thing", "Other", "Nobody")),
            "either": (either, one_of("Thing", "Other", "Lone")),
        }
        return {
            f"{name}{suffix}": field(kind, leaf, depth)
            for name, (inner, leaf) in leaves.items()
            for suffix, kind, depth in wrappings(inner)
        }

    def resolve_type(value: Any, _info: Any, _type: Any) -> Any:
        name = getattr(value, "kind", None)
        return Later(lambda: name, 1) if waits and name == "Other" else name

    named = GraphQLInterfaceType("Named", lambda: {"name": GraphQLField(GraphQLString)}, resolve_type=resolve_type)
    own = {"name": GraphQLField(GraphQLNonNull(GraphQLString), resolve=lambda source, _info: source.kind)}
    thing = GraphQLObjectType("Thing", lambda: {**own, **OWN, **fields()}, interfaces=[named])
    other = GraphQLObjectType(
        "Other",
        lambda: {**own, **OWN, **fields()},
        interfaces=[named],
        is_type_of=lambda value, _info: value.kind == "Other",
    )
    either = GraphQLUnionType("Either", [thing, other], resolve_type=resolve_type)
    query = GraphQLObjectType("Query", lambda: {**fields(), "self": GraphQLField(query, resolve=lambda *_: {})})
    return GraphQLSchema(query, GraphQLObjectType("Mutation", fields), types=[thing, other])
