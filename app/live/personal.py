"""Fields that show each viewer something of his own: who asks for one of them is answered by himself."""

from __future__ import annotations

from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, Visitor, visit
from strawberry.schema.schema_converter import GraphQLCoreConverter

from app.kit.edges import PERSONAL


def personal_fields(schema: GraphQLSchema) -> frozenset[str]:
    """The names of all such fields."""
    types = [one for one in schema.type_map.values() if isinstance(one, GraphQLObjectType | GraphQLInterfaceType)]
    fields = ((name, field.extensions) for one in types for name, field in one.fields.items())
    return frozenset(name for name, extensions in fields if _is_personal(extensions))


def _is_personal(extensions: dict[str, Any]) -> bool:
    declared = extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return PERSONAL.keys() <= getattr(declared, "metadata", {}).keys()


def names_any(document: DocumentNode, names: frozenset[str]) -> bool:
    """Whether a document has a field of one of these names, wherever it may be."""
    looking = _Looking(names)
    visit(document, looking)
    return looking.found


class _Looking(Visitor):
    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names
        self.found = False

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        """Go on until one is found."""
        if node.name.value in self._names:
            self.found = True
            return self.BREAK
        return None
