"""When a draft is complete and valid: every fault with the path of the input that has it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.catalog.errors import ModelNotFound
from app.catalog.vocabulary import ModelStatus
from app.experiments.attributes import CALL, USER
from app.experiments.drafts.draft import Audience, Draft, Duration, Metrics, Rule, Traffic, Variant
from app.experiments.vocabulary import Metric, TrafficType
from app.kit.conditions import BadCondition
from app.kit.errors import HubError, Invalid, Missing, NotFound

MAX_NAME, MAX_DESCRIPTION, MAX_CONFIGURATION, MAX_VALUES = 200, 2000, 10_000, 100
MIN_VARIANTS, MAX_VARIANTS = 2, 10
WHOLE = Decimal(100)
MAX_DURATION = timedelta(days=366)
GRACE = timedelta(minutes=5)
"""How long ago a start may lie that is meant to be now."""
MIN_CONFIDENCE, MAX_CONFIDENCE = Decimal("0.8"), Decimal("0.999")

Faults = Iterator[HubError]


@dataclass(frozen=True, slots=True)
class VersionState:
    """Whose version it is, and its status."""

    model_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class Known:
    """What there is of what a draft names: visible models with their status, versions, and whether its team exists."""

    models: Mapping[UUID, str]
    versions: Mapping[UUID, VersionState]
    has_team: bool = True


def faults(draft: Draft, known: Known, now: datetime | None) -> Faults:
    """Everything that is wrong with a draft. Its start may not have passed at `now`; None: it may."""
    yield from _faults_of_words(draft, known)
    yield from _faults_of_variants(draft.variants)
    for position, variant in enumerate(draft.variants):
        yield from _faults_of_variant(variant, known, ("variants", str(position)))
    yield from _faults_of_traffic(draft.traffic, draft.variants)
    yield from _faults_of_duration(draft.duration, now)
    yield from _faults_of_metrics(draft.metrics)
    yield from _faults_of_audience(draft.audience)


def _faults_of_words(draft: Draft, known: Known) -> Faults:
    yield from _faults_of_name(draft.name, "name")
    if draft.owner is not None:
        yield from _faults_of_name(draft.owner, "owner")
    if draft.description is not None and len(draft.description) > MAX_DESCRIPTION:
        yield Invalid(f"A description has {MAX_DESCRIPTION:,} characters at most.", "description")
    if not known.has_team:
        yield NotFound("There is no such team.").at("teamId")


def _faults_of_name(name: str, *path: str) -> Faults:
    if not name:
        yield Missing("This must not be blank.", *path)
    if len(name) > MAX_NAME:
        yield Invalid(f"This may have {MAX_NAME} characters at most.", *path)


def _faults_of_variants(variants: Sequence[Variant]) -> Faults:
    if not MIN_VARIANTS <= len(variants) <= MAX_VARIANTS:
        yield Invalid(f"An experiment has {MIN_VARIANTS} to {MAX_VARIANTS} variants.", "variants")
    total = sum((variant.weight for variant in variants), Decimal(0))
    if total != WHOLE:
        yield Invalid(f"The weights must sum to exactly 100, and these sum to {total:f}.", "variants", sum=f"{total:f}")
    if not any(variant.is_control for variant in variants):
        yield Invalid("One variant must be the control.", "variants")
    for position in _repeated([True if variant.is_control else None for variant in variants]):
        yield Invalid("Only one variant can be the control.", "variants", position, "isControl")
    for position in _repeated([variant.name.casefold() for variant in variants]):
        yield Invalid("Another variant has this name.", "variants", position, "name")
    for position in _repeated([_identity(variant) for variant in variants]):
        yield Invalid("Another variant is the same model, version and configuration.", "variants", position)


def _repeated(values: Sequence[Any]) -> Iterator[int]:
    """The positions of values that came before; None is no value."""
    return (at for at, value in enumerate(values) if value is not None and value in values[:at])


def _identity(variant: Variant) -> tuple[Any, ...]:
    return variant.model_id, variant.version_id, json.dumps(variant.configuration, sort_keys=True)


def _faults_of_variant(variant: Variant, known: Known, path: tuple[str, ...]) -> Faults:
    yield from _faults_of_name(variant.name, *path, "name")
    yield from _faults_of_percentage(variant.weight, *path, "weight")
    yield from _faults_of_configuration(variant.configuration, *path, "configuration")
    status = known.models.get(variant.model_id)
    if status is None:
        yield ModelNotFound().at(*path, "modelId")
        return
    if status == ModelStatus.RETIRED:
        yield Invalid("A retired model cannot take part.", *path, "modelId")
    if variant.version_id:
        yield from _faults_of_version(known.versions.get(variant.version_id), variant.model_id, *path, "versionId")


def _faults_of_version(version: VersionState | None, model_id: UUID, *path: str) -> Faults:
    if version is None or version.model_id != model_id:
        yield NotFound("The model has no such version.").at(*path)
    elif version.status == ModelStatus.RETIRED:
        yield Invalid("A retired version cannot take part.", *path)


def _faults_of_configuration(configuration: Any, *path: str) -> Faults:
    if not isinstance(configuration, dict):
        yield Invalid("A configuration is an object: names with values.", *path)
    if len(json.dumps(configuration)) > MAX_CONFIGURATION:
        yield Invalid(f"A configuration has {MAX_CONFIGURATION:,} characters of JSON at most.", *path)


def _faults_of_percentage(value: Decimal, *path: str) -> Faults:
    if not 0 <= value <= WHOLE:
        yield Invalid("This is a percentage, 0 to 100.", *path)
    elif value != round(value, 2):
        yield Invalid("A percentage has 2 decimal places at most.", *path)


def _faults_of_traffic(traffic: Traffic, variants: Sequence[Variant]) -> Faults:
    yield from _faults_of_percentage(traffic.total_percentage, "traffic", "totalPercentage")
    if traffic.type is TrafficType.RULES and not traffic.rules:
        yield Missing("Traffic by rules needs at least one rule.", "traffic", "rules")
    if traffic.type is TrafficType.PERCENTAGE:
        yield from _faults_of_chance(traffic, variants)
    names = {variant.name for variant in variants}
    for position, rule in enumerate(traffic.rules):
        yield from _faults_of_rule(rule, names, "traffic", "rules", str(position))


def _faults_of_chance(traffic: Traffic, variants: Sequence[Variant]) -> Faults:
    if traffic.rules:
        yield Invalid("Rules need the type `RULES`.", "traffic", "rules")
    for position, variant in enumerate(variants):
        if not variant.weight:
            yield Invalid("With a weight of 0 no traffic would reach it.", "variants", position, "weight")


def _faults_of_rule(rule: Rule, names: set[str], *path: str) -> Faults:
    try:
        CALL.condition(rule.condition)
    except BadCondition as fault:
        yield fault.at(*path, "condition")
    if rule.variant_name not in names:
        yield Invalid("There is no variant of this name.", *path, "variantName")


def _faults_of_duration(duration: Duration, now: datetime | None) -> Faults:
    if now and duration.starts_at < now - GRACE:
        yield Invalid("The start has passed.", "duration", "startsAt")
    if duration.ends_at <= duration.starts_at:
        yield Invalid("The end must come after the start.", "duration", "endsAt")
    elif duration.ends_at - duration.starts_at > MAX_DURATION:
        yield Invalid(f"An experiment lasts {MAX_DURATION.days} days at most.", "duration", "endsAt")


def _faults_of_metrics(metrics: Metrics) -> Faults:
    secondary = [(("secondary", str(at)), name) for at, name in enumerate(metrics.secondary)]
    guardrails = [(("guardrails", str(at)), name) for at, name in enumerate(metrics.guardrails)]
    named = [(("primary",), metrics.primary), *secondary, *guardrails]
    for path, name in named:
        if name not in tuple(Metric):
            yield Invalid(f"There is no metric of this name; take {', '.join(Metric)}.", "metrics", *path)
    for position in _repeated([name for _, name in named]):
        yield Invalid("This metric is named more than once.", "metrics", *named[position][0])
    level = metrics.confidence_level
    if not MIN_CONFIDENCE <= level <= MAX_CONFIDENCE or level != round(level, 4):
        yield Invalid("A confidence level is 0.8 to 0.999, with 4 places at most.", "metrics", "confidenceLevel")


def _faults_of_audience(audience: Audience) -> Faults:
    yield from _faults_of_percentage(audience.percentage, "audience", "percentage")
    if audience.filters is None:
        return
    if not isinstance(audience.filters, dict):
        yield Invalid("Filters are an object: attributes with lists of values.", "audience", "filters")
        return
    for name, values in audience.filters.items():
        yield from _faults_of_filter(name, values)


def _faults_of_filter(name: str, values: Any) -> Faults:
    path = ("audience", "filters", name)
    if name not in USER:
        yield Invalid(f"Users have no such attribute; take {', '.join(USER)}.", *path)
    elif not isinstance(values, list) or not 1 <= len(values) <= MAX_VALUES:
        yield Invalid(f"This takes 1 to {MAX_VALUES} values.", *path)
    elif any(not isinstance(value, str) or not 1 <= len(value) <= MAX_NAME for value in values):
        yield Invalid(f"Values are texts of 1 to {MAX_NAME} characters.", *path)
    elif len(set(values)) < len(values):
        yield Invalid("A value is named more than once.", *path)
