"""The commands that people and scripts type, as processes of their own against a database of one's own."""

from __future__ import annotations

import csv
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.identity.tokens import authenticate
from app.kit.db import Database, Row, compile_statement
from app.kit.secrets import load_keys
from app.settings import Settings
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent
HEADER = "occurred_at,provider,model,service,tokens_in,tokens_out,latency_ms"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def modelhub(*arguments: object, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without the settings of the person who runs the tests."""
    ours = {"HOST", "PORT", "DEMO", "DATABASE_URL", "REDIS_URL"}
    env = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MODELHUB_")}
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    return subprocess.run(command, env=env | extra, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def run(settings: Settings) -> Run:
    """Runs commands with the settings of an installation of one's own."""
    extra = {
        "MODELHUB_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
    }
    return lambda *arguments: modelhub(*arguments, **extra)


def usage_lines(calls: int) -> list[str]:
    """A header and calls of the last hour."""
    now = datetime.now(UTC)
    return [
        HEADER,
        *(f"{(now - timedelta(seconds=n)).isoformat()},openai,gpt-5-mini,support,{n},10,{n}.5" for n in range(calls)),
    ]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


async def count(database: Database, what: str) -> int:
    from sqlalchemy import text

    rows = await database.fetch(compile_statement(text(f"select count(*) as n from {what}")), Row)
    return rows[0]["n"]


class TestImportUsage:
    async def test_twice_counts_once(self, run: Run, database: Database, tmp_path: Path) -> None:
        file = write(tmp_path / "usage.csv", usage_lines(300))
        first, second = run("import", "usage", file), run("import", "usage", file)
        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        known = "{} known already, 0 known with another time or content, 0 rejected."
        assert first.stdout == f"300 lines: 300 new, {known.format(0)}\n"
        assert second.stdout == f"300 lines: 0 new, {known.format(300)}\n"
        assert "300/300" in first.stderr
        assert await count(database, "inference") == 300

    async def test_truncated_gzip_keeps_what_was_before(self, run: Run, database: Database, tmp_path: Path) -> None:
        lines = usage_lines(3000)
        whole = gzip.compress("\n".join([*lines, ""]).encode())
        file = tmp_path / "usage.csv.gz"
        file.write_bytes(whole[: len(whole) // 2])
        cut = run("import", "usage", file)
        assert cut.returncode == 1
        assert cut.stderr.splitlines()[-1].startswith("Error: usage.csv.gz: after line ")
        assert "the gzip data is truncated or corrupt" in cut.stderr
        assert "Traceback" not in cut.stderr
        kept = await count(database, "inference")
        assert 0 < kept < 3000
        file.write_bytes(whole)
        assert f"3,000 lines: {3000 - kept:,} new, {kept:,} known already" in run("import", "usage", file).stdout

    def test_rejected_lines_go_to_a_report(self, run: Run, settings: Settings, tmp_path: Path) -> None:
        good = usage_lines(2)
        bad = [
            good[1].replace("openai", ""),
            good[1].replace(",10,", ",-10,"),
            "yesterday" + good[1][good[1].index(",") :],
            good[1] + ",more",
            (datetime.now(UTC) - timedelta(days=400)).isoformat() + good[1][good[1].index(",") :],
        ]
        done = run("import", "usage", write(tmp_path / "usage.csv", [*good, *bad]))
        assert done.returncode == 0
        assert "7 lines: 2 new, 0 known already, 0 known with another time or content, 5 rejected." in done.stdout
        (report,) = (settings.home / "reports").iterdir()
        assert str(report) in done.stdout
        with report.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [(row["line"], row["text"]) for row in rows] == [(str(n), text) for n, text in enumerate(bad, 4)]
        reasons = ["provider is empty", "negative", "is not a time", "has 8 columns, the header 7", "retention"]
        assert all(reason in row["reason"] for reason, row in zip(reasons, rows, strict=True)), rows

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("", "the header lacks occurred_at, provider, model"),
            ("occurred_at,provider,model,colour\n", "unknown column colour"),
        ],
    )
    def test_unreadable_file(self, run: Run, tmp_path: Path, content: str, reason: str) -> None:
        file = tmp_path / "usage.csv"
        file.write_text(content)
        done = run("import", "usage", file)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("Error: usage.csv: ")
        assert reason in done.stderr

    def test_missing_file(self, run: Run, tmp_path: Path) -> None:
        done = run("import", "usage", tmp_path / "nothing.csv")
        assert done.returncode == 2
        assert "does not" in done.stderr


class TestImportCatalog:
    def test_twice_adds_nothing(self, run: Run) -> None:
        first, second = run("import", "catalog"), run("import", "catalog")
        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        assert "models of" in first.stdout
        assert ": 0 new, 0 changed; 0 new prices, 0 ended." in second.stdout
        assert second.stdout.partition(":")[0] == first.stdout.partition(":")[0]


class TestToken:
    @pytest.mark.parametrize("role", Role)
    def test_is_alone_on_the_last_line(self, run: Run, settings: Settings, role: Role) -> None:
        done = run("token", "--role", role.value.lower())
        assert done.returncode == 0
        assert done.stdout.count("\n") == 1
        assert authenticate(load_keys(settings.home), done.stdout.strip()).role == role.value

    def test_unknown_role(self, run: Run) -> None:
        done = run("token", "--role", "king")
        assert done.returncode == 2
        assert "king" in done.stderr


class TestInviteAdmin:
    def test_link_is_alone_on_the_last_line(self, run: Run) -> None:
        done = run("invite-admin")
        assert done.returncode == 0, done.stderr
        link = done.stdout.splitlines()[-1]
        assert re.fullmatch(r"http://127\.0\.0\.1:8000/welcome#mhi_[\w-]{43}", link)


class TestSettings:
    def test_bad_values_are_named(self) -> None:
        done = modelhub("token", PORT="abc", MODELHUB_RAW_RETENTION_DAYS="0", DATABASE_URL="mysql://x")
        assert done.returncode == 1
        assert done.stderr.startswith("Error: ")
        for name in ("PORT", "MODELHUB_RAW_RETENTION_DAYS", "DATABASE_URL"):
            assert f"{name}: " in done.stderr

    def test_data_lives_in_the_data_folder_and_never_in_the_persons_home_itself(self, tmp_path: Path) -> None:
        done = modelhub("token", HOME=str(tmp_path), XDG_DATA_HOME="")
        assert done.returncode == 0
        assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("secret")] == [
            ".local/share/modelhub/secret"
        ]

    def test_secret_is_the_owners_alone(self, tmp_path: Path) -> None:
        assert modelhub("token", MODELHUB_HOME=str(tmp_path / "home")).returncode == 0
        assert (tmp_path / "home" / "secret").stat().st_mode & 0o777 == 0o600


class TestWithoutServers:
    @pytest.mark.embedded
    def test_commands_start_servers_of_their_own_for_the_while(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        done = modelhub("migrate", MODELHUB_HOME=str(home))
        assert done.returncode == 0, done.stderr
        assert done.stdout == "The database is up to date.\n"
        assert not (home / "postgres" / "postmaster.pid").exists()

    @pytest.mark.parametrize("command", ["serve", "worker"])
    def test_a_process_refuses_a_database_that_was_not_migrated(self, command: str, servers: EmbeddedServers) -> None:
        urls = {
            "DATABASE_URL": servers.urls.database.replace("/modelhub?", "/postgres?"),
            "REDIS_URL": servers.urls.redis,
        }
        done = modelhub(command, MODELHUB_HOME=str(servers.home), PORT=str(free_port()), **urls)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: The database is at revision none, this Model Hub needs ")
        assert done.stderr.endswith("Run `modelhub migrate`.\n")

    def test_help_names_every_command(self) -> None:
        done = modelhub("--help")
        assert all(name in done.stdout for name in ("up", "serve", "worker", "migrate", "token", "import", "demo"))
        assert done.returncode == 0
