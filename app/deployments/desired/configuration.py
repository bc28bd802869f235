"""When a configuration can be taken: each value by itself, values beside each other, and what a runtime holds to. Pure.

A configuration is a spec: nested objects with names in camelCase, as the API and the database have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from app.deployments.desired.quantities import fault_of_cpu, fault_of_gpu, fault_of_memory
from app.deployments.vocabulary import Runtime
from app.kit.errors import HubError, Invalid, Missing
from app.kit.targets import fault_of_url

Spec: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str, ...]
Check: TypeAlias = Callable[[Any], str | None]

MAX_REPLICAS, MAX_TEXTS, MAX_TEXT = 100, 100, 200
LEVELS: Final = ("debug", "info", "warn", "error")

_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_PATH: Final = re.compile(r"/[!-~]{0,1999}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")


def _number(least: float, most: float) -> Check:
    return lambda value: None if least <= value <= most else f"This is {least:,} to {most:,}."


def _text(pattern: re.Pattern[str], message: str) -> Check:
    return lambda value: None if pattern.fullmatch(value) else message


def _texts(values: list[str]) -> str | None:
    if len(values) > MAX_TEXTS or any(not 1 <= len(value) <= MAX_TEXT for value in values):
        return f"This takes {MAX_TEXTS} texts at most, each of 1 to {MAX_TEXT} characters."
    return None


def _level(value: str) -> str | None:
    return None if value in LEVELS else f"This is one of {', '.join(LEVELS)}."


CHECKS: Final[dict[Path, Check]] = {
    ("runtime", "replicas"): _number(0, MAX_REPLICAS),
    ("runtime", "resources", "cpu"): fault_of_cpu,
    ("runtime", "resources", "memory"): fault_of_memory,
    ("runtime", "resources", "gpu"): fault_of_gpu,
    ("runtime", "scaling", "minReplicas"): _number(0, MAX_REPLICAS),
    ("runtime", "scaling", "maxReplicas"): _number(1, MAX_REPLICAS),
    ("runtime", "scaling", "targetCpuUtilization"): _number(1, 100),
    ("runtime", "scaling", "targetMemoryUtilization"): _number(1, 100),
    ("parameters", "temperature"): _number(0, 2),
    ("parameters", "maxTokens"): _number(1, 10_000_000),
    ("parameters", "topP"): _number(0, 1),
    ("parameters", "topK"): _number(1, 100_000),
    ("parameters", "frequencyPenalty"): _number(-2, 2),
    ("parameters", "presencePenalty"): _number(-2, 2),
    ("parameters", "stopSequences"): _texts,
    ("networking", "port"): _number(1, 65_535),
    ("networking", "host"): _text(_HOST, "This is a host name in lower case, 253 characters at most."),
    ("networking", "path"): _text(_PATH, "A path begins with `/` and has 2,000 printable ASCII characters at most."),
    ("networking", "timeoutSeconds"): _number(0.1, 600),
    ("networking", "retries"): _number(0, 10),
    ("monitoring", "metricsIntervalSeconds"): _number(1, 3_600),
    ("monitoring", "logLevel"): _level,
    ("security", "authorization"): _texts,
    ("security", "rateLimiting", "requestsPerMinute"): _number(1, 1_000_000_000),
    ("security", "rateLimiting", "burstLimit"): _number(1, 1_000_000_000),
    ("external", "baseUrl"): fault_of_url,
    ("external", "credential"): _text(_VARIABLE, "This names a variable: letters, digits and `_`, 200 at most."),
}
"""What each value must be, whatever runs the deployment."""

_CALLS: Final[set[Path]] = {("parameters",), ("networking", "timeoutSeconds"), ("networking", "retries")}
_BOUNDS: Final[set[Path]] = {("runtime", "scaling", "minReplicas"), ("runtime", "scaling", "maxReplicas")}
_REPLICAS: Final[Path] = ("runtime", "replicas")

HELD_TO: Final[dict[Runtime, set[Path]]] = {
    Runtime.PROCESS: {_REPLICAS, ("networking", "port"), ("process",), *_BOUNDS, *_CALLS},
    Runtime.EXTERNAL: {_REPLICAS, ("external",), *_CALLS},
}
"""What is enforced, by runtime: by it, or by Model Hub itself when it scales and calls."""

LEAST_PORT = 1024
"""Processes of ordinary users may listen from here on."""


def patched(spec: Spec, patch: Spec) -> dict[str, Any]:
    """A spec with other values: null takes one away, an object changes what it names of an object."""
    result = dict(spec)
    for name, value in patch.items():
        is_object = isinstance(value, Mapping)
        new = patched(result.get(name) or {}, value) if is_object else value  # pyright: ignore[reportUnknownArgumentType]
        if new is None or (is_object and not new):
            result.pop(name, None)
        else:
            result[name] = new
    return result


def leaves(spec: Spec, *path: str) -> Iterator[tuple[Path, Any]]:
    """Every value of a spec, with its path."""
    for name, value in spec.items():
        if isinstance(value, Mapping):
            yield from leaves(value, *path, name)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield (*path, name), value


def faults_of_configuration(spec: Spec, runtime: Runtime, templates: frozenset[str]) -> Iterator[HubError]:
    """Everything that is wrong with a configuration; paths begin at it."""
    for path, value in leaves(spec):
        if not _is_held_to(path, runtime):
            yield Invalid(f"Nothing would enforce this of a {runtime} deployment; leave it out.", *path)
        elif (message := CHECKS.get(path, _fine)(value)) is not None:
            yield Invalid(message, *path)
    yield from _faults_of_replicas(spec)
    yield from _FAULTS[runtime](spec, templates)


def _fine(_: Any) -> None:
    return None


def _is_held_to(path: Path, runtime: Runtime) -> bool:
    return any(path[:length] in HELD_TO[runtime] for length in range(1, len(path) + 1))


def bounds_of(spec: Spec) -> tuple[int, int]:
    """How many replicas there may be, least and most."""
    scaling = (spec.get("runtime") or {}).get("scaling") or {}
    return scaling.get("minReplicas", 0), scaling.get("maxReplicas", MAX_REPLICAS)


def replicas_of(spec: Spec) -> int | None:
    """How many replicas are wanted while it is not paused; None if nothing is said of it."""
    return (spec.get("runtime") or {}).get("replicas")


def _faults_of_replicas(spec: Spec) -> Iterator[HubError]:
    least, most = bounds_of(spec)
    replicas = replicas_of(spec)
    if least > most:
        yield Invalid("There cannot be more replicas at least than at most.", "runtime", "scaling", "minReplicas")
    elif replicas is not None and not least <= replicas <= most:
        yield Invalid(f"The bounds of scaling are {least:,} to {most:,}.", *_REPLICAS)


def _faults_of_process(spec: Spec, templates: frozenset[str]) -> Iterator[HubError]:
    template = (spec.get("process") or {}).get("template")
    if template is None:
        yield Missing("Say what is to be started: the name of a template.", "process", "template")
    elif template not in templates:
        offered = ", ".join(f"`{name}`" for name in sorted(templates)) or "none"
        yield Invalid(f"The operator offers no such template. There are: {offered}.", "process", "template")
    port = (spec.get("networking") or {}).get("port")
    if port is not None and 1 <= port < LEAST_PORT:
        yield Invalid(f"Processes listen at ports from {LEAST_PORT:,} on.", "networking", "port")


def _faults_of_external(spec: Spec, _: frozenset[str]) -> Iterator[HubError]:
    external = spec.get("external") or {}
    if external.get("baseUrl") is None:
        yield Missing("Say where it is called.", "external", "baseUrl")
    if replicas_of(spec) not in {None, 1}:
        yield Invalid("How many answer there is not decided here: an external endpoint counts as 1.", *_REPLICAS)


_FAULTS: Final = {Runtime.PROCESS: _faults_of_process, Runtime.EXTERNAL: _faults_of_external}
