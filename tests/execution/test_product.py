"""The product's own schema over the demo estate: generated documents give the same answers by both executors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from app.catalog import source
from app.catalog.importing import import_catalog
from app.demo import service
from app.execution.executor import BreadthFirstExecutor, StandardExecutor
from app.execution.operations import Operations
from app.identity.rules import Role
from app.identity.tokens import authenticate
from app.kit.access import SYSTEM
from app.kit.context import Context
from app.kit.journal import Origin, Writer
from app.kit.reading import Reader
from app.schema import schema
from app.web.answering import Answering, Asked
from tests.conftest import Api
from tests.contract.generating import NUMBERS, TIMES, plausible
from tests.execution.comparing import Answer, TellingExecutor, difference
from tests.kit.rows import execute, select_rows

NOW = datetime.now(UTC)
EXECUTORS = (StandardExecutor, BreadthFirstExecutor)
DOCUMENTS = 120


def documents(number: int, ids: list[str]) -> list[str]:
    """Valid documents, each also with arguments that have a better chance of an answer with data."""
    values = {
        "ID": st.sampled_from([*ids, "x"]).map(nodes.String),
        "DateTime": st.sampled_from(TIMES).map(nodes.String),
        "Decimal": st.sampled_from(NUMBERS).map(nodes.String),
        **{name: st.just("x").map(nodes.String) for name in ("Date", "URL", "Cursor", "JSON")},
        "BigInt": st.integers(0, 9).map(nodes.Int),
    }
    found: list[str] = []

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
    )
    @given(queries(schema.as_str(), custom_scalars=values))
    def collect(document: str) -> None:
        found.extend((document, plausible(document)))

    collect()
    return found


async def ids_of(api: Api) -> list[str]:
    """Some ids of the estate."""
    names = ("models", "deployments", "experiments")
    found = await api.data("{ " + " ".join(f"{name}(first: 5) {{ nodes {{ id }} }}" for name in names) + " }")
    return [node["id"] for name in names for node in found[name]["nodes"]]


async def answer(api: Api, document: str, executor: Any) -> tuple[Answer, int]:
    """The answer, and the number of statements it took."""
    hub = api.app.state.hub
    reader = Reader(hub.database, hub.cursors, lambda: NOW)
    writer = Writer(hub.database, Origin("id", None), hub.clock)
    context = Context(reader, writer, "id", authenticate(hub.keys, api.token(Role.ADMIN)))
    before = hub.database.statements
    result = await Answering(Operations(schema, executor)).answer(Asked(document), context)
    return Answer.of(result), hub.database.statements - before


async def fewest(api: Api, document: str) -> int:
    """Statements it takes by ours. Branches that come to the same key in one turn of the loop share one, and whether
    they do depends on which answer of the database comes first."""
    return min([(await answer(api, document, BreadthFirstExecutor))[1] for _ in range(5)])


async def test_documents_give_the_same_answers_with_no_more_statements(api: Api) -> None:
    """After a failure graphql-core spares statements of what is nulled."""
    await Writer(api.database).write(SYSTEM, import_catalog, list(source.providers()))
    assert await Writer(api.database).write(SYSTEM, service.start, NOW)
    await execute(api.database, "update demo_run set generated_until = now() - interval '24 hours'")
    await service.fill(api.database, timedelta(days=30))
    assert (await select_rows(api.database, "select count(*) as n from rollup"))[0]["n"] > 100
    with_data = 0
    for document in documents(DOCUMENTS, await ids_of(api)):
        (theirs, most), (ours, statements) = [await answer(api, document, executor) for executor in EXECUTORS]
        possible = (await answer(api, document, TellingExecutor))[0] if theirs.errors else theirs
        assert not difference(ours, theirs, possible), document
        assert theirs.errors or statements <= most or await fewest(api, document) <= most, document
        with_data += theirs.data not in {"null", "{}"}
    assert with_data > DOCUMENTS // 2
