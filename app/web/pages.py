"""The GraphiQL page and its assets, built by `frontend-contract/graphiql`; they need no outside network."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

GRAPHIQL_DIR: Final = Path(__file__).parent / "static" / "graphiql"
HASHED_DIR: Final = "assets/"  # Vite puts a hash of the content into the name of each file in here

PAGE_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}

# Not `mimetypes`: its answers depend on the machine, and a module script with another type does not run.
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}

API_TYPES: Final = ("application/json", "application/graphql-response+json")


def wants_page(request: Request) -> bool:
    """Tell a browser that opens `/graphql` from a client of the API.

    True for GET and HEAD if `Accept` prefers `text/html` to both JSON types; a tie (`*/*`) goes to the API.
    """
    if request.method not in {"GET", "HEAD"}:
        return False
    accept = _weights(",".join(request.headers.getlist("accept")))
    return _quality(accept, "text/html") > max(_quality(accept, media_type) for media_type in API_TYPES)


def graphiql_page(request: Request) -> Response:  # noqa: ARG001 - the signature of an endpoint
    """Return the page, which is asked for anew each time: it names the hashed assets of the current build."""
    return Response(_page(), media_type="text/html", headers=PAGE_HEADERS)


def graphiql_assets() -> Mount:
    """Serve what the page loads; each file is compressed once and kept in memory (9 MB for all of them)."""
    paths = (path for path in GRAPHIQL_DIR.rglob("*") if path.suffix in CONTENT_TYPES)
    files = {path.relative_to(GRAPHIQL_DIR).as_posix(): path for path in paths}
    return Mount("/graphiql-assets", routes=[Route("/{name:path}", partial(_asset_response, files))])


@dataclass(frozen=True, slots=True)
class _Asset:
    plain: bytes
    gzipped: bytes


SIGN_IN: Final = b'<a href="/sign-in" style="position:fixed;right:1rem;bottom:1rem;z-index:9">Sign in</a>'


@cache
def _page() -> bytes:
    return (GRAPHIQL_DIR / "index.html").read_bytes().replace(b"</body>", SIGN_IN + b"</body>")


@cache
def _asset(path: Path) -> _Asset:
    plain = path.read_bytes()
    return _Asset(plain, gzip.compress(plain, mtime=0))


async def _asset_response(files: Mapping[str, Path], request: Request) -> Response:
    """Look the name up among the files found at start: one that climbs out of the folder is unknown."""
    name: str = request.path_params["name"]
    path = files.get(name)
    if path is None:
        raise HTTPException(404)
    asset = await run_in_threadpool(_asset, path)
    headers = _asset_headers(name, path)
    if _quality(_weights(request.headers.get("accept-encoding", "")), "gzip") > 0:
        return Response(asset.gzipped, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.plain, headers=headers)


def _asset_headers(name: str, path: Path) -> dict[str, str]:
    return {
        "Cache-Control": "public, max-age=31536000, immutable" if name.startswith(HASHED_DIR) else "no-cache",
        "Content-Type": CONTENT_TYPES[path.suffix],
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }


def _quality(weights: Mapping[str, float], value: str) -> float:
    """Weigh a value: the most specific range that matches it decides (RFC 9110, 12.5.1)."""
    ranges = (value, f"{value.partition('/')[0]}/*", "*/*")
    return next((weights[r] for r in ranges if r in weights), 0.0)


def _weights(header: str) -> dict[str, float]:
    """Parse `text/html, */*;q=0.8` into `{"text/html": 1.0, "*/*": 0.8}`."""
    return dict(_weighted(element) for element in header.lower().split(","))


def _weighted(element: str) -> tuple[str, float]:
    value, *parameters = (part.strip() for part in element.split(";"))
    return value, next((_number(p[2:]) for p in parameters if p.startswith("q=")), 1.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
