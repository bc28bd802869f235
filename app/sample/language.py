"""What the sample server says: a function of what it is asked, so that the same question has the same answer. Pure."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

DIMENSIONS = 64
PER_MESSAGE = 3
"""Tokens that a message costs beside its text, as the chat templates of real models have it."""

_TOKEN = re.compile(r"\s*(?:\w{1,6}|[^\w\s])|\s+")
_SENTENCES = (
    "The sample server answers without thinking, and always alike.",
    "Nothing here was learned; it is only text that comes back.",
    "Ask again and you will read the same.",
    "A real model would have an opinion, this one has a template.",
    "Put the command of a real server in its place when you have one.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is to end: after `most` tokens, or before the first of `stops`."""

    most: int
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The tokens of an answer, and why it ended: `stop` or `length`."""

    tokens: tuple[str, ...]
    finish_reason: str

    @property
    def text(self) -> str:
        return "".join(self.tokens)


def tokens_of(text: str) -> list[str]:
    """The text in pieces of at most six letters with the space before them; joined they are the text again."""
    return _TOKEN.findall(text)


def prompt_tokens(messages: Sequence[dict[str, Any]]) -> int:
    """What the messages count as."""
    return sum(PER_MESSAGE + len(tokens_of(text_of(message))) for message in messages)


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, whose content is text or a list of parts; other parts than text are passed over."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return " ".join(str(part["text"]) for part in content if isinstance(part, dict) and "text" in part)


def answer(model: str, messages: Sequence[dict[str, Any]], wanted: Wanted) -> Answer:
    """What is said to the last message."""
    text = " ".join(_said(model, messages))
    stopped = min((at for at in map(text.find, wanted.stops) if at >= 0), default=len(text))
    tokens = tokens_of(text[:stopped])
    kept = tuple(islice(tokens, wanted.most))
    return Answer(kept, "stop" if len(kept) == len(tokens) else "length")


def _said(model: str, messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    heard = text_of(messages[-1])
    yield f"{model} heard: {heard}"
    first = _digest(model, heard)[0]
    yield from (_SENTENCES[(first + step) % len(_SENTENCES)] for step in range(2))


def embedding(model: str, text: str, dimensions: int) -> list[float]:
    """A vector of length 1: tokens in common make texts near each other."""
    sums = [0.0] * dimensions
    for token in tokens_of(text.lower()) or [""]:
        digest = _digest(model, token.strip())
        for step in range(0, 16, 4):
            place = int.from_bytes(digest[step : step + 3], "big") % dimensions
            sums[place] += 1.0 if digest[step + 3] % 2 else -1.0
    length = math.sqrt(sum(value * value for value in sums))
    return [value / length for value in sums] if length else [1.0] + [0.0] * (dimensions - 1)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).digest()
