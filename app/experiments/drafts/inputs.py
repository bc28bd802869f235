"""What a draft is made of, as clients give it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from app.experiments.attributes import CALL, USER
from app.experiments.drafts.draft import Audience, Duration, Metrics, Rule, Traffic, Variant
from app.experiments.schema import TrafficType
from app.experiments.vocabulary import Metric
from app.kit.ids import key_of
from app.kit.scalars import JSON

_NAMES = ", ".join(f"`{name}`" for name in CALL.attributes)
_METRICS = ", ".join(f"`{metric}`" for metric in Metric)


@strawberry.input(description="One arm of an experiment.")
class VariantInput:
    name: str = strawberry.field(description="Unique within the experiment; 1 to 200 characters.")
    model_id: strawberry.ID = strawberry.field(description="The model that answers; not a retired one.")
    version_id: strawberry.ID | None = strawberry.field(
        default=None, description="A version of the model; null if it is not fixed."
    )
    weight: Decimal = strawberry.field(
        description="Share of the experiment's traffic in percent, 0 to 100 with 2 decimal places at most; those of "
        "all variants sum to exactly 100. Above 0 where chance decides."
    )
    configuration: JSON | None = strawberry.field(
        default=None, description="Parameters that differ from the deployment's own; an object of at most 10,000 bytes."
    )
    is_control: bool = strawberry.field(
        default=False, description="Whether the others are compared with it; true for exactly one."
    )

    def variant(self, position: int) -> Variant:
        """The variant as the domain has it; `position` says where it was given."""
        path = f"variants.{position}"
        version = self.version_id
        return Variant(
            name=self.name.strip(),
            model_id=key_of(self.model_id, "Model", argument=f"{path}.modelId"),
            version_id=key_of(version, "ModelVersion", argument=f"{path}.versionId") if version is not None else None,
            weight=self.weight,
            configuration={} if self.configuration is None else self.configuration,
            is_control=self.is_control,
        )


@strawberry.input(description="A condition that sends units to a variant.")
class TrafficRuleInput:
    condition: str = strawberry.field(
        description=f"A condition in CEL, at most 500 characters, over {_NAMES}. Allowed are `&&`, `||`, `!`, "
        "comparisons, `in`, `startsWith`, `endsWith`, `contains`, `size` and `has`."
    )
    variant_name: str = strawberry.field(description="The variant they are sent to; 1 to 200 characters.")


@strawberry.input(description="Who is let into an experiment.")
class TrafficInput:
    type: TrafficType = strawberry.field(default=TrafficType.PERCENTAGE, description="By chance or by rules.")
    total_percentage: Decimal = strawberry.field(
        default=Decimal(100),
        description="Share of all traffic that takes part, in percent, 0 to 100, 2 places at most.",
    )
    rules: list[TrafficRuleInput] = strawberry.field(
        default_factory=list[TrafficRuleInput],
        description="For `RULES`: 1 to 100, of which the first whose condition holds decides. Else none.",
    )

    def traffic(self) -> Traffic:
        """The traffic as the domain has it."""
        rules = tuple(Rule(rule.condition, rule.variant_name.strip()) for rule in self.rules)
        return Traffic(type=self.type, total_percentage=self.total_percentage, rules=rules)


@strawberry.input(description="When an experiment is meant to run.")
class DurationInput:
    starts_at: datetime = strawberry.field(description="Planned start; not in the past.")
    ends_at: datetime = strawberry.field(description="Planned end; after the start, and 366 days later at most.")

    def duration(self) -> Duration:
        """The duration as the domain has it."""
        return Duration(self.starts_at, self.ends_at)


@strawberry.input(description="What an experiment measures. No metric is named twice.")
class MetricsInput:
    primary: str = strawberry.field(description=f"The 1 metric that decides: {_METRICS}.")
    secondary: list[str] = strawberry.field(default_factory=list[str], description="Metrics also reported; at most 7.")
    guardrails: list[str] = strawberry.field(
        default_factory=list[str], description="Metrics that must not get worse; at most 7."
    )
    confidence_level: Decimal = strawberry.field(
        default=Decimal("0.95"), description="One minus the accepted false-positive rate, 0.8 to 0.999."
    )

    def metrics(self) -> Metrics:
        """The metrics as the domain has them."""
        lists = {"secondary": tuple(self.secondary), "guardrails": tuple(self.guardrails)}
        return Metrics(primary=self.primary, **lists, confidence_level=self.confidence_level)


@strawberry.input(description="Which users are considered at all.")
class AudienceInput:
    percentage: Decimal = strawberry.field(
        default=Decimal(100), description="Share of users, in percent, 0 to 100, 2 places at most."
    )
    filters: JSON | None = strawberry.field(
        default=None,
        description='The values admitted of each attribute, such as `{"tier": ["premium"]}`; all that are named must '
        f"fit. Attributes: {', '.join(f'`{name}`' for name in USER)}; 1 to 100 texts each.",
    )

    def audience(self) -> Audience:
        """The audience as the domain has it: single values as lists, no filters as null."""
        return Audience(self.percentage, _listed(self.filters) or None)


def _listed(filters: Any) -> Any:
    if not isinstance(filters, dict):
        return filters
    return {name: [value] if isinstance(value, str) else value for name, value in filters.items()}
