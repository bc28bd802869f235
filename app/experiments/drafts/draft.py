"""An experiment as it is prepared: all that must be settled before it can start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.experiments.vocabulary import TrafficType


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One arm; `weight` is its share of the experiment's traffic in percent."""

    name: str
    model_id: UUID
    version_id: UUID | None
    weight: Decimal
    configuration: Any
    is_control: bool

    def told(self) -> dict[str, Any]:
        """The variant for the record."""
        return {
            "name": self.name,
            "model": str(self.model_id),
            "version": str(self.version_id) if self.version_id else None,
            "weight": written(self.weight),
            "configuration": self.configuration,
            "isControl": self.is_control,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that sends units to a variant."""

    condition: str
    variant_name: str

    def told(self) -> dict[str, str]:
        """The rule as it is stored and recorded."""
        return {"condition": self.condition, "variantName": self.variant_name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Who is let in: a share of all traffic in percent, and by chance or by rules."""

    type: TrafficType
    total_percentage: Decimal
    rules: tuple[Rule, ...]

    def told(self) -> dict[str, Any]:
        """The traffic for the record."""
        rules = [rule.told() for rule in self.rules]
        return {"type": self.type, "totalPercentage": written(self.total_percentage), "rules": rules}


@dataclass(frozen=True, slots=True)
class Duration:
    """When it is to run."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What it measures; `confidence_level` is 0 to 1."""

    primary: str
    secondary: tuple[str, ...]
    guardrails: tuple[str, ...]
    confidence_level: Decimal

    def told(self) -> dict[str, Any]:
        """The metrics for the record."""
        lists = {"secondary": list(self.secondary), "guardrails": list(self.guardrails)}
        return {"primary": self.primary, **lists, "confidenceLevel": written(self.confidence_level)}


@dataclass(frozen=True, slots=True)
class Audience:
    """Which users are considered: a share in percent, of those with one of the values of each attribute."""

    percentage: Decimal = Decimal(100)
    filters: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All of it."""

    name: str
    description: str | None
    owner: str | None
    team_id: UUID | None
    variants: tuple[Variant, ...]
    traffic: Traffic
    duration: Duration
    metrics: Metrics
    audience: Audience

    def told(self) -> dict[str, Any]:
        """All of it for the record, as JSON values."""
        return {
            "name": self.name,
            "description": self.description,
            "owner": self.owner,
            "team": str(self.team_id) if self.team_id else None,
            "variants": [variant.told() for variant in self.variants],
            "traffic": self.traffic.told(),
            "duration": {"startsAt": self.duration.starts_at.isoformat(), "endsAt": self.duration.ends_at.isoformat()},
            "metrics": self.metrics.told(),
            "audience": {"percentage": written(self.audience.percentage), "filters": self.audience.filters},
        }


def written(value: Decimal) -> str:
    """A number for the record, as short as it can be."""
    return f"{value.normalize():f}"
