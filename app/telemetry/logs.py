"""One line per event on stderr: JSON for collectors, text for people. Lines within a request carry its id."""

from __future__ import annotations

import json
import logging
import re
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson

from app.settings import LogFormat, Settings
from app.telemetry.request import current

_KNOWN = {*vars(logging.makeLogRecord({})), "message", "asctime"}
"""What every record has; anything else of it was given by `extra`."""

_HEAD = ("time", "level", "logger", "message")
_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@]+(?=@)")
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_NEWLINE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")

Event: TypeAlias = "dict[str, Any]"
"""What a line says, by name, in its order."""


def configure(settings: Settings) -> None:
    """Send every logger's lines to stderr, in the format of the settings or the one that suits stderr.

    The level is that of our own loggers; libraries are heard from warnings on. Variables that look like settings,
    and are none, are named first."""
    fitting = LogFormat.TEXT if sys.stderr.isatty() else LogFormat.JSON
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings.log_format or fitting))
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("modelhub").setLevel(level)
    logging.captureWarnings(capture=True)
    for sentence in settings.unknown():
        logging.getLogger("modelhub").warning(sentence)
    _skip_what_no_line_shows()


def _skip_what_no_line_shows() -> None:
    """Where in the code, in which thread and process a line came about costs a third of the line."""
    logging._srcfile = None  # pyright: ignore[reportAttributeAccessIssue]  # noqa: SLF001 - so Python's manual
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class Line(logging.Formatter):
    """Makes one line of a record: when, how bad, who says what, of which request, and what else was given."""

    def __init__(self, render: Callable[[Event], str]) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        """The line. Passwords in URLs and access tokens are left out, wherever they come from."""
        event = _event(record)
        if record.exc_info and record.exc_info[0]:
            event["exception"] = _redacted(self.formatException(record.exc_info))
        return self._render(event)


def _event(record: logging.LogRecord) -> Event:
    request = current()
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _redacted(record.getMessage()),
        **(request.fields() if request else {}),
        **{name: value for name, value in vars(record).items() if name not in _KNOWN},
    }


def formatter(of: LogFormat) -> logging.Formatter:
    """Makes one line of a record."""
    return Line(_json if of is LogFormat.JSON else _text)


def _redacted(text: str) -> str:
    if "://" in text:
        text = _PASSWORD.sub(r"\1…", text)
    return _TOKEN.sub("…", text) if "eyJ" in text else text


def _json(event: Event) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except TypeError:  # text that is no valid Unicode, integers over 64 bits
        return json.dumps(event, default=str)


def _text(event: Event) -> str:
    """A traceback is indented, and what could pass for a line of its own is escaped."""
    told = {name: _escaped(value) for name, value in event.items() if name not in {*_HEAD, "exception"}}
    line = f"{event['time']} {event['level'].upper()} {event['logger']}: {_escaped(event['message'])}"
    line += "".join(f" {name}={value}" for name, value in told.items())
    if "exception" not in event:
        return line
    return f"{line}\n{textwrap.indent(_escaped(event['exception'], _CONTROL_BUT_NEWLINE), '    ')}"


def _escaped(value: object, unwanted: re.Pattern[str] = _CONTROL) -> str:
    return unwanted.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))
