"""Conditions that people write, in CEL: checked when they are stored, cheap and harmless when they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cel

from app.kit.condition_grammar import Attribute, Attributes, BadCondition, Kind, check

__all__ = ["MAX_LENGTH", "Attribute", "Attributes", "BadCondition", "Condition", "Kind", "Subject"]

MAX_LENGTH = 500

_SAMPLES: dict[Kind, Any] = {
    Kind.TEXT: "text",
    Kind.NUMBER: 1.5,
    Kind.FLAG: True,
    Kind.TEXTS: ["text"],
    Kind.NUMBERS: [1.5],
}
_UNANSWERABLE = (LookupError, TypeError, ValueError, RuntimeError, ArithmeticError)


@dataclass(frozen=True, eq=False)
class Subject:
    """What one kind of condition is about. Compiled conditions are kept, 1,024 for all subjects together."""

    attributes: Attributes

    def condition(self, text: str) -> Condition:
        """The condition that the text states, at most 500 characters. Raises `BadCondition`."""
        return _compiled(text, self)

    def sample(self) -> dict[str, Any]:
        """A value of the right kind for every attribute, nested as `Condition.holds` takes them."""
        sample: dict[str, Any] = {}
        for name, attribute in self.attributes.items():
            *parents, last = name.split(".")
            place = sample
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = _SAMPLES[attribute.kind]
        return sample


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition. Make it with `Subject.condition`."""

    text: str
    program: cel.Program

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true of these values, nested by name: `{"user": {"tier": "premium"}}`. Leave out what is not
        known: a condition that cannot be decided without it does not hold. Takes some 20 µs."""
        try:
            return self.program.execute(dict(values)) is True
        except _UNANSWERABLE:
            return False


@lru_cache(maxsize=1024)
def _compiled(text: str, subject: Subject) -> Condition:
    if len(text) > MAX_LENGTH:
        raise BadCondition(MAX_LENGTH + 1, f"A condition may have {MAX_LENGTH} characters at most.")
    check(text, subject.attributes)
    try:
        program = cel.compile(text)
        decided = program.execute(subject.sample())
    except _UNANSWERABLE as refusal:
        raise BadCondition(1, "This cannot be evaluated.") from refusal
    if not isinstance(decided, bool):
        raise BadCondition(1, "This cannot be decided.")
    return Condition(text, program)
