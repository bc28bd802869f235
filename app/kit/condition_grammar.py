"""The grammar of conditions: the part of CEL that takes bounded time and space, checked with types before it is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import NoReturn

from app.kit.errors import Invalid

MAX_DEPTH, MAX_ITEMS, MAX_DIGITS = 10, 100, 15


class Kind(StrEnum):
    """What a value is, in the words of messages."""

    TEXT = "a text"
    NUMBER = "a number"
    FLAG = "true or false"
    TEXTS = "a list of texts"
    NUMBERS = "a list of numbers"


@dataclass(frozen=True, slots=True)
class Attribute:
    """What conditions may speak of: of which kind it is, and which texts it can be if the list is closed."""

    kind: Kind
    description: str
    values: tuple[str, ...] = ()


Attributes = Mapping[str, Attribute]
"""Attributes by dotted name, such as `user.tier`."""


class BadCondition(Invalid):
    """A condition that cannot be taken; `position` is the character at fault, counted from 1."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(f"Character {position}: {message}", position=position)
        self.position = position


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class _Operand:
    kind: Kind
    at: int
    attribute: Attribute | None = None
    literals: tuple[_Token, ...] = ()


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<text>"(?:[^"\\\r\n]|\\[\\'"nrt])*"|'(?:[^'\\\r\n]|\\[\\'"nrt])*')
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<sign>&&|\|\||[=!<>]=|[<>!().,\[\]])
    | (?P<unknown>.)""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ORDERED = frozenset({"<", "<=", ">", ">="})
_COMPARISONS = _ORDERED | {"==", "!=", "in"}
_TEXT_METHODS = frozenset({"startsWith", "endsWith", "contains"})
_FUNCTIONS = (*sorted(_TEXT_METHODS), "size", "has")
_LISTS = {"text": Kind.TEXTS, "number": Kind.NUMBERS}
_MEMBERS = {Kind.TEXT: Kind.TEXTS, Kind.NUMBER: Kind.NUMBERS}


def check(text: str, attributes: Attributes) -> None:
    """Raise `BadCondition` unless the text is a condition over these attributes.

    Allowed are `&&`, `||`, `!`, comparisons, `in`, `startsWith`, `endsWith`, `contains`, `size` and `has`, nested to a
    depth of 10. What CEL offers beyond, such as arithmetic, macros and `matches`, has no bounds and is refused."""
    _Parser(text, attributes).condition()


class _Parser:
    def __init__(self, text: str, attributes: Attributes) -> None:
        self._tokens = [*_tokens(text), _Token("end", "", len(text) + 1)]
        self._attributes = attributes
        self._next = self._depth = 0

    def condition(self) -> None:
        whole = self._either()
        if self._token.kind != "end":
            _fail(self._token, f"`{self._token.text}` cannot follow here.")
        _need(whole, Kind.FLAG, "A condition")

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _advance(self) -> _Token:
        token = self._token
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _take(self, *texts: str) -> _Token | None:
        return self._advance() if self._token.kind in {"sign", "name"} and self._token.text in texts else None

    def _expect(self, text: str) -> None:
        if not self._take(text):
            _fail(self._token, f"`{text}` is missing.")

    def _deeper(self, part: Callable[[], _Operand]) -> _Operand:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            _fail(self._token, f"This is nested more than {MAX_DEPTH} deep.")
        found = part()
        self._depth -= 1
        return found

    def _either(self) -> _Operand:
        return self._joined("||", self._both)

    def _both(self) -> _Operand:
        return self._joined("&&", self._compared)

    def _joined(self, sign: str, part: Callable[[], _Operand]) -> _Operand:
        first = part()
        if self._token.text != sign:
            return first
        _need(first, Kind.FLAG, f"What `{sign}` joins")
        while self._take(sign):
            _need(part(), Kind.FLAG, f"What `{sign}` joins")
        return _Operand(Kind.FLAG, first.at)

    def _compared(self) -> _Operand:
        left = self._negated()
        sign = self._take(*_COMPARISONS)
        if not sign:
            return left
        right = self._negated()
        _check_comparison(sign, left, right)
        return _Operand(Kind.FLAG, left.at)

    def _negated(self) -> _Operand:
        sign = self._take("!")
        if not sign:
            return self._called(self._primary())
        _need(self._deeper(self._negated), Kind.FLAG, "What `!` negates")
        return _Operand(Kind.FLAG, sign.at)

    def _called(self, on: _Operand) -> _Operand:
        while self._take("."):
            method = self._advance()
            self._expect("(")
            on = self._size_of(on, on.at) if method.text == "size" else self._asked(on, method)
        return on

    def _asked(self, on: _Operand, method: _Token) -> _Operand:
        if method.text not in _TEXT_METHODS:
            _fail(method, _unknown_function(method.text))
        _need(on, Kind.TEXT, f"What `{method.text}` is asked of")
        _need(self._deeper(self._either), Kind.TEXT, f"What `{method.text}` looks for")
        self._expect(")")
        return _Operand(Kind.FLAG, on.at)

    def _size_of(self, on: _Operand, at: int) -> _Operand:
        if on.kind in {Kind.NUMBER, Kind.FLAG}:
            raise BadCondition(on.at, f"`size` counts a text or a list, and this is {on.kind}.")
        self._expect(")")
        return _Operand(Kind.NUMBER, at)

    def _primary(self) -> _Operand:
        token = self._advance()
        if token.kind in _LISTS:
            return _literal(token)
        if token.text == "(":
            inner = self._deeper(self._either)
            self._expect(")")
            return _Operand(inner.kind, token.at)
        if token.text == "[":
            return self._list(token)
        return self._named(token)

    def _list(self, opening: _Token) -> _Operand:
        items = [self._advance()]
        while self._take(","):
            items.append(self._advance())
        self._expect("]")
        for item in items:
            if item.kind != items[0].kind or item.kind not in _LISTS:
                _fail(item, "A list holds texts only, or numbers only.")
            _literal(item)
        if len(items) > MAX_ITEMS:
            _fail(opening, f"A list holds {MAX_ITEMS} items at most.")
        return _Operand(_LISTS[items[0].kind], opening.at, literals=tuple(items))

    def _named(self, token: _Token) -> _Operand:
        if token.kind != "name":
            _fail(token, f"A value is missing before `{token.text}`." if token.text else "A value is missing.")
        if token.text in {"true", "false"}:
            return _Operand(Kind.FLAG, token.at)
        return self._function(token) if self._take("(") else self._attribute(token)

    def _function(self, name: _Token) -> _Operand:
        if name.text == "size":
            return self._size_of(self._deeper(self._either), name.at)
        if name.text != "has":
            _fail(name, _unknown_function(name.text))
        self._attribute(self._advance())
        self._expect(")")
        return _Operand(Kind.FLAG, name.at)

    def _attribute(self, first: _Token) -> _Operand:
        path = first.text
        while self._token.text == "." and self._tokens[min(self._next + 2, len(self._tokens) - 1)].text != "(":
            self._advance()
            path += f".{self._advance().text}"
        found = self._attributes.get(path)
        if found is None:
            _fail(first, self._unknown_attribute(path))
        return _Operand(found.kind, first.at, found)

    def _unknown_attribute(self, path: str) -> str:
        within = sorted(name for name in self._attributes if name.startswith(f"{path}."))
        if within:
            return f"`{path}` is not a value; take {_listed(within)}."
        return f"unknown field `{path}`; {_suggested(path, sorted(self._attributes))}"


def _tokens(text: str) -> list[_Token]:
    found = [_Token(str(match.lastgroup), match.group(), match.start() + 1) for match in _TOKEN.finditer(text)]
    for token in found:
        if token.kind == "unknown":
            _fail(token, _unusable(token.text))
    return [token for token in found if token.kind != "space"]


def _unusable(character: str) -> str:
    if character in "'\"":
        return "This text does not end, or has an escape other than \\\\ \\' \\\" \\n \\r \\t."
    hint = {"=": " Compare with `==`.", "&": " “And” is `&&`.", "|": " “Or” is `||`."}.get(character, "")
    return f"`{character}` cannot be used in a condition.{hint}"


def _literal(token: _Token) -> _Operand:
    if token.kind == "text":
        return _Operand(Kind.TEXT, token.at, literals=(token,))
    if len(token.text.lstrip("-").replace(".", "")) > MAX_DIGITS:
        _fail(token, f"A number has {MAX_DIGITS} digits at most.")
    return _Operand(Kind.NUMBER, token.at)


def _check_comparison(sign: _Token, left: _Operand, right: _Operand) -> None:
    if sign.text == "in":
        fits = _MEMBERS.get(left.kind) == right.kind
    else:
        fits = left.kind == right.kind and left.kind in (_MEMBERS if sign.text in _ORDERED else {*_MEMBERS, Kind.FLAG})
    if not fits:
        _fail(sign, f"`{sign.text}` cannot compare {left.kind} with {right.kind}.")
    _check_values(left, right)
    _check_values(right, left)


def _check_values(known: _Operand, other: _Operand) -> None:
    """Raise unless the texts on the other side are among those that the attribute can be."""
    values = known.attribute.values if known.attribute else ()
    for literal in other.literals if values else ():
        if literal.text[1:-1] not in values:
            _fail(literal, f"It is never {literal.text}; {_suggested(literal.text[1:-1], values)}")


def _need(operand: _Operand, kind: Kind, what: str) -> None:
    if operand.kind is not kind:
        raise BadCondition(operand.at, f"{what} must be {kind}, and this is {operand.kind}.")


def _unknown_function(name: str) -> str:
    return f"`{name}` cannot be used in a condition; {_suggested(name, _FUNCTIONS)}"


def _suggested(name: str, known: tuple[str, ...] | list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"take {_listed(known)}."


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return " or ".join(filter(None, [", ".join(f"`{name}`" for name in names[:-1]), f"`{names[-1]}`"]))


def _fail(token: _Token, message: str) -> NoReturn:
    raise BadCondition(token.at, message)
