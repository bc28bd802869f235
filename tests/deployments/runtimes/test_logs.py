"""The end of a log: bounded, whatever is written, and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.deployments.runtimes.process.logs import MAX_CHARACTERS, MAX_FILE_BYTES, MAX_LINES, Tail, masked_line


class TestMaskedLine:
    @pytest.mark.parametrize(
        ("line", "shown"),
        [
            ("GET /v1/models 200", "GET /v1/models 200"),
            ("max_tokens=512 temperature: 0.7", "max_tokens=512 temperature: 0.7"),
            ("key is hunter2-in-the-vault", "key is •••"),
            ("Authorization: Bearer abcdefghijkl", "Authorization: •••"),
            ("sent bearer abcdefghijkl", "sent bearer •••"),
            ('{"api_key": "abcdefgh", "n": 1}', '{"api_key": "•••", "n": 1}'),
            ("using sk-proj-abcdefghijklmnop", "using •••"),
            ("postgresql://me:very-secret@db/x", "postgresql://me:•••@db/x"),
            ("token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "token •••"),
            ("red \x1b[31m\x00text", "red [31mtext"),
        ],
    )
    def test_secrets_are_not_shown(self, line: str, shown: str) -> None:
        assert masked_line(line, ["hunter2-in-the-vault"]) == shown


class TestTail:
    def test_what_was_there_before_is_not_shown_and_what_comes_is(self, tmp_path: Path) -> None:
        path = tmp_path / "log"
        path.write_text("old\n")
        tail = Tail(path)
        assert tail.text() is None
        with path.open("a") as file:
            file.write("new\nhal")
        assert tail.text() == "new\nhal"
        with path.open("a") as file:
            file.write("f\n")
        assert tail.text() == "new\nhalf"

    def test_a_flood_is_cut_to_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "log"
        tail = Tail(path)
        path.write_text("".join(f"line {n}\n" for n in range(50_000)))
        text = tail.text() or ""
        assert text.endswith("\nline 49999")
        assert len(text) <= MAX_CHARACTERS
        assert len(text.split("\n")) == MAX_LINES

    def test_a_file_that_is_too_long_begins_anew_for_those_who_append(self, tmp_path: Path) -> None:
        path = tmp_path / "log"
        tail = Tail(path)
        with path.open("ab", buffering=0) as writer:
            writer.write(b"x" * MAX_FILE_BYTES + b"\nlast\n")
            assert (tail.text() or "").endswith("\nlast")
            assert path.stat().st_size == 0
            writer.write(b"next\n")
            assert (tail.text() or "").endswith("\nlast\nnext")
