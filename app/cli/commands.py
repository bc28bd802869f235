"""The commands as Typer knows them, in groups; and what a command refuses."""

from __future__ import annotations

import typer

cli = typer.Typer(
    help="Model Hub: what models we have, who uses them, what they cost, how they do.", no_args_is_help=True
)
imports = typer.Typer(
    help="Bring data in. Everything can be imported again: nothing is counted twice.", no_args_is_help=True
)
demos = typer.Typer(help="The demo estate.", no_args_is_help=True)
secrets = typer.Typer(help="Keys and what is sealed with them.", no_args_is_help=True)
events = typer.Typer(help="What happened, as subscribers hear of it.", no_args_is_help=True)
watch = typer.Typer(help="What happens, as it happens.", no_args_is_help=True)
cli.add_typer(imports, name="import")
cli.add_typer(events, name="events")
cli.add_typer(watch, name="watch")
cli.add_typer(secrets, name="secrets")
cli.add_typer(demos, name="demo")


class Refused(Exception):
    """Something the person at the keyboard can mend; shown without a traceback."""
