"""Processes that tests may kill: they are forked from a server that has imported what they need."""

from __future__ import annotations

from multiprocessing import get_context

CHILDREN = get_context("forkserver")
CHILDREN.set_forkserver_preload(["pytest", "tests.faults.hand", "tests.faults.keeping", "tests.metrics.hands"])
