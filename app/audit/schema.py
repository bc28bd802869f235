"""The faces of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.audit import reads
from app.audit.vocabulary import AuditEventOrderField
from app.kit.connections import After, Before, Connection, First, Last, connection
from app.kit.context import Info
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.filters import DateTimeFilter, Filter, IdFilter, StringFilter, comparisons
from app.kit.ids import global_id, parse_global_id
from app.kit.journal import Outcome
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.operators import FilterOperator, pattern
from app.kit.ordering import OrderDirection
from app.kit.paging import Order, PageRequest
from app.kit.scalars import JSON

graphql_enum(
    Outcome,
    "What became of an attempt. New values may be added.",
    SUCCESS="It was done.",
    DENIED="It was not allowed, and nothing was done; `reason` is the code of the refusal.",
)
graphql_enum(
    AuditEventOrderField,
    "What the audit trail is sorted by.",
    OCCURRED_AT="When it happened.",
)


@strawberry.type(
    description="Who did, or was not allowed to do, what to what. Entries are never changed nor removed. What its name "
    "calls a secret is masked. Visible to those with `audit:read`."
)
class AuditEvent(Rows, Node):
    row = reads.AuditRow

    occurred_at: datetime = strawberry.field(description="When.")
    action: str = strawberry.field(
        description="What was done, such as `model.registered`; of what was denied the mutation, such as "
        "`registerModel`."
    )
    outcome: Outcome = strawberry.field(description="What became of it.")
    reason: str | None = strawberry.field(
        description="Why, as the actor said; of what was denied the code, such as `FORBIDDEN`."
    )
    before: JSON | None = strawberry.field(description="What changed, as it was; null for what is new.")
    after: JSON | None = strawberry.field(description="What changed, as it is now; of what was denied what it lacked.")
    actor_name: str = strawberry.field(description="Who acted, by name.")
    on_behalf_of: str | None = strawberry.field(description="The person behind a service account; null otherwise.")

    @strawberry.field(description="Who acted: the key of a principal, or a word for what is none, such as `system`.")
    def actor(self) -> str:
        return row_of(self)["actor_id"]

    @strawberry.field(
        description="The type of what it happened to, such as `Model`; null if it concerned no one thing."
    )
    def resource_type(self) -> str | None:
        return row_of(self)["resource_type"] or None

    @strawberry.field(
        description="What it happened to: for entities the id that `node` takes; null if it concerned no one thing."
    )
    def resource(self) -> str | None:
        return _resource(row_of(self))

    @strawberry.field(description="The network address it came from; null for what the installation did itself.")
    def address(self) -> str | None:
        return row_of(self)["ip"]

    @strawberry.field(description="The `requestId` of the request; null for what the installation did itself.")
    def request(self) -> str | None:
        return row_of(self)["request_id"]


def _resource(row: Any) -> str | None:
    try:
        return global_id(row["resource_type"], UUID(row["resource_id"]))
    except ValueError:
        return row["resource_id"] or None


fetched_by("AuditEvent", reads.entries_by_id)


@strawberry.input(description="Which entries; conditions that are left out do not restrict. All must hold.")
class AuditEventFilter:
    actor: StringFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By who acted, as `actor` shows it."
    )
    actor_name: StringFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the name of who acted."
    )
    action: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By what was done.")
    resource_type: StringFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the type of what it happened to."
    )
    resource: IdFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the id of what it happened to."
    )
    outcome: Filter[Outcome] | None = strawberry.field(default=strawberry.UNSET, description="By what became of it.")
    request: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By the `requestId`.")
    occurred_at: DateTimeFilter | None = strawberry.field(default=strawberry.UNSET, description="By when it happened.")

    def chosen(self) -> reads.AuditFilter:
        """The filter as reads take it."""
        found = [
            (field, operator, argument_of(field, operator, values))
            for name, given in vars(self).items()
            for field in [to_camel_case(name)]
            for operator, values in comparisons(given, f"filter.{field}")
        ]
        return reads.AuditFilter(tuple(found))


def argument_of(field: str, operator: FilterOperator, values: tuple[Any, ...]) -> Any:
    """The values of a comparison as the statement takes them. Raises `INVALID_PARAMETER`."""
    if operator in {FilterOperator.CONTAINS, FilterOperator.STARTS_WITH}:
        return pattern(operator, values[0])
    if operator in {FilterOperator.GTE, FilterOperator.LT}:
        return values[0]
    return [_key(text) for text in values] if field == "resource" else list(values)


def _key(text: str) -> str:
    parsed = parse_global_id(text)
    if parsed is None:
        raise InvalidParameter("`filter.resource` is not the id of an entity.", argument="filter.resource")
    return str(parsed[1])


@strawberry.input(description="The sort of the audit trail; the id breaks ties.")
class AuditEventOrder:
    field: AuditEventOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


NEWEST = AuditEventOrder(field=AuditEventOrderField.OCCURRED_AT, direction=OrderDirection.DESC)


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description="The audit trail, newest first; `totalCount` is null above 10,000. Needs `audit:read`. As a file: "
        "`GET /audit/export`."
    )
    async def audit_events(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[AuditEventFilter | None, strawberry.argument(description="Which entries.")] = None,
        order_by: Annotated[AuditEventOrder, strawberry.argument(description="The sort.")] = NEWEST,
    ) -> Connection[AuditEvent]:
        chosen = filter.chosen() if filter else reads.AuditFilter()
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_entries, chosen, order_by.order(), request))
