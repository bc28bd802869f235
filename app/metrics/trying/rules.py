"""What may be asked of a deployed model. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.deployments.calling.questions import MAX_MESSAGES, MAX_TEXT, MAX_TOKENS, Speaker
from app.kit.errors import HubError, Invalid, Missing

MAX_STOPS, MAX_STOP, MAX_USE_CASE, MAX_KEY = 4, 100, 200, 200
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0, 2),
    "maxTokens": (1, MAX_TOKENS),
    "topP": (0, 1),
    "topK": (1, 1_000),
    "frequencyPenalty": (-2, 2),
    "presencePenalty": (-2, 2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A question for a deployment; `parameters` by the names of the API. `key` tells one call from another."""

    deployment_id: UUID
    messages: tuple[tuple[Speaker, str], ...]
    parameters: Mapping[str, Any]
    seconds: float | None = None
    use_case: str | None = None
    key: str | None = None


def faults_of(trial: Trial, most_seconds: float) -> list[HubError]:
    """Everything that is wrong with a question."""
    found = [*_of_messages(trial), *_of_parameters(trial.parameters), *_of_texts(trial)]
    if trial.seconds is not None and not 1 <= trial.seconds <= most_seconds:
        found.append(Invalid(f"This must be 1 to {most_seconds:g} seconds.", "timeoutSeconds"))
    return found


def _of_messages(trial: Trial) -> Iterator[HubError]:
    if not trial.messages:
        yield Missing("Say something: there is no message.", "messages")
    if len(trial.messages) > MAX_MESSAGES:
        yield Invalid(f"There may be {MAX_MESSAGES} messages at most.", "messages")
    for place, (_, text) in enumerate(trial.messages):
        if not text.strip():
            yield Invalid("This is blank.", "messages", place, "content")
        elif len(text) > MAX_TEXT:
            yield Invalid(f"This may have {MAX_TEXT:,} characters at most.", "messages", place, "content")


def _of_parameters(parameters: Mapping[str, Any]) -> Iterator[HubError]:
    for name, (least, most) in BOUNDS.items():
        value = parameters.get(name)
        if value is not None and not least <= value <= most:
            yield Invalid(f"This must be {least:,} to {most:,}.", "parameters", name)
    stops = parameters.get("stopSequences") or []
    if len(stops) > MAX_STOPS:
        yield Invalid(f"There may be {MAX_STOPS} at most.", "parameters", "stopSequences")
    for place, stop in enumerate(stops):
        if not 1 <= len(stop) <= MAX_STOP:
            yield Invalid(f"This must have 1 to {MAX_STOP} characters.", "parameters", "stopSequences", place)


def _of_texts(trial: Trial) -> Iterator[HubError]:
    for name, value, most in (
        ("useCase", trial.use_case, MAX_USE_CASE),
        ("clientMutationId", trial.key, MAX_KEY),
    ):
        if value is not None and not 1 <= len(value.strip()) <= most:
            yield Invalid(f"This must have 1 to {most} characters.", name)
