"""Documents by chance for the torture schema: fragments, conditions, arguments, clashing aliases, nested at random."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import GraphQLSchema, get_named_type, is_leaf_type, is_object_type

VARIABLES = {"yes": True, "no": False, "seed": 7, "nothing": None}
HEAD = "($yes: Boolean!, $no: Boolean!, $seed: Int, $nothing: Int, $absent: Int)"
PLACE = "@experimental_disableErrorPropagation"
CONDITIONS = ("@include(if: $yes)", "@include(if: $no)", "@skip(if: $no)", "@skip(if: $yes)", "@skip(if: false)")
KINDS = ("Thing", "Other")
PLAIN = ("own_int", "own_intN", "own_string", "own_stringN", "own_color", "own_colorN")
ARGUMENTS = ("(seed: $seed)", "(seed: $nothing)", "(seed: $absent)", "(seed: null)", "(seed: [1])", "(sand: 1)", "")


class Documents:
    """Makes documents, the same for the same seed."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self.schema, self.random = schema, Random(seed)
        self.fragments: list[str] = []

    def make(self) -> str:
        """The next document; its operation is followed by `PLACE`."""
        self.fragments = []
        kind = "mutation" if self.random.random() < 0.1 else "query"
        root = self.schema.mutation_type if kind == "mutation" else self.schema.query_type
        selection = self._fields(root, 3)
        return "\n".join([f"{kind} {HEAD} {PLACE} {{ {selection} }}", *self.fragments])

    def _fields(self, of: Any, depth: int) -> str:
        chosen = self.random.choices(list(of.fields), k=self.random.randint(1, 4))
        if of.name in KINDS and self.random.random() < 0.5:
            chosen += self.random.choices(PLAIN, k=2)
        parts = [part for name in chosen for part in self._field(of.fields[name], name, depth)]
        if depth and self.random.random() < 0.25:
            parts.append(self._fragment(of.name, self._fields(of, depth - 1)))
        return " ".join(parts) or "__typename"

    def _field(self, field: Any, name: str, depth: int) -> list[str]:
        inner = get_named_type(field.type)
        if not is_leaf_type(inner) and not depth:
            return []
        selection = "" if is_leaf_type(inner) else f" {{ {self._composite(inner, depth - 1)} }}"
        called = self.random.choice(["nobody", f"{name}X"]) if self.random.random() < 0.01 else name
        return [f"{self._alias()}{called}{self._arguments(field)} {self._condition()}{selection}"]

    def _composite(self, of: Any, depth: int) -> str:
        if is_object_type(of):
            return self._fields(of, depth)
        parts = ["__typename"] if self.random.random() < 0.8 else []
        kinds = [kind for kind in KINDS if self.random.random() < 0.8]
        parts += [self._fragment(kind, self._fields(self.schema.type_map[kind], depth)) for kind in kinds]
        if hasattr(of, "fields"):
            parts.append("name")
        return " ".join(parts) or "... { __typename }"

    def _fragment(self, kind: str, selection: str) -> str:
        if self.random.random() < 0.6:
            return f"... on {kind} {self._condition()} {{ {selection} }}"
        name = f"f{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {kind} {{ {selection} }}")
        return f"...{name} {self._condition()} ...{name}" if self.random.random() < 0.2 else f"...{name}"

    def _alias(self) -> str:
        return f"x{self.random.randint(0, 9)}: " if self.random.random() < 0.4 else ""

    def _arguments(self, field: Any) -> str:
        if not field.args:
            return ""
        if self.random.random() < 0.85:
            return f"(seed: {self.random.randint(0, 99)})"
        return self.random.choice(ARGUMENTS)

    def _condition(self) -> str:
        return self.random.choice(CONDITIONS) if self.random.random() < 0.1 else ""
