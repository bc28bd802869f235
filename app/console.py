"""What the commands share: a console, progress bars, and settings that lead to servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.embedded import EmbeddedServers, is_running, urls
from app.secret import Secret
from app.settings import Settings

out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


@contextmanager
def connected(settings: Settings) -> Generator[Settings]:
    """Settings with both URLs: given ones, else the running instance's servers, else our own for the while."""
    if settings.database_url and settings.redis_url:
        yield settings
    elif is_running(settings.home):
        yield with_urls(settings)
    else:
        with EmbeddedServers(settings.home, err.print):
            yield with_urls(settings)


@contextmanager
def with_database(settings: Settings) -> Generator[Settings]:
    """Settings that lead to a database; for what needs no Redis."""
    if settings.database_url:
        yield settings
    else:
        with connected(settings) as found:
            yield found


def with_urls(settings: Settings) -> Settings:
    """Settings in which the embedded servers stand in for URLs that are not given."""
    embedded = urls(settings.home)
    return settings.model_copy(
        update={
            "database_url": settings.database_url or embedded.database,
            "redis_url": settings.redis_url or embedded.redis,
        }
    )


def address(settings: Settings) -> str:
    """Where people find the API: its public address, or else where it listens."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - only compared
    return f"{settings.scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def welcome_link(settings: Settings, token: Secret[str]) -> str:
    """Where an invitation is taken. The token is behind `#`, which browsers do not send."""
    return f"{address(settings)}/welcome#{token.reveal()}"


def migrated(settings: Settings) -> None:
    """Bring the database to this program's schema."""
    from app.migrate import migrate

    asyncio.run(migrate(settings.database_url or ""))


def progress(text: str) -> Progress:
    """A progress bar for a known number of steps."""
    columns = (
        TextColumn(text),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err)


@contextmanager
def steps(text: str) -> Generator[Callable[[int, int], None]]:
    """Takes reports of how many steps of how many are done, and shows them."""
    with progress(text) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def hours(text: str) -> Generator[Callable[[timedelta, timedelta], None]]:
    """Takes reports of how much of how much time is filled; shows them as hours if there is one or more."""
    hour = timedelta(hours=1)
    with ExitStack() as stack:
        task = TaskID(0)
        bar = progress(text)

        def report(done: timedelta, whole: timedelta) -> None:
            if whole < hour:
                return
            if not bar.tasks:
                stack.enter_context(bar).add_task("")
            bar.update(task, completed=done // hour, total=whole // hour)

        yield report
