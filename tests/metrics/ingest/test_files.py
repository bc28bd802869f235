"""Files are read line by line: what is good in them is taken once, what is bad is told with its line and reason."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.kit.db import Database
from app.metrics.ingest.columns import event_id
from app.metrics.ingest.files import (
    Imported,
    Line,
    Scan,
    UnreadableFile,
    import_usage,
    read_lines,
    scan,
    shift_to_now,
)
from app.metrics.jobs import roll_up
from tests.metrics.recount import Questions, check, raw_rows, reader_of
from tests.metrics.sending import A_DAY, AN_HOUR, NOW, add_catalog, add_model, ingest_of, rates

HEADER = "occurred_at,service,client,provider,model,tokens_in,tokens_out,ttft_ms,latency_ms"
REPOSITORY = Path(__file__).parents[3]


def replayed(random: Random, number: int, start: datetime = NOW - A_DAY * 2) -> list[str]:
    """Lines as recorded traces have them."""
    return [
        f"{(start + timedelta(milliseconds=random.randrange(86_400_000))).isoformat(timespec='milliseconds')},"
        f"m-{random.choice(['large', 'small'])},m-client-{random.randrange(4)},alpha,{random.choice(['one', 'two'])},"
        f"{random.randrange(900)},{random.randrange(900)},{random.uniform(1, 900):.1f},{random.uniform(1, 60000):.1f}"
        for _ in range(number)
    ]


def lines_of(header: str, rows: Iterable[str], end: str = "\n") -> bytes:
    return "".join(line + end for line in (header, *rows)).encode()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.csv"


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    return tmp_path / "usage.csv.gz"


async def load(
    database: Database, path: Path, shift: timedelta = timedelta(0), now: datetime = NOW
) -> tuple[Imported, list[tuple[int, str]]]:
    """Import a file; returns the result, and the rejected lines by number with the reason."""
    rejected: list[tuple[int, str]] = []
    steps: list[int] = []
    result = await import_usage(
        ingest_of(database, now), path, shift=shift, found=scan(path), progress=steps.append,
        reject=lambda line, why: rejected.append((line.number, why)),
    )  # fmt: skip
    assert sum(steps) == result.lines
    assert result.lines == result.inserted + result.duplicates + result.conflicts + result.rejected
    assert len(rejected) == result.rejected
    return result, rejected


async def load_rows(database: Database, path: Path, header: str, *rows: str) -> tuple[Imported, list[tuple[int, str]]]:
    write(path, lines_of(header, rows))
    return await load(database, path)


AT = "2096-03-14T10:00:00+00:00"


class TestScan:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "line 1: the header lacks occurred_at, provider, model"),
            (b"\n", "line 1: the header lacks occurred_at, provider, model"),
            (b"occurred_at,model\n", "line 1: the header lacks provider"),
            (b"occurred_at,provider,model,colour\n", "line 1: unknown column colour; known are accepted, client"),
            (b"occurred_at,provider,model,team,team\n", "line 1: the header has team twice"),
            (b'"occurred_at,provider\rx",model\n', "line 1: the header lacks"),
            (b"\xff\xfeo\0c\0c\0", "line 1: the header lacks"),
            (gzip.compress(b"occurred_at,provider,model\n", mtime=0), "line 1: the header lacks"),
        ],
        ids=str,
    )
    def test_a_header_that_cannot_be_used_is_refused(self, path: Path, content: bytes, reason: str) -> None:
        write(path, content)
        with pytest.raises(UnreadableFile) as refused:
            scan(path)
        assert refused.value.message.startswith("usage.csv: ")
        assert reason in refused.value.message

    @pytest.mark.parametrize(
        "content", [b"", b"no gzip at all", gzip.compress(b"occurred_at,provider,model\n", mtime=0)[:15]]
    )
    def test_a_gzip_without_a_whole_header_is_refused(self, zipped: Path, content: bytes) -> None:
        write(zipped, content)
        with pytest.raises(UnreadableFile, match=r"usage\.csv\.gz: "):
            scan(zipped)

    def test_a_missing_file_is_refused(self, path: Path) -> None:
        with pytest.raises(UnreadableFile, match="No such file"):
            scan(path)

    @pytest.mark.parametrize(
        "header", ["\ufeff" + HEADER, HEADER.replace(",", " , "), HEADER.replace("client", '"client"')]
    )
    def test_a_byte_order_mark_blanks_and_quotes_do_not_matter(self, path: Path, header: str) -> None:
        write(path, lines_of(header, []))
        assert scan(path).columns == HEADER.split(",")

    def test_counts_lines_and_finds_the_newest_time(self, path: Path) -> None:
        rows = [f"{at},alpha,one" for at in (AT, "2096-03-14T13:00:00+02:00", "no time", "", "2096-03-14T10:59:59Z")]
        write(path, lines_of("occurred_at,provider,model", [*rows, "short", "0001-01-01T00:00:00+14:00,alpha,one"]))
        found = scan(path)
        assert (found.lines, found.newest) == (7, datetime.fromisoformat("2096-03-14T11:00:00+00:00"))
        assert found.damage is None

    def test_lines_that_repeat_are_known_and_the_others_are_not(self, path: Path) -> None:
        rows = replayed(Random(1), 2000)
        write(path, lines_of(HEADER, [*rows, *rows[:50]]))
        found = scan(path)
        assert all(found.may_repeat(row) for row in rows[:50])
        assert sum(found.may_repeat(row) for row in rows[50:]) <= 1, "a Bloom filter may err, but hardly ever"


class TestReadLines:
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_ends_of_lines_are_no_part_of_them(self, path: Path, end: str) -> None:
        write(path, lines_of("a", ["b", "", "c"], end) + b"last")
        assert list(read_lines(path)) == [Line(1, "a"), Line(2, "b"), Line(3, ""), Line(4, "c"), Line(5, "last")]

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.999])
    def test_of_a_truncated_gzip_all_whole_lines_are_read(self, zipped: Path, share: float) -> None:
        content = lines_of(HEADER, replayed(Random(2), 3000))
        packed = gzip.compress(content, 6)
        write(zipped, packed[: int(len(packed) * share)])
        readable = zlib.decompressobj(31).decompress(zipped.read_bytes()).decode()
        whole = readable.split("\n")[:-1]
        found: list[str] = []
        with pytest.raises(UnreadableFile) as damaged:
            found += (line.text for line in read_lines(zipped))  # what was appended before stays
        assert found == whole
        assert damaged.value.message == (
            f"usage.csv.gz: after line {len(whole)}: the gzip data is truncated or corrupt."
        )


class TestImportUsage:
    async def test_totals_equal_a_plain_reading_of_the_file(self, database: Database, zipped: Path) -> None:
        models = {"one": await add_model(database, "alpha/one", rates(INPUT="3", OUTPUT="15")),
                  "two": await add_model(database, "alpha/two", rates(INPUT="0.15", OUTPUT="0.6"))}  # fmt: skip
        rows = replayed(Random(3), 12_000)
        write(zipped, gzip.compress(lines_of(HEADER, rows)))
        assert (await load(database, zipped))[0] == Imported(lines=12_000, inserted=12_000)
        stored = await raw_rows(database)
        fields = [row.split(",") for row in rows]
        price = {"one": (3, 15), "two": (Decimal("0.15"), Decimal("0.6"))}
        cost = sum((int(f[5]) * price[f[4]][0] + int(f[6]) * price[f[4]][1] for f in fields), Decimal(0)) / 10**6
        assert sum((row.cost for row in stored), Decimal(0)) == cost
        assert sum(row.latency_us for row in stored) == sum(int(Decimal(f[8]) * 1000) for f in fields)
        assert sum(row.ttft_us for row in stored) == sum(int(Decimal(f[7]) * 1000) for f in fields)
        assert {(row.occurred_at.isoformat(timespec="milliseconds"), row.user_key, row.model_id) for row in stored} == {
            (f[0], f[2], models[f[4]]) for f in fields
        }
        questions = await Questions.about(database, Random(3), NOW - A_DAY * 2, NOW)
        for _ in range(2):
            for _ in range(3):
                await check(reader_of(database), stored, questions.ask())
            await roll_up(database, lambda: NOW + A_DAY * 3)

    async def test_again_inserts_nothing(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        rows = replayed(Random(4), 6000)
        write(path, lines_of(HEADER, rows))
        assert (await load(database, path))[0] == Imported(lines=6000, inserted=6000)
        assert (await load(database, path))[0] == Imported(lines=6000, duplicates=6000)

    async def test_the_same_lines_in_another_dress_are_the_same_events(
        self, database: Database, tmp_path: Path
    ) -> None:
        await add_catalog(database)
        rows = replayed(Random(5), 300)
        dresses = {
            "plain.csv": lines_of(HEADER, rows),
            "windows.csv": lines_of("\ufeff" + HEADER, rows, "\r\n"),
            "cut.csv": lines_of(HEADER, rows)[:-1],
            "packed.csv.gz": gzip.compress(lines_of(HEADER, rows)),
            "two.csv.gz": b"".join(map(gzip.compress, (lines_of(HEADER, rows[:99]), lines_of(rows[99], rows[100:])))),
        }  # fmt: skip
        for name, content in dresses.items():
            write(tmp_path / name, content)
            result, _ = await load(database, tmp_path / name)
            assert (result.lines, result.inserted) == (300, 300 if name == "plain.csv" else 0), name

    async def test_identical_lines_are_events_of_their_own(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        one, other = replayed(Random(6), 2)
        rows = [one, other, one, one] + [other] * 6000
        write(path, lines_of(HEADER, rows))
        assert (await load(database, path))[0] == Imported(lines=6004, inserted=6004)
        assert (await load(database, path))[0] == Imported(lines=6004, duplicates=6004)
        ids = {row.event_id for row in await raw_rows(database)}
        assert ids == {event_id(one, n) for n in range(3)} | {event_id(other, n) for n in range(6001)}

    async def test_a_longer_file_adds_what_is_new(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        rows = replayed(Random(7), 400)
        write(path, lines_of(HEADER, rows[:300]))
        await load(database, path)
        write(path, lines_of(HEADER, [*rows, rows[0]]))
        assert (await load(database, path))[0] == Imported(lines=401, inserted=101, duplicates=300)

    async def test_every_column_is_read(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        header = (
            "occurred_at,provider,model,service,user,team,environment,operation,use_case,tokens_in,tokens_out,"
            "tokens_cached,tokens_reasoning,latency_ms,ttft_ms,status,error_code,rating,accepted,confidence"
        )
        row = (
            '2096-03-14T12:00:00.5+02:00,alpha,one,"a, ""b""",u,red,staging,chat,sum,9,8,7,6,1.5,0.25,ok,,5,FALSE,0.875'
        )
        result, rejected = await load_rows(database, path, header, row)
        assert (result.inserted, rejected) == (1, [])
        (stored,) = await raw_rows(database)
        expected = {
            "occurred_at": datetime.fromisoformat("2096-03-14T10:00:00.5+00:00"), "user_key": "u", "team": "red",
            "environment": "STAGING", "operation": "chat", "use_case": "sum", "tokens_in": 9, "tokens_out": 8,
            "tokens_cached": 7, "tokens_reasoning": 6, "latency_us": 1500, "ttft_us": 250, "failed": False,
            "error_code": None, "rating": 5, "accepted": False, "confidence": Decimal("0.875"),
        }  # fmt: skip
        assert {name: stored[name] for name in expected} == expected
        async with database.driver() as connection:
            assert await connection.fetchval("select name from deployment") == 'a, "b"'

    async def test_empty_fields_are_absent(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        result, _ = await load_rows(database, path, HEADER, f"{AT},,,alpha,one,,,,")
        assert result.inserted == 1
        (stored,) = await raw_rows(database)
        absent = (stored.deployment_id, stored.user_key, stored.latency_us, stored.ttft_us)
        assert (absent, stored.tokens_in, stored.tokens_out) == ((None,) * 4, 0, 0)

    async def test_an_error_is_told_by_its_status_or_its_code(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        told = {
            "OK,": (False, None),
            ",": (False, None),
            "error,": (True, "unknown"),
            "ERROR,timeout": (True, "timeout"),
            ",timeout": (True, "timeout"),
        }
        rows = [f"{AT},alpha,one,{each}" for each in told]
        await load_rows(database, path, "occurred_at,provider,model,status,error_code", *rows)
        stored = {row.event_id: (row.failed, row.error_code) for row in await raw_rows(database)}
        assert [stored[event_id(row, 0)] for row in rows] == list(told.values())


GOOD = f"{AT},alpha,one,5,1,,,"
BAD_ROWS: list[tuple[bytes, str]] = [
    (b"", "has 1 columns, the header 8"),
    (f"{AT},alpha,one,5".encode(), "has 4 columns, the header 8"),
    (f"{GOOD},more".encode(), "has 9 columns, the header 8"),
    (b",alpha,one,5,1,,,", "occurred_at is empty"),
    (f"{AT},,,5,1,,,".encode(), "model, provider is empty"),
    (b"2096-03-14T10:00:00,alpha,one,5,1,,,", "occurred_at: '2096-03-14T10:00:00' has no UTC offset"),
    (b"14.03.2096,alpha,one,5,1,,,", "occurred_at: '14.03.2096' is not a time (RFC 3339)"),
    (b"0001-01-01T00:00:00+14:00,alpha,one,5,1,,,", "is not a time"),
    (b"9999-12-31T23:59:59Z,alpha,one,5,1,,,", "occurred_at is in the future"),
    (b"2096-02-12T10:00:00Z,alpha,one,5,1,,,", "older than the retention"),
    (f"{AT},alpha,one,-5,1,,,".encode(), "a token count is negative"),
    (f"{AT},alpha,one,5.5,1,,,".encode(), "tokens_in: '5.5' is not a whole number"),
    (f"{AT},alpha,one,{'9' * 5000},1,,,".encode(), "is not a whole number"),
    (f"{AT},alpha,one,5,{10**30},,,".encode(), "above 100,000,000"),
    (f"{AT},alpha,one,5,1,NaN,,".encode(), "latency_ms: 'NaN' is not a finite number"),
    (f"{AT},alpha,one,5,1,inf,,".encode(), "latency_ms: 'inf' is not a finite number"),
    (f"{AT},alpha,one,5,1,1e308,,".encode(), "latency_ms: "),
    (f"{AT},alpha,one,5,1,fast,,".encode(), "latency_ms: 'fast' is not a number of milliseconds"),
    (f"{AT},alpha,one,5,1,-0.1,,".encode(), "latency is not within"),
    (f"{AT},alpha,one,5,1,,MOON,".encode(), "'MOON' is none of DEVELOPMENT, STAGING, PRODUCTION"),
    (f"{AT},alpha,one,5,1,,,NaN".encode(), "confidence: 'NaN' is not a finite number"),
    (f"{AT},alpha,one,5,1,,,sNaN".encode(), "confidence: "),
    (f"{AT},alpha,one,5,1,,,much".encode(), "confidence: 'much' is not a number"),
    (f"{AT},alpha,{'o' * 201},5,1,,,".encode(), "model: is longer than 200 characters"),
    (f"{AT},alpha,o\0ne,5,1,,,".encode(), "model: holds characters that cannot be printed"),
    (f'{AT},alpha,"one\r,5,1,,,'.encode(), "has 3 columns"),
    (f'{AT},"alpha"\rx,one,5,1,,,'.encode(), "cannot be taken apart"),
    (f'{AT},alpha,"{"o" * 140_000}",5,1,,,'.encode(), "cannot be taken apart"),
    (f"{AT},alpha,na\u00efve,5,1,,,".encode("latin-1"), "is not UTF-8"),
]
"""Rows that cannot be taken, and a part of the reason."""


class TestRejectedLines:
    async def test_are_told_with_line_and_reason_and_the_others_are_kept(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        header = b"occurred_at,provider,model,tokens_in,tokens_out,latency_ms,environment,confidence"
        content = b"".join(row + b"\n" + GOOD.encode() + b"\n" for row, _ in BAD_ROWS)
        write(path, header + b"\n" + content)
        result, rejected = await load(database, path)
        assert (result.inserted, result.rejected, result.damage) == (len(BAD_ROWS), len(BAD_ROWS), None)
        assert [number for number, _ in rejected] == list(range(2, 2 + 2 * len(BAD_ROWS), 2))
        assert [
            (why, reason) for (_, why), (_, reason) in zip(rejected, BAD_ROWS, strict=True) if reason not in why
        ] == []

    async def test_of_a_move_by_days_that_leaves_the_calendar_are_told(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        write(path, lines_of("occurred_at,provider,model", ["9999-12-31T23:00:00Z,alpha,one", f"{AT},alpha,one"]))
        shift = await shift_to_now(database, scan(path), NOW)
        result, rejected = await load(database, path, shift)
        assert result.inserted == 1
        assert rejected == [(3, f"occurred_at: cannot be moved by {shift.days:,} days")]

    async def test_of_a_second_batch_have_the_right_numbers(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        rows = replayed(Random(8), 11_000)
        for number in (4999, 5000, 10_500):
            rows[number] += ",more"
        write(path, lines_of(HEADER, rows))
        result, rejected = await load(database, path)
        assert (result.inserted, [number for number, _ in rejected]) == (10_997, [5001, 5002, 10_502])


class TestDamage:
    @pytest.mark.parametrize("share", [0.2, 0.7])
    async def test_what_is_before_it_is_kept_and_the_whole_file_adds_the_rest(
        self, database: Database, zipped: Path, share: float
    ) -> None:
        await add_catalog(database)
        rows = replayed(Random(9), 8000)
        packed = gzip.compress(lines_of(HEADER, rows))
        write(zipped, packed[: int(len(packed) * share)])
        readable = zlib.decompressobj(31).decompress(packed[: int(len(packed) * share)]).decode()
        whole = readable.count("\n") - 1
        result, rejected = await load(database, zipped)
        assert (result.inserted, rejected) == (whole, [])
        assert result.damage == f"usage.csv.gz: after line {whole + 1}: the gzip data is truncated or corrupt."
        assert {row.event_id for row in await raw_rows(database)} == {event_id(row, 0) for row in rows[:whole]}
        write(zipped, packed)
        assert (await load(database, zipped))[0] == Imported(lines=8000, inserted=8000 - whole, duplicates=whole)

    @pytest.mark.parametrize("place", ["data", "checksum", "behind"])
    async def test_corrupt_gzip_is_told_with_the_line(self, database: Database, zipped: Path, place: str) -> None:
        await add_catalog(database)
        packed = bytearray(gzip.compress(lines_of(HEADER, replayed(Random(10), 2000))))
        if place == "data":
            packed[len(packed) // 2 :] = bytes(len(packed) - len(packed) // 2)
        elif place == "checksum":
            packed[-6] ^= 0xFF
        else:
            packed += b"what is this?"
        write(zipped, bytes(packed))
        result, _ = await load(database, zipped)
        assert result.damage is not None
        assert result.damage.startswith(f"usage.csv.gz: after line {result.lines + 1}: ")
        assert result.lines == 2000 if place != "data" else 500 < result.lines < 1500

    async def test_an_empty_or_unfinished_table_is_no_trouble(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        for content, lines in (
            (HEADER.encode(), 0),
            (lines_of(HEADER, []), 0),
            (lines_of(HEADER, replayed(Random(1), 1)), 1),
        ):
            write(path, content)
            assert (await load(database, path))[0].lines == lines


class TestShiftToNow:
    async def test_is_whole_days_and_never_beyond_now(self, database: Database) -> None:
        days = {
            NOW: 0, NOW - A_DAY + AN_HOUR: 0, NOW - A_DAY: 1, NOW - A_DAY * 400 - AN_HOUR: 400, NOW + AN_HOUR: -1
        }  # fmt: skip
        for newest, expected in days.items():
            found = Scan(["occurred_at"], newest=newest, first="x")
            assert await shift_to_now(database, found, NOW) == timedelta(days=expected)
        assert await shift_to_now(database, Scan(["occurred_at"]), NOW) == timedelta(0), "a file without times"

    async def test_moves_a_file_as_far_as_before_so_that_nothing_is_counted_twice(
        self, database: Database, path: Path
    ) -> None:
        await add_catalog(database)
        write(path, lines_of(HEADER, sorted(replayed(Random(11), 200, NOW - A_DAY * 100))))
        for later in range(3):
            now = NOW + A_DAY * later
            shift = await shift_to_now(database, scan(path), now)
            assert shift == timedelta(days=99)
            result, _ = await load(database, path, shift, now)
            assert (result.inserted, result.duplicates) == ((200, 0) if not later else (0, 200))

    async def test_is_none_for_a_file_that_was_imported_as_it_is(self, database: Database, path: Path) -> None:
        await add_catalog(database)
        write(path, lines_of(HEADER, sorted(replayed(Random(12), 20))))
        await load(database, path)
        assert await shift_to_now(database, scan(path), NOW + A_DAY * 9) == timedelta(0)


MEASURE = """
import asyncio, sys
from pathlib import Path
from app.kit.db import Database
from app.metrics.ingest.files import import_usage, scan
from tests.metrics.sending import ingest_of

async def main() -> None:
    database, path, counted = Database(sys.argv[1], read_connections=1, write_connections=1), Path(sys.argv[2]), [0]
    found = scan(path)
    rejected = lambda line, why: counted.__setitem__(0, counted[0] + 1)
    result = await import_usage(ingest_of(database), path, found=found, reject=rejected, progress=lambda n: None)
    await database.close()
    status = Path("/proc/self/status").read_text()  # ru_maxrss would include the parent's before exec
    print(result.inserted, counted[0], status.partition("VmHWM:")[2].split()[0])

asyncio.run(main())
"""


def _measured(database_url: str, path: Path) -> tuple[int, int, int]:
    """Lines inserted and rejected by an import in a process of its own, and its memory at most, in KB."""
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, database_url, str(path)]
    environment: dict[str, Any] = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    inserted, rejected, memory = map(int, done.stdout.split())
    return inserted, rejected, memory


class TestMemory:
    async def test_does_not_grow_with_the_file(self, database: Database, database_url: str, tmp_path: Path) -> None:
        await add_catalog(database)
        rows = replayed(Random(13), 30_000)
        small, large = tmp_path / "small.csv", tmp_path / "large.csv"
        write(small, lines_of(HEADER, rows))
        too_old = (row.replace("2096-", "2095-", 1) + str(n) for n in range(6) for row in rows)
        write(large, lines_of(HEADER, [*rows, *too_old]))
        inserted, rejected, memory = _measured(database_url, small)
        assert (inserted, rejected) == (30_000, 0)
        again, all_rejected, most = _measured(database_url, large)
        assert (again, all_rejected) == (0, 180_000)
        assert most - memory < 16 * 1024, "KB"
