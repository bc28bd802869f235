"""What the generated files depend on, as hashes: the same as frontend-contract/scripts/stamp.mjs, without Node."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    parse,
    type_from_ast,
    visit,
)

from tests.frontend_contract.contract import ROOT, schema, sources

GENERATOR = ("scripts/generate.mjs",)


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _described(name: str, described: Any) -> str:
    return f"{name} {json.dumps(described.description or '', ensure_ascii=False)}"


def _mark(of: GraphQLInputField) -> str:
    return "?" if of.ast_node and of.ast_node.default_value else ""


def _whole(kind: Any) -> list[str]:
    """The lines of a whole enum or input, descriptions and all; other types have none."""
    lines: list[str] = []
    if isinstance(kind, GraphQLEnumType):
        lines = [_described(f"{kind}.{name}", value) for name, value in kind.values.items()]
    if isinstance(kind, GraphQLInputObjectType):
        lines = [_described(f"{kind}.{name}: {each.type}{_mark(each)}", each) for name, each in kind.fields.items()]
    return [_described(str(kind), kind), *lines] if lines else []


@dataclass(slots=True)
class Used:
    """What documents use of a schema, line by line."""

    graph: GraphQLSchema
    lines: set[str] = field(default_factory=set[str])
    seen: set[str] = field(default_factory=set[str])

    def add(self, kind: Any) -> None:
        """A type: whole if it is an enum or an input, with its possible types if it is abstract."""
        named = get_named_type(kind)
        if named.name in self.seen:
            return
        self.seen.add(named.name)
        self.lines.update(_whole(named))
        if is_abstract_type(named):
            self.lines.add(f"{named}: {' '.join(sorted(map(str, self.graph.get_possible_types(named))))}")
        for each in named.fields.values() if isinstance(named, GraphQLInputObjectType) else ():
            self.add(each.type)


class _Walk(Visitor):
    def __init__(self, used: Used, info: TypeInfo) -> None:
        super().__init__()
        self.used, self.info = used, info

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self.used.add(type_from_ast(self.used.graph, node.type))

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if not node.name.value.startswith("__"):
            kind = self.info.get_type()
            self.used.lines.add(f"{self.info.get_parent_type()}.{node.name.value}: {kind}")
            self.used.add(kind)


def used(graph: GraphQLSchema, texts: Iterable[str]) -> list[str]:
    """What documents use of the schema: fields with their types, whole inputs and enums, who is behind an interface."""
    found = Used(graph)
    for text in texts:
        info = TypeInfo(graph)
        visit(parse(text), TypeInfoVisitor(info, _Walk(found, info)))
    return sorted(found.lines, key=lambda line: line.encode("utf-16-be"))


def stamp(files: Iterable[str]) -> dict[str, Any]:
    """Hashes of the sources, of what they use of the schema, and of each generated file."""
    generator = [(name, (ROOT / name).read_text(encoding="utf-8")) for name in GENERATOR]
    made = "".join(f"{name}\0{text}\0" for name, text in [*generator, *sources()])
    return {
        "sources": digest(made),
        "schema": digest("\n".join(used(schema(), (text for _, text in sources())))),
        "files": {name: digest((ROOT / name).read_text(encoding="utf-8")) for name in files},
    }
