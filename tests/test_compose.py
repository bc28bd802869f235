"""What can be known of docker-compose.yml and the Dockerfile without an engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from typer.main import get_command

from app.cli import cli
from app.embedded import EmbeddedServers
from app.settings import Settings
from tests.conftest import RunningHub

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "modelhub"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def default(value: str) -> str:
    """The text as compose understands it where no variable is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_services() -> None:
    assert set(SERVICES) == {"postgres", "redis", "setup", "api", "worker"}
    assert set(OURS) == {"setup", "api", "worker"}
    assert {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])} == set(
        COMPOSE["volumes"]
    )


def test_every_setting_exists_and_is_valid() -> None:
    names = {str(field.validation_alias) for field in Settings.model_fields.values()}
    for service in OURS.values():
        assert set(service["environment"]) <= names
        settings = Settings.model_validate(
            {name: default(str(value)) for name, value in service["environment"].items()}
        )
        assert settings.database_url == "postgresql+asyncpg://modelhub:modelhub@postgres:5432/modelhub"
    in_image = re.findall(r"([A-Z_]+)=", re.search(r"^ENV (HOST.*)$", DOCKERFILE, re.MULTILINE)[1])  # type: ignore[index]
    assert set(in_image) <= names


def test_database_is_the_one_that_is_made() -> None:
    made = {name: default(value) for name, value in SERVICES["postgres"]["environment"].items()}
    assert made == {"POSTGRES_USER": "modelhub", "POSTGRES_DB": "modelhub", "POSTGRES_PASSWORD": "modelhub"}


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    command: Any = get_command(cli)
    for word in OURS[name]["command"]:
        command = command.commands[word]
    assert callable(command.callback)
    assert not hasattr(command, "commands")


def test_every_dependency_is_there_and_can_be_awaited() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            ends = how["condition"] == "service_completed_successfully"
            assert ends or (how["condition"] == "service_healthy" and "healthcheck" in SERVICES[other])
            assert not (ends and "restart" in SERVICES[other])


def health_check(service: str) -> list[str]:
    kind, *command = cast("list[str]", SERVICES[service]["healthcheck"]["test"])
    assert kind == "CMD"
    return command


def test_api_health_check(running_hub: RunningHub) -> None:
    python, *arguments = health_check("api")
    assert python == "python"
    for url, code in ((running_hub.url, 0), ("http://127.0.0.1:9", 1)):
        here = [sys.executable, *(argument.replace("http://127.0.0.1:8000", url) for argument in arguments)]
        assert subprocess.run(here, capture_output=True, check=False).returncode == code


def test_worker_health_check_asks_the_port_that_is_set() -> None:
    """What it answers there is in test_worker."""
    port = SERVICES["worker"]["environment"]["MODELHUB_WORKER_PORT"]
    assert f"http://127.0.0.1:{port}/readyz" in health_check("worker")[-1]
    assert set(SERVICES["worker"]["environment"]) > set(SERVICES["api"]["environment"])


@pytest.mark.embedded
def test_server_options_are_known(servers: EmbeddedServers) -> None:
    """The embedded servers are of the same kind and major version as those of the images."""
    assert SERVICES["postgres"]["image"].startswith("postgres:18")
    assert SERVICES["redis"]["image"] == "valkey/valkey:9"
    from redis import Redis

    with Redis.from_url(servers.urls.redis, decode_responses=True) as client:
        known: Any = client.config_get("*")
    options = cast("list[str]", SERVICES["redis"]["command"])
    assert {option.removeprefix("--") for option in options if option.startswith("--")} <= set(known)


def test_image_installs_what_is_pinned_and_copies_what_is_there() -> None:
    assert "pip install --require-hashes -r requirements.lock" in DOCKERFILE
    assert re.search(r"^USER modelhub$", DOCKERFILE, re.MULTILINE)
    copied = [word for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sent == set(copied)


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="no docker-compose on this machine")
def test_compose_reads_it() -> None:
    done = subprocess.run(["docker-compose", "config", "-q"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
