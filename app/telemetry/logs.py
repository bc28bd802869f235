"""One line per event on stderr: JSON for collectors, text for people. Lines within a request carry its id."""

from __future__ import annotations

import json
import logging
import re
import sys
import textwrap
from typing import Any

import orjson
from structlog.processors import EventRenamer, JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

from app.settings import LogFormat, Settings
from app.telemetry.request import current

_FIRST = ("time", "level", "logger", "message", "request_id", "operation", "actor", "code")
_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@]+(?=@)")
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_NEWLINE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


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


def formatter(of: LogFormat) -> logging.Formatter:
    """Makes one line of a record."""
    common: list[Processor] = [
        add_log_level,
        add_logger_name,
        ExtraAdder(),
        _add_request,
        ProcessorFormatter.remove_processors_meta,
        TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True, key="time"),
        format_exc_info,
        EventRenamer("message"),
        _redact,
        _in_order,
    ]
    return ProcessorFormatter(processors=[*common, JSONRenderer(_json) if of is LogFormat.JSON else _text])


def _add_request(_logger: Any, _method: str, event: EventDict) -> EventDict:
    request = current()
    return event if request is None else {**request.fields(), **event}


def _redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Passwords in URLs and access tokens are not logged, wherever they come from."""
    for name in ("message", "exception"):
        text = event.get(name)
        if isinstance(text, str):
            event[name] = _TOKEN.sub("…", _PASSWORD.sub(r"\1…", text))
    return event


def _in_order(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {**{name: event[name] for name in _FIRST if name in event}, **event}


def _json(event: EventDict, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except TypeError:  # text that is no valid Unicode, integers over 64 bits
        return json.dumps(event, default=str)


def _text(_logger: Any, _method: str, event: EventDict) -> str:
    """A traceback is indented, and what could pass for a line of its own is escaped."""
    told = {name: _escaped(value) for name, value in event.items() if name not in {*_FIRST[:4], "exception"}}
    line = f"{event['time']} {event['level'].upper()} {event['logger']}: {_escaped(event['message'])}"
    line += "".join(f" {name}={value}" for name, value in told.items())
    if "exception" not in event:
        return line
    return f"{line}\n{textwrap.indent(_escaped(event['exception'], _CONTROL_BUT_NEWLINE), '    ')}"


def _escaped(value: object, unwanted: re.Pattern[str] = _CONTROL) -> str:
    return unwanted.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))
