"""How the API process prepares itself."""

from __future__ import annotations

import resource
import subprocess
import sys

from app.serve import MOST_DESCRIPTORS

PROGRAM = """
import resource
_, may = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, may))
from app.serve import take_descriptors
for _ in range(2):
    take_descriptors()
    print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_takes_as_many_descriptors_as_it_may() -> None:
    _, may = resource.getrlimit(resource.RLIMIT_NOFILE)
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=30)
    assert [int(line) for line in done.stdout.split()] == [min(may, MOST_DESCRIPTORS)] * 2
