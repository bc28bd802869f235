"""How many deployments a team may have in an environment."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.deployments.errors import DeploymentLimitExceeded
from app.deployments.tables import Deployment, DeploymentQuota
from app.deployments.vocabulary import Runtime

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


async def keep_to_quota(session: AsyncSession, team_id: UUID | None, environment: str, most: int) -> None:
    """Raise `DEPLOYMENT_LIMIT_EXCEEDED` if the team (None: those of no team) has as many there as it may.

    `most` holds where nothing else was set. Until the transaction ends nobody else gets past."""
    await session.execute(_ONE_AT_A_TIME, {"what": f"deployments of {team_id} in {environment}"})
    of = DeploymentQuota.team_id.is_not_distinct_from(team_id), DeploymentQuota.environment == environment
    own = await session.scalar(select(DeploymentQuota.most).where(*of))
    limit = most if own is None else own
    if await _number(session, team_id, environment) >= limit:
        raise DeploymentLimitExceeded(environment, limit)


async def _number(session: AsyncSession, team_id: UUID | None, environment: str) -> int:
    lives = Deployment.deleted_at.is_(None), Deployment.runtime != Runtime.RECORDED
    of = Deployment.team_id.is_not_distinct_from(team_id), Deployment.environment == environment
    return await session.scalar(select(func.count()).where(*of, *lives)) or 0
