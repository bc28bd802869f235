"""When what people want of a deployment can be taken, and what becomes of its spec. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from app.catalog.rules import fault_of_reason, is_deployable
from app.catalog.vocabulary import ModelStatus
from app.deployments.desired.configuration import (
    HELD_TO,
    Spec,
    bounds_of,
    faults_of_configuration,
    patched,
    replicas_of,
)
from app.deployments.vocabulary import Environment, Runtime
from app.kit.errors import HubError, Invalid, Missing

OWN: Final = frozenset({"modelVersionId", "paused"})
"""What a spec has beside its configuration."""

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def configuration_of(spec: Spec) -> dict[str, Any]:
    """The part of a spec that people configure."""
    return {name: value for name, value in spec.items() if name not in OWN}


def with_replicas(spec: Spec, replicas: int) -> dict[str, Any]:
    """The spec with so many replicas."""
    return patched(spec, {"runtime": {"replicas": replicas}})


def complete(spec: Spec) -> dict[str, Any]:
    """The spec with the number of replicas, if none is given: one, or as many as there must be."""
    least, _ = bounds_of(spec)
    return dict(spec) if replicas_of(spec) is not None else with_replicas(spec, max(1, least))


def rolled_back(spec: Spec, older: Spec) -> dict[str, Any]:
    """The older spec; what is paused stays paused, and the replicas stay as many as the older bounds allow."""
    least, most = bounds_of(older)
    replicas = min(max(replicas_of(spec) or 0, least), most)
    return with_replicas({**older, "paused": bool(spec.get("paused"))}, replicas)


def fault_of_name(name: str) -> HubError | None:
    """What is wrong with the name of a new deployment."""
    if not name:
        return Missing("This must not be blank.", "name")
    if _NAME.fullmatch(name):
        return None
    return Invalid("A name has 1 to 63 lower-case letters, digits and hyphens, and no hyphen at its ends.", "name")


def faults_of_reason(reason: str | None) -> Iterator[HubError]:
    """What is wrong with a reason."""
    if (message := fault_of_reason(reason)) is not None:
        yield Invalid(message, "reason")


def faults_of_spec(spec: Spec, runtime: Runtime, templates: Iterable[str], *path: str) -> Iterator[HubError]:
    """What is wrong with the configuration in a spec, which the input has at `path`."""
    if runtime not in HELD_TO:
        yield Invalid(f"Nothing here runs {runtime} deployments; take {' or '.join(HELD_TO)}.", "runtime")
        return
    for fault in faults_of_configuration(configuration_of(spec), runtime, frozenset(templates)):
        yield fault.at(*path, *fault.path)


def fault_of_status(status: str, environment: str, what: str, *path: str) -> HubError | None:
    """Why a model or version of this status cannot be deployed; None if it can."""
    to_production = environment == Environment.PRODUCTION
    if is_deployable(status, to_production=to_production):
        return None
    wanted = ModelStatus.ACTIVE if to_production else f"{ModelStatus.ACTIVE} or {ModelStatus.EXPERIMENTAL}"
    return Invalid(f"The {what} is {status}; in {environment.lower()} it must be {wanted}.", *path, status=status)


def faults_of_scaling(spec: Spec, runtime: Runtime, replicas: int) -> Iterator[HubError]:
    """What speaks against so many replicas."""
    least, most = bounds_of(spec)
    if runtime is Runtime.EXTERNAL and replicas != 1:
        yield Invalid("How many answer there is not decided here: an external endpoint counts as 1.", "replicas")
    elif not least <= replicas <= most:
        yield Invalid(f"The bounds of scaling are {least:,} to {most:,}.", "replicas")
