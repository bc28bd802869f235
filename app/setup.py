"""What is done to an installation from outside its processes: load the catalog, usage, the demo."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from app.catalog import importing, source
from app.demo import service as demo
from app.kit.access import SYSTEM
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.presence import present
from app.metrics import jobs
from app.metrics.ingest import files
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.service import Ingest
from app.settings import Settings


@asynccontextmanager
async def _database(settings: Settings) -> AsyncGenerator[Database]:
    url = settings.database_url or ""
    database = Database(url, read_connections=2)
    try:
        async with present(url, "modelhub import"):
            yield database
    finally:
        await database.close()


async def import_catalog(settings: Settings, report: importing.Report) -> importing.Imported:
    """Load or refresh the public catalog."""
    async with _database(settings) as database:
        providers = list(source.providers())
        return await Writer(database).write(SYSTEM, importing.import_catalog, providers, report)


async def has_catalog(settings: Settings) -> bool:
    """Whether the catalog was imported."""
    async with _database(settings) as database, database.transaction() as session:
        return not await importing.is_empty(session)


async def import_usage(
    settings: Settings,
    path: Path,
    found: files.Scan,
    reject: Callable[[files.Line, str], None],
    progress: Callable[[int], None],
    *,
    shift_to_now: bool,
) -> files.Imported:
    """Import a usage file, and tell of what it shows."""
    retention = timedelta(days=settings.raw_retention_days)
    async with _database(settings) as database:
        shift = await files.shift_to_now(database, found, utc_now()) if shift_to_now else timedelta(0)
        ingest = Ingest(database, Directory(database, SYSTEM), retention)
        result = await files.import_usage(ingest, path, shift=shift, reject=reject, progress=progress, found=found)
        if result.inserted:
            await jobs.notice(database, utc_now() - retention, utc_now())
            await jobs.refresh_usage(database, utc_now)
        return result


async def start_demo(settings: Settings, report: demo.Report) -> bool:
    """Load the demo unless it was cleared, and make its traffic up to now; whether it is on."""
    async with _database(settings) as database:
        is_on = await Writer(database).write(SYSTEM, demo.start, utc_now())
        if is_on:
            await demo.fill(database, timedelta(days=settings.raw_retention_days), report)
            await jobs.refresh_usage(database, utc_now)
        return is_on


async def restart_demo(settings: Settings) -> None:
    """Clear the demo so that it is loaded anew."""
    async with _database(settings) as database:
        await Writer(database).write(SYSTEM, demo.restart)


async def stop_demo(settings: Settings) -> None:
    """Clear the demo for good."""
    async with _database(settings) as database:
        await Writer(database).write(SYSTEM, demo.stop)
