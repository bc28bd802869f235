"""How lists of alerts, rules and silences are narrowed and sorted."""

from __future__ import annotations

from typing import Any

import strawberry

from app.alerts import words  # noqa: F401 - publishes the enums
from app.alerts.reads import Chosen
from app.alerts.vocabulary import AlertOrderField, AlertRuleOrderField, AlertState, AlertType, SilenceOrderField
from app.kit.errors import InvalidParameter
from app.kit.faces import Severity
from app.kit.filters import Filter, IdFilter, wanted, wanted_keys
from app.kit.ordering import OrderDirection
from app.kit.paging import Order

_SEVERITY = "By how grave they are."
_TYPE = "By what they are about."


def chosen_of(**values: Any) -> Chosen:
    """The conditions that are given, by name."""
    return Chosen({name: list(found) for name, found in values.items() if found})


def _flag(value: Any, argument: str, yes: str, no: str) -> dict[str, Any]:
    if value is None:
        raise InvalidParameter(f"`{argument}` must not be null.", argument=argument)
    return {} if value is strawberry.UNSET else {yes if value else no: True}


@strawberry.input(description="Which alerts; conditions that are left out do not restrict. All must hold.")
class AlertFilter:
    state: Filter[AlertState] | None = strawberry.field(default=strawberry.UNSET, description="By where they are.")
    severity: Filter[Severity] | None = strawberry.field(default=strawberry.UNSET, description=_SEVERITY)
    type: Filter[AlertType] | None = strawberry.field(default=strawberry.UNSET, description=_TYPE)
    rule: IdFilter | None = strawberry.field(default=strawberry.UNSET, description="By the id of their rule.")

    def chosen(self) -> Chosen:
        """The filter as reads take it."""
        return chosen_of(
            states=wanted(self.state, "filter.state"),
            severities=wanted(self.severity, "filter.severity"),
            types=wanted(self.type, "filter.type"),
            rules=wanted_keys(self.rule, "AlertRule", "filter.rule"),
        )


@strawberry.input(description="Which rules; conditions that are left out do not restrict. All must hold.")
class AlertRuleFilter:
    severity: Filter[Severity] | None = strawberry.field(default=strawberry.UNSET, description=_SEVERITY)
    type: Filter[AlertType] | None = strawberry.field(default=strawberry.UNSET, description=_TYPE)
    is_enabled: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether those that are evaluated are wanted, or the others."
    )

    def chosen(self) -> Chosen:
        """The filter as reads take it."""
        given = chosen_of(
            severities=wanted(self.severity, "filter.severity"), types=wanted(self.type, "filter.type")
        ).conditions
        return Chosen(given | _flag(self.is_enabled, "filter.isEnabled", "is_enabled", "is_disabled"))


@strawberry.input(description="Which silences; conditions that are left out do not restrict.")
class SilenceFilter:
    is_active: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Whether those that silence now are wanted, or the others."
    )

    def chosen(self) -> Chosen:
        """The filter as reads take it."""
        return Chosen(_flag(self.is_active, "filter.isActive", "is_active", "is_inactive"))


_FIELD, _WAY = "What to sort by.", "Which way."


@strawberry.input(description="The sort of alerts; the id breaks ties.")
class AlertOrder:
    field: AlertOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_WAY)

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


@strawberry.input(description="The sort of rules; the id breaks ties.")
class AlertRuleOrder:
    field: AlertRuleOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_WAY)

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


@strawberry.input(description="The sort of silences; the id breaks ties.")
class SilenceOrder:
    field: SilenceOrderField = strawberry.field(description=_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_WAY)

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


NEWEST = AlertOrder(field=AlertOrderField.CHANGED_AT, direction=OrderDirection.DESC)
NEWEST_RULES = AlertRuleOrder(field=AlertRuleOrderField.CREATED_AT, direction=OrderDirection.DESC)
NEWEST_SILENCES = SilenceOrder(field=SilenceOrderField.CREATED_AT, direction=OrderDirection.DESC)
