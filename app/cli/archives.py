"""The whole database into a file and back: `backup`, `restore`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.commands import Refused, cli
from app.console import err, out, steps, with_database
from app.embedded import is_running
from app.settings import Settings


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file.", dir_okay=False)]) -> None:
    """Write the whole database to a file, while Model Hub runs. The home's `secret` is not in it: keep that too."""
    from app.backup.taking import back_up

    with with_database(Settings()) as settings, steps("Backing up (tables)") as report:
        manifest = asyncio.run(back_up(settings.database_url or "", file, report))
    out.print(f"{file}: {manifest}; {file.stat().st_size / 1e6:,.1f} MB.")


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `modelhub backup` wrote.", dir_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    keep_keys: Annotated[
        bool, typer.Option("--keep-keys", help="Let API keys work on of which the replaced database knows nothing.")
    ] = False,
) -> None:
    """Replace the whole database by a backup, and bring it to this program's schema. Model Hub must be stopped."""
    from app.backup.archive import open_archive
    from app.backup.restoring import content_of
    from app.backup.restoring import restore as put_back

    given = Settings()
    refuse_running(given)
    with steps("Checking the backup (tables)") as report:
        archive = open_archive(file, report)
    with with_database(given) as settings:
        url = settings.database_url or ""
        lost = asyncio.run(content_of(url))
        if lost is not None and not yes:
            confirm(f"{file} was {archive.manifest}.\nIt replaces everything in the database: {lost}.")
        with steps("Restoring (tables)") as report:
            ended = asyncio.run(put_back(url, archive, report, keep_keys=keep_keys))
    out.print("Restored. Cursors of events that were given out before are void, and everybody must sign in again.")
    if ended.api_keys:
        out.print(f"{ended.api_keys} API keys are void, since they were revoked meanwhile or nothing is known of them.")


def refuse_running(settings: Settings) -> None:
    """An instance of this home uses its own database, whether or not it says so in the database by now."""
    if not settings.database_url and is_running(settings.home):
        raise Refused(f"Model Hub runs with {settings.home}: stop it first.")


def confirm(question: str) -> None:
    """Go on only if a person says so."""
    err.print(question)
    if not sys.stdin.isatty():
        raise Refused("Nothing was changed: nobody is there to be asked. Repeat it with --yes.")
    if not typer.confirm("Replace it?", err=True):
        raise Refused("Nothing was changed.")
