"""Settings of production: what is not safe to offer stops the start, by name, all at once, and shows no secret."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.secret import Secret
from app.settings import Mode, Settings, addresses
from app.settings.keys import read_keys
from app.settings.names import unknown_variables
from app.settings.strength import is_guessable

ROOT = Path(__file__).resolve().parent.parent
GOOD = secrets.token_hex(32)
NO_KEYS = ["hunter2", f"{GOOD},", f"{GOOD[:-1]}g", f"{GOOD},{GOOD}", GOOD[:-2]]
PRODUCTION = {
    "MODELHUB_MODE": "production",
    "MODELHUB_SECRET": GOOD,
    "MODELHUB_PUBLIC_URL": "https://hub.example.com",
    "DATABASE_URL": "postgresql://u:hunter2@db.example.com/d?sslmode=verify-full",
    "REDIS_URL": "rediss://:hunter2@cache.example.com:6379/0",
}


def refused(**changes: str | None) -> dict[str, str]:
    """What production says of these changes, by variable."""
    given = {name: value for name, value in (PRODUCTION | changes).items() if value is not None}
    with pytest.raises(ValidationError) as error:
        Settings.model_validate(given)
    assert "hunter2" not in str(error.value)
    return {str(fault["loc"][0]): fault["msg"] for fault in error.value.errors()}


class TestProduction:
    def test_what_is_safe_is_taken(self) -> None:
        made = Settings.model_validate(PRODUCTION)
        assert made.mode is Mode.PRODUCTION
        assert (made.demo, made.graphiql) == (False, False)
        assert Settings.model_validate(PRODUCTION | {"MODELHUB_GRAPHIQL": "true"}).graphiql is True

    def test_is_read_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in PRODUCTION.items():
            monkeypatch.setenv(name, value)
        assert (Settings().is_production, Settings().demo) == (True, False)

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("MODELHUB_SECRET", None, "production needs one, the same for all processes"),
            ("MODELHUB_SECRET", "", "production needs one"),
            ("MODELHUB_SECRET", "change-me-" * 4, "can be guessed"),
            ("MODELHUB_PUBLIC_URL", None, "production needs the address that people use"),
            ("MODELHUB_PUBLIC_URL", "http://hub.example.com", "production needs the address that people use"),
            ("DEMO", "1", "production has no demo"),
            ("DATABASE_URL", "postgresql://u:hunter2@db.example.com/d", "needs ?sslmode=verify-full"),
            ("DATABASE_URL", "postgresql://u:hunter2@db.example.com/d?sslmode=require", "needs ?sslmode=verify-full"),
            ("DATABASE_URL", "postgresql://u:hunter2@db.example.com/d?sslmode=verify-ca", "needs ?sslmode=verify-full"),
            ("DATABASE_URL", "postgresql://localhost/d?host=db.example.com", "needs ?sslmode=verify-full"),
            ("DATABASE_URL", "postgresql:///d", "needs ?sslmode=verify-full"),
            ("REDIS_URL", "redis://:hunter2@cache.example.com", "needs rediss://"),
            ("REDIS_URL", "rediss://:hunter2@cache.example.com?ssl_cert_reqs=none", "needs rediss://"),
            ("REDIS_URL", "rediss://:hunter2@cache.example.com?ssl_check_hostname=False", "needs rediss://"),
        ],
    )
    def test_what_is_not_safe_is_refused_with_what_to_do(self, name: str, value: str | None, said: str) -> None:
        found = refused(**{name: value})
        assert set(found) == {name}
        assert said in found[name]

    def test_everything_is_said_at_once(self) -> None:
        everything = {
            "MODELHUB_SECRET": None,
            "DEMO": "1",
            "DATABASE_URL": "postgresql://a/b",
            "REDIS_URL": "redis://a",
        }
        assert set(refused(**everything)) == set(everything)

    @pytest.mark.parametrize(
        ("name", "url"),
        [
            ("DATABASE_URL", "postgresql://u@127.0.0.1/d"),
            ("DATABASE_URL", "postgresql://u@[::1]/d"),
            ("DATABASE_URL", "postgresql://u@localhost/d"),
            ("DATABASE_URL", "postgresql://u@/d?host=/run/postgresql"),
            ("DATABASE_URL", "postgresql://u@db/d?ssl=verify-full"),
            ("REDIS_URL", "redis://127.0.0.1"),
            ("REDIS_URL", "unix:///run/redis.sock"),
        ],
    )
    def test_this_machine_and_proven_names_are_trusted(self, name: str, url: str) -> None:
        Settings.model_validate(PRODUCTION | {name: url})

    def test_network_may_be_said_to_be_trusted(self) -> None:
        plain = {"DATABASE_URL": "postgresql://u@db/d", "REDIS_URL": "redis://cache"}
        assert Settings.model_validate(PRODUCTION | plain | {"MODELHUB_TRUSTED_NETWORK": "true"}).is_production

    def test_development_takes_all_of_it(self) -> None:
        made = Settings.model_validate({"DATABASE_URL": "postgresql://u@db/d", "MODELHUB_SECRET": "change-me-" * 4})
        assert (made.mode, made.demo, made.graphiql) == (Mode.DEVELOPMENT, True, True)

    def test_a_command_says_what_is_wrong_and_ends(self, tmp_path: Path) -> None:
        done = run(MODELHUB_MODE="production", DATABASE_URL="postgresql://u:hunter2@db/d", MODELHUB_HOME=str(tmp_path))
        assert done.returncode == 1
        for name in ("MODELHUB_SECRET", "MODELHUB_PUBLIC_URL", "DATABASE_URL"):
            assert f"{name}: " in done.stderr
        assert "hunter2" not in done.stderr
        assert "Traceback" not in done.stderr


def run(**given: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in PRODUCTION and not name.startswith("MODELHUB_")
    }
    command = [sys.executable, "-m", "app", "migrate"]
    return subprocess.run(command, cwd=ROOT, env=kept | given, capture_output=True, text=True, timeout=60, check=False)


class TestStrength:
    @pytest.mark.parametrize(
        "secret",
        [
            "0" * 32,
            "0123456789abcdef" * 2,
            "00112233445566778899aabbccddeeff",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "deadbeef" * 4,
            "kR7v" * 10,
            "my-Secret-8fKq2LmZx94TbWnE1RcYuHd",
            "modelhub-8fKq2LmZx94TbWnE1RcYuHd",
        ],
    )
    def test_what_repeats_counts_or_speaks(self, secret: str) -> None:
        assert is_guessable(secret)

    def test_what_is_drawn_by_lot_is_taken(self) -> None:
        for _ in range(500):
            assert not is_guessable(secrets.token_hex(16))
            assert not is_guessable(secrets.token_urlsafe(24))


class TestPairs:
    @pytest.mark.parametrize("name", ["MODELHUB_TLS_CERT", "MODELHUB_TLS_KEY"])
    def test_certificate_and_key_belong_together(self, name: str) -> None:
        with pytest.raises(ValidationError, match="belong together") as error:
            Settings.model_validate({name: "/x"})
        assert error.value.errors()[0]["loc"] == ("MODELHUB_TLS_KEY",)

    def test_authorities_must_be_readable(self, tmp_path: Path) -> None:
        with pytest.raises(ValidationError, match="there is no file"):
            Settings.model_validate({"MODELHUB_CA_FILE": tmp_path / "missing"})

    def test_authorities_are_for_what_is_verified_and_names_no_others(self, tmp_path: Path) -> None:
        file = tmp_path / "ca.crt"
        file.touch()
        own = "sslmode=verify-full&sslrootcert=/own"
        for url, expected in [
            (
                "postgresql://db/d?sslmode=verify-full",
                f"postgresql+asyncpg://db/d?sslmode=verify-full&sslrootcert={file}",
            ),
            (f"postgresql://db/d?{own}", f"postgresql+asyncpg://db/d?{own}"),
            ("postgresql://db/d?sslmode=require", "postgresql+asyncpg://db/d?sslmode=require"),
        ]:
            assert Settings.model_validate({"MODELHUB_CA_FILE": file, "DATABASE_URL": url}).database_url == expected
        for url, expected in [
            ("rediss://c", f"rediss://c?ssl_ca_certs={file}"),
            ("rediss://c?db=1", f"rediss://c?db=1&ssl_ca_certs={file}"),
            ("redis://c", "redis://c"),
        ]:
            assert Settings.model_validate({"MODELHUB_CA_FILE": file, "REDIS_URL": url}).redis_url == expected

    @pytest.mark.parametrize("url", ["hub.example.com", "https://", "https://h/x", "https://h?a=b", "ftp://h"])
    def test_public_address_is_an_origin(self, url: str) -> None:
        with pytest.raises(ValueError, match="must look like"):
            addresses.origin(url)
        assert addresses.origin("https://h:8443/") == "https://h:8443"

    @pytest.mark.parametrize("mode", ["verify_full", "true", "yes"])
    def test_unknown_tls_mode(self, mode: str) -> None:
        with pytest.raises(ValueError, match="sslmode must be one of"):
            addresses.postgres(f"postgresql://db/d?sslmode={mode}")


class TestEncryptionKeys:
    def test_current_one_comes_first(self) -> None:
        old = secrets.token_hex(32)
        found = read_keys(Secret(f"{GOOD}, {old}"))
        assert [key.reveal().hex() for key in found] == [GOOD, old]

    @pytest.mark.parametrize("text", NO_KEYS, ids=range(len(NO_KEYS)))
    def test_what_is_no_key(self, text: str) -> None:
        with pytest.raises(ValidationError) as error:
            Settings.model_validate({"MODELHUB_ENCRYPTION_KEYS": text})
        assert error.value.errors()[0]["loc"] == ("MODELHUB_ENCRYPTION_KEYS",)
        assert text not in str(error.value)


class TestUnknownVariables:
    def test_are_named_with_what_was_probably_meant(self) -> None:
        known = ["MODELHUB_SECRET", "MODELHUB_MODE", "MODELHUB_PUBLIC_URL"]
        given = ["MODELHUB_SECERT", "MODELHUB_MODE", "MODELHUB_DEBUG", "MODELHUB_FLUX", "PATH", "MODELHUB_PUBLICURL"]
        assert unknown_variables(given, known) == [
            "MODELHUB_FLUX is not a setting.",
            "MODELHUB_PUBLICURL is not a setting. Did you mean MODELHUB_PUBLIC_URL?",
            "MODELHUB_SECERT is not a setting. Did you mean MODELHUB_SECRET?",
        ]

    def test_are_told_at_the_start_of_a_command(self, tmp_path: Path) -> None:
        done = run(MODELHUB_HOEM=str(tmp_path), MODELHUB_MODE="test")
        assert "Warning: MODELHUB_HOEM is not a setting. Did you mean MODELHUB_HOME?" in done.stderr
        assert done.returncode == 1
