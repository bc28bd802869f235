"""The server's certificate: what cannot be used is refused in words, and what is renewed is shown without a restart."""

from __future__ import annotations

import logging
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from app.embedded import stop
from app.settings import Settings
from app.web.certificates import ServerCertificate, UnusableCertificate
from tests.authority import DAY, Authority, Pair
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def pair(authority: Authority) -> Pair:
    return authority.issue("localhost", "127.0.0.1")


def shown(certificate: ServerCertificate, authority: Authority) -> str:
    """The serial number of the certificate that a client is shown, who verifies it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    trusting = ssl.create_default_context(cafile=authority.file)
    client = trusting.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = certificate.context.wrap_bio(to_server, to_client, server_side=True)
    pending = [client, server]
    while pending:
        for side in list(pending):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            pending.remove(side)
    found = client.getpeercert()
    assert found is not None
    return str(found["serialNumber"])


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class TestServerCertificate:
    def test_files_that_change_are_taken_up(self, authority: Authority, pair: Pair) -> None:
        certificate = ServerCertificate(pair.certificate, pair.key)
        before = shown(certificate, authority)
        certificate.renew()
        assert shown(certificate, authority) == before
        with certificate.renewing(every=0.01):
            authority.issue("localhost")
            until(lambda: shown(certificate, authority) != before)

    def test_files_of_which_one_came_first_are_taken_up_when_both_are_there(
        self, authority: Authority, pair: Pair, caplog: pytest.LogCaptureFixture
    ) -> None:
        certificate = ServerCertificate(pair.certificate, pair.key)
        before, new = shown(certificate, authority), authority.issue("localhost", name="new")
        shutil.copy(new.certificate, pair.certificate)
        for _ in range(3):
            certificate.renew()
        assert shown(certificate, authority) == before
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "does not belong to the certificate" in caplog.text
        shutil.copy(new.key, pair.key)
        certificate.renew()
        assert shown(certificate, authority) != before

    def test_files_that_vanish_change_nothing(self, authority: Authority, pair: Pair) -> None:
        certificate = ServerCertificate(pair.certificate, pair.key)
        before = shown(certificate, authority)
        pair.certificate.unlink()
        certificate.renew()
        assert shown(certificate, authority) == before

    def test_expired_one_is_shown_and_told(self, authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.ERROR, "modelhub")
        old = authority.issue("localhost", valid=-DAY)
        certificate = ServerCertificate(old.certificate, old.key)
        assert f"the certificate in {old.certificate} ended on " in caplog.text
        with pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"):
            shown(certificate, authority)


class TestRefusal:
    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (lambda pair: pair.certificate.unlink(), "MODELHUB_TLS_CERT: {cert} cannot be read: No such file"),
            (lambda pair: pair.key.unlink(), "MODELHUB_TLS_KEY: {key} cannot be read: No such file"),
            (lambda pair: pair.certificate.write_text(""), "MODELHUB_TLS_CERT: {cert} holds no certificate"),
            (lambda pair: pair.certificate.write_text("x"), "MODELHUB_TLS_CERT: {cert} holds no certificate"),
            (lambda pair: pair.key.write_text(""), "MODELHUB_TLS_KEY: {key} is empty."),
            (lambda pair: pair.key.write_text("x"), "MODELHUB_TLS_KEY: {key} holds no private key in PEM form."),
            (lambda pair: (pair.key.unlink(), pair.key.mkdir()), "MODELHUB_TLS_KEY: {key} cannot be read: Is a dir"),
            (lambda pair: shutil.copy(pair.certificate, pair.key), "MODELHUB_TLS_KEY: {key} holds no private key"),
        ],
    )  # fmt: skip
    def test_file_that_cannot_be_used(self, pair: Pair, spoil: Callable[[Pair], object], said: str) -> None:
        spoil(pair)
        expected = said.format(cert=pair.certificate, key=pair.key)
        with pytest.raises(UnusableCertificate, match=re.escape(expected)):
            ServerCertificate(pair.certificate, pair.key)

    def test_key_of_another_certificate(self, authority: Authority, pair: Pair) -> None:
        other = authority.issue("localhost", name="other")
        expected = f"the key in {other.key} does not belong to the certificate in {pair.certificate}"
        with pytest.raises(UnusableCertificate, match=re.escape(expected)):
            ServerCertificate(pair.certificate, other.key)

    def test_key_under_a_passphrase(self, authority: Authority) -> None:
        locked = authority.issue("localhost", passphrase="open sesame")
        with pytest.raises(UnusableCertificate, match="protected by a passphrase"):
            ServerCertificate(locked.certificate, locked.key)


class TestServing:
    def test_over_tls_and_never_without(self, settings: Settings, authority: Authority, pair: Pair) -> None:
        port = free_port()
        trusting = ssl.create_default_context(cafile=authority.file)
        with serve(settings, port, pair.certificate, pair.key) as process:
            try:
                wait_for(f"https://127.0.0.1:{port}/readyz", process, trusting)
                with pytest.raises(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
            finally:
                stop(process)

    def test_bad_files_stop_the_start(self, settings: Settings, authority: Authority, pair: Pair) -> None:
        with serve(settings, free_port(), pair.certificate, authority.issue("localhost", name="other").key) as process:
            try:
                said = process.communicate(timeout=60)[1].decode()
            finally:
                stop(process)
        assert process.returncode == 1
        assert "does not belong to the certificate" in said
        assert "Traceback" not in said


def wait_for(url: str, process: subprocess.Popen[bytes], trusting: ssl.SSLContext) -> None:
    """Wait until it answers 200; a certificate that is not accepted is a failure."""
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5, context=trusting):
                return
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                raise
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)


def serve(settings: Settings, port: int, certificate: Path, key: Path) -> subprocess.Popen[bytes]:
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MODELHUB_")},
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MODELHUB_HOME": str(settings.home),
        "PORT": str(port),
        "MODELHUB_TLS_CERT": str(certificate),
        "MODELHUB_TLS_KEY": str(key),
    }
    return subprocess.Popen([sys.executable, "-m", "app", "serve"], cwd=ROOT, env=env, stderr=subprocess.PIPE)
