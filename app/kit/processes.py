"""Child processes that die with their parent, and a process that dies with its own."""

import atexit
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import IO, TypedDict, Unpack

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Options(TypedDict, total=False):
    """What else `subprocess.Popen` may be told."""

    stdin: int | IO[bytes]
    cwd: str
    user: int
    group: int
    extra_groups: list[int]


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdout: int | IO[bytes] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    **options: Unpack[Options],
) -> subprocess.Popen[bytes]:
    """Starts a child that gets `stop_signal` when this process dies, even by SIGKILL.

    It has a session of its own, so that Ctrl-C reaches only this process, which then stops it with `stop`.
    Its errors go where its output goes. Only the main thread may call this: the kernel signals the child
    when the *thread* that started it ends. On macOS the child is stopped at a normal exit only.
    """
    if threading.current_thread() is not threading.main_thread():
        message = "spawn() needs the main thread: a child is stopped when the thread that started it ends"
        raise RuntimeError(message)
    options.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(
        command,
        env=env,
        stdout=stdout,
        stderr=None if stdout is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=partial(_die_with, os.getpid(), stop_signal),  # noqa: PLW1509 - no other way to reach prctl
        **options,
    )
    if _libc is None:
        atexit.register(stop, process, stop_signal)
    return process


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals = signal.SIGTERM, grace: float = 10.0) -> None:
    """Sends the signal, waits up to `grace` seconds, then kills; one that has ended is only reaped."""
    process.send_signal(stop_signal)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def follow_parent() -> None:
    """Asks the kernel to SIGTERM this process when its parent (`make`) dies; at once when it is already dead.

    A shell in between would be the parent: in a Makefile, start this process with `exec`.
    """
    if _libc is None:
        return
    parent = os.getppid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent or _is_orphan(parent):
        os.kill(os.getpid(), signal.SIGTERM)


def _die_with(parent: int, stop_signal: signal.Signals) -> None:
    """Runs in the child, before its program."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, stop_signal)
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)


def _is_orphan(parent: int) -> bool:
    """Whether `parent` adopted us: a process that does not lead a session shares that of its real parent."""
    session = os.getsid(0)
    try:
        return session not in (os.getpid(), os.getsid(parent))
    except ProcessLookupError:
        return True
