"""Credentials are names; what they are is read when they are used, and sent only where the operator says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.deployments.calling.credentials import BadCredentials, CredentialUnknown, read_credentials

GOOD = '[hosted]\nvariable = "HOSTED_KEY"\norigins = ["https://api.example.com"]\n'


def _file(folder: Path, text: str) -> Path:
    path = folder / "credentials.toml"
    path.write_text(text)
    return path


def test_a_credential_is_read_where_it_is_at_the_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from a file\n")
    listed = GOOD + f'[mounted]\nfile = "{tmp_path}/key"\norigins = ["http://10.0.0.7:8000"]\n'
    credentials = read_credentials(_file(tmp_path, listed))
    monkeypatch.setenv("HOSTED_KEY", "from the environment")
    assert credentials.reveal("hosted", "https://api.example.com/v1").reveal() == "from the environment"
    assert credentials.reveal("mounted", "http://10.0.0.7:8000/v1").reveal() == "from a file"
    assert "from" not in repr(credentials.reveal("hosted", "https://api.example.com:443/"))


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("other", "https://api.example.com/v1"),
        ("hosted", "https://evil.example.com/v1"),
        ("hosted", "http://api.example.com/v1"),
        ("hosted", "https://api.example.com:8443/v1"),
    ],
)
def test_it_is_sent_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv("HOSTED_KEY", "secret")
    with pytest.raises(CredentialUnknown):
        read_credentials(_file(tmp_path, GOOD)).reveal(name, url)


def test_one_that_is_not_there_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOSTED_KEY", raising=False)
    with pytest.raises(CredentialUnknown):
        read_credentials(_file(tmp_path, GOOD)).reveal("hosted", "https://api.example.com/v1")
    assert read_credentials(None).known == {}


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        "[a]\n",
        '[a]\nvariable = "A"\n',
        '[a]\nvariable = "A"\norigins = []\n',
        '[a]\nvariable = "A"\nfile = "/a"\norigins = ["https://a.example"]\n',
        '[a]\nvariable = "A"\norigins = ["https://a.example/v1"]\n',
        '[a]\nvalue = "sk-1"\norigins = ["https://a.example"]\n',
        "a = 3\n",
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadCredentials):
        read_credentials(_file(tmp_path, text))
