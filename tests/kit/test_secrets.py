"""The installation's secret: made once, private, never shown, never empty."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.kit.secrets import Keys, load_keys

PRINT_KEY = "import sys; from pathlib import Path; from app.kit.secrets import load_keys\n\
sys.stdin.read(); print(load_keys(Path(sys.argv[1])).cursors.hex())"


class TestLoadKeys:
    def test_secret_is_made_once_and_readable_by_its_owner_only(self, tmp_path: Path) -> None:
        first = load_keys(tmp_path / "home")
        path = tmp_path / "home" / "secret"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(bytes.fromhex(path.read_text())) == 32
        assert load_keys(tmp_path / "home").cursors == first.cursors

    def test_homes_differ(self, tmp_path: Path) -> None:
        assert load_keys(tmp_path / "a").cursors != load_keys(tmp_path / "b").cursors

    def test_processes_that_start_together_agree(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", PRINT_KEY, str(tmp_path / "home")]
        racing = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
        for process in racing:
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None
        found = {process.communicate()[0].strip() for process in racing}
        assert len(found) == 1
        assert found == {load_keys(tmp_path / "home").cursors.hex()}

    def test_threads_that_start_together_agree(self, tmp_path: Path) -> None:
        for n in range(30):
            home = tmp_path / str(n)
            home.mkdir()
            with ThreadPoolExecutor(8) as threads:
                found = {keys.cursors for keys in threads.map(load_keys, [home] * 8)}
            assert len(found) == 1

    @pytest.mark.parametrize("content", ["", "00", "zz" * 32, "ab" * 31])
    def test_damaged_secret_is_refused_and_never_used(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "secret").write_text(content)
        with pytest.raises(Exception, match=r"secret"):
            load_keys(tmp_path)


class TestKeys:
    def test_purposes_give_different_keys(self) -> None:
        keys = Keys(b"s" * 32)
        assert len({keys.derive("a"), keys.derive("b"), keys.cursors}) == 3
        assert len(keys.cursors) == 32

    def test_are_never_shown(self) -> None:
        keys = Keys(b"s" * 32)
        _ = keys.signing, keys.cursors
        for shown in (repr(keys), str(keys), f"{keys}", f"{[keys]}", f"{keys!a}"):
            assert "ssss" not in shown
            assert shown.strip("[]") in {"Keys(…)", "Keys(\\u2026)"}
