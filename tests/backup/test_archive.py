"""The file: whole under its name or not there, and checked to the last byte before anybody believes it."""

from __future__ import annotations

import asyncio
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from app.backup.archive import Archive, DamagedBackup, NewerBackup, new_archive, open_archive
from app.backup.manifest import FORMAT, Manifest, Table
from app.kit.errors import Conflict, HubError, Unavailable
from app.kit.ids import new_id
from app.migrate import head

TEAM = Table(name="team", columns=["id", "slug"])
ROWS = "".join(f"{n}\t{'x' * (n % 50)}\n" for n in range(5000)).encode()


def write(path: Path, **changes: object) -> Path:
    """A small archive; `changes` are those of its manifest."""
    asyncio.run(_write(path, **changes))
    return path


async def _write(path: Path, **changes: object) -> None:
    with new_archive(path) as archive:
        with archive.table(TEAM) as entry:
            for start in range(0, len(ROWS), 1000):
                await entry.write(ROWS[start : start + 1000])
        told = {"format": FORMAT, "version": "1", "revision": head(), "epoch": new_id(), "head": 3}
        rest = {"taken_at": datetime.now(UTC), "tables": [entry.stored()], "sequences": []}
        archive.finish(Manifest.model_validate({**told, **rest, **changes}))


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return write(tmp_path / "hub.backup")


class TestWriting:
    def test_gives_back_what_was_written(self, whole: Path) -> None:
        archive = open_archive(whole)
        (table,) = archive.manifest.tables
        assert (table.rows, table.size, b"".join(archive.rows_of(table))) == (5000, len(ROWS), ROWS)
        assert [path.name for path in whole.parent.iterdir()] == ["hub.backup"]

    def test_is_for_its_owner_alone_and_a_zip_to_others(self, whole: Path) -> None:
        assert whole.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(whole) as file:
            assert file.testzip() is None
            assert file.namelist() == ["tables/team.copy", "manifest.json"]

    def test_a_name_that_is_taken(self, whole: Path) -> None:
        before = whole.read_bytes()
        with pytest.raises(Conflict, match=r"hub\.backup exists already"):
            write(whole)
        assert whole.read_bytes() == before

    def test_two_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "hub.backup"
        refused = pytest.raises(Conflict, match=r"Another backup is writing .*hub\.backup\.partial")
        with new_archive(path), refused:
            write(path)

    def test_a_failure_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(ZeroDivisionError), new_archive(tmp_path / "hub.backup"):
            raise ZeroDivisionError
        assert list(tmp_path.iterdir()) == []

    def test_what_a_killed_one_left_is_written_over(self, tmp_path: Path) -> None:
        (tmp_path / "hub.backup.partial").write_bytes(b"x" * 1_000_000)
        open_archive(write(tmp_path / "hub.backup"))

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match=r"cannot be written: No such file"):
            write(tmp_path / "gone" / "hub.backup")


def refusal(path: Path) -> str:
    """Why a file is not believed."""
    with pytest.raises(HubError) as caught:
        open_archive(path)
    assert isinstance(caught.value, (DamagedBackup, NewerBackup))
    assert caught.value.code == "INVALID_PARAMETER"
    return caught.value.message


class TestChecking:
    def test_cut_off_anywhere(self, whole: Path) -> None:
        content, random = whole.read_bytes(), Random(1)
        for size in {*random.sample(range(4, len(content)), 100), len(content) - 1, 4, 30, 200}:
            whole.write_bytes(content[:size])
            assert "is not whole: its end is missing" in refusal(whole), size

    def test_any_bit_flipped(self, whole: Path) -> None:
        content, random = whole.read_bytes(), Random(2)
        for place in {*random.sample(range(4, len(content)), 300), len(content) - 1, len(content) - 64}:
            flipped = bytearray(content)
            flipped[place] ^= 1 << random.randrange(8)
            whole.write_bytes(flipped)
            assert re.search("is damaged|is not whole", refusal(whole)), place

    @pytest.mark.parametrize("content", [b"", b"PK", b"id,name\n1,a\n", b"\0" * 1000, "ü😀".encode()])
    def test_not_an_archive(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "other").write_bytes(content)
        assert refusal(tmp_path / "other").endswith("other is not a backup of Model Hub.")

    def test_an_archive_of_something_else(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "other", "w") as file:
            file.writestr("a", "b" * 1000)
        assert "or is no backup of Model Hub" in refusal(tmp_path / "other")

    def test_no_file(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "gone").endswith("gone does not exist.")

    def test_a_newer_format(self, tmp_path: Path) -> None:
        newer = write(tmp_path / "newer", format=FORMAT + 1)
        assert f"is of the format {FORMAT + 1}, this Model Hub knows formats up to {FORMAT}" in refusal(newer)

    def test_a_newer_schema(self, tmp_path: Path) -> None:
        newer = write(tmp_path / "newer", revision="9999")
        assert "of revision 9999, which this Model Hub does not know: it is newer" in refusal(newer)

    @pytest.mark.parametrize(
        "change",
        [
            lambda table: {**table, "rows": 4999},
            lambda table: {**table, "sha256": "0" * 64},
            lambda table: {**table, "name": "other"},
        ],
    )
    def test_a_table_that_is_not_what_the_manifest_says(
        self, tmp_path: Path, whole: Path, change: Callable[[dict[str, object]], object]
    ) -> None:
        stored = open_archive(whole).manifest.tables[0].model_dump()
        assert "tables/other" in (told := refusal(write(tmp_path / "odd", tables=[change(stored)]))) or (
            "its table team is not what was stored" in told
        )

    def test_a_file_that_changes_after_it_was_checked(self, whole: Path) -> None:
        archive = open_archive(whole)
        content = bytearray(whole.read_bytes())
        content[1000] ^= 1
        whole.write_bytes(content)
        with pytest.raises(DamagedBackup):
            b"".join(Archive(whole, archive.manifest).rows_of(archive.manifest.tables[0]))

    @pytest.mark.parametrize("name", ['a"; drop table model; --', "A", "", "a" * 64])
    def test_names_and_bounds_are_no_way_to_run_sql(self, name: str) -> None:
        with pytest.raises(ValueError, match="pattern"):
            Table(name=name, columns=[])
        part = {"name": "a", "bound": "FOR VALUES IN (1); drop table model"}
        with pytest.raises(ValueError, match="pattern"):
            Table.model_validate({"name": "a", "columns": [], "partitions": [part]})
