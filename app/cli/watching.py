"""What happens, as it happens: `modelhub watch …`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app.cli.commands import watch
from app.console import connected
from app.kit.severity import Severity
from app.settings import Settings


@watch.command()
def alerts(
    severity: Annotated[Severity, typer.Option(help="Only alerts at least so grave.")] = Severity.INFO,
    once: Annotated[bool, typer.Option("--once", help="Only what fires now.")] = False,
) -> None:
    """Print the alerts that fire, and then everything that happens to alerts; Ctrl-C ends it."""
    from app.alerts.printing import lines

    async def show(url: str) -> None:
        async for line in lines(url, severity, follow=not once):
            print(line, flush=True)  # noqa: T201 - the answer

    with connected(Settings()) as settings:
        asyncio.run(show(settings.database_url or ""))
