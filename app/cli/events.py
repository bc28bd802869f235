"""What happened, as subscribers hear of it: `modelhub events …`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from app.cli.commands import events
from app.console import connected
from app.settings import Settings


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
