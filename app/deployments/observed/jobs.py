"""What the worker does for the history of phases: it forgets what nothing is computed from any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import DateTime, Executable, bindparam, text

from app.deployments.observed.rules import WINDOW
from app.kit.db import Database, Row, statement

SLACK: Final = timedelta(days=1)
"""Clocks of machines differ."""


class Forgotten(Row):
    """A step of the history of a deployment that is gone."""


@statement
def _forget() -> Executable:
    """Of what is older than the window there stays, for each deployment, the last time it ceased to serve, the first
    time it served since, and the first time it served since it was last stopped: what is computed of the window
    (`reads._availability`) depends on nothing else."""
    return text("""
        with steps as (
            select deployment_id, occurred_at, phase in ('RUNNING', 'SCALING') as serves,
                   count(*) filter (where phase = 'STOPPED') over history as life,
                   count(*) filter (where phase not in ('RUNNING', 'SCALING')) over history as outage
            from deployment_transition where occurred_at < :before
            window history as (partition by deployment_id order by occurred_at)),
        parts as (
            select *, max(life) over (partition by deployment_id) as lives,
                   max(outage) over (partition by deployment_id) as outages,
                   min(occurred_at) filter (where serves) over (partition by deployment_id, life) as served_in_life,
                   min(occurred_at) filter (where serves) over (partition by deployment_id, outage) as served_since
            from steps)
        delete from deployment_transition t using parts p
        where t.deployment_id = p.deployment_id and t.occurred_at = p.occurred_at
            and not (p.life = p.lives and p.occurred_at is not distinct from p.served_in_life)
            and not (p.outage = p.outages and (not p.serves or p.occurred_at is not distinct from p.served_since))
        returning t.deployment_id""").bindparams(bindparam("before", type_=DateTime(timezone=True)))


async def forget(database: Database, now: datetime) -> int:
    """Forget steps from which neither availability nor uptime is computed any more; how many there were."""
    return len(await database.fetch(_forget(), Forgotten, before=now - WINDOW - SLACK))
