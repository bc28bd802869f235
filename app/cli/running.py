"""Running Model Hub: `up`, `serve`, `worker`, `migrate`."""

from __future__ import annotations

import asyncio

from app.cli.commands import cli
from app.console import connected, migrated, out, with_urls
from app.settings import Settings


@cli.command()
def up() -> None:
    """Start everything (`make run`): servers, migrations, catalog, demo, API, worker. Ctrl-C stops it all."""
    from app.up import run

    run(Settings())


@cli.command()
def serve() -> None:
    """Serve the API alone; needs DATABASE_URL and REDIS_URL, or a running `modelhub up`."""
    from app.serve import serve as serve_api

    serve_api(with_urls(Settings()))


@cli.command()
def worker() -> None:
    """Run the background jobs alone; needs DATABASE_URL, or a running `modelhub up`."""
    from app.telemetry import logs
    from app.worker import work

    settings = with_urls(Settings())
    logs.configure(settings)
    asyncio.run(work(settings))


@cli.command()
def migrate() -> None:
    """Bring the database to this program's schema. Several at once are safe."""
    with connected(Settings()) as settings:
        migrated(settings)
    out.print("The database is up to date.")
