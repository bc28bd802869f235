"""The face of the limits: how much the viewer may still ask."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.identity.schema import Viewer
from app.kit.edges import extends
from app.limits.charging import Charged, charged, instant
from app.limits.counters import Grant
from app.limits.policy import DAY, HOUR, MINUTE, SECOND, Limits
from app.limits.rules import Unit, Window, empty_at, room


@strawberry.type(description="How much of something is admitted within a time; what is refused does not count.")
class RateLimitWindow:
    limit: int = strawberry.field(description="How much within any time of that length.")
    remaining: int = strawberry.field(description="How much of it is left at this moment, for all processes together.")
    reset_at: datetime = strawberry.field(description="When all of it is there again if nothing more is asked.")


@strawberry.type(description="What holds besides for calls of one field of `Query` or `Mutation`.")
class OperationRateLimit:
    operation: str = strawberry.field(description="The name of the field, such as `signIn`.")
    requests_per_minute: int | None = strawberry.field(description="Calls within a minute; null: no limit of its own.")
    burst_limit: int | None = strawberry.field(description="Calls within a second; null: no limit of its own.")


@strawberry.type(
    description="How much whoever sent this request may ask: a principal in all his sessions and by all his keys, or "
    "an address from which nobody signed in. A window is null if it has no limit."
)
class ViewerRateLimit:
    burst_limit: RateLimitWindow | None = strawberry.field(description="Requests within a second.")
    requests_per_minute: RateLimitWindow | None = strawberry.field(description="Requests within a minute.")
    requests_per_hour: RateLimitWindow | None = strawberry.field(description="Requests within an hour.")
    requests_per_day: RateLimitWindow | None = strawberry.field(description="Requests within a day.")
    cost_per_minute: RateLimitWindow | None = strawberry.field(
        description="The cost of all requests within a minute, as `extensions.cost` of each answer tells it."
    )
    operations_at_once: int | None = strawberry.field(
        description="Queries and mutations that each process of the server executes at once; those that come meanwhile "
        "wait for their turn. Null: any number."
    )
    operations_waiting: int | None = strawberry.field(
        description="How many of them may wait, at most 10 seconds each, before more are refused. Null: any number."
    )
    operations: list[OperationRateLimit] = strawberry.field(
        description="Fields with limits of their own, by name; a few."
    )


@extends(Viewer)
class ViewerLimits:
    @strawberry.field(
        description="How much you may still ask. Null where nothing is limited. Looking costs as any request does."
    )
    async def rate_limit(self) -> ViewerRateLimit | None:
        request = charged()
        return None if request is None else _shown(request, *await request.limits.look(request.account))


def _ahead(window: Window, grant: Grant) -> int:
    return grant.ahead.requests if window.unit is Unit.REQUESTS else grant.ahead.cost


def _shown(request: Charged, limits: Limits, grant: Grant) -> ViewerRateLimit:
    seen = {
        (window.unit, window.seconds): RateLimitWindow(
            limit=window.limit,
            remaining=room(window, count, grant.moment) + _ahead(window, grant),
            reset_at=instant(empty_at(window, count, grant.moment)),
        )
        for window, count in zip(limits.windows, grant.counts, strict=True)
    }
    own = sorted(request.limits.policy.operations.items())
    return ViewerRateLimit(
        burst_limit=seen.get((Unit.REQUESTS, SECOND)),
        requests_per_minute=seen.get((Unit.REQUESTS, MINUTE)),
        requests_per_hour=seen.get((Unit.REQUESTS, HOUR)),
        requests_per_day=seen.get((Unit.REQUESTS, DAY)),
        cost_per_minute=seen.get((Unit.COST, MINUTE)),
        operations_at_once=limits.operations_at_once,
        operations_waiting=limits.operations_waiting,
        operations=[
            OperationRateLimit(operation=name, requests_per_minute=one.requests_per_minute, burst_limit=one.burst_limit)
            for name, one in own
        ],
    )
