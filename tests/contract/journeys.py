"""How the fields of the schema are reached and asked for, and by whom."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    parse,
    print_ast,
)
from graphql.type import is_required_argument

from app.execution.executor import BreadthFirstExecutor
from app.execution.operations import Operations
from app.identity.context import Visit
from app.identity.rules import CLEARANCES, PERMISSIONS
from app.identity.vocabulary import Role
from app.kit.access import Actor, Clearance, Permission
from app.kit.context import Context
from app.kit.db import Statement
from app.kit.ids import new_id
from app.kit.journal import Origin, Writer
from app.kit.reading import R, Reader
from app.schema import schema
from app.web.answering import Answering, Asked
from tests.conftest import Api
from tests.contract.acting import GRAPH
from tests.contract.places import NO_WAY, NODES, PAGE, PAGES, PAYLOAD, PAYLOADS, TYPES, Place
from tests.contract.worlds import NOW

EVERYTHING = frozenset(Permission)


def object_types() -> dict[str, GraphQLObjectType]:
    """The types that have fields."""
    kinds = GRAPH.type_map.items()
    return {name: kind for name, kind in kinds if isinstance(kind, GraphQLObjectType) and not name.startswith("__")}


def place_of(name: str) -> Place | None:
    """Where the fields of a type belong; None if nobody said."""
    kind = object_types()[name]
    if name in TYPES:
        return TYPES[name]
    if name.endswith("Connection"):
        return {**PAGE, **PAGES.get(name, {})}
    if name.endswith("Edge"):
        return {"cursor": None, "node": None}
    if name.endswith("Payload"):
        shown = {field: get_named_type(found.type).name for field, found in kind.fields.items()}
        return {
            **PAYLOAD,
            **{f: NODES[entity] for f, entity in shown.items() if entity in NODES},
            **PAYLOADS.get(name, {}),
        }
    return None


@dataclass(frozen=True, slots=True)
class Journey:
    """The fields that lead from the root to an object of a type, with their arguments, and what they need."""

    steps: tuple[str, ...]
    needs: frozenset[Permission]

    def ask(self, selection: str) -> str:
        """A query for something of that object."""
        return "{ " + " { ".join([*self.steps, f"__typename {selection}"]) + " }" * (len(self.steps) + 1)

    def further(self, step: str, need: Permission | None) -> Journey:
        """One field on."""
        return Journey((*self.steps, step), self.needs | ({need} if need else set()))


def journeys(arguments: Mapping[str, str]) -> dict[str, Journey]:
    """The shortest journey to each type that queries reach; `arguments` are those of fields that must have some."""
    found = {"Query": Journey((), frozenset())}
    left = ["Query"]
    while left:
        name = left.pop(0)
        for field, told in object_types()[name].fields.items():
            kind = get_named_type(told.type)
            step = asked(name, field, told, arguments)
            is_new = isinstance(kind, GraphQLObjectType) and kind.name not in found
            if is_new and step and f"{name}.{field}" not in NO_WAY:
                found[kind.name] = found[name].further(step, (place_of(name) or {}).get(field))
                left.append(kind.name)
    return found


def asked(name: str, field: str, told: GraphQLField, arguments: Mapping[str, str]) -> str | None:
    """The field with its arguments; None if it needs some and nobody said which."""
    given = arguments.get(f"{name}.{field}", "")
    return None if any(map(is_required_argument, told.args.values())) and not given else f"{field}{given}"


def is_composite(told: GraphQLField) -> bool:
    """Whether something of it must be selected."""
    return isinstance(get_named_type(told.type), GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)


DEEPEST = 10
"""Types within each other: a document has its limits of levels."""
MOST_TOKENS = 4_500
"""Of one document; there may be some more (`app.execution.limits.MAX_TOKENS`)."""


def everything(name: str, arguments: Mapping[str, str], *, without: frozenset[str], seen: tuple[str, ...] = ()) -> str:
    """A selection of all there is, into every type once on each way; fields `Type.field` in `without` are left out."""
    return " ".join(["__typename", *selected(name, arguments, without, (*seen, name))])


def selected(name: str, arguments: Mapping[str, str], without: frozenset[str], seen: tuple[str, ...]) -> Iterator[str]:
    """Each field of a type with all there is within, but for the types `seen` already."""
    for field, told in object_types()[name].fields.items():
        step, kind = asked(name, field, told, arguments), get_named_type(told.type).name
        if step is None or f"{name}.{field}" in without or kind in seen or kind.endswith("Edge"):
            continue
        if not is_composite(told):
            yield step
        elif len(seen) >= DEEPEST:
            continue
        elif kind not in object_types():
            yield f"{step} {{ __typename ... on Node {{ id }} }}"
        else:
            yield f"{step} {{ {everything(kind, arguments, without=without, seen=seen)} }}"


_TOKENS = re.compile(r"\w+|[^\w\s]")
"""At least as many as a document has: a string is one there."""


def divided(document: str) -> Iterator[str]:
    """The same question in as many documents as it takes for each to stay within `MOST_TOKENS`."""
    (asked_for,) = cast("Any", parse(document).definitions)
    yield from (f"{{ {portion} }}" for portion in _portions(asked_for.selection_set.selections))


def _portions(selections: Iterable[Any]) -> Iterator[str]:
    held, size = list[str](), 0
    for text in _pieces(selections):
        if held and size + _tokens(text) > MOST_TOKENS:
            yield " ".join(held)
            held, size = [], 0
        held.append(text)
        size += _tokens(text)
    yield " ".join(held)


def _pieces(selections: Iterable[Any]) -> Iterator[str]:
    """Each selection as it is, or if it is too long by itself in several."""
    for one in selections:
        text = " ".join(print_ast(one).split())
        if _tokens(text) <= MOST_TOKENS:
            yield text
        else:
            head = print_ast(FieldNode(name=one.name, arguments=one.arguments, directives=()))
            yield from (f"{head} {{ {portion} }}" for portion in _portions(one.selection_set.selections))


def _tokens(text: str) -> int:
    return len(_TOKENS.findall(text))


def somebody(permissions: frozenset[Permission] = EVERYTHING, **given: Any) -> Actor:
    """A principal that may see every level, and every team's data."""
    named: dict[str, Any] = {"id": "somebody", "name": "Somebody", "clearance": Clearance.CONFIDENTIAL, "teams": None}
    return Actor(**{**named, **given}, permissions=permissions)


def of_role(role: Role, **given: Any) -> Actor:
    """A principal with that role."""
    named = {"id": f"a {role.value}", "clearance": CLEARANCES[role], "role": role.value}
    return somebody(PERMISSIONS[role], **{**named, **given})


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody is told."""

    data: Any
    errors: list[dict[str, Any]]
    statements: int

    def codes(self) -> set[str]:
        """The codes of the errors."""
        return {error["code"] for error in self.errors}


ANSWERING = Answering(Operations(schema, BreadthFirstExecutor))


async def ask(api: Api, actor: Actor, document: str, variables: dict[str, Any] | None = None) -> Answer:
    """What somebody is told at `NOW`, without what differs from request to request; and at what effort."""
    context = _context(api.app.state.hub, actor)
    result = await ANSWERING.answer(Asked(document, variables), context)
    errors = [
        {"message": e.message, "path": e.path, **{n: (e.extensions or {}).get(n) for n in ("code", "details")}}
        for e in result.errors or []
    ]
    errors.sort(key=lambda error: str(error["path"]))  # what fails first is chance
    return Answer(result.data, errors, len(context.reader.fetched))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Noting(Reader):
    """A reader that remembers what it ran."""

    fetched: list[Statement] = dataclasses.field(default_factory=list[Statement])

    async def fetch(self, statement: Statement, row: type[R], /, **values: Any) -> list[R]:
        """Run one compiled statement."""
        self.fetched.append(statement)
        return await self.database.fetch(statement, row, **values)


def _context(hub: Any, actor: Actor) -> Context:
    return Visit(
        reader=Noting(hub.database, hub.cursors, lambda: NOW),
        writer=Writer(hub.database, Origin(), lambda: NOW),
        request_id=str(new_id()),
        caller=actor,
        authentication=hub.authentication,
    )
