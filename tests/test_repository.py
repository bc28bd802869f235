"""Habits of the repository itself: small modules, no addresses in lock files, nothing of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("*.lock", "*package-lock.json")
BUNDLE = "app/web/static/graphiql/assets/"
MACHINE_PATH = re.compile(rf"(^|[^A-Za-z0-9_.])/({'work'}|{'root'}|farm)/", re.MULTILINE)
LONGEST_MODULE = 400
LARGEST_FILE = 2 * 1024 * 1024


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository; of a copy without history, all that are there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [
            path for pattern in patterns or ("*",) for path in ROOT.rglob(pattern) if path.is_file() and _ours(path)
        ]
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _ours(path: Path) -> bool:
    return not {".git", ".venv", "node_modules", "__pycache__"}.intersection(path.parts)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts(*patterns: str) -> dict[str, str]:
    """Names and contents, without what is binary or built."""
    read = {short(path): path.read_bytes() for path in tracked(*patterns) if not short(path).startswith(BUNDLE)}
    return {name: content.decode() for name, content in read.items() if b"\0" not in content}


def test_lock_files_name_no_hosts() -> None:
    locks = texts(*LOCKS)
    assert {"requirements.lock", "requirements-dev.lock", "requirements-browser.lock"} <= set(locks)
    assert [name for name, text in locks.items() if "://" in text] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-browser.lock"])
def test_every_pin_has_a_hash(lock: str) -> None:
    pins = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:", pin, re.DOTALL) for pin in pins)


def test_tests_run_what_is_delivered() -> None:
    pinned, used = ((ROOT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock"))
    versions = re.compile(r"^\S+==\S+", re.MULTILINE)
    assert set(versions.findall(pinned)) <= set(versions.findall(used))


def test_no_paths_of_one_machine() -> None:
    found = {name for name, text in texts().items() if not name.endswith(".lock") and MACHINE_PATH.search(text)}
    assert found == set()


def test_files_are_small() -> None:
    large = {short(path) for path in tracked() if path.stat().st_size > LARGEST_FILE}
    assert {name for name in large if not name.startswith(BUNDLE)} == set()


def test_modules_can_be_read_without_getting_lost() -> None:
    lengths = {name: text.count("\n") for name, text in texts("app/*.py", "app/**/*.py").items()}
    assert len(lengths) > 50
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_what_is_made_is_ignored() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {".venv/", "__pycache__/", "node_modules/"} <= set(ignored)
