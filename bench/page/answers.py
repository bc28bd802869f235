"""Whether servers answer the same: data as parsed JSON, instants as instants whatever their spelling."""

from __future__ import annotations

import re
import urllib.request
from datetime import datetime
from typing import Any

import orjson

from bench.page.documents import Work
from bench.page.servers import Server

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


class AnswersDiffer(Exception):
    """Two servers do not answer the same."""


def compare(servers: list[Server], work: Work, token: str) -> int:
    """The bytes of the first one's answer. Raises AnswersDiffer unless all have the same data and no errors."""
    bodies = {server.name: _ask(server, work, token) for server in servers}
    answers = {name: _data(name, body) for name, body in bodies.items()}
    first, *others = answers
    for name in others:
        if answers[name] != answers[first]:
            raise AnswersDiffer(f"{work.name}: {first} and {name} differ:\n{bodies[first]!r}\n{bodies[name]!r}")
    return len(bodies[first])


def _ask(server: Server, work: Work, token: str) -> bytes:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(server.url, work.body("compared"), headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - our own server
        return response.read()


def _data(name: str, body: bytes) -> Any:
    answer = orjson.loads(body)
    if "errors" in answer or not answer["data"]:
        raise AnswersDiffer(f"{name}: {body[:2000]!r}")
    return _plain(answer["data"])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and _INSTANT.fullmatch(value) else value
