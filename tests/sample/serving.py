"""The sample server as a process, for whatever needs one that answers, or misbehaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def sample(*options: str, env: dict[str, str] | None = None) -> Generator[str]:
    """Where a sample server answers, such as `http://127.0.0.1:40123`; it ends with the block."""
    command = [sys.executable, "-m", "app.sample", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stderr
        yield process.stderr.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()
