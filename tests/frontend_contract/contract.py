"""The frontend contract as files, and what each of its operations is; read without Node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    parse,
)

ROOT = Path(__file__).parents[2] / "frontend-contract"
SDL = Path(__file__).parents[2] / "schema.graphql"
MANIFEST = ROOT / "persisted-operations.json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the manifest."""

    id: str
    text: str
    name: str
    kind: OperationType

    @property
    def field(self) -> str:
        """Its only field at the root besides `eventCursor`, which is also the name of its mutation."""
        (found,) = {*_roots(self.text)} - {"eventCursor"} or {"eventCursor"}
        return found

    @property
    def example(self) -> dict[str, Any]:
        """Its variables and what is answered to them."""
        return json.loads((ROOT / "examples" / f"{self.name}.json").read_text(encoding="utf-8"))


def definition_of(document: DocumentNode) -> OperationDefinitionNode:
    """The operation of a document that has one."""
    (found,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return found


def _roots(text: str) -> Iterator[str]:
    for selection in definition_of(parse(text)).selection_set.selections:
        yield getattr(selection, "name").value  # noqa: B009 - a root field, as the tests of documents see to


@cache
def operations() -> dict[str, Operation]:
    """Those of the manifest, by their names."""
    found: dict[str, Operation] = {}
    for key, text in json.loads(MANIFEST.read_text(encoding="utf-8")).items():
        node = definition_of(parse(text))
        assert node.name
        found[node.name.value] = Operation(key, text, node.name.value, node.operation)
    return found


def of_kind(kind: OperationType) -> list[Operation]:
    """The operations of a kind."""
    return [each for each in operations().values() if each.kind is kind]


def sources() -> list[tuple[str, str]]:
    """Names and texts of fragments and operations, in the order in which they are generated from."""
    paths = [path for folder in ("fragments", "operations") for path in sorted((ROOT / folder).glob("*.graphql"))]
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def definitions(folder: str) -> dict[str, list[OperationDefinitionNode | FragmentDefinitionNode]]:
    """What is defined in each file of a folder."""
    named = {name: parse(text).definitions for name, text in sources() if name.startswith(folder)}
    return {name: [*filter(_is_executable, found)] for name, found in named.items()}


def _is_executable(node: DefinitionNode) -> TypeGuard[OperationDefinitionNode | FragmentDefinitionNode]:
    return isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)


@cache
def schema() -> GraphQLSchema:
    """Of the SDL that the contract is made from."""
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
