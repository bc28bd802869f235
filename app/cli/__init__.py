"""`modelhub …`: what a person types. Thin: parses, calls, prints."""

from __future__ import annotations

import os
import sys

import typer
from pydantic import ValidationError

from app.cli import access, archives, costs, demos, events, imports, running, watching
from app.cli.commands import Refused, cli
from app.console import err
from app.embedded import AlreadyRunning, ServerFailed
from app.kit.errors import HubError
from app.settings import Settings

__all__ = ["access", "archives", "cli", "costs", "demos", "events", "imports", "main", "running", "watching"]

LOGGING = {"serve", "worker"}
"""Commands that speak in lines of the log."""


@cli.callback()
def prepare(context: typer.Context) -> None:
    """Name the variables that look like settings and are none, before anything is done."""
    if context.invoked_subcommand not in LOGGING:
        for sentence in Settings.unknown():
            err.print(f"Warning: {sentence}")


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
