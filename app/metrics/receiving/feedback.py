"""What people think of an answer, said after the call was reported; roll-ups follow in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.access import Actor, Permission
from app.kit.errors import Conflict, Invalid, Missing, NotFound
from app.kit.scoping import scope
from app.metrics.receiving import litellm, native, otlp, values
from app.metrics.rollups import MARK, VISIBLE
from app.metrics.rules import floor_to
from app.metrics.tables import HOUR, MINUTE

_SPAN = re.compile("([0-9a-fA-F]{32})[:/-]([0-9a-fA-F]{16})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody thinks of the answer to a call; `said` has `rating`, `accepted` or both, None to take it back."""

    event: str
    said: dict[str, Any]


_FIND: Final = text(
    f"""
    select r.* from inference_key k join inference r on r.event_id = k.event_id and r.occurred_at = k.occurred_at
    where k.event_id = any(cast(:ids as uuid[])) and ({VISIBLE} or r.reported_by = cast(:credential as uuid)
        or r.reported_by in (select id from api_key where principal_id::text = :actor))
    order by array_position(cast(:ids as uuid[]), r.event_id) limit 1 for update of r
    """  # noqa: S608 - composed from constants
)
_CHANGE: Final = text(
    """
    update inference set rating = :rating, accepted = :accepted
    where occurred_at = :occurred_at and event_id = :event_id
    """
)
_COUNT: Final = text(
    """
    update rollup set rating_count = rating_count + :rating_count, rating_sum = rating_sum + :rating_sum,
        accepted = rollup.accepted + :accepted, rejected = rollup.rejected + :rejected
    where grain = :grain and bucket = :bucket and model_id = :model_id and environment = :environment
        and deployment_id is not distinct from cast(:deployment_id as uuid)
        and team_id is not distinct from cast(:team_id as uuid)
    returning bucket
    """
)


_COUNT_VARIANT: Final = text(
    """
    update rollup_variant set rating_count = rating_count + :rating_count, rating_sum = rating_sum + :rating_sum,
        accepted = rollup_variant.accepted + :accepted, rejected = rollup_variant.rejected + :rejected
    where variant_id = :variant_id
    """
)


async def rate_inference(session: AsyncSession, actor: Actor, wanted: Feedback) -> UUID:
    """Say what somebody thinks of an answer, in place of what was said before; the same again changes nothing.

    Raises `NOT_FOUND` for a call that is not kept any more, or is none of the actor's."""
    actor.require(Permission.TELEMETRY_WRITE)
    _check(wanted.said)
    ids = list(candidates(wanted.event))
    who = {**scope(actor), "credential": actor.credential, "actor": actor.id}
    found = (await session.execute(_FIND, {"ids": ids, **who})).mappings().first()
    if found is None:
        raise NotFound("There is no such call, it is not kept any more, or you may not see it.").at("eventId")
    before = {"rating": found["rating"], "accepted": found["accepted"]}
    after = before | wanted.said
    if after != before:
        await _write(session, dict(found), before, after)
    return found["event_id"]


def _check(said: dict[str, Any]) -> None:
    if not said:
        raise Missing("Say `rating`, `accepted` or both.", "rating")
    if said.get("rating") is not None and not 1 <= said["rating"] <= 5:
        raise Invalid("A rating is 1, 2, 3, 4 or 5.", "rating")


def candidates(event: str) -> Iterable[UUID]:
    """The event ids that a sender may mean, whichever way the call came in."""
    if not event or len(event) > values.MAX_TEXT:
        raise Invalid(f"An event's id has 1 to {values.MAX_TEXT} characters.", "eventId")
    yield native.id_of(event)
    yield values.event_id(litellm.WAY, event.encode())
    if span := _SPAN.fullmatch(event):
        yield values.event_id(otlp.WAY, bytes.fromhex(span[1] + span[2]))


async def _write(session: AsyncSession, call: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    await session.execute(_CHANGE, {"occurred_at": call["occurred_at"], "event_id": call["event_id"], **after})
    cell = {name: call[name] for name in ("model_id", "environment", "deployment_id", "team_id")}
    where = {**cell, "grain": MINUTE, "bucket": floor_to(call["occurred_at"], timedelta(minutes=1))}
    then, now = _counts(before), _counts(after)
    more = {name: now[name] - then[name] for name in now}
    if (await session.execute(_COUNT, {**where, **more})).first() is None:
        raise Conflict("The minute of this call is not kept any more, so that nothing can be added to it.")
    if call["variant_id"] is not None:
        await session.execute(_COUNT_VARIANT, {"variant_id": call["variant_id"], **more})
    driver: Any = await (await session.connection()).get_raw_connection()
    await driver.driver_connection.execute(MARK, HOUR, [floor_to(call["occurred_at"], timedelta(hours=1))])


def _counts(said: dict[str, Any]) -> dict[str, int]:
    rating, accepted = said["rating"], said["accepted"]
    return {
        "rating_count": int(rating is not None),
        "rating_sum": rating or 0,
        "accepted": int(accepted is True),
        "rejected": int(accepted is False),
    }
