"""What is told of the fields is what is read."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from app.metrics.receiving import native, openapi
from tests.conftest import Api
from tests.metrics.receiving.samples import call
from tests.metrics.receiving.sending import NATIVE, send


def reason(**said: Any) -> str:
    (item,) = native.items([call("a", **said)])
    return item.reason


def test_every_field_that_is_read_is_told_and_no_other() -> None:
    assert openapi.FIELDS.keys() == {"eventId", *native.FIELDS}
    assert openapi.described()["components"]["schemas"]["Call"]["required"] == [
        *("eventId", "occurredAt", "provider", "model"),
    ]


TEXTS = [name for name, (_, bounds) in openapi.FIELDS.items() if "maxLength" in bounds]


@pytest.mark.parametrize("name", TEXTS)
def test_bounds_of_text_are_those_that_hold(name: str) -> None:
    _, bounds = openapi.FIELDS[name]
    assert reason(**{name: "x" * bounds["maxLength"]}) == ""
    assert reason(**{name: "x" * (bounds["maxLength"] + 1)}) != ""


async def test_page_and_document_are_there_for_everybody(api: Api) -> None:
    page = await api.client.get("/ingest")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert all(f"<code>{name}</code>" in page.text for name in openapi.FIELDS)
    assert (await api.client.get("/ingest/openapi.json")).json() == openapi.described()


async def test_document_says_what_is_answered(api: Api) -> None:
    """Calls made up by its rules are answered by its rules; what it allows is taken, but for how parts relate."""
    described = schemathesis.openapi.from_dict(openapi.described())
    bodies: list[Any] = []

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )
    @given(case=described[NATIVE]["POST"].as_strategy())
    def collect(case: Any) -> None:
        if isinstance(case.body, dict | list):
            bodies.append(case.body)

    collect()
    assert len(bodies) > 20
    for body in bodies:
        answer = await send(api, NATIVE, orjson.dumps(body))
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told.keys() == openapi.described()["components"]["schemas"]["Answer"]["properties"].keys()
        size = len(body) if isinstance(body, list) else 1
        assert sum(told[name] for name in ("accepted", "duplicates", "conflicts", "rejected")) == size
        assert not [each for each in told["results"] if "not known" in each.get("reason", "")]
