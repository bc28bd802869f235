"""Children that die with their parent."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.embedded import spawn, stop

from .owners import REPOSITORY, is_alive, soon

pytestmark = pytest.mark.embedded
FOLLOWER = """
import time
from app.embedded import follow_parent
time.sleep({delay})
follow_parent()
print("following", flush=True)
time.sleep(9)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
print(child.pid, flush=True)
time.sleep({life})
"""
SPAWNER = """
import time
from app.embedded import spawn
print(spawn(["sleep", "9"]).pid, flush=True)
time.sleep(9)
"""


def _parent(life: float, delay: float) -> tuple[subprocess.Popen[str], int]:
    """A parent of `life` seconds, and the pid of its child, which follows it after a delay."""
    command = [sys.executable, "-c", PARENT.format(life=life), FOLLOWER.format(delay=delay)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, start_new_session=True)
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


class TestSpawn:
    def test_child_dies_with_the_process_that_started_it(self) -> None:
        command = [sys.executable, "-c", SPAWNER]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert is_alive(pid, "sleep")
            parent.kill()
        assert soon(lambda: not is_alive(pid, "sleep"))

    def test_only_the_main_thread_may_spawn(self) -> None:
        errors: list[BaseException] = []

        def try_it() -> None:
            try:
                spawn(["true"])
            except RuntimeError as error:
                errors.append(error)

        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        assert "main thread" in str(errors[0])

    def test_child_has_the_environment_and_the_output_it_is_given(self, tmp_path: Path) -> None:
        with (tmp_path / "out").open("wb") as out:
            spawn(["sh", "-c", "echo $WORD; echo error >&2"], env={"WORD": "word"}, stdout=out).wait()
        assert (tmp_path / "out").read_text() == "word\nerror\n"


class TestStop:
    def test_stubborn_child_is_killed(self) -> None:
        child = spawn(["sh", "-c", "trap '' TERM; echo; while :; do sleep 1; done"], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        stop(child, grace=0.1)
        child.stdout.close()
        assert child.returncode == -signal.SIGKILL

    def test_child_that_has_ended_is_only_reaped(self) -> None:
        child = spawn(["true"])
        child.wait()
        stop(child)
        assert child.returncode == 0


class TestFollowParent:
    def test_dies_with_its_parent(self) -> None:
        parent, pid = _parent(life=9, delay=0)
        assert parent.stdout is not None
        assert parent.stdout.readline() == "following\n"
        name = _name(pid)
        parent.kill()
        parent.communicate()
        assert soon(lambda: not is_alive(pid, name))

    def test_dies_when_its_parent_is_dead_already(self) -> None:
        parent, pid = _parent(life=0, delay=0.3)
        name = _name(pid)
        rest, _ = parent.communicate()
        assert soon(lambda: not is_alive(pid, name))
        assert rest == ""
