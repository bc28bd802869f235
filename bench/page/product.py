"""The product's own queries over its demo: breadth-first against graphql-core's executor, everything else the same."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from app import setup
from app.kit.clock import utc_now
from app.kit.db import Database
from app.metrics import jobs
from app.migrate import migrate
from app.settings import Settings
from bench.page.documents import Work
from bench.page.load import Load
from bench.page.rounds import Figures, Turns, measure
from bench.page.servers import Place, Recipe, running

EXECUTORS: dict[str, dict[str, str]] = {"breadth-first": {}, "standard": {"MODELHUB_EXECUTION": "standard"}}

DASHBOARD = """query Dashboard {{
  dashboard(filter: {{range: {{from: "{begin:%Y-%m-%dT%H:00:00Z}", to: "{end:%Y-%m-%dT%H:00:00Z}"}}}}) {{
    summary {{
      totalModels activeDeployments totalRequests requestsPerHour successRate
      totalCost costPerDay avgLatencyMs avgRating
    }}
    topModels {{ requests cost rating model {{ slug name status provider {{ name }} }} }}
    recentActivity {{ occurredAt message type model {{ name }} deployment {{ environment phase }} }}
  }}
}}"""
CATALOG = """query Catalog {
  models(first: 50) {
    nodes {
      id slug name description modelType tags capabilities contextWindow status securityLevel source createdAt
      provider { name slug }
      aliases { name }
      versions { label status }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""


def works() -> tuple[Work, ...]:
    """The dashboard ends with the last whole hour, so that its answer does not change while it is measured."""
    end = datetime.now(UTC)
    dashboard = DASHBOARD.format(begin=end - timedelta(days=7), end=end)
    return (
        Work("dashboard", "the dashboard's overview of 7 days", dashboard),
        Work("catalog", "50 models × 12 scalars with provider, aliases and versions", CATALOG),
    )


def measured(place: Place, load: Load, turns: Turns) -> dict[str, dict[str, Figures]]:
    """The figures by query and executor. Turns last four seconds at least, since the dashboard takes its time."""
    longer = Turns(turns.rounds, max(4, turns.seconds), 4)
    url = place.database.replace("/bench?", "/modelhub?")
    environment = {**place.environment(), "DATABASE_URL": url}
    settings = Settings.model_validate({"DATABASE_URL": url, "MODELHUB_HOME": place.home})
    asyncio.run(_fill(settings))
    command = (sys.executable, "-m", "app", "serve")
    recipes = [Recipe(name, command, {**environment, **chosen}) for name, chosen in EXECUTORS.items()]
    with ExitStack() as stack:
        servers = [stack.enter_context(running(recipe, place.home)) for recipe in recipes]
        return {work.title: measure(servers, work, load, longer) for work in works()}


async def _fill(settings: Settings) -> None:
    await migrate(settings.database_url or "")
    await setup.import_catalog(settings, _silent)
    await setup.start_demo(settings, _silent)
    database = Database(settings.database_url or "")
    try:
        await jobs.roll_up(database, utc_now)
    finally:
        await database.close()


def _silent(*_: object) -> None:
    """Nobody asked."""
