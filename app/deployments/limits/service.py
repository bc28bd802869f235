"""Acts on how many deployments a team may have in an environment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.rules import fault_of_reason
from app.catalog.service import refuse
from app.deployments.events import DeploymentLimitSet
from app.deployments.tables import DeploymentQuota
from app.deployments.vocabulary import Environment
from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.errors import Invalid, NotFound
from app.kit.journal import record
from app.kit.scoping import of_teams, scope, tags

MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """A team may have so many deployments there; None: as many as any team."""

    team_id: UUID
    environment: Environment
    limit: int | None
    reason: str | None = None


async def set_deployment_limit(session: AsyncSession, actor: Actor, wanted: Limitation) -> UUID:
    """Say how many deployments a team may have in an environment; what is so already is no change."""
    actor.require(Permission.BUDGETS_MANAGE)
    team = await session.scalar(select(Team).where(Team.id == wanted.team_id, of_teams(Team.id)), scope(actor))
    if team is None:
        raise NotFound("There is no such team, or you are not in it.").at("teamId")
    refuse(_faults(wanted))
    of = DeploymentQuota.team_id == wanted.team_id, DeploymentQuota.environment == wanted.environment
    before = await session.scalar(select(DeploymentQuota.most).where(*of).with_for_update())
    if before != wanted.limit:
        await _set(session, actor, wanted)
        _record(session, actor, wanted, team.name, before)
    return wanted.team_id


def _faults(wanted: Limitation) -> list[Invalid]:
    found = [] if wanted.limit is None or 0 <= wanted.limit <= MOST else [Invalid(f"This is 0 to {MOST:,}.", "limit")]
    message = fault_of_reason(wanted.reason)
    return [*found, *([Invalid(message, "reason")] if message else [])]


async def _set(session: AsyncSession, actor: Actor, wanted: Limitation) -> None:
    of = {"team_id": wanted.team_id, "environment": wanted.environment}
    if wanted.limit is None:
        await session.execute(delete(DeploymentQuota).filter_by(**of))
        return
    said = {"most": wanted.limit, "set_by": actor.name, "set_at": func.now()}
    new = insert(DeploymentQuota).values(**of, **said)
    await session.execute(new.on_conflict_do_update(index_elements=list(of), set_=said))


def _record(session: AsyncSession, actor: Actor, wanted: Limitation, team: str, before: int | None) -> None:
    number = "as many deployments as any team" if wanted.limit is None else f"{wanted.limit:,} deployments"
    message = f"{team} may have {number} in {wanted.environment.lower()}"
    key, environment = str(wanted.team_id), wanted.environment.value
    heard = tags(team=wanted.team_id)
    event = DeploymentLimitSet(resource_id=key, environment=environment, message=message, scope_tags=heard)
    told = [{"environment": environment, "limit": limit} for limit in (before, wanted.limit)]
    record(session, actor, event, before=told[0], after=told[1], reason=wanted.reason)
