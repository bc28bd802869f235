"""Parses, measures and validates each document once, for all transports and executors."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    Token,
    specified_rules,
)
from graphql.language.parser import Parser, nested_too_deeply_error
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.execution.limits import MAX_BYTES, MAX_TOKENS, MAX_VALIDATION_ERRORS, TooComplex, check_document
from app.execution.recent import Recent
from app.execution.validation import validated

if TYPE_CHECKING:
    from app.execution.operations import Operation

MAX_DOCUMENTS = 1_000
MAX_CHARACTERS = 500_000
"""Of all remembered documents together; a parsed document takes some 150 bytes a character."""

LENGTH: Final = 10
"""Characters of a token, for what it weighs."""

LONG: Final = 200
"""Characters that take a millisecond to read, or ten if they are of bad intent."""
ASIDE: Final = ThreadPoolExecutor(1, "documents")
"""For long work that needs no event loop. One thread: more would only take turns with the loop more often."""

RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Known:
    """A document, or why it is refused; and those of its operations that were asked for, by what was said of them."""

    document: DocumentNode = field(default_factory=lambda: DocumentNode(definitions=()))
    errors: tuple[GraphQLError, ...] = ()
    weight: int = 0
    """Characters, or what stands for them in a document of many short words."""
    chosen: dict[str | None, Operation] = field(default_factory=dict["str | None", "Operation"])


@dataclass(slots=True)
class KnownDocuments:
    """The documents of one schema that were used last, valid or not, by their text."""

    recent: Recent[str, Known] = field(default_factory=lambda: Recent[str, Known](MAX_DOCUMENTS, MAX_CHARACTERS))
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def get(self, schema: GraphQLSchema, text: str) -> Known:
        """A document of that text."""
        known = self.recent.get(text)
        return known if known is not None else self._remembered(text, _read(schema, text))

    async def get_aside(self, schema: GraphQLSchema, text: str) -> Known:
        """The same, but a long text that is not known is read beside the event loop, which it would hold up, and of
        short ones one between all else that waits, not as many as came at once."""
        if self.recent.get(text) is not None:
            return self.get(schema, text)
        if len(text) <= LONG:
            await self.turn.acquire()
            asyncio.get_running_loop().call_soon(self.turn.release)
            return self.get(schema, text)
        known = await asyncio.get_running_loop().run_in_executor(ASIDE, _read, schema, text)
        return known if self.recent.get(text) is not None else self._remembered(text, known)

    def _remembered(self, text: str, known: Known) -> Known:
        """What cannot be parsed is not: it would cost others their place."""
        if known.document.definitions:
            self.recent.put(text, known, known.weight)
        return known


def _read(schema: GraphQLSchema, text: str) -> Known:
    try:
        document = _parsed(text)
    except GraphQLError as error:
        error.__traceback__ = error.__context__ = None
        return Known(errors=(error,))
    errors = tuple(map(_loose, _errors(schema, document)))
    return Known(_outline(document), errors, len(text)) if errors else Known(document, (), _weight(document))


def _loose(error: GraphQLError) -> GraphQLError:
    """The error without the nodes it is about and the frames it went through, which would keep the whole document."""
    if error.original_error:
        error.original_error.__traceback__ = error.original_error.__context__ = None
    positions = [node.loc.start for node in error.nodes or () if node.loc]
    return GraphQLError(
        error.message, source=error.source, positions=positions or error.positions, original_error=error.original_error
    )


def _unlink(token: Token | None) -> None:
    """Make a token and those before it lead forwards only: a document that nobody needs is gone at once, and the
    garbage collector, which stops everything while it looks through all there is, has nothing to find."""
    while token:
        token.prev, token = None, token.prev


def _weight(document: DocumentNode) -> int:
    """Its characters, or what stands for them where all words are short."""
    tokens, token = 0, document.loc.start_token if document.loc else None
    while token:
        tokens, token = tokens + 1, token.next
    return max(document.loc.end if document.loc else 0, LENGTH * tokens)


def _outline(document: DocumentNode) -> DocumentNode:
    """The names of its operations."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    nothing = SelectionSetNode(selections=())
    return DocumentNode(
        definitions=tuple(
            OperationDefinitionNode(
                operation=one.operation, name=one.name and NameNode(value=one.name.value), selection_set=nothing
            )
            for one in operations
        )
    )


def _parsed(text: str) -> DocumentNode:
    """Raises a syntax error, or `QUERY_TOO_COMPLEX` before too much was read."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _refused(TooComplex("bytes", MAX_BYTES))
    lexer = Lexer(Source(text))
    parser = Parser(lexer.source, max_tokens=MAX_TOKENS, lexer=lexer)
    try:
        return parser.parse_document()
    except RecursionError:
        raise nested_too_deeply_error(parser) from None
    except GraphQLSyntaxError as error:
        if f"more than {MAX_TOKENS} tokens" in error.message:
            raise _refused(TooComplex("tokens", MAX_TOKENS)) from None
        raise
    finally:
        _unlink(lexer.token)


def _errors(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    try:
        check_document(document)
    except TooComplex as refusal:
        return [_refused(refusal)]
    return validated(schema, document, RULES, MAX_VALIDATION_ERRORS)


def _refused(refusal: TooComplex) -> GraphQLError:
    return GraphQLError(refusal.message, original_error=refusal)
