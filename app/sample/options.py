"""How `modelhub-sample-server` is started; most of it is for trying out what becomes of a server that misbehaves."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """What the server does. Times are seconds; `fails` is the status that every call gets instead of an answer."""

    host: str
    port: int
    model: str
    start_delay: float
    token_delay: float
    unhealthy: bool
    hangs: bool
    ignores_term: bool
    exit_after: float | None
    exit_code: int
    fails: int | None
    key: str | None


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """The options of the command line; ends the process with a usage message where they make no sense."""
    given = _parser().parse_args(arguments)
    name = given.key_env
    if name and not os.environ.get(name):
        raise SystemExit(f"--key-env: {name} is not set")
    known: dict[str, Any] = {**vars(given), "key": os.environ[name] if name else None}
    return Options(**{field.name: known[field.name] for field in fields(Options)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelhub-sample-server",
        description="Answers as an OpenAI-compatible server does (chat, embeddings, models, /health), without a model: "
        "what it says is a function of what it is asked.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    add("--port", type=int, default=8080, help="0 takes one that is free, and prints it (%(default)s)")
    add("--model", default="sample", help="the name it answers to (%(default)s)")
    add("--token-delay", type=float, default=0.0, metavar="SECONDS", help="before each token (%(default)s)")
    add("--key-env", metavar="NAME", help="calls must bear the API key that this environment variable has")
    trying = parser.add_argument_group("to try out what becomes of a server that …")
    add = trying.add_argument
    add("--start-delay", type=float, default=0.0, metavar="SECONDS", help="is slow to listen")
    add("--unhealthy", action="store_true", help="never becomes healthy: /health answers 503")
    add("--hangs", action="store_true", help="does not answer /health")
    add("--ignores-term", action="store_true", help="does not end when it is told to")
    add("--exit-after", type=float, metavar="SECONDS", help="ends by itself, counted from its start")
    add("--exit-code", type=int, default=1, help="with which status --exit-after ends it (%(default)s)")
    add("--fails", type=int, metavar="STATUS", help="answers every call with this HTTP status")
    return parser
