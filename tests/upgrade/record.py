"""Makes what the test of upgrades from this release needs: `python -m tests.upgrade.record`, before it is released.

It fills a database as this release would, asks the API everything that does not depend on the time of day, and writes
`<revision>.backup` and `<revision>.json.gz` beside this file. Recorded files are never changed afterwards."""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from app.catalog import importing, source
from app.catalog.pricing import PriceRow
from app.demo import service as demo
from app.demo.estate import LARKFIELD
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer
from app.metrics import jobs
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.service import Ingest
from app.migrate import head, migrate
from app.schema import schema
from app.settings import Settings
from tests.catalog.writing import act
from tests.conftest import answering

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RANGE = '{from: "2026-11-19T00:00:00Z", to: "2026-11-20T12:00:00Z"}'
RETENTION = timedelta(days=30)
UNSTABLE = {"pageInfo", "edges", "cursor", "lastUsedAt"}
"""Signed with the secret of the installation, or counted from now."""


async def fill(url: str) -> None:
    """A small part of the public catalog with a price that was corrected, the demo estate, and some of its traffic."""
    database = Database(url)
    writer, catalog = Writer(database), list(_some_of_the_catalog())
    await writer.write(SYSTEM, importing.import_catalog, catalog)
    await writer.write(SYSTEM, importing.import_catalog, [_dearer(provider) for provider in catalog])
    await writer.write(SYSTEM, demo.start, NOW)
    await _traffic(database)
    await jobs.roll_up(database, lambda: NOW)
    await jobs.notice(database, NOW - timedelta(days=3), NOW)
    await jobs.refresh_usage(database, lambda: NOW)
    await database.close()


def _some_of_the_catalog() -> Iterator[source.SourceProvider]:
    wanted = {model.slug for model in LARKFIELD.models}
    for provider in source.providers():
        models = [model for model in provider.models if model.slug in wanted]
        if models:
            others = [model for model in provider.models if model.slug not in wanted]
            yield replace(provider, models=models + others[:3])


def _dearer(provider: source.SourceProvider) -> source.SourceProvider:
    first, *rest = provider.models
    return replace(provider, models=[replace(first, prices=tuple(map(_raised, first.prices))), *rest])


def _raised(price: PriceRow) -> PriceRow:
    return replace(price, usd_per_million=price.usd_per_million * Decimal("1.1"))


async def _traffic(database: Database) -> None:
    ingest = Ingest(database, Directory(database, SYSTEM, is_demo=True), RETENTION, lambda: NOW)
    async with database.transaction() as session:
        run = await session.get_one(demo.DemoRun, 1)
    for hours in (0, 1, 25, 49):
        end = NOW - timedelta(hours=hours)
        for batch, _ in demo.batches(run, end - timedelta(minutes=6), end):
            await ingest.take(batch)


CATALOG = """{ models(first: 50, orderBy: {field: NAME, direction: ASC}, filter: {status: {eq: ACTIVE}}) { nodes {
    id aliases { name } versions { id } } } }"""


async def curate(settings: Settings) -> None:
    """What people do to a catalog."""
    async with answering(settings) as api:
        first = next(node for node in (await api.data(CATALOG))["models"]["nodes"] if node["aliases"])
        alias, version = first["aliases"][0]["name"], first["versions"][-1]["id"]
        price = {"tokenClass": "INPUT", "usdPerMillion": "1.5"}
        acts: dict[str, dict[str, Any]] = {
            "rateModel": {"rating": 4, "comment": "Good."},
            "setModelPrice": {"prices": [price], "reason": "Agreed."},
            "moveModelAlias": {"alias": alias, "modelVersionId": version, "reason": "Tried."},
            "transitionModel": {"to": "MAINTENANCE", "reason": "Moved."},
            "tagModel": {"tags": ["kept"]},
        }
        for name, given in acts.items():
            done = await act(api, name, modelId=first["id"], **given)
            assert done["errors"] == [], (name, done)


def questions() -> Iterator[str]:
    """Every field of the schema that needs no argument: the plain ones of a type at once, others one by one."""
    query = schema._schema.query_type
    assert query is not None
    for name, root in query.fields.items():
        target = _target(root)
        if target and not any(is_required_argument(argument) for argument in root.args.values()):
            for selection in _selections(target, 2):
                yield _asked(name, root, selection)


def _asked(name: str, root: GraphQLField, selection: str) -> str:
    if "first" in root.args:
        return f"{{ {name}(first: 50, orderBy: {{field: NAME, direction: ASC}}) {{ nodes {{ {selection} }} }} }}"
    return f"{{ {name} {{ {selection} }} }}"


def _target(field: GraphQLField) -> GraphQLObjectType | None:
    """The type of the objects behind a field; None for what is not known to stay the same as time goes by."""
    kind: GraphQLNamedType = get_named_type(field.type)
    if kind.name == "Dashboard" or not is_object_type(kind):
        return None
    nodes = kind.fields.get("nodes")
    return get_named_type(nodes.type) if nodes else kind


def _selections(kind: GraphQLObjectType, depth: int) -> Iterator[str]:
    fields = {name: field for name, field in kind.fields.items() if name not in UNSTABLE}
    yield " ".join(name for name, field in fields.items() if is_leaf_type(get_named_type(field.type)))
    for name, field in fields.items():
        target = _target(field)
        if target and depth:
            inner = " ".join(_selections(target, depth - 1))
            inner = f"nodes {{ {inner} }}" if "nodes" in get_named_type(field.type).fields else inner
            arguments = f"(range: {RANGE})" if "range" in field.args else ""
            if inner:
                yield f"{name}{arguments} {{ {inner} }}"


async def answers(settings: Settings, asked: list[str], at: datetime) -> list[dict[str, Any]]:
    """What the API answers at that time."""
    async with answering(settings, lambda: at) as api:
        return [await api.ask(query) for query in asked]


def settings_of(database_url: str, redis_url: str, home: Path) -> Settings:
    """Settings that lead to these servers."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "MODELHUB_HOME": home, "DEMO": False}
    return Settings.model_validate(given)


def write_answers(settings: Settings, target: Path, at: datetime) -> None:
    """Ask everything, and keep what was answered without errors."""
    asked = list(dict.fromkeys(questions()))
    found = list(zip(asked, asyncio.run(answers(settings, asked, at)), strict=True))
    kept = [{"query": query, "data": answer["data"]} for query, answer in found if "errors" not in answer]
    print(f"{len(kept)} answers; left out, as refused: {[query for query, answer in found if 'errors' in answer]}")
    target.write_bytes(gzip.compress(json.dumps(kept, ensure_ascii=False).encode(), mtime=0))


def main(folder: Path = HERE) -> None:
    """Record this release."""
    from app.backup.taking import back_up
    from app.embedded import EmbeddedServers

    with tempfile.TemporaryDirectory(prefix="mh") as home, EmbeddedServers(Path(home)) as servers:
        url = servers.urls.database
        asyncio.run(migrate(url))
        settings = settings_of(url, servers.urls.redis, Path(home))
        asyncio.run(fill(url))
        asyncio.run(curate(settings))
        manifest = asyncio.run(back_up(url, folder / f"{head()}.backup"))
        write_answers(settings, folder / f"{head()}.json.gz", manifest.taken_at)


if __name__ == "__main__":
    main()
