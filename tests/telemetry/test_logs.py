"""Logs: one line per event, whatever is in it; nothing secret; the request on every line."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from app.settings import LogFormat
from app.telemetry.logs import formatter
from app.telemetry.metrics import ApiMetrics
from app.telemetry.observer import Observer
from app.telemetry.request import CurrentRequest, accepted_id, answering

NASTY = 'a\nb\r{"level":"error"}\x1b[31m\u2028\x85c'


def request(**known: Any) -> CurrentRequest:
    """A request that is being answered."""
    return CurrentRequest("request-1", Observer(ApiMetrics(CollectorRegistry())), **known)


def logged(of: LogFormat, message: str, *args: object, **kwargs: Any) -> str:
    """What one event looks like."""
    error = kwargs.pop("error", None)
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.getLogger("modelhub.test").makeRecord(
        "modelhub.test", logging.WARNING, __file__, 1, message, args, info, extra=kwargs
    )
    return formatter(of).format(record)


def as_json(message: str, *args: object, **kwargs: Any) -> dict[str, Any]:
    return json.loads(logged(LogFormat.JSON, message, *args, **kwargs))


def failing(message: str) -> Exception:
    """An error that was raised."""
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


class TestJson:
    def test_line_says_when_how_bad_who_and_what(self) -> None:
        event = as_json("job %s failed", "roll-up", code="CONFLICT", duration_ms=1.5)
        assert event.pop("time").endswith("Z")
        assert event == {
            "level": "warning", "logger": "modelhub.test", "message": "job roll-up failed", "code": "CONFLICT",
            "duration_ms": 1.5,
        }  # fmt: skip

    def test_line_within_a_request_names_it(self) -> None:
        with answering(request(operation="Discover", actor="user:1", trace_id="f" * 32)):
            event = as_json("x")
        assert (event["request_id"], event["operation"], event["actor"], event["trace_id"]) == (
            "request-1", "Discover", "user:1", "f" * 32,
        )  # fmt: skip
        assert "request_id" not in as_json("x")

    def test_traceback_is_within_the_line(self) -> None:
        line = logged(LogFormat.JSON, "failed", error=failing(NASTY))
        assert "\n" not in line
        assert json.loads(line)["exception"].startswith("Traceback")
        assert "ValueError: a" in json.loads(line)["exception"]

    @pytest.mark.parametrize("value", [NASTY, "\ud800", 2**70, object(), {1: "\ud800"}])
    def test_anything_can_be_said_in_one_line(self, value: object) -> None:
        line = logged(LogFormat.JSON, "said %s", value, value=value)
        assert len(line.splitlines()) == 1 or "\n" not in line
        assert json.loads(line)["message"].startswith("said ")

    @pytest.mark.parametrize(
        "text",
        ["postgresql://user:hunter2@host/db", "redis://:hunter2@host", "token eyJh.eyJz.hunter2 refused"],
    )
    def test_passwords_and_tokens_are_not_said(self, text: str) -> None:
        line = logged(LogFormat.JSON, "cannot reach %s", text, error=failing(text))
        assert "hunter2" not in line
        assert "…" in json.loads(line)["message"]


class TestText:
    def test_line_can_be_read(self) -> None:
        with answering(request(operation="Discover")):
            line = logged(LogFormat.TEXT, "answered", duration_ms=2)
        assert line.partition(" ")[2] == (
            "WARNING modelhub.test: answered request_id=request-1 operation=Discover duration_ms=2"
        )

    def test_nothing_can_pass_for_another_line(self) -> None:
        first, *rest = logged(LogFormat.TEXT, "said %s", NASTY, label=NASTY, error=failing(NASTY)).splitlines()
        assert "\x1b" not in first
        assert "\\n" in first
        assert all(line.startswith("    ") for line in rest)
        assert len(rest) > 2


class TestConfigure:
    @pytest.mark.parametrize("level", ["info", "error"])
    def test_lines_of_a_process_are_json_where_nobody_looks(self, level: str) -> None:
        program = (
            "import logging, warnings; from app.settings import Settings; from app.telemetry import logs; "
            "logs.configure(Settings()); logging.getLogger('modelhub.x').info('ours'); "
            "logging.getLogger('sqlalchemy.pool').info('theirs'); logging.getLogger('uvicorn.error').error('a\\nb')"
        )
        env = {"MODELHUB_LOG_LEVEL": level, "HOME": "/nonexistent"}
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
        said = [json.loads(line)["message"] for line in done.stderr.splitlines()]
        assert said == (["ours", "a\nb"] if level == "info" else ["a\nb"])


class TestAcceptedId:
    @pytest.mark.parametrize(
        "given", ["a", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "Root=1-67891233:x/y+z@w_.", "x" * 128]
    )
    def test_harmless_ids_are_taken_over(self, given: str) -> None:
        assert accepted_id(given) == given

    @pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a\nb", "ä", '"', "-x", "x;", "<b>", "x\n"])
    def test_others_are_replaced(self, given: str | None) -> None:
        assert accepted_id(given) != given
        assert accepted_id(given) != accepted_id(given)
