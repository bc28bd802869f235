"""graphql-core's validation, which leaves nothing to the garbage collector.

Its visitors keep their own methods and, with them, all that they have seen of the document: only a collection would
find them, which stops everything, for longer the more there is. They are emptied here when they are done."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    ParallelVisitor,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    Visitor,
    visit,
)
from graphql.validation.validate import ValidationAbortedError, query_document_keys_to_validate
from graphql.validation.validation_context import NodeWithSelectionSet, VariableUsage, VariableUsageVisitor


class _Context(ValidationContext):
    """Of one document and as many errors as are looked for."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, most: int) -> None:
        self.types, self.made, self.errors = TypeInfo(schema), list[Visitor](), list[GraphQLError]()
        self._most = most
        super().__init__(schema, document, self.types, self.errors.append)

    def report_error(self, error: GraphQLError) -> None:
        """Note it. Raises `ValidationAbortedError` if that is enough."""
        if len(self.errors) >= self._most:
            raise ValidationAbortedError("Too many errors.")
        self.errors.append(error)

    def get_variable_usages(self, node: NodeWithSelectionSet) -> list[VariableUsage]:
        """The variables in an operation or a fragment."""
        usages = self._variable_usages.get(node)
        if usages is None:
            fragment = node if isinstance(node, FragmentDefinitionNode) else None
            visitor = VariableUsageVisitor(self.types, fragment)
            usages = self._variable_usages[node] = visitor.usages
            self.walk(node, visitor, TypeInfoVisitor(self.types, visitor))
        return usages

    def walk(self, node: DocumentNode | NodeWithSelectionSet, *visitors: Visitor) -> None:
        """Visit a node with the last of some visitors, which knows the others; all are emptied in the end."""
        self.made += visitors
        visit(node, visitors[-1], query_document_keys_to_validate)

    def forget(self) -> None:
        """Empty all visitors, and leave the frames that errors went through."""
        for visitor in self.made:
            vars(visitor).clear()
        for error in self.errors:
            error.__traceback__ = error.__context__ = None


def validated(
    schema: GraphQLSchema, document: DocumentNode, rules: Sequence[type[ASTValidationRule]], most: int
) -> list[GraphQLError]:
    """What is wrong with a document, `most` errors at most."""
    context = _Context(schema, document, most)
    try:
        visitors = [rule(context) for rule in rules]
        parallel = ParallelVisitor(visitors)
        context.walk(document, *visitors, parallel, TypeInfoVisitor(context.types, parallel))
    except (ValidationAbortedError, RecursionError):
        return context.errors or [GraphQLError("The document cannot be validated: its fragments are too entangled.")]
    finally:
        context.forget()
    return context.errors
