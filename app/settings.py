"""The environment, read once at start and passed on by hand."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_home() -> Path:
    """The user's data folder for Model Hub (XDG)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "modelhub"


class LogFormat(StrEnum):
    """How a line of the log looks."""

    JSON = "json"
    TEXT = "text"


class Execution(StrEnum):
    """What executes operations; both give the same answers."""

    BREADTH_FIRST = "breadth-first"
    STANDARD = "standard"


class Settings(BaseSettings):
    """Every setting, by the name of its environment variable. Bad values stop the start with the name at fault."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=8000, ge=1, le=65535, validation_alias="PORT")
    home: Path = Field(default_factory=default_home, validation_alias="MODELHUB_HOME")
    secret: SecretStr | None = Field(default=None, min_length=32, validation_alias="MODELHUB_SECRET")
    demo: bool = Field(default=True, validation_alias="DEMO")
    database_url: str | None = Field(default=None, repr=False, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, repr=False, validation_alias="REDIS_URL")
    redis_prefix: str = Field(default="model_registry:", validation_alias="MODEL_REGISTRY_REDIS_PREFIX")
    read_connections: int = Field(default=8, ge=1, le=100, validation_alias="MODELHUB_READ_CONNECTIONS")
    write_connections: int = Field(default=4, ge=1, le=100, validation_alias="MODELHUB_WRITE_CONNECTIONS")
    raw_retention_days: int = Field(default=30, ge=1, le=3650, validation_alias="MODELHUB_RAW_RETENTION_DAYS")
    minute_retention_days: int = Field(default=90, ge=1, le=3650, validation_alias="MODELHUB_MINUTE_RETENTION_DAYS")
    hour_retention_days: int = Field(default=730, ge=1, le=36500, validation_alias="MODELHUB_HOUR_RETENTION_DAYS")
    graphiql: bool = Field(default=True, validation_alias="MODELHUB_GRAPHIQL")
    metrics_token: SecretStr | None = Field(default=None, min_length=16, validation_alias="MODELHUB_METRICS_TOKEN")
    worker_port: int | None = Field(default=None, ge=1, le=65535, validation_alias="MODELHUB_WORKER_PORT")
    log_format: LogFormat | None = Field(default=None, validation_alias="MODELHUB_LOG_FORMAT")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", validation_alias="MODELHUB_LOG_LEVEL"
    )
    execution: Execution = Field(default=Execution.BREADTH_FIRST, validation_alias="MODELHUB_EXECUTION")
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")

    @field_validator(
        *("database_url", "redis_url", "secret", "metrics_token", "worker_port", "log_format", "otlp_endpoint"),
        mode="before",
    )
    @classmethod
    def _empty_is_absent(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("home", mode="before")
    @classmethod
    def _empty_is_default(cls, value: Path | str) -> Path | str:
        return value or default_home()

    @field_validator("log_level", mode="before")
    @classmethod
    def _empty_is_info(cls, value: str) -> str:
        return value or "info"

    @field_validator("execution", mode="before")
    @classmethod
    def _empty_is_breadth_first(cls, value: str) -> str:
        return value or Execution.BREADTH_FIRST

    @field_validator("minute_retention_days", "hour_retention_days")
    @classmethod
    def _coarser_is_kept_longer(cls, value: int, info: ValidationInfo) -> int:
        coarse, fine = ("MINUTE", "RAW") if info.field_name == "minute_retention_days" else ("HOUR", "MINUTE")
        kept = info.data.get(f"{fine.lower()}_retention_days", 0)
        if value < kept:
            raise ValueError(
                f"MODELHUB_{coarse}_RETENTION_DAYS ({value}) must not be less than MODELHUB_{fine}_RETENTION_DAYS "
                f"({kept}): what is coarser is kept at least as long"
            )
        return value

    @field_validator("otlp_endpoint")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must look like http://collector:4318")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_scheme(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must look like redis://:password@host:6379/0")
        return value

    @field_validator("database_url")
    @classmethod
    def _with_driver(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
            raise ValueError("must look like postgresql://user:password@host:5432/database")
        return f"postgresql+asyncpg://{rest}"

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()
