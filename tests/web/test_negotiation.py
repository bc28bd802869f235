"""What a client takes, by its `Accept`."""

from __future__ import annotations

import pytest

from app.web.negotiation import EVENT_STREAM, PLAIN_JSON, RESPONSE_JSON, Acceptable, acceptable, quality, weights

NEW, OLD, NONE = RESPONSE_JSON, PLAIN_JSON, None


@pytest.mark.parametrize(
    ("accept", "json", "stream"),
    [
        (None, OLD, False),
        ("", OLD, False),
        ("*/*", OLD, False),
        ("application/*", OLD, False),
        ("application/json", OLD, False),
        (NEW, NEW, False),
        (NEW.upper(), NEW, False),
        (f"{NEW}; charset=utf-8, application/json; charset=utf-8", NEW, False),
        (f'{NEW};charset="UTF-8"', NEW, False),
        (f"{NEW};charset=utf-16, application/json", OLD, False),
        (f"{NEW};charset=iso-8859-1", NONE, False),
        (f"{NEW},application/json;q=0.9", NEW, False),
        (f"application/json, {NEW}", NEW, False),
        (f"{NEW};q=0.5, application/json", OLD, False),
        (f"{NEW};q=0.5, application/json;q=0.4", NEW, False),
        ("application/json, */*", OLD, False),
        (f"{NEW}, */*", NEW, False),
        (f"{NEW}, */*;q=0.1", NEW, False),
        (f"{NEW};q=0, */*", OLD, False),
        ("application/json;q=0, */*", NEW, False),
        ("application/json;q=0, application/*;q=0.3", NEW, False),
        ("*/*;q=0", NONE, False),
        ("text/html", NONE, False),
        ("image/*", NONE, False),
        ("garbage", NONE, False),
        ("application/json;q=x", NONE, False),
        ("application/json;q=nan", NONE, False),
        ("application/json;q=2", NONE, False),
        (",,,application/json,", OLD, False),
        (EVENT_STREAM, NONE, True),
        ("text/*", NONE, False),
        (f"{EVENT_STREAM}, */*", OLD, True),
        (f"{EVENT_STREAM};q=0, application/json", OLD, False),
        (f"{NEW}, application/graphql+json, application/json, {EVENT_STREAM}, multipart/mixed", NEW, True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", OLD, False),
    ],
)
def test_type_and_stream(accept: str | None, json: str | None, stream: bool) -> None:
    assert acceptable(accept) == Acceptable(json, stream)


def test_who_takes_either_gets_what_the_edition_says() -> None:
    for accept in (None, "*/*", "application/*", f"{NEW};q=0.5, */*;q=0.5"):
        assert acceptable(accept, otherwise=NEW).json == NEW
    assert acceptable("application/json", otherwise=NEW).json == OLD


def test_long_header_is_taken_too() -> None:
    assert acceptable("x/y," * 500 + NEW).json == NEW


def test_codings_have_weights() -> None:
    accepted = weights("gzip;q=0.5, br, identity;q=0, *;q=0.1")
    assert [quality(accepted, coding) for coding in ("gzip", "br", "identity")] == [0.5, 1.0, 0.0]
