"""Calls deployed models for people who try them, and records each call as any other, without its content."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from app.catalog import reads as catalog
from app.deployments import reads as deployments
from app.deployments.calling.calls import Calls, calls_of
from app.deployments.calling.endpoints import endpoint_of
from app.deployments.calling.questions import (
    MAX_RETRIES,
    USUAL_SECONDS,
    CallFault,
    Endpoint,
    Outcome,
    Question,
    parameters_of,
)
from app.deployments.errors import DeploymentNotFound
from app.kit.access import SYSTEM, Actor, Permission
from app.kit.errors import Rejected
from app.kit.ids import new_id
from app.kit.reading import Reader
from app.metrics.inferences.reads import inferences_by_id
from app.metrics.ingest.rules import Inference
from app.metrics.receiving.service import receiver_of
from app.metrics.trying.rules import Trial, faults_of

MOST_SECONDS, MOST_STREAMED = 25.0, 120.0
"""How long a call may take whose answer comes in one piece, and piece by piece."""
OPERATION: Final = "chat"
_NAMES: Final = UUID("5a1f6c2e-8a53-4f0b-9d6b-3a1a0f9b7c11")
"""Where names that people give to calls are unique, with who gave them."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A call that was made. `outcome` is None if it was made before, by the same name: its content was not kept.

    `record` is the row of the inference."""

    id: UUID
    outcome: Outcome | None
    record: Any


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A call that can be made, and who it is for."""

    id: UUID
    actor: Actor
    trial: Trial
    endpoint: Endpoint
    question: Question
    deployment: Any
    slug: str


async def try_deployment(read: Reader, actor: Actor, trial: Trial) -> Tried:
    """Ask a deployment, and record the call. What goes wrong there is an outcome.

    Raises `DEPLOYMENT_NOT_FOUND`, `CONFLICT` if it does not serve, `INVALID_PARAMETER` and `RATE_LIMIT_EXCEEDED`."""
    prepared = await _prepare(read, actor, trial, MOST_SECONDS)
    if (known := await _recorded(read, prepared.id)) is not None:
        return Tried(prepared.id, None, known)
    async with aclosing(_answers(read, prepared)) as answers:
        async for each in answers:
            if isinstance(each, Tried):
                return each
    raise AssertionError


async def stream_deployment(read: Reader, actor: Actor, trial: Trial) -> AsyncGenerator[str | Tried]:
    """The same, piece by piece, the call itself at the end. One that is left in between is recorded as cancelled."""
    prepared = await _prepare(read, actor, trial, MOST_STREAMED)
    async with aclosing(_answers(read, prepared)) as answers:
        async for each in answers:
            yield each


async def _prepare(read: Reader, actor: Actor, trial: Trial, most_seconds: float) -> _Prepared:
    actor.require(Permission.MODELS_DEPLOY)
    faults = faults_of(trial, most_seconds)
    if faults:
        raise Rejected(*faults)
    deployment = (await deployments.deployments_by_id(read, actor, [trial.deployment_id])).get(trial.deployment_id)
    if deployment is None:
        raise DeploymentNotFound
    key = deployment["model_id"]
    slug = (await catalog.models_by_id(read, actor, [key]))[key]["slug"]
    endpoint = endpoint_of(deployment, slug, _calls(read).credentials)
    question = _question(trial, deployment["spec"] or {}, most_seconds)
    return _Prepared(_id_of(actor, trial), actor, trial, endpoint, question, deployment, slug)


def _calls(read: Reader) -> Calls:
    return calls_of(read.database)


def _id_of(actor: Actor, trial: Trial) -> UUID:
    """The event id: of one name of one actor always the same."""
    return uuid5(_NAMES, f"{actor.id}\n{trial.key}") if trial.key else new_id()


def _question(trial: Trial, spec: dict[str, Any], most_seconds: float) -> Question:
    networking = spec.get("networking") or {}
    seconds = trial.seconds or networking.get("timeoutSeconds") or USUAL_SECONDS
    return Question(
        messages=trial.messages,
        parameters=parameters_of(spec, trial.parameters),
        seconds=min(seconds, most_seconds),
        retries=min(networking.get("retries") or 0, MAX_RETRIES),
    )


async def _answers(read: Reader, prepared: _Prepared) -> AsyncGenerator[str | Tried]:
    began, text, outcome = read.now(), "", None
    try:
        async with aclosing(_calls(read).ask(prepared.endpoint, prepared.question)) as answers:
            async for each in answers:
                if isinstance(each, Outcome):
                    outcome = each
                else:
                    text += each
                    yield each
    except (GeneratorExit, asyncio.CancelledError):
        left = Outcome(text=text, attempts=1, fault=CallFault.CANCELLED)
        await asyncio.shield(_record(read, prepared, left, began))
        raise
    if outcome is not None:
        await _record(read, prepared, outcome, began)
        yield Tried(prepared.id, outcome, await _recorded(read, prepared.id))


async def _record(read: Reader, prepared: _Prepared, outcome: Outcome, began: datetime) -> None:
    await receiver_of(read.database).ingest.take([_inference(prepared, outcome, began)])


async def _recorded(read: Reader, key: UUID) -> Any:
    return (await inferences_by_id(read, SYSTEM, [key])).get(key)


def _inference(prepared: _Prepared, outcome: Outcome, began: datetime) -> Inference:
    """The call as it is recorded: nothing of what was said."""
    provider, _, model = prepared.slug.partition("/")
    usage, actor, deployment = outcome.usage, prepared.actor, prepared.deployment
    return Inference(
        event_id=prepared.id,
        occurred_at=began,
        provider=provider,
        model=model,
        environment=deployment["environment"],
        service=deployment["name"],
        user=actor.name,
        operation=OPERATION,
        use_case=prepared.trial.use_case,
        tokens_in=usage.tokens_in if usage else 0,
        tokens_out=usage.tokens_out if usage else 0,
        tokens_cached=usage.tokens_cached if usage else 0,
        tokens_reasoning=usage.tokens_reasoning if usage else 0,
        latency_us=outcome.latency_us,
        ttft_us=outcome.ttft_us,
        failed=outcome.fault is not None,
        error_code=outcome.fault.lower() if outcome.fault else None,
        reported_by=actor.credential,
        team_key=_team_of(actor) or deployment["team_id"],
    )


def _team_of(actor: Actor) -> UUID | None:
    """The team that pays: the actor's, if he is in one only."""
    return next(iter(actor.teams)) if actor.teams and len(actor.teams) == 1 else None
