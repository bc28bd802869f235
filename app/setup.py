"""What is done to an installation from outside its processes: load the catalog, usage, the demo."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from app.catalog import importing, source
from app.demo import people
from app.demo import service as demo
from app.identity.passwords import hash_password
from app.identity.people import service as invitations
from app.identity.secrets import INVITATION, Minted
from app.identity.signing import service as signing
from app.identity.vocabulary import Role
from app.kit.access import SYSTEM
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.presence import present
from app.kit.resealing import keys_in_use, reseal
from app.kit.sealing import load_keyring
from app.kit.secrets import load_keys
from app.metrics import jobs
from app.metrics.ingest import files
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.service import Ingest
from app.metrics.repricing import service as repricing
from app.metrics.repricing.service import Repriced
from app.metrics.rules import TimeRange, ceil_to, floor_to
from app.secret import Secret
from app.settings import Settings

_AN_HOUR = timedelta(hours=1)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncGenerator[Database]:
    url = settings.database_url or ""
    database = Database(url, read_connections=2)
    try:
        async with present(url, "modelhub import"):
            yield database
    finally:
        await database.close()


async def reseal_secrets(settings: Settings) -> tuple[int, list[str]]:
    """Seal everything with the current key; gives how much was not, and the names of the keys in use."""
    keyring = load_keyring(settings)
    async with _database(settings) as database:
        done = await reseal(database, keyring)
        async with database.transaction() as session:
            return done, sorted(await keys_in_use(session))


async def renew_signing_key(settings: Settings) -> None:
    """Let another key sign access tokens."""
    async with _database(settings) as database:
        await Writer(database).write(SYSTEM, signing.renew_signing_key, load_keyring(settings), utc_now())


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
    gc.freeze()  # what is there by now stays: no collection need look at it
    async with _database(settings) as database:
        shift = await files.shift_to_now(database, found, utc_now()) if shift_to_now else timedelta(0)
        ingest = Ingest(database, Directory(database, SYSTEM), retention)
        result = await files.import_usage(ingest, path, shift=shift, reject=reject, progress=progress, found=found)
        if result.inserted:
            await jobs.notice(database, utc_now() - retention, utc_now())
            await jobs.refresh_usage(database, utc_now)
        return result


async def reprice(settings: Settings, slugs: list[str] | None, since: datetime | None, reason: str | None) -> Repriced:
    """Work out anew what the calls cost that are kept one by one, from the beginning of an hour on."""
    now = utc_now()
    kept = floor_to(now - timedelta(days=settings.raw_retention_days), _AN_HOUR)
    span = TimeRange(max(floor_to(since, _AN_HOUR), kept) if since else kept, ceil_to(now, _AN_HOUR) + _AN_HOUR)
    async with _database(settings) as database:
        return await repricing.reprice(database, SYSTEM, slugs, span, reason)


async def start_demo(settings: Settings, report: demo.Report) -> bool:
    """Load the demo unless it was cleared, and make its traffic up to now; whether it is on."""
    async with _database(settings) as database:
        is_on = await Writer(database).write(SYSTEM, demo.start, utc_now())
        if is_on:
            await _settle_people(settings, database)
            await demo.fill(database, timedelta(days=settings.raw_retention_days), report)
            await jobs.refresh_usage(database, utc_now)
        return is_on


async def _settle_people(settings: Settings, database: Database) -> None:
    if not await Writer(database).write(SYSTEM, people.are_settled):
        password = people.password_of(load_keys(settings.home, settings.secret))
        await Writer(database).write(SYSTEM, people.settle, await hash_password(password))


async def demo_sign_ins(settings: Settings) -> list[tuple[Role, str, Secret[str]]]:
    """Role, e-mail address and password of everybody who can sign in to the demo; none if it is off."""
    async with _database(settings) as database:
        if not await Writer(database).write(SYSTEM, people.are_settled):
            return []
    password = people.password_of(load_keys(settings.home, settings.secret))
    return [(person.role, person.email, password) for person in people.PEOPLE]


async def invite_administrator(settings: Settings, *, another: bool = False) -> Secret[str] | None:
    """The token of an invitation to administer this installation; None if somebody does already, unless `another`."""
    minted = Minted(INVITATION)
    async with _database(settings) as database:
        invite = partial(invitations.invite_administrator, minted=minted, another=another)
        made = await Writer(database).write(SYSTEM, invite)
        return None if made is None else minted.secret


async def restart_demo(settings: Settings) -> None:
    """Clear the demo so that it is loaded anew."""
    async with _database(settings) as database:
        await Writer(database).write(SYSTEM, demo.restart)


async def stop_demo(settings: Settings) -> None:
    """Clear the demo for good."""
    async with _database(settings) as database:
        await Writer(database).write(SYSTEM, demo.stop)
