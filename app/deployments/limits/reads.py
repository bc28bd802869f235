"""How many deployments teams may have, and have."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Executable, any_, func, select

from app.deployments.tables import Deployment, DeploymentQuota
from app.deployments.vocabulary import Runtime
from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.reading import Reader
from app.kit.scoping import of_teams, scope


class LimitRow(Row):
    """What was set for a team in an environment, and how many deployments it has there; either may be none."""


@statement
def _limits() -> Executable:
    lives = Deployment.deleted_at.is_(None), Deployment.runtime != Runtime.RECORDED
    of = Deployment.team_id == any_(keys_parameter()), of_teams(Deployment.team_id)
    used = select(Deployment.team_id, Deployment.environment, func.count().label("used")).where(*of, *lives)
    u = used.group_by(Deployment.team_id, Deployment.environment).subquery("u")
    q = select(DeploymentQuota).where(
        DeploymentQuota.team_id == any_(keys_parameter()), of_teams(DeploymentQuota.team_id)
    )
    s = q.subquery("s")
    both = s.join(u, (u.c.team_id == s.c.team_id) & (u.c.environment == s.c.environment), full=True)
    team, where = func.coalesce(s.c.team_id, u.c.team_id), func.coalesce(s.c.environment, u.c.environment)
    return select(team.label("team_id"), where.label("environment"), s.c.most, u.c.used).select_from(both)


async def limits_by_team(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[LimitRow]]:
    """What is set and used of each team that is the actor's."""
    actor.require(Permission.DEPLOYMENTS_READ)
    own = {"own_teams": scope(actor)["own_teams"]}
    return grouped(await read.fetch(_limits(), LimitRow, keys=keys, **own), "team_id")
