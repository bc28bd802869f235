"""From what people type to what the database looks for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.kit.errors import InvalidParameter

MAX_LENGTH = 1000
MAX_WORDS = 24
"""Words beyond these are not looked for."""

_LONG = 4
"""From so many letters on, a word also finds those that begin with it."""

_FILLERS = frozenset({"a", "an", "and", "for", "in", "of", "the", "to", "with"})
"""Words that are not looked for where there are others."""

_PIECE = re.compile(r'(?P<minus>(?<!\S)-(?=["\w]))?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))|"')
_BETWEEN = re.compile(r"[\x00-/:-@\[-`{-\x7f\s]+")
"""What divides words, in the same way as in the documents: all ASCII but letters and digits."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that belong together: one as typed, divided like `gpt-4o`, or a phrase in quotes."""

    words: tuple[str, ...]
    is_phrase: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Free text, understood: alternatives (`OR`) of terms that must all be found."""

    raw: str
    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def only_excludes(self) -> bool:
        """Whether an alternative names nothing that must be found."""
        return any(all(term.is_excluded for term in terms) for terms in self.alternatives)

    def tsquery(self) -> str:
        """For `to_tsquery('simple', …)`: what a document must match."""
        return " | ".join(f"({_all_of(terms)})" for terms in self.alternatives)

    def ranking(self) -> str:
        """For `to_tsquery('simple', …)`: what adds to the rank of a document."""
        wanted = [term for terms in self.alternatives for term in terms if not term.is_excluded]
        words = dict.fromkeys(word for term in wanted for word in term.words)
        exact = [_quoted(word) for word in (*words, "".join(words)) if word]
        return " | ".join([*exact, *(f"{_quoted(word)}:*" for word in words)])

    def name(self) -> str:
        """All words as one, to be compared with whole names; empty if alternatives or exclusions are wanted."""
        terms = self.alternatives[0]
        is_plain = len(self.alternatives) == 1 and not any(term.is_excluded for term in terms)
        return "".join(word for term in terms for word in term.words) if is_plain else ""


def parse(raw: str | None) -> Text | None:
    """What somebody typed; None if there is no word in it. Raises `INVALID_PARAMETER` beyond 1,000 characters."""
    if raw is None:
        return None
    if len(raw) > MAX_LENGTH:
        raise InvalidParameter(f"`query` takes {MAX_LENGTH} characters at most.", argument="query")
    alternatives: list[list[Term]] = [[]]
    for term in _terms(raw):
        if term is None:
            alternatives.append([])
        else:
            alternatives[-1].append(term)
    kept = tuple(_without_fillers(terms) for terms in alternatives if terms)
    return Text(raw, kept) if kept else None


def _without_fillers(terms: Sequence[Term]) -> tuple[Term, ...]:
    kept = tuple(term for term in terms if term.is_phrase or not _FILLERS.issuperset(term.words))
    return kept or tuple(terms)


def _terms(raw: str) -> Iterator[Term | None]:
    """The terms in order, and None for each `OR`."""
    room = MAX_WORDS
    for piece in _PIECE.finditer(raw):
        phrase, plain = piece["phrase"], piece["plain"]
        if plain and plain.upper() == "OR":
            yield None
            continue
        words = words_of(phrase if phrase is not None else plain or "")[:room]
        room -= len(words)
        if words:
            yield Term(tuple(words), phrase is not None, piece["minus"] is not None)


def words_of(raw: str) -> list[str]:
    """The words in lower case, without what is neither letter nor digit."""
    return [word for word in _BETWEEN.split(raw.lower()) if any(map(str.isalnum, word))]


def _all_of(terms: Sequence[Term]) -> str:
    parts = [_one(term, is_last=term is terms[-1]) for term in terms]
    plain = [word for term in terms if not (term.is_excluded or term.is_phrase) for word in term.words]
    whole = f" | {_quoted(''.join(plain))}:*" if len(plain) > 1 and len(plain) == _words_in(terms) else ""
    return f"({' & '.join(parts)}){whole}"


def _words_in(terms: Sequence[Term]) -> int:
    return sum(len(term.words) for term in terms)


def _one(term: Term, *, is_last: bool) -> str:
    if term.is_phrase:
        found = f"({' <-> '.join(map(_quoted, term.words))})"
    elif term.is_excluded:
        found = f"({' & '.join(map(_quoted, term.words))})"
    else:
        found = _plain(term.words, is_last=is_last)
    return f"!{found}" if term.is_excluded else found


def _plain(words: Sequence[str], *, is_last: bool) -> str:
    parts = [_word(word, is_prefix=is_last and number == len(words)) for number, word in enumerate(words, start=1)]
    apart = " & ".join(parts)
    return f"(({apart}) | {_word(''.join(words), is_prefix=is_last)})" if len(words) > 1 else apart


def _word(word: str, *, is_prefix: bool) -> str:
    return f"{_quoted(word)}:*" if is_prefix or len(word) >= _LONG else _quoted(word)


def _quoted(word: str) -> str:
    return f"'{word}'"
