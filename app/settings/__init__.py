"""The environment, read once at start and passed on by hand."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.secret import Secret
from app.settings import addresses
from app.settings.addresses import Network
from app.settings.keys import read_keys
from app.settings.mail import MailServer, read_mail
from app.settings.names import unknown_variables
from app.settings.strength import is_guessable


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


class HttpStatuses(StrEnum):
    """Which edition of GraphQL over HTTP says what status an answer has."""

    AUDITED = "audited"
    EDITION_2026 = "2026-09"


class FreeDocuments(StrEnum):
    """Who may send operations that are in no manifest of trusted documents."""

    ANYONE = "anyone"
    PERMITTED = "permitted"
    NOBODY = "nobody"


class Mode(StrEnum):
    """Whether what is easy to try, or only what is safe to offer, is allowed."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


IN_PRODUCTION = {"DEMO": "false", "MODELHUB_GRAPHIQL": "false", "FREE_DOCUMENTS": "permitted"}
"""Defaults that differ in production."""
MISSED = {"MODELHUB_PUBLIC_URL": None, "MODELHUB_TLS_KEY": None, "MODELHUB_SECRET": None}
"""What may be wrong by its absence, so that it is named as people write it."""


class Settings(BaseSettings):
    """Every setting, by the name of its environment variable. Bad values stop the start with the name at fault."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    mode: Mode = Field(default=Mode.DEVELOPMENT, validation_alias="MODELHUB_MODE")
    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=8000, ge=1, le=65535, validation_alias="PORT")
    public_url: str | None = Field(default=None, validation_alias="MODELHUB_PUBLIC_URL")
    allowed_origins: Annotated[frozenset[str] | None, NoDecode] = Field(
        default=None, validation_alias="ALLOWED_ORIGINS"
    )
    http_statuses: HttpStatuses = Field(default=HttpStatuses.AUDITED, validation_alias="MODELHUB_HTTP_STATUSES")
    tls_cert: Path | None = Field(default=None, validation_alias="MODELHUB_TLS_CERT")
    tls_key: Path | None = Field(default=None, validation_alias="MODELHUB_TLS_KEY")
    home: Path = Field(default_factory=default_home, validation_alias="MODELHUB_HOME")
    secret: Secret[str] | None = Field(default=None, validation_alias="MODELHUB_SECRET")
    encryption_keys: Secret[str] | None = Field(default=None, validation_alias="MODELHUB_ENCRYPTION_KEYS")
    demo: bool = Field(default=True, validation_alias="DEMO")
    authorities: Path | None = Field(default=None, validation_alias="MODELHUB_CA_FILE")
    trusted_network: bool = Field(default=False, validation_alias="MODELHUB_TRUSTED_NETWORK")
    database_url: str | None = Field(default=None, repr=False, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, repr=False, validation_alias="REDIS_URL")
    redis_prefix: str = Field(default="model_registry:", validation_alias="MODEL_REGISTRY_REDIS_PREFIX")
    read_connections: int = Field(default=8, ge=1, le=100, validation_alias="MODELHUB_READ_CONNECTIONS")
    write_connections: int = Field(default=4, ge=1, le=100, validation_alias="MODELHUB_WRITE_CONNECTIONS")
    raw_retention_days: int = Field(default=30, ge=1, le=3650, validation_alias="MODELHUB_RAW_RETENTION_DAYS")
    minute_retention_days: int = Field(default=90, ge=1, le=3650, validation_alias="MODELHUB_MINUTE_RETENTION_DAYS")
    hour_retention_days: int = Field(default=730, ge=1, le=36500, validation_alias="MODELHUB_HOUR_RETENTION_DAYS")
    event_retention_days: int = Field(default=90, ge=1, le=36500, validation_alias="MODELHUB_EVENT_RETENTION_DAYS")
    daily_budget_usd: Decimal | None = Field(default=None, gt=0, le=10**12, validation_alias="DAILY_BUDGET_USD")
    cost_alert_webhooks: Annotated[tuple[Secret[str], ...], NoDecode] = Field(
        default=(), validation_alias="COST_ALERT_WEBHOOKS"
    )
    smtp_url: Secret[str] | None = Field(default=None, validation_alias="MODELHUB_SMTP_URL")
    smtp_from: str = Field(default="modelhub@localhost", validation_alias="MODELHUB_SMTP_FROM")
    snapshot_ms: int = Field(default=250, ge=50, le=1000, validation_alias="MODELHUB_SNAPSHOT_MS")
    graphiql: bool = Field(default=True, validation_alias="MODELHUB_GRAPHIQL")
    free_documents: FreeDocuments = Field(default=FreeDocuments.ANYONE, validation_alias="FREE_DOCUMENTS")
    documents: Path | None = Field(default=None, validation_alias="MODELHUB_DOCUMENTS")
    limits: Path | None = Field(default=None, validation_alias="MODELHUB_LIMITS")
    credentials: Path | None = Field(default=None, validation_alias="MODELHUB_CREDENTIALS")
    private_targets: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), validation_alias="MODELHUB_PRIVATE_TARGETS"
    )
    templates: Path | None = Field(default=None, validation_alias="MODELHUB_TEMPLATES")
    deployments_per_team: int = Field(default=200, ge=0, le=100_000, validation_alias="MODELHUB_DEPLOYMENTS_PER_TEAM")
    deployment_host: str = Field(default="127.0.0.1", validation_alias="MODELHUB_DEPLOYMENT_HOST")
    request_seconds: float = Field(default=30, gt=0, le=600, validation_alias="MODELHUB_REQUEST_SECONDS")
    connections_per_address: int = Field(
        default=1_000, ge=1, le=1_000_000, validation_alias="MODELHUB_CONNECTIONS_PER_ADDRESS"
    )
    metrics_token: Secret[str] | None = Field(default=None, validation_alias="MODELHUB_METRICS_TOKEN")
    worker_port: int | None = Field(default=None, ge=1, le=65535, validation_alias="MODELHUB_WORKER_PORT")
    log_format: LogFormat | None = Field(default=None, validation_alias="MODELHUB_LOG_FORMAT")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", validation_alias="MODELHUB_LOG_LEVEL"
    )
    execution: Execution = Field(default=Execution.BREADTH_FIRST, validation_alias="MODELHUB_EXECUTION")
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")

    @property
    def is_production(self) -> bool:
        """Whether only what is safe to offer is allowed."""
        return self.mode is Mode.PRODUCTION

    @property
    def shows_graphiql(self) -> bool:
        """Whether browsers get GraphiQL: not where nobody may send what he writes in it."""
        return self.graphiql and self.free_documents is not FreeDocuments.NOBODY

    @property
    def mail(self) -> MailServer | None:
        """Who takes our mail; None if nobody does."""
        return read_mail(self.smtp_url) if self.smtp_url else None

    @property
    def scheme(self) -> Literal["http", "https"]:
        """What the API speaks where it listens."""
        return "https" if self.tls_cert else "http"

    @classmethod
    def unknown(cls) -> list[str]:
        """A sentence for each variable of the environment that looks like a setting and is none."""
        return unknown_variables(os.environ, [str(field.validation_alias) for field in cls.model_fields.values()])

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What is empty is not set; what is not set may have another default in production."""
        given = {name: value for name, value in values.items() if value != ""}
        return MISSED | (IN_PRODUCTION if given.get("MODELHUB_MODE") == Mode.PRODUCTION else {}) | given

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None, info: ValidationInfo) -> str | None:
        found = addresses.origin(value) if value else None
        if _in_production(info) and not (found or "").startswith("https://"):
            raise ValueError("production needs the address that people use, such as https://hub.example.com")
        return found

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> frozenset[str] | None:
        """As browsers write them, from text with commas between."""
        if not isinstance(value, str):
            return value
        return frozenset(addresses.origin(one.strip()).lower() for one in value.split(",") if one.strip())

    @field_validator("private_targets", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        """From text with commas between, such as `10.0.0.0/8,127.0.0.1`."""
        return addresses.networks(value) if isinstance(value, str) else value

    @field_validator("cost_alert_webhooks", mode="before")
    @classmethod
    def _webhooks(cls, value: Any) -> Any:
        """From text with commas between; each may hold a secret."""
        if not isinstance(value, str):
            return value
        return tuple(Secret(_http_url(one.strip())) for one in value.split(",") if one.strip())

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: Secret[str] | None) -> Secret[str] | None:
        if value is not None:
            read_mail(value)
        return value

    @field_validator("smtp_from")
    @classmethod
    def _address(cls, value: str) -> str:
        if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", value):
            raise ValueError("must be an e-mail address, such as modelhub@example.com")
        return value

    @field_validator("tls_key")
    @classmethod
    def _pair(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if (value is None) != (info.data.get("tls_cert") is None):
            raise ValueError("MODELHUB_TLS_CERT and MODELHUB_TLS_KEY belong together: set both, or neither")
        return value

    @field_validator("home", "tls_cert", "tls_key", "authorities", "documents", "limits", "templates", "credentials")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value and value.expanduser().absolute()

    @field_validator("authorities", "limits", "templates", "credentials")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None and not os.access(value, os.R_OK):
            raise ValueError(f"there is no file {value} that can be read")
        return value

    @field_validator("documents")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"there is no folder {value}")
        return value

    @field_validator("secret")
    @classmethod
    def _strong(cls, value: Secret[str] | None, info: ValidationInfo) -> Secret[str] | None:
        if value is not None and len(value) < 32:
            raise ValueError("must have 32 characters or more; make one: openssl rand -hex 32")
        if _in_production(info) and value is None:
            raise ValueError("production needs one, the same for all processes; make it: openssl rand -hex 32")
        if _in_production(info) and value is not None and is_guessable(value.reveal()):
            raise ValueError("can be guessed, which production refuses; make another: openssl rand -hex 32")
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _of_256_bits(cls, value: Secret[str] | None) -> Secret[str] | None:
        if value is not None:
            read_keys(value)
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long(cls, value: Secret[str] | None) -> Secret[str] | None:
        if value is not None and len(value) < 16:
            raise ValueError("must have 16 characters or more; make one: openssl rand -hex 32")
        return value

    @field_validator("demo")
    @classmethod
    def _no_demo(cls, value: bool, info: ValidationInfo) -> bool:
        if value and _in_production(info):
            raise ValueError("production has no demo, as anybody could sign in to it; leave this out")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = addresses.postgres(value)
        if _must_be_certain(info) and not addresses.is_certain_postgres(url):
            raise ValueError(f"needs ?sslmode=verify-full, so that nobody can pose as Postgres{UNLESS_TRUSTED}")
        authorities = info.data.get("authorities")
        return addresses.postgres_trusting(url, authorities) if authorities else url

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = addresses.redis(value)
        if _must_be_certain(info) and not addresses.is_certain_redis(url):
            raise ValueError(f"needs rediss://, so that nobody can pose as Redis{UNLESS_TRUSTED}")
        authorities = info.data.get("authorities")
        return addresses.redis_trusting(url, authorities) if authorities else url

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


def _http_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must look like https://alerts.example.com, several with commas between")
    return url


UNLESS_TRUSTED = "; or set MODELHUB_TRUSTED_NETWORK=true if nobody else is on the network between"


def _in_production(info: ValidationInfo) -> bool:
    return info.data.get("mode") is Mode.PRODUCTION


def _must_be_certain(info: ValidationInfo) -> bool:
    return _in_production(info) and not info.data.get("trusted_network")
