"""Settings: bad values name the variable at fault, and no secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, default_home

NAMES = ("MODELHUB_SECRET", "HOST", "PORT", "DEMO", "DATABASE_URL", "REDIS_URL", "MODELHUB_HOME", "XDG_DATA_HOME")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that says nothing."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


class TestSettings:
    def test_defaults_are_those_the_readme_promises(self) -> None:
        made = Settings()
        assert (made.host, made.port, made.demo) == ("127.0.0.1", 8000, True)
        assert (made.database_url, made.redis_url, made.redis_prefix) == (None, None, "model_registry:")
        assert made.home == default_home()

    def test_are_read_from_the_environment(self, environment: pytest.MonkeyPatch) -> None:
        given = {"HOST": "0.0.0.0", "PORT": "9000", "DEMO": "0", "MODELHUB_HOME": "~/x", "XDG_DATA_HOME": "/data"}
        for name, value in given.items():
            environment.setenv(name, value)
        made = Settings()
        assert (made.host, made.port, made.demo, made.home) == ("0.0.0.0", 9000, False, Path.home() / "x")
        assert default_home() == Path("/data/modelhub")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PORT", "http"),
            ("PORT", "0"),
            ("PORT", "65536"),
            ("DEMO", "perhaps"),
            ("DATABASE_URL", "mysql://u:p@h/d"),
            ("DATABASE_URL", "localhost"),
            ("REDIS_URL", "localhost:6379"),
            ("REDIS_URL", "http://localhost"),
            ("MODELHUB_READ_CONNECTIONS", "0"),
            ("MODELHUB_RAW_RETENTION_DAYS", "-1"),
            ("MODELHUB_MINUTE_RETENTION_DAYS", "29"),
            ("MODELHUB_HOUR_RETENTION_DAYS", "89"),
            ("MODELHUB_METRICS_TOKEN", "short"),
            ("MODELHUB_WORKER_PORT", "0"),
            ("MODELHUB_LOG_FORMAT", "xml"),
            ("MODELHUB_LOG_LEVEL", "loud"),
            ("MODELHUB_EXECUTION", "fast"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
        ],
    )
    def test_bad_value_names_its_variable(self, environment: pytest.MonkeyPatch, name: str, value: str) -> None:
        environment.setenv(name, value)
        with pytest.raises(ValidationError) as refused:
            Settings()
        assert [error["loc"] for error in refused.value.errors()] == [(name,)]

    @pytest.mark.parametrize("days", [("7", "7", "7"), ("1", "90", "3649")])
    def test_what_is_coarser_is_kept_at_least_as_long(
        self, environment: pytest.MonkeyPatch, days: tuple[str, str, str]
    ) -> None:
        for grain, kept in zip(("RAW", "MINUTE", "HOUR"), days, strict=True):
            environment.setenv(f"MODELHUB_{grain}_RETENTION_DAYS", kept)
        assert Settings().hour_retention_days == int(days[2])
        environment.setenv("MODELHUB_RAW_RETENTION_DAYS", "3650")
        with pytest.raises(ValidationError, match=r"MODELHUB_MINUTE_RETENTION_DAYS \(\d+\) must not be less than"):
            Settings()

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
    def test_database_url_may_be_written_as_usual(self, environment: pytest.MonkeyPatch, scheme: str) -> None:
        environment.setenv("DATABASE_URL", f"{scheme}://u:p@h:5432/d?ssl=require")
        assert Settings().database_url == "postgresql+asyncpg://u:p@h:5432/d?ssl=require"

    @pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "MODELHUB_HOME"])
    def test_empty_variable_counts_as_absent(self, environment: pytest.MonkeyPatch, name: str) -> None:
        environment.setenv(name, "")
        assert Settings() == Settings.model_validate({})
        assert (Settings().database_url, Settings().redis_url, Settings().home) == (None, None, default_home())

    def test_passwords_are_not_shown_in_errors(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("DATABASE_URL", "mysql://user:hunter2@host/db")
        with pytest.raises(ValidationError) as refused:
            Settings()
        assert "hunter2" not in str(refused.value)

    def test_passwords_are_not_shown_in_repr(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("DATABASE_URL", "postgresql://user:hunter2@host/db")
        environment.setenv("REDIS_URL", "redis://:hunter2@host/0")
        assert "hunter2" not in repr(Settings())
