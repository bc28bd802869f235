"""The demo estate: `demo load`, `demo clear`."""

from __future__ import annotations

import asyncio

from app.cli.commands import demos
from app.console import connected, hours, migrated, out
from app.settings import Settings


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
