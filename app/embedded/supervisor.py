"""Owns a home: starts its two servers, revives them, and stops them at the end."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from app.embedded.account import choose_account
from app.embedded.lock import hold
from app.embedded.places import private_folder, run_folder, urls
from app.embedded.postgres import create_cluster, postgres
from app.embedded.server import ADVICE, Program, Report, Server, ServerFailed
from app.embedded.valkey import valkey


class EmbeddedServers:
    """Postgres and Valkey for the length of a `with` block, on sockets that only this user can open.

    Enter it in the main thread and call `check` in a loop. They stop with the block, and when this process
    is killed. AlreadyRunning when another process owns the home; ServerFailed when a server cannot run.
    """

    def __init__(self, home: Path, report: Report = print) -> None:
        self.home = home.resolve()
        self.urls = urls(home)
        self._report = report
        self._servers: list[Server] = []
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack, _explained(self.home):
            _create_folders(self.home)
            stack.enter_context(hold(self.home))
            self._servers = [Server(program, self._report) for program in self._programs()]
            for server in self._servers:
                stack.callback(server.stop)
                server.launch()
            for server in self._servers:
                server.await_ready()
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def check(self) -> None:
        """Starts again what has crashed; ServerFailed when it keeps crashing. Cheap: call it often."""
        with _explained(self.home):
            for server in self._servers:
                server.revive()

    def _programs(self) -> list[Program]:
        private_folder(run_folder(self.home))
        account = choose_account(self.home, self._report)
        create_cluster(self.home, account, self._report)
        return [postgres(self.home, account), valkey(self.home)]


def _create_folders(home: Path) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_folder(home / "logs")


@contextmanager
def _explained(home: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        message = f"The servers of {home} cannot run: {error.strerror}: {error.filename or home}. {ADVICE}"
        raise ServerFailed(message) from error
