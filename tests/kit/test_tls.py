"""TLS to real servers: who proves his name is spoken to, and who does not is refused in words."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError
from sqlalchemy import text

from app.embedded import stop
from app.kit.db import Database, Row, compile_statement
from app.kit.errors import Unavailable
from app.kit.tls import UnusableCertificates, open_engine, reason
from app.main import connect_redis, tell_if_away
from app.migrate import connected
from app.settings import Settings
from tests.authority import DAY, Authority, Pair
from tests.conftest import answering, free_port

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
ENCRYPTED = compile_statement(text("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()"))
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class TlsServer:
    """A server at `localhost`, what it shows, and whom to trust."""

    port: int
    authority: Authority
    pair: Pair
    process: subprocess.Popen[bytes]

    def database(self, host: str = "localhost", **asked: object) -> str:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return f"postgresql+asyncpg://modelhub@{host}:{self.port}/postgres?{query}"

    def redis(self, host: str = "localhost", **asked: object) -> str:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return f"rediss://{host}:{self.port}/0?{query}"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the account of Postgres may pass through."""
    path = Path(tempfile.mkdtemp(prefix="mh-tls-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    """An authority that the servers' certificates are not of."""
    return Authority(folder, "stranger")


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < end, "the server does not answer"
        time.sleep(0.05)


def as_nobody() -> dict[str, Any]:
    """Postgres refuses to be root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def postgres_in(folder: Path, pair: Pair) -> Generator[tuple[int, subprocess.Popen[bytes]]]:
    assert POSTGRES is not None
    data, port = folder / "data", free_port()
    data.mkdir(mode=0o700)
    if as_nobody():
        for path in (data, pair.key):
            shutil.chown(path, "nobody", "nogroup")
    given: dict[str, Any] = {"env": {"PATH": os.environ["PATH"], "TZ": "UTC"}, "cwd": "/", **as_nobody()}
    made = [POSTGRES / "initdb", "-D", data, "-U", "modelhub", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*made, "--locale=C.UTF-8"], check=True, capture_output=True, **given)
    (data / "pg_hba.conf").write_text("hostssl all all all trust\n")
    settings = {
        "listen_addresses": "localhost",
        "port": port,
        "unix_socket_directories": "",
        "ssl": "on",
        "ssl_cert_file": pair.certificate,
        "ssl_key_file": pair.key,
        "fsync": "off",
    }
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(POSTGRES / "postgres"), "-D", str(data), *flags]
    process = subprocess.Popen[bytes](command, stderr=subprocess.DEVNULL, **given)
    ready = [POSTGRES / "pg_isready", "-q", "-h", "localhost", "-p", str(port)]
    try:
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, process)
        yield port, process
    finally:
        stop(process, signal.SIGINT)


@pytest.fixture(scope="module")
def postgres(folder: Path, authority: Authority) -> Iterator[TlsServer]:
    if POSTGRES is None:
        pytest.skip("no Postgres with TLS on this machine; the embedded one is built without it")
    pair = authority.issue("localhost", name="postgres")
    with postgres_in(folder, pair) as (port, process):
        yield TlsServer(port, authority, pair, process)


@pytest.fixture(scope="module")
def redis(folder: Path, authority: Authority) -> Iterator[TlsServer]:
    if REDIS is None:
        pytest.skip("no redis-server on this machine; the embedded Valkey is built without TLS")
    pair, port = authority.issue("localhost", name="redis"), free_port()
    options = {
        "port": 0,
        "bind": "127.0.0.1",
        "tls-port": port,
        "tls-cert-file": pair.certificate,
        "tls-key-file": pair.key,
        "tls-ca-cert-file": authority.file,
        "tls-auth-clients": "no",
        "save": "",
    }
    command = [REDIS, *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder)
    try:
        assert process.stdout is not None
        said = b""
        while b"Ready to accept" not in said:
            line = process.stdout.readline()
            if not line:
                pytest.skip(f"this redis-server has no TLS: {said.decode(errors='replace')}")
            said += line
        yield TlsServer(port, authority, pair, process)
    finally:
        stop(process)
        if process.stdout:
            process.stdout.close()


async def refusal(url: str) -> str:
    with pytest.raises(Unavailable) as refused:
        async with connected(url):
            pytest.fail("it was let in")
    return refused.value.message


async def redis_refusal(url: str) -> str:
    client = connect_redis(url)
    try:
        with pytest.raises((RedisError, OSError)) as refused:
            await client.ping()
        return reason(refused.value)
    finally:
        await client.aclose()


class TestPostgres:
    @pytest.mark.parametrize("name", ["sslmode", "ssl"])
    async def test_verified_connection_is_encrypted(self, postgres: TlsServer, name: str) -> None:
        url = postgres.database(**{name: "verify-full"}, sslrootcert=postgres.authority.file)
        database = Database(url, read_connections=1, write_connections=1)
        rows = await database.fetch(ENCRYPTED, Row)
        async with database.transaction() as session:
            written = (await session.execute(text("select ssl from pg_stat_ssl where pid = pg_backend_pid()"))).scalar()
        await database.close()
        assert rows[0].ssl is True
        assert rows[0].version in {"TLSv1.2", "TLSv1.3"}
        assert written is True

    async def test_authority_that_did_not_sign_it(self, postgres: TlsServer, stranger: Authority) -> None:
        said = await refusal(postgres.database(sslmode="verify-full", sslrootcert=stranger.file))
        assert "its certificate is not accepted: unable to get local issuer certificate." in said
        assert f"modelhub@localhost:{postgres.port}" in said

    async def test_authorities_of_this_machine_did_not_sign_it(self, postgres: TlsServer) -> None:
        for asked in ({}, {"sslrootcert": "system"}):
            said = await refusal(postgres.database(sslmode="verify-full", **asked))
            assert "its certificate is not accepted: unable to get local issuer certificate." in said

    async def test_certificate_of_another_host(self, postgres: TlsServer) -> None:
        trusting = {"sslrootcert": postgres.authority.file}
        said = await refusal(postgres.database("127.0.0.1", sslmode="verify-full", **trusting))
        assert "certificate is not valid for '127.0.0.1'." in said
        said = await refusal(postgres.database("127.0.0.1", **trusting))
        assert "certificate is not valid for '127.0.0.1'." in said
        async with connected(postgres.database("127.0.0.1", sslmode="verify-ca", **trusting)):
            pass

    @pytest.mark.parametrize("mode", ["require", "verify-ca"])
    async def test_chain_is_verified_if_an_authority_is_named(
        self, postgres: TlsServer, stranger: Authority, mode: str
    ) -> None:
        said = await refusal(postgres.database(sslmode=mode, sslrootcert=stranger.file))
        assert "its certificate is not accepted" in said
        async with connected(postgres.database(sslmode="require")):
            pass

    async def test_certificate_that_has_expired(self, postgres: TlsServer) -> None:
        url = postgres.database(sslmode="verify-full", sslrootcert=postgres.authority.file)
        try:
            show(postgres, postgres.authority.issue("localhost", name="expired", valid=-DAY))
            said = await until_refused(url)
            assert "its certificate is not accepted: certificate has expired." in said
        finally:
            show(postgres, postgres.authority.issue("localhost", name="renewed"))

    async def test_plain_connection_to_a_server_that_wants_tls(self, postgres: TlsServer) -> None:
        assert "no pg_hba.conf entry" in await refusal(postgres.database(sslmode="disable"))

    @pytest.mark.parametrize("mode", ["require", "verify-full"])
    async def test_server_without_tls_is_never_spoken_to_in_plain(self, authority: Authority, mode: str) -> None:
        asked = {"sslmode": mode, "sslrootcert": authority.file} if mode == "verify-full" else {"sslmode": mode}
        with without_tls() as (port, heard):
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            said = await refusal(f"postgresql+asyncpg://modelhub:hunter2@localhost:{port}/postgres?{query}")
        assert "rejected SSL upgrade" in said
        assert "hunter2" not in said
        assert b"modelhub" not in b"".join(heard)

    @pytest.mark.parametrize("content", [None, "", "no certificate"])
    async def test_file_of_authorities_that_cannot_be_used(self, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "ca.crt"
        if content is not None:
            file.write_text(content)
        with pytest.raises(
            UnusableCertificates, match=re.escape(f"DATABASE_URL names what cannot be used (sslrootcert={file})")
        ):
            open_engine(f"postgresql+asyncpg://u@localhost/d?sslmode=verify-full&sslrootcert={file}")

    async def test_production_over_tls(self, postgres: TlsServer, redis: TlsServer, tmp_path: Path) -> None:
        given = {
            "MODELHUB_MODE": "production",
            "MODELHUB_SECRET": secrets.token_hex(32),
            "MODELHUB_PUBLIC_URL": "https://hub.example.com",
            "MODELHUB_HOME": str(tmp_path),
            "MODELHUB_CA_FILE": str(postgres.authority.file),
            "DATABASE_URL": postgres.database(sslmode="verify-full").replace("+asyncpg", ""),
            "REDIS_URL": redis.redis(),
        }
        done = await asyncio.to_thread(modelhub, "migrate", given)
        assert (done.returncode, done.stdout.strip()) == (0, "The database is up to date."), done.stderr
        async with answering(Settings.model_validate(given)) as api:
            ready = await api.client.get("/readyz")
            page = await api.client.get("/graphql", headers={"accept": "text/html"})
            assert await api.codes("{ models { totalCount } }") == ["UNAUTHORIZED"]
        assert ready.json() == {"status": "ok", "database": "ok", "migrations": "ok", "redis": "ok"}
        assert "<html" not in page.text
        token = await asyncio.to_thread(modelhub, "token", given)
        assert (token.returncode, token.stdout) == (1, "")

    def test_commands_say_why(self, postgres: TlsServer, tmp_path: Path) -> None:
        url = postgres.database("127.0.0.1", sslmode="verify-full", sslrootcert=postgres.authority.file)
        done = modelhub("migrate", {"DATABASE_URL": url, "REDIS_URL": "unix:///x", "MODELHUB_HOME": str(tmp_path)})
        assert done.returncode == 1
        assert "certificate is not valid for '127.0.0.1'" in done.stderr
        assert "Traceback" not in done.stderr


def modelhub(command: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command with these settings alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MODELHUB_")}
    line = [sys.executable, "-m", "app", command]
    return subprocess.run(line, cwd=ROOT, env=kept | given, capture_output=True, text=True, timeout=120, check=False)


def show(server: TlsServer, pair: Pair) -> None:
    """Let a running Postgres show another certificate."""
    for made, used in ((pair.certificate, server.pair.certificate), (pair.key, server.pair.key)):
        used.write_bytes(made.read_bytes())
    server.process.send_signal(signal.SIGHUP)


async def until_refused(url: str) -> str:
    async with asyncio.timeout(10):
        while True:
            try:
                async with connected(url):
                    await asyncio.sleep(0.05)
            except Unavailable as refused:
                return refused.message


@contextmanager
def without_tls() -> Generator[tuple[int, list[bytes]]]:
    """A server that declines TLS, as Postgres without it does, and what it hears of one caller."""
    heard: list[bytes] = []

    def decline() -> None:
        caller = listener.accept()[0]
        with caller:
            caller.settimeout(0.2)
            heard.append(caller.recv(8))
            caller.sendall(b"N")
            with suppress(TimeoutError):
                heard.append(caller.recv(100))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=decline)
        answering.start()
        yield listener.getsockname()[1], heard
        answering.join()


class TestRedis:
    async def test_verified_connection(self, redis: TlsServer) -> None:
        client = connect_redis(redis.redis(ssl_ca_certs=redis.authority.file))
        assert await client.ping()
        await client.aclose()

    async def test_authorities_of_the_settings(self, redis: TlsServer) -> None:
        given = {"MODELHUB_CA_FILE": redis.authority.file, "REDIS_URL": f"rediss://localhost:{redis.port}"}
        client = connect_redis(Settings.model_validate(given).redis_url or "")
        assert await client.ping()
        await client.aclose()

    async def test_authority_that_did_not_sign_it(self, redis: TlsServer, stranger: Authority) -> None:
        for url in (redis.redis(ssl_ca_certs=stranger.file), redis.redis()):
            said = await redis_refusal(url)
            assert said == "its certificate is not accepted: self-signed certificate in certificate chain."

    async def test_certificate_of_another_host(self, redis: TlsServer) -> None:
        said = await redis_refusal(redis.redis("127.0.0.1", ssl_ca_certs=redis.authority.file))
        assert "certificate is not valid for '127.0.0.1'." in said

    async def test_start_tells_why(
        self, redis: TlsServer, stranger: Authority, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING, "modelhub")
        await tell_if_away(redis.redis(ssl_ca_certs=redis.authority.file))
        assert caplog.messages == []
        await tell_if_away(redis.redis(ssl_ca_certs=stranger.file))
        await tell_if_away(redis.redis(ssl_ca_certs=stranger.folder / "missing.crt"))
        assert caplog.messages[0] == (
            "Redis cannot be reached: its certificate is not accepted: self-signed certificate in certificate chain."
        )
        assert "No such file" in caplog.messages[1]
