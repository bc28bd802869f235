"""Acts on teams, and the roles that decide who may do what."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.ids import new_id


async def discover_teams(
    session: AsyncSession, actor: Actor, slugs: set[str], *, is_demo: bool = False
) -> dict[str, UUID]:
    """The ids of the teams that telemetry names; those unknown so far are added under their slug."""
    actor.require(Permission.TELEMETRY_WRITE)
    rows = [{"id": new_id(), "slug": slug, "name": slug, "is_demo": is_demo} for slug in sorted(slugs)]
    if rows:
        await session.execute(insert(Team).values(rows).on_conflict_do_nothing())
    found = await session.execute(select(Team.slug, Team.id).where(Team.slug.in_(slugs)))
    return {row.slug: row.id for row in found}
