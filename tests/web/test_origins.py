"""Which pages of other origins may use the API."""

from __future__ import annotations

import pytest

from app.settings import Mode, Settings
from app.web.origins import Origins

NAMED = Settings.model_validate({"ALLOWED_ORIGINS": "https://app.example.com, http://Other.test:8080/"})
PRODUCTION = NAMED.model_copy(update={"mode": Mode.PRODUCTION, "public_url": "https://hub.example.com"})


@pytest.mark.parametrize(
    ("origin", "developing", "producing"),
    [
        (None, True, True),
        ("https://app.example.com", True, True),
        ("http://other.test:8080", True, True),
        ("https://hub.example.com", False, True),
        ("http://hub", True, True),
        ("http://localhost:5173", True, False),
        ("http://app.localhost:5173", True, False),
        ("http://127.0.0.1", True, False),
        ("http://[::1]:3000", True, False),
        ("https://localhost", True, False),
        ("http://localhost.evil.test", False, False),
        ("http://evil.test", False, False),
        ("http://evil.test/localhost", False, False),
        ("https://app.example.com.evil.test", False, False),
        ("http://app.example.com", False, False),
        ("null", False, False),
        ("", False, False),
        ("http://", False, False),
        ("http://[", False, False),
    ],
)
def test_socket_from_a_page(origin: str | None, developing: bool, producing: bool) -> None:
    assert Origins(NAMED).admits(origin, "hub") == developing
    assert Origins(PRODUCTION).admits(origin, "hub") == producing


@pytest.mark.parametrize("value", ["app.example.com", "*", "https://app.example.com/path", "https://a.test,b", "null"])
def test_setting_names_origins_only(value: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        Settings.model_validate({"ALLOWED_ORIGINS": value})


def test_setting_may_be_empty() -> None:
    assert Settings.model_validate({"ALLOWED_ORIGINS": ""}).allowed_origins is None
