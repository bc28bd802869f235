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

from app.web.negotiation import PLAIN_JSON, RESPONSE_JSON, quality, weights

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

GRAPHIQL_DIR: Final = Path(__file__).parent / "static" / "graphiql"
HASHED_DIR: Final = "assets/"  # Vite puts a hash of the content into the name of each file in here

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY.format(styles="'self'"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
GRAPHIQL_HEADERS: Final = {
    **PAGE_HEADERS,
    "Content-Security-Policy": _POLICY.format(styles="'self' 'unsafe-inline'"),  # its editor writes styles
}
_STYLES_ONLY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)

# Not `mimetypes`: its answers depend on the machine, and a module script with another type does not run.
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}

API_TYPES: Final = (PLAIN_JSON, RESPONSE_JSON)


def wants_page(request: Request) -> bool:
    """Tell a browser that opens `/graphql` from a client of the API.

    True for GET and HEAD if `Accept` prefers `text/html` to both JSON types; a tie (`*/*`) goes to the API.
    """
    if request.method not in {"GET", "HEAD"}:
        return False
    accept = weights(",".join(request.headers.getlist("accept")))
    return quality(accept, "text/html") > max(quality(accept, media_type) for media_type in API_TYPES)


def as_page(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose page has its styles within it, and may load nothing."""

    async def endpoint(request: Request) -> Response:
        page = await answer(request)
        page.headers.update(GRAPHIQL_HEADERS | {"Content-Security-Policy": _STYLES_ONLY})
        return page

    return endpoint


def graphiql_page(request: Request) -> Response:  # noqa: ARG001 - the signature of an endpoint
    """Return the page, which is asked for anew each time: it names the hashed assets of the current build."""
    return Response(_page(), media_type="text/html", headers=GRAPHIQL_HEADERS)


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
    if quality(weights(request.headers.get("accept-encoding", "")), "gzip") > 0:
        return Response(asset.gzipped, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.plain, headers=headers)


def _asset_headers(name: str, path: Path) -> dict[str, str]:
    return {
        "Cache-Control": "public, max-age=31536000, immutable" if name.startswith(HASHED_DIR) else "no-cache",
        "Content-Type": CONTENT_TYPES[path.suffix],
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
