"""What calls cost: `reprice`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.commands import cli
from app.console import connected, migrated, out
from app.settings import Settings


@cli.command("reprice")
def reprice(
    model: Annotated[
        list[str] | None,
        typer.Option(help="The slug of a model, such as acme/one; again for more. By default all."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="From the hour of this time on, in UTC. By default everything kept.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the audit trail.")] = None,
) -> None:
    """Work out anew what calls cost, after a price was corrected. What senders said that a call cost stays."""
    from app.setup import reprice as work_out

    with connected(Settings()) as settings:
        migrated(settings)
        done = asyncio.run(work_out(settings, model or None, since.replace(tzinfo=UTC) if since else None, reason))
    out.print(
        f"{done.calls:,} calls of {done.models} models cost {done.after:f} US dollars now; "
        f"it was {done.before:f} before."
    )
