"""Bringing data in: `import catalog`, `import usage`."""

from __future__ import annotations

import asyncio
import csv
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Self

import typer

from app.cli.commands import Refused, imports
from app.console import connected, migrated, out, progress
from app.settings import Settings


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
