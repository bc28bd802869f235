"""Parses, measures and validates each document once, for all transports and executors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.execution.limits import MAX_BYTES, MAX_TOKENS, MAX_VALIDATION_ERRORS, TooComplex, check_document
from app.execution.recent import Recent

MAX_DOCUMENTS = 1_000
MAX_CHARACTERS = 500_000
"""Of all remembered documents together; a parsed document takes some 150 bytes a character."""

RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Known:
    """A document, and why it is refused, if it is."""

    document: DocumentNode
    errors: tuple[GraphQLError, ...] = ()


@dataclass(slots=True)
class KnownDocuments:
    """The documents of one schema that were used last, valid or not, by their text."""

    recent: Recent[str, Known] = field(default_factory=lambda: Recent[str, Known](MAX_DOCUMENTS, MAX_CHARACTERS))

    def get(self, schema: GraphQLSchema, text: str, operation: str | None) -> Known:
        """A document of that text. One that cannot be parsed is answered with an empty one that has the operation."""
        known = self.recent.get(text)
        if known is None:
            try:
                document = _parsed(text)
            except GraphQLError as error:
                return Known(_empty(operation), (error,))
            known = Known(document, tuple(_errors(schema, document)))
            self.recent.put(text, known, len(text))
        return known


class Documents(SchemaExtension):
    """Gives Strawberry what is known of a document, so that it neither parses nor validates itself."""

    def __init__(self, known: KnownDocuments) -> None:
        super().__init__()
        self._documents = known
        self._errors: tuple[GraphQLError, ...] | None = None

    def on_parse(self) -> Iterator[None]:
        """The document; what is wrong with it is told at validation, where every transport listens."""
        context = self.execution_context
        if context.query is not None and context.graphql_document is None:
            known = self._documents.get(context.schema._schema, context.query, context.operation_name)  # noqa: SLF001
            context.graphql_document, self._errors = known.document, known.errors
        yield

    def on_validate(self) -> Iterator[None]:
        """What is wrong with it."""
        if self._errors is not None:
            self.execution_context.pre_execution_errors = list(self._errors)
        yield


def _parsed(text: str) -> DocumentNode:
    """Raises a syntax error, or `QUERY_TOO_COMPLEX` before too much was read."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _refused(TooComplex("bytes", MAX_BYTES))
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLSyntaxError as error:
        if f"more than {MAX_TOKENS} tokens" in error.message:
            raise _refused(TooComplex("tokens", MAX_TOKENS)) from None
        raise


def _errors(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    try:
        check_document(document)
    except TooComplex as refusal:
        return [_refused(refusal)]
    return validate(schema, document, RULES, MAX_VALIDATION_ERRORS)[:MAX_VALIDATION_ERRORS]


def _refused(refusal: TooComplex) -> GraphQLError:
    return GraphQLError(refusal.message, original_error=refusal)


def _empty(operation: str | None) -> DocumentNode:
    name = NameNode(value=operation) if operation else None
    nothing = SelectionSetNode(selections=())
    definition = OperationDefinitionNode(operation=OperationType.QUERY, name=name, selection_set=nothing)
    return DocumentNode(definitions=(definition,))
