"""`modelhub backup` and `modelhub restore` as a person types them, and what they say to one who errs."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_asyncio

from app.backup.archive import new_archive, open_archive
from app.backup.manifest import FORMAT, Manifest
from app.backup.taking import back_up
from app.embedded import stop
from app.kit.db import Database
from app.settings import Settings
from tests.backup.contents import ROOT, add_team, command, connect, contents, environment, fill, modelhub
from tests.conftest import free_port
from tests.kit.rows import execute, model, provider, put, select_rows

Change = Callable[[bytes], bytes]


@pytest_asyncio.fixture
async def given(database: Database, settings: Settings, tmp_path: Path) -> dict[str, str]:
    """The settings of a small installation, of which there is a backup, and which has changed since."""
    await fill(database, 100)
    urls = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    await back_up(urls["DATABASE_URL"], tmp_path / "hub.backup")
    await add_team(database, "later")
    return urls


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.backup"


async def restore(given: dict[str, str], file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command, with a process of its own."""
    return await asyncio.to_thread(modelhub, given, file.parent, "restore", *options, file)


async def has_later(database: Database) -> bool:
    """Whether the data is that from before the restore."""
    return bool(await select_rows(database, "select 1 from team where slug = 'later'"))


class TestBackup:
    async def test_says_what_is_in_it(self, given: dict[str, str], tmp_path: Path) -> None:
        done = await asyncio.to_thread(modelhub, given, tmp_path, "backup", tmp_path / "other")
        assert (done.returncode, done.stdout[-4:]) == (0, "MB.\n")
        assert f"{open_archive(tmp_path / 'other').manifest}; " in done.stdout
        assert "100 inferences; " in done.stdout

    async def test_a_name_that_is_taken(self, given: dict[str, str], file: Path) -> None:
        before = file.read_bytes()
        done = await asyncio.to_thread(modelhub, given, file.parent, "backup", file)
        assert done.returncode == 1
        assert done.stderr.endswith(f"Error: {file} exists already. Choose another name, or remove it first.\n")
        assert file.read_bytes() == before

    async def test_holds_no_secret_of_the_home(self, given: dict[str, str], file: Path) -> None:
        assert (await asyncio.to_thread(modelhub, given, file.parent, "token")).returncode == 0
        secret = (file.parent / "home" / "secret").read_bytes().strip()
        assert (await asyncio.to_thread(modelhub, given, file.parent, "backup", file.parent / "other")).returncode == 0
        with ZipFile(file.parent / "other") as archive:
            assert all(secret not in archive.read(name) for name in archive.namelist())


def flipped(content: bytes) -> bytes:
    """With one bit in the middle changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def sealed_again(file: Path, **changes: object) -> None:
    """Rewrite a backup with another manifest, as another release would have written it."""
    with ZipFile(file) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    told = {**json.loads(entries["manifest.json"]), **changes}
    file.unlink()
    with new_archive(file) as archive:
        for name, content in entries.items():
            if name != "manifest.json":
                archive._zip.writestr(name, content)
        archive.finish(Manifest.model_validate(told))


class TestBadFiles:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda content: content[: len(content) // 2], "is not whole: its end is missing"),
            (lambda content: content[:-1], "is not whole: its end is missing"),
            (flipped, "is damaged: it is not what was written, its checksum differs."),
            (lambda _: b"", "is not a backup of Model Hub."),
            (lambda _: b"id,name\n1,a\n" * 1000, "is not a backup of Model Hub."),
        ],
        ids=["half", "without its last byte", "a bit flipped", "empty", "of something else"],
    )
    async def test_are_refused_before_anything_is_touched(
        self, given: dict[str, str], file: Path, change: Change, said: str
    ) -> None:
        file.write_bytes(change(file.read_bytes()))
        await self.refused(given, file, said)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"revision": "9999"}, "holds a schema of revision 9999, which this Model Hub does not know: it is newer."),
            ({"format": FORMAT + 1}, f"is of the format {FORMAT + 1}, this Model Hub knows formats up to {FORMAT}"),
            ({"revision": "0001"}, "says that it is of revision 0001, but its tables are not"),
        ],
        ids=["newer schema", "newer format", "another schema than it says"],
    )
    async def test_of_other_releases(
        self, given: dict[str, str], file: Path, changes: dict[str, object], said: str
    ) -> None:
        sealed_again(file, **changes)
        await self.refused(given, file, said)

    async def refused(self, given: dict[str, str], file: Path, said: str) -> None:
        before = await contents(given["DATABASE_URL"])
        done = await restore(given, file, "--yes")
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(f"Error: {file} ")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert await contents(given["DATABASE_URL"]) == before

    async def test_that_are_not_there(self, given: dict[str, str], file: Path) -> None:
        done = await restore(given, file.with_name("gone"), "--yes")
        assert (done.returncode, done.stderr.splitlines()[-1]) == (
            1,
            f"Error: {file.with_name('gone')} does not exist.",
        )


class TestConfirmation:
    async def test_nobody_is_there_to_be_asked(self, given: dict[str, str], file: Path, database: Database) -> None:
        done = await restore(given, file)
        assert done.returncode == 1
        assert f"{file} was taken " in done.stderr
        counted = "select (select count(*) from model) as models, (select count(*) from deployment) as deployments"
        (count,) = await select_rows(database, counted)
        lost = f"{count['models']} models, {count['deployments']} deployments, 100 inferences; last event: 20"
        assert f"It replaces everything in the database: {lost}" in done.stderr
        assert done.stderr.endswith("Nothing was changed: nobody is there to be asked. Repeat it with --yes.\n")
        assert await has_later(database)

    @pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("\n", 1), ("y\n", 0)])
    async def test_a_person_is_asked(
        self, given: dict[str, str], file: Path, database: Database, answer: str, code: int
    ) -> None:
        done, said = await asyncio.to_thread(at_a_terminal, given, file, answer)
        assert done == code, said
        assert "Replace it? [y/N]" in said
        assert await has_later(database) == bool(code)

    async def test_an_empty_database_needs_none(self, given: dict[str, str], file: Path, empty_url: str) -> None:
        done = await restore({**given, "DATABASE_URL": empty_url}, file)
        assert done.returncode == 0, done.stderr
        assert (
            done.stdout
            == "Restored. Cursors of events that were given out before are void, and everybody must sign in again.\n"
        )


def at_a_terminal(given: dict[str, str], file: Path, answer: str) -> tuple[int, str]:
    """Restore where a person answers; the exit code, and what was said."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("restore", file), env=environment(given, file.parent / "home"), cwd=ROOT, stdin=theirs, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        os.write(ours, answer.encode())
        said, _ = process.communicate(timeout=60)
    finally:
        stop(process)  # pyright: ignore[reportArgumentType]
        os.close(ours)
        os.close(theirs)
    return process.returncode, said


class TestOverARunningHub:
    @pytest.fixture
    def running(self, given: dict[str, str], tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
        env = environment({**given, "PORT": str(free_port()), "DEMO": "0"}, tmp_path / "home")
        started = [subprocess.Popen(command(name), env=env, cwd=ROOT) for name in ("serve", "worker")]
        try:
            yield started
        finally:
            for process in started:
                stop(process)

    async def test_is_refused_until_what_runs_was_stopped(
        self, given: dict[str, str], running: list[subprocess.Popen[bytes]], file: Path, database: Database
    ) -> None:
        connection = await connect(given["DATABASE_URL"])
        await both_are_there(connection)
        done = await restore(given, file, "--yes")
        assert done.returncode == 1
        said = done.stderr.splitlines()[-1]
        assert said.startswith("Error: Model Hub is using this database: modelhub serve (this machine, session ")
        assert "; modelhub worker (this machine, session " in said
        assert said.endswith("). Stop it first.")
        assert await has_later(database)
        for process in running:
            await asyncio.to_thread(stop, process)
        done = await restore(given, file, "--yes")
        assert done.returncode == 0, done.stderr
        assert not await has_later(database)
        await connection.close()


async def both_are_there(connection: object) -> None:
    """Wait until serve and worker have entered."""
    names = "select count(distinct application_name) from pg_stat_activity where application_name like 'modelhub %'"
    end = time.monotonic() + 30
    while await connection.fetchval(names) != 2:  # type: ignore[attr-defined]
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


class TestAfterwards:
    async def test_every_sequence_goes_on_where_it_stood(
        self, given: dict[str, str], file: Path, database: Database
    ) -> None:
        """Whatever is made first after a restore takes a number that nothing has or ever had."""
        acme = provider("burned")
        await put(database, acme, *(model(acme, f"m{n}") for n in range(3)))
        await execute(database, "delete from model where slug = 'burned/m2'")
        other = file.with_name("other")
        assert (await asyncio.to_thread(modelhub, given, file.parent, "backup", other)).returncode == 0
        stood = await select_rows(database, SEQUENCES)
        assert "model_ordinal_seq" in {row["sequencename"] for row in stood}
        assert (await restore(given, other, "--yes")).returncode == 0
        assert await select_rows(database, SEQUENCES) == stood
        await put(database, model(acme, "next"))
        (made,) = await select_rows(database, "select ordinal from model where slug = 'burned/next'")
        assert (
            made["ordinal"]
            == next(row for row in stood if row["sequencename"] == "model_ordinal_seq")["last_value"] + 1
        )


SEQUENCES = "select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1"
