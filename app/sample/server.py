"""`modelhub-sample-server`: small and OpenAI-compatible, so that deploying on a laptop starts something that answers.

Of the standard library only, so that it starts in a tenth of a second and takes little memory. It is for trying things
out and for tests; it neither encrypts nor limits."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.sample.language import DIMENSIONS
from app.sample.options import Options, read_options
from app.sample.talking import Refused, chat, chunks, embeddings, models

MAX_BODY = 10_000_000
IDLE_SECONDS = 300
_FAR = 86_400.0


class Sample(ThreadingHTTPServer):
    """One server. Threads do not keep the process from ending."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options: Options) -> None:
        self.options = options
        super().__init__((options.host, options.port), Answering)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to speak of."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Answering(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "modelhub-sample-server"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Sample  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        if self.path == "/health":
            self._health()
        elif self.path == "/v1/models":
            self._guarded(lambda: self._send(models(self.server.options.model)))
        else:
            self._refuse(Refused(HTTPStatus.NOT_FOUND, "There is no such path."))

    def do_POST(self) -> None:
        doors = {"/v1/chat/completions": self._chat, "/v1/embeddings": self._embeddings}
        door = doors.get(self.path, self._nowhere)
        body = self._body()
        if body is not None:
            self._guarded(lambda: door(_parsed(body)))

    def _nowhere(self, _: dict[str, Any]) -> None:
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such path.")

    def _health(self) -> None:
        if self.server.options.hangs:
            time.sleep(_FAR)
        is_well = not self.server.options.unhealthy
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        self._send({"status": "ok" if is_well else "unhealthy"}, status)

    def _chat(self, asked: dict[str, Any]) -> None:
        said = chat(self.server.options.model, asked)
        if asked.get("stream"):
            self._stream(chunks(said, asked))
            return
        time.sleep(self.server.options.token_delay * len(said.answer.tokens))
        self._send(said.completion())

    def _embeddings(self, asked: dict[str, Any]) -> None:
        self._send(embeddings(self.server.options.model, asked, DIMENSIONS))

    def _guarded(self, answer: Any) -> None:
        try:
            self._admit()
            answer()
        except Refused as refused:
            self._refuse(refused)

    def _admit(self) -> None:
        options = self.server.options
        borne = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if options.key is not None and not compare_digest(borne.encode(), options.key.encode()):
            raise Refused(HTTPStatus.UNAUTHORIZED, "The API key is wrong.", "invalid_api_key")
        if options.fails is not None:
            raise Refused(options.fails, "Every call fails, as --fails says.", "sample_failure")

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            self._refuse(Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "A body of a stated, moderate length is wanted."))
            return None
        return self.rfile.read(int(length))

    def _refuse(self, refused: Refused) -> None:
        self._send(refused.body(), refused.status)

    def _send(self, content: Any, status: int = HTTPStatus.OK) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, events: Iterable[dict[str, Any]]) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in events:
            time.sleep(self.server.options.token_delay)
            self._chunk(f"data: {json.dumps(event)}\n\n".encode())
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so is it called
        """A line for each call, but for probes."""
        if self.path != "/health":
            sys.stderr.write(f"{format % args}\n")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is not a JSON object.")
    return asked


def main() -> None:
    """Serve until SIGTERM or Ctrl-C, or as the options say."""
    options = read_options()
    if options.exit_after is not None:
        _end_after(options.exit_after, options.exit_code)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if options.ignores_term else _end)
    time.sleep(options.start_delay)
    with Sample(options) as server:
        sys.stderr.write(f"listening at http://{options.host}:{server.server_address[1]}\n")
        try:
            server.serve_forever(poll_interval=_FAR)
        except KeyboardInterrupt:
            sys.exit(0)


def _end(*_: object) -> None:
    raise SystemExit(0)


def _end_after(seconds: float, code: int) -> None:
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()
