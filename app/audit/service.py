"""Acts on the audit trail: it is written by every other act, so that all there is to do is to take a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.events import AuditExported
from app.audit.vocabulary import Form
from app.kit.access import Actor, Clearance, Permission
from app.kit.journal import record
from app.kit.scoping import tags

WHOLE = "all"


async def note_export(session: AsyncSession, actor: Actor, form: Form, chosen: Mapping[str, Any]) -> None:
    """Put on record who takes which part of the trail away. Raises `FORBIDDEN`."""
    actor.require(Permission.AUDIT_READ)
    event = AuditExported(
        resource_id=WHOLE, form=form.value, comparisons=len(chosen), scope_tags=tags(Clearance.CONFIDENTIAL)
    )
    record(session, actor, event, after={"form": form.value, "filter": dict(chosen)})
