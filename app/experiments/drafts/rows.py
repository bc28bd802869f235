"""Drafts as rows, and rows as drafts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from app.experiments import tables
from app.experiments.drafts.draft import Audience, Draft, Duration, Metrics, Rule, Traffic, Variant
from app.experiments.vocabulary import TrafficType


def draft_of(row: tables.Experiment, variants: Iterable[tables.Variant]) -> Draft:
    """The draft as stored."""
    return Draft(
        name=row.name,
        description=row.description,
        owner=row.owner,
        team_id=row.team_id,
        variants=tuple(_variant(variant) for variant in variants),
        traffic=_traffic(row),
        duration=Duration(row.starts_at, row.ends_at),  # type: ignore[arg-type] - drafts always have both
        metrics=_metrics(row),
        audience=Audience(row.audience_percentage, row.audience_filters),
    )


def _variant(row: tables.Variant) -> Variant:
    return Variant(
        name=row.name,
        model_id=row.model_id,
        version_id=row.model_version_id,
        weight=row.weight,
        configuration=row.configuration,
        is_control=row.is_control,
    )


def _traffic(row: tables.Experiment) -> Traffic:
    rules = tuple(Rule(rule["condition"], rule["variantName"]) for rule in row.traffic_rules)
    return Traffic(type=TrafficType(row.traffic_type), total_percentage=row.traffic_percentage, rules=rules)


def _metrics(row: tables.Experiment) -> Metrics:
    return Metrics(
        primary=row.primary_metric,
        secondary=tuple(row.secondary_metrics),
        guardrails=tuple(row.guardrail_metrics),
        confidence_level=row.confidence_level,
    )


def columns_of(draft: Draft) -> dict[str, Any]:
    """What of a draft is stored with the experiment."""
    return {
        "name": draft.name,
        "description": draft.description,
        "owner": draft.owner,
        "team_id": draft.team_id,
        "traffic_type": draft.traffic.type,
        "traffic_percentage": draft.traffic.total_percentage,
        "traffic_rules": [rule.told() for rule in draft.traffic.rules],
        "audience_percentage": draft.audience.percentage,
        "audience_filters": draft.audience.filters,
        "starts_at": draft.duration.starts_at,
        "ends_at": draft.duration.ends_at,
        "primary_metric": draft.metrics.primary,
        "secondary_metrics": list(draft.metrics.secondary),
        "guardrail_metrics": list(draft.metrics.guardrails),
        "confidence_level": draft.metrics.confidence_level,
    }


def variants_of(draft: Draft, experiment_id: UUID) -> list[tables.Variant]:
    """What of a draft is stored as variants."""
    return [
        tables.Variant(
            experiment_id=experiment_id,
            position=position,
            name=variant.name,
            model_id=variant.model_id,
            model_version_id=variant.version_id,
            weight=variant.weight,
            configuration=variant.configuration,
            is_control=variant.is_control,
        )
        for position, variant in enumerate(draft.variants)
    ]
