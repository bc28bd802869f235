"""The server's own certificate: checked at the start, and taken up anew whenever its files change."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from cryptography import x509

from app.kit.errors import HubError

log = logging.getLogger("modelhub.certificates")

LOOK_EVERY = 5.0
"""Seconds between two looks at the files."""


class UnusableCertificate(HubError):
    """The files of the server's certificate and key cannot be used; the message says which and why."""


class ServerCertificate:
    """A certificate (with its chain) and its key, both PEM. Raises `UnusableCertificate`."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._seen = self._stamps()
        self._newest = _load(*self._files)
        self.context = _load(*self._files)
        self.context.sni_callback = self._choose

    def renew(self) -> None:
        """Take up files that changed. Those that cannot be used are told once, and the certificate stays as it is."""
        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            self._newest = _load(*self._files)
        except UnusableCertificate as error:
            log.error("the certificate is not renewed: %s The one before stays in use.", error)  # noqa: TRY400
        else:
            log.warning("the certificate in %s is taken up", self._files[0])

    @contextmanager
    def renewing(self, every: float = LOOK_EVERY) -> Generator[None]:
        """Look at the files every so many seconds during the block."""
        done = threading.Event()
        thread = threading.Thread(target=self._watch, args=(done, every), name="certificates", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _watch(self, done: threading.Event, every: float) -> None:
        while not done.wait(every):
            self.renew()

    def _choose(self, connection: Any, _name: str | None, _context: ssl.SSLContext) -> None:
        """Each handshake gets the newest context; a context in use is never changed."""
        connection.context = self._newest

    def _stamps(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(path) for path in self._files]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _load(certificate: Path, key: Path) -> ssl.SSLContext:
    _warn_of_dates(certificate)
    if not _read("MODELHUB_TLS_KEY", key).strip():
        raise UnusableCertificate(f"MODELHUB_TLS_KEY: {key} is empty.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, _refuse_passphrase)
    except ssl.SSLError as error:
        raise UnusableCertificate(_explained(error, certificate, key)) from None
    return context


def _warn_of_dates(path: Path) -> None:
    try:
        certificate = x509.load_pem_x509_certificates(_read("MODELHUB_TLS_CERT", path))[0]
    except ValueError:
        raise UnusableCertificate(f"MODELHUB_TLS_CERT: {path} holds no certificate in PEM form.") from None
    if certificate.not_valid_after_utc < datetime.now(UTC):
        log.error("the certificate in %s ended on %s", path, certificate.not_valid_after_utc.date())


def _read(setting: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableCertificate(f"{setting}: {path} cannot be read: {error.strerror}.") from None


def _refuse_passphrase() -> NoReturn:
    raise UnusableCertificate("MODELHUB_TLS_KEY is protected by a passphrase; give it without one.")


def _explained(error: ssl.SSLError, certificate: Path, key: Path) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"MODELHUB_TLS_KEY: the key in {key} does not belong to the certificate in {certificate}."
    return f"MODELHUB_TLS_KEY: {key} holds no private key in PEM form."
