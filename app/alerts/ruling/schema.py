"""Mutations of rules."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.alerts.ruling import service
from app.alerts.ruling.inputs import CreateAlertRuleInput, UpdateAlertRuleInput
from app.alerts.schema import AlertRulePayload
from app.kit.context import Info
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, perform


@strawberry.input(description="Deletes a rule.")
class DeleteAlertRuleInput:
    alert_rule_id: strawberry.ID = strawberry.field(description="The rule.")
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Deletion:
        """What to delete."""
        return service.Deletion(
            rule_id=key_of(self.alert_rule_id, "AlertRule", argument="alertRuleId"),
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `createAlertRule`.")
class CreateAlertRulePayload(AlertRulePayload):
    pass


@strawberry.type(description="What came of `updateAlertRule`.")
class UpdateAlertRulePayload(AlertRulePayload):
    pass


@strawberry.type(description="What came of `deleteAlertRule`.")
class DeleteAlertRulePayload(AlertRulePayload):
    pass


@strawberry.type
class AlertRuleMutation:
    @strawberry.mutation(
        description="Make a rule: it sees what you see, now and as long as you may. Try it on history first with "
        "`simulateAlertRule`. What tells costs needs `costs:read`, too. Needs `alerts:manage`."
    )
    async def create_alert_rule(
        self, info: Info, input: Annotated[CreateAlertRuleInput, strawberry.argument(description="The rule.")]
    ) -> CreateAlertRulePayload | None:
        return await perform(info, CreateAlertRulePayload, service.create_rule, input)

    @strawberry.mutation(
        description="Change a rule. If it watches something else from now on, or is disabled, its alerts are over. "
        "What changes nothing succeeds and leaves the revision. Needs `alerts:manage`."
    )
    async def update_alert_rule(
        self, info: Info, input: Annotated[UpdateAlertRuleInput, strawberry.argument(description="What to change.")]
    ) -> UpdateAlertRulePayload | None:
        return await perform(info, UpdateAlertRulePayload, service.update_rule, input)

    @strawberry.mutation(
        description="Delete a rule: it is evaluated no more and its alerts are over; it stays reachable by its id, "
        "with its history. What was deleted already stays as it is. Needs `alerts:manage`."
    )
    async def delete_alert_rule(
        self, info: Info, input: Annotated[DeleteAlertRuleInput, strawberry.argument(description="What to delete.")]
    ) -> DeleteAlertRulePayload | None:
        return await perform(info, DeleteAlertRulePayload, service.delete_rule, input)
