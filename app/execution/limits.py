"""What a document may ask for at most, found in one pass over it: each fragment is measured once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
)

from app.kit.errors import ErrorCode, HubError

MAX_BYTES = 100_000
MAX_TOKENS = 5_000
MAX_DEPTH = 15
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_DEFINITIONS = 60
MAX_VARIABLES = 100
MAX_VALIDATION_ERRORS = 5
"""In one answer; further ones are not looked for."""


class TooComplex(HubError):
    """A document over a limit."""

    code = ErrorCode.QUERY_TOO_COMPLEX

    def __init__(self, what: str, limit: int, found: int | None = None) -> None:
        tells = f", and this one has {found}" if found is not None else ""
        super().__init__(f"A document may have {limit} {what} at most{tells}.", limit=limit)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a part of a document comes to with all that its fragments hold, at each place where they are spread."""

    depth: int = 0
    """Levels of fields within one another."""
    aliases: int = 0
    directives: int = 0


@dataclass(slots=True)
class _Analysis:
    """The fragments of one document, and what is known of them. A fragment within itself counts nothing there."""

    fragments: dict[str, FragmentDefinitionNode]
    measured: dict[str, Measure] = field(default_factory=dict[str, Measure])

    def measure(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Measure:
        """What a definition comes to."""
        depth = aliases = 0
        directives = len(definition.directives or ())
        for selection, level in _selections(definition):
            inner = self._fragment(selection.name.value) if isinstance(selection, FragmentSpreadNode) else Measure()
            depth = max(depth, level + inner.depth)
            aliases += inner.aliases + (isinstance(selection, FieldNode) and selection.alias is not None)
            directives += inner.directives + len(selection.directives or ())
        return Measure(depth, aliases, directives)

    def _fragment(self, name: str) -> Measure:
        if name not in self.measured:
            self.measured[name] = Measure()
            if name in self.fragments:
                self.measured[name] = self.measure(self.fragments[name])
        return self.measured[name]


def _selections(definition: OperationDefinitionNode | FragmentDefinitionNode) -> Iterator[tuple[SelectionNode, int]]:
    """All selections written in a definition, each with the number of fields it lies in, itself included."""
    waiting: list[tuple[Any, int]] = [(selection, 0) for selection in definition.selection_set.selections]
    while waiting:
        selection, around = waiting.pop()
        level = around + isinstance(selection, FieldNode)
        yield selection, level
        if not isinstance(selection, FragmentSpreadNode) and selection.selection_set:
            waiting += [(inner, level) for inner in selection.selection_set.selections]


_MEASURED: tuple[tuple[str, int, Callable[[Measure], int]], ...] = (
    ("levels", MAX_DEPTH, lambda measure: measure.depth),
    ("aliases", MAX_ALIASES, lambda measure: measure.aliases),
    ("directives", MAX_DIRECTIVES, lambda measure: measure.directives),
)


def check_document(document: DocumentNode) -> None:
    """Raises `QUERY_TOO_COMPLEX` if any of its operations is over a limit. Takes time linear in its length."""
    _check("definitions", MAX_DEFINITIONS, len(document.definitions))
    definitions = document.definitions
    analysis = _Analysis({one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)})
    for definition in definitions:
        if isinstance(definition, OperationDefinitionNode):
            _check("variables", MAX_VARIABLES, len(definition.variable_definitions or ()))
            measure = analysis.measure(definition)
            for what, limit, of in _MEASURED:
                _check(what, limit, of(measure))


def _check(what: str, limit: int, found: int) -> None:
    if found > limit:
        raise TooComplex(what, limit, found)
