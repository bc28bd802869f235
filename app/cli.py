"""`modelhub …`: what a person types. Thin: parses, calls, prints."""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from pydantic import ValidationError

from app.console import connected, err, hours, migrated, out, progress, steps, welcome_link, with_database, with_urls
from app.embedded import AlreadyRunning, ServerFailed, is_running
from app.identity.rules import Role
from app.kit.errors import HubError
from app.settings import Settings

cli = typer.Typer(
    help="Model Hub: what models we have, who uses them, what they cost, how they do.", no_args_is_help=True
)
imports = typer.Typer(
    help="Bring data in. Everything can be imported again: nothing is counted twice.", no_args_is_help=True
)
demos = typer.Typer(help="The demo estate.", no_args_is_help=True)
secrets = typer.Typer(help="Keys and what is sealed with them.", no_args_is_help=True)
events = typer.Typer(help="What happened, as subscribers hear of it.", no_args_is_help=True)
cli.add_typer(imports, name="import")
cli.add_typer(events, name="events")
cli.add_typer(secrets, name="secrets")
cli.add_typer(demos, name="demo")


class Refused(Exception):
    """Something the person at the keyboard can mend; shown without a traceback."""


LOGGING = {"serve", "worker"}
"""Commands that speak in lines of the log."""


@cli.callback()
def prepare(context: typer.Context) -> None:
    """Name the variables that look like settings and are none, before anything is done."""
    if context.invoked_subcommand not in LOGGING:
        for sentence in Settings.unknown():
            err.print(f"Warning: {sentence}")


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
            asyncio.run(put_back(url, archive, report))
    out.print("Restored. Cursors of events that were given out before are void.")


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


@cli.command()
def token(
    role: Annotated[Role, typer.Option(case_sensitive=False, help="What the token may do.")] = Role.VIEWER,
    hours: Annotated[float, typer.Option(min=0.01, max=720, help="How long it is valid.")] = 24,
) -> None:
    """Print an access token for this installation, alone on the last line."""
    from app.identity.tokens import issue_development_token
    from app.kit.secrets import load_keys

    settings = Settings()
    if settings.is_production:
        raise Refused("Production takes no development tokens. Sign in, or use an API key of a service account.")
    if sys.stdout.isatty():
        out.print(f"A development token with the role {role}, valid for {hours:g} hours:")
    print(issue_development_token(load_keys(settings.home, settings.secret), role, timedelta(hours=hours)))  # noqa: T201 - the answer


@events.command()
def tail(
    last: Annotated[int, typer.Option(min=0, max=100_000, help="How many of the newest events first.")] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what follows; Ctrl-C ends it.")] = False,
) -> None:
    """Print events, oldest first: position, time, kind, who may hear of it, content."""
    from app.live.printing import lines

    async def show(url: str) -> None:
        async for line in lines(url, last, follow=follow):
            print(line, flush=True)  # noqa: T201 - the answer

    with connected(Settings()) as settings:
        asyncio.run(show(settings.database_url or ""))


@cli.command(name="invite-admin")
def invite_admin() -> None:
    """Print a link by which one person becomes an administrator; links printed before are void."""
    from app.setup import invite_administrator

    with connected(Settings()) as settings:
        migrated(settings)
        token = asyncio.run(invite_administrator(settings, another=True))
    if token is not None:
        out.print("For one administrator, within 7 days. Open it in a browser:")
        print(welcome_link(settings, token))  # noqa: T201 - the answer


@imports.command("catalog")
def import_catalog() -> None:
    """Load or refresh the public catalog: providers, models, price histories (genai-prices)."""
    from app.catalog.importing import Imported
    from app.setup import import_catalog as load

    with connected(Settings()) as settings, progress("Importing the catalog") as bar:
        migrated(settings)
        task = bar.add_task("", total=None)
        result: Imported = asyncio.run(
            load(settings, lambda done, total: bar.update(task, completed=done, total=total))
        )
    out.print(
        f"{result.models} models of {result.providers} providers: {result.models_added} new, {result.models_updated} "
        f"changed; {result.prices_added} new prices, {result.prices_closed} ended."
    )


@imports.command("usage")
def import_usage(
    file: Annotated[Path, typer.Argument(help="A CSV file, perhaps gzipped.", exists=True, dir_okay=False)],
    shift_to_now: Annotated[
        bool, typer.Option("--shift-to-now", help="Move it by whole days, so that it ends today.")
    ] = False,
) -> None:
    """Load usage from a CSV file. Rows that cannot be taken go to a report with line and reason."""
    with connected(Settings()) as settings:
        migrated(settings)
        damaged = _import_usage(settings, file, shift_to_now=shift_to_now)
    if damaged:
        raise Refused(f"{damaged} What was before it is imported; import the whole file again when you have it.")


def _import_usage(settings: Settings, file: Path, *, shift_to_now: bool) -> str | None:
    from app.metrics.ingest.files import scan
    from app.setup import import_usage as load

    found = scan(file)
    report = RejectedReport(settings.home / "reports" / f"{file.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}-rejected.csv")
    with report, progress(f"Importing {file.name}") as bar:
        task = bar.add_task("", total=found.lines)
        advance = partial(bar.advance, task)
        done = asyncio.run(load(settings, file, found, report.write, advance, shift_to_now=shift_to_now))
    moved = f"; moved by {done.shift.days} days" if done.shift else ""
    out.print(
        f"{done.lines:,} lines: {done.inserted:,} new, {done.duplicates:,} known already, "
        f"{done.conflicts:,} known with another time or content, {done.rejected:,} rejected{moved}."
    )
    if done.rejected:
        out.print(f"Why, line by line: {report.path}")
    return done.damage


class RejectedReport:
    """A CSV file of lines that were not taken, with number and reason; made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open = ExitStack()
        self._rows: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def write(self, line: Any, reason: str) -> None:
        """Add a line."""
        if self._rows is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self._open.enter_context(self.path.open("w", encoding="utf-8", newline=""))
            self._rows = csv.writer(file)
            self._rows.writerow(["line", "reason", "text"])
        self._rows.writerow([line.number, reason, line.text])


@secrets.command("rotate")
def rotate() -> None:
    """Seal every stored secret with the first of MODELHUB_ENCRYPTION_KEYS, while Model Hub runs. Safe to repeat."""
    from app.setup import reseal_secrets

    with with_database(Settings()) as settings:
        migrated(settings)
        done, used = asyncio.run(reseal_secrets(settings))
    out.print(
        f"{done} secrets were sealed with another key. In use now: {', '.join(used) or 'none, as nothing is stored'}."
    )


@secrets.command("renew-signing-key")
def renew_signing_key() -> None:
    """Sign access tokens with a new key from the next minute on; those given out before stay good until they end."""
    from app.setup import renew_signing_key as renew

    with with_database(Settings()) as settings:
        migrated(settings)
        asyncio.run(renew(settings))
    out.print("A new key signs access tokens in a minute.")


@demos.command("load")
def demo_load() -> None:
    """Load the demo estate and 14 days of its traffic; anew if it is there."""
    from app.setup import restart_demo, start_demo

    with connected(Settings()) as settings:
        migrated(settings)
        asyncio.run(restart_demo(settings))
        with hours("Making 14 days of demo traffic (hours)") as report:
            asyncio.run(start_demo(settings, report))
    out.print("The demo is loaded.")


@demos.command("clear")
def demo_clear() -> None:
    """Remove everything the demo made. It stays away until `modelhub demo load`."""
    from app.setup import stop_demo

    with connected(Settings()) as settings:
        migrated(settings)
        asyncio.run(stop_demo(settings))
    out.print("The demo is cleared.")


def main() -> None:
    """The entry point: expected failures end with a sentence and exit code 1."""
    try:
        cli()
    except (Refused, HubError, AlreadyRunning, ServerFailed) as error:
        fail(str(error))
    except ValidationError as error:
        faults = [(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors()]
        fail("\n".join(f"{name}: {reason.removeprefix('Value error, ')}" for name, reason in faults))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("MODELHUB_DEBUG"):
            raise
        log = Settings().home / "logs"
        fail(f"{type(error).__name__}: {error}\n(MODELHUB_DEBUG=1 shows where; the servers' logs are in {log})")


def fail(message: str) -> None:
    """Say what is wrong, and stop."""
    err.print("Error:", style="red", end=" ")
    err.print(message)
    sys.exit(1)
