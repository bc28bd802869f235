"""The catalog through the API."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.catalog.tables import Model, ModelAlias, Provider
from app.identity.rules import Role
from app.kit.db import Database
from app.kit.ids import global_id, new_id
from tests.conftest import Api
from tests.kit.rows import (
    HIDDEN_FROM_VIEWERS,
    deployment,
    experiment,
    gid,
    model,
    names,
    price,
    provider,
    put,
    team,
    variant,
    version,
)

BY = "query ($by: ModelLookup!) { model(by: $by) { id slug name } }"
LIST = """query ($filter: ModelFilter, $order: ModelOrder! = {field: NAME}, $first: Int, $after: String, $last: Int,
                 $before: String) {
  models(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def one_model(api: Api, **columns: Any) -> Model:
    """A model with its provider, in the database."""
    acme = provider()
    made = model(acme, "Anvil-1", **columns)
    await put(api.database, acme, made)
    return made


class TestModel:
    async def test_is_found_by_id(self, api: Api) -> None:
        made = await one_model(api)
        found = await api.data(BY, by={"id": gid(made)})
        assert found == {"model": {"id": gid(made), "slug": "acme/Anvil-1", "name": "Anvil-1"}}

    async def test_is_found_by_its_slug_in_any_case(self, api: Api) -> None:
        await one_model(api)
        for slug in ["acme/Anvil-1", "ACME/ANVIL-1", "acme/anvil-1"]:
            assert (await api.data(BY, by={"slug": slug}))["model"]["slug"] == "acme/Anvil-1"

    async def test_unknown_slug_is_null(self, api: Api) -> None:
        await one_model(api)
        for slug in ["", "acme", "acme/%", "acme/anvil-2", "acme/anvil-1 ", "🙂" * 1000]:
            assert await api.data(BY, by={"slug": slug}) == {"model": None}

    async def test_unknown_id_is_null(self, api: Api) -> None:
        assert await api.data(BY, by={"id": global_id("Model", new_id())}) == {"model": None}

    async def test_needs_exactly_one_of_id_and_slug(self, api: Api) -> None:
        for by in [{}, {"id": "x", "slug": "a/b"}, {"id": None}, {"slug": None}, None]:
            assert await api.codes(BY, by=by) == ["GRAPHQL_VALIDATION_FAILED"]

    async def test_id_that_is_not_one_or_of_another_type_is_refused(self, api: Api) -> None:
        made = await one_model(api)
        foreign = global_id("Provider", made.provider_id)
        for text in ("", "x", "äöü", "====", foreign, global_id("Model", new_id())[:-3], "a" * 10_000):
            assert await api.codes(BY, by={"id": text}) == ["INVALID_PARAMETER"], text

    async def test_slug_that_no_text_column_can_hold_is_no_incident(self, api: Api) -> None:
        for text in ["acme/\x00", "\x00"]:
            answer = await api.ask(BY, by={"slug": text})
            codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
            assert (codes == [] and answer["data"] == {"model": None}) or codes == ["INVALID_PARAMETER"]

    async def test_what_nobody_knows_is_null_or_empty(self, api: Api) -> None:
        made = await one_model(api)
        fields = """description category maxTokens contextWindow maxBatchSize supportedParameters license documentation
            owner retiresOn lastValidatedAt popularity replacement { slug }
            baselineMetrics { avgLatencyMs costPer1kTokens successRate avgTokensPerRequest }
            tags capabilities supportedTasks inputFormats outputFormats compliance prices { usdPerMillion }
            versions { label } aliases { name }"""
        found = await api.data(f"query ($by: ModelLookup!) {{ model(by: $by) {{ {fields} }} }}", by={"id": gid(made)})
        baseline = found["model"].pop("baselineMetrics")
        flat = {**found["model"], **baseline}
        assert {name: value for name, value in flat.items() if value not in (None, [])} == {}

    async def test_versions_and_aliases_are_sorted(self, api: Api) -> None:
        acme = provider()
        made = model(acme, "anvil")
        versions = [version(made, label) for label in ("v2", "v1", "v3")]
        aliases = [
            ModelAlias(id=new_id(), model_id=made.id, name=name, model_version_id=versions[index].id)
            for index, name in enumerate(("staging", "production"))
        ]
        await put(api.database, acme, made, *versions, *aliases)
        query = "query ($by: ModelLookup!) { model(by: $by) { versions { label } aliases { name version { label } } } }"
        found = (await api.data(query, by={"id": gid(made)}))["model"]
        assert [version["label"] for version in found["versions"]] == ["v1", "v2", "v3"]
        assert found["aliases"] == [
            {"name": "production", "version": {"label": "v1"}},
            {"name": "staging", "version": {"label": "v2"}},
        ]


class TestPrices:
    QUERY = """query ($by: ModelLookup!) { model(by: $by) {
        prices { tokenClass usdPerMillion effectiveFrom conditions } } }"""

    async def prices(self, api: Api, made: Model) -> list[tuple[str, str]]:
        """Class and amount of the prices in force."""
        found = (await api.data(self.QUERY, by={"id": gid(made)}))["model"]["prices"]
        return [(price["tokenClass"], price["usdPerMillion"]) for price in found]

    async def test_only_those_in_force_now_are_shown(self, api: Api) -> None:
        made, now = await one_model(api), datetime.now(UTC)
        hour = timedelta(hours=1)
        await put(
            api.database,
            price(made, "INPUT", "1", effective_to=now - hour),
            price(made, "INPUT", "2", effective_from=now - hour, effective_to=now + hour),
            price(made, "INPUT", "3", effective_from=now + hour),
            price(made, "OUTPUT", "9", effective_to=now - hour),
        )
        assert await self.prices(api, made) == [("INPUT", "2")]

    async def test_correction_recorded_later_replaces_a_price_of_the_same_date(self, api: Api) -> None:
        made, since = await one_model(api), datetime(2026, 1, 1, tzinfo=UTC)
        await put(api.database, price(made, "INPUT", "1", effective_from=since, superseded_at=datetime.now(UTC)))
        await put(api.database, price(made, "INPUT", "7.50", effective_from=since))
        assert await self.prices(api, made) == [("INPUT", "7.5")]

    async def test_conditions_and_exact_amounts_are_shown(self, api: Api) -> None:
        made = await one_model(api)
        conditions = {"inputTokensAbove": 200000, "utcHours": ["22:00", "06:00"]}
        await put(api.database, price(made, "INPUT", "0.000000000001", conditions=conditions))
        (found,) = (await api.data(self.QUERY, by={"id": gid(made)}))["model"]["prices"]
        assert found == {
            "tokenClass": "INPUT",
            "usdPerMillion": "0.000000000001",
            "effectiveFrom": None,
            "conditions": conditions,
        }


class TestNode:
    NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
    NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"

    async def test_every_entity_is_reachable_by_its_id(self, api: Api) -> None:
        acme = provider()
        made = model(acme, "anvil")
        of, crew, trial = version(made, "v1"), team("crew"), experiment("trial")
        served = deployment(made, "anvil-prod")
        rows = [acme, made, of, crew, trial, served]
        await put(api.database, *rows)
        for row in rows:
            found = (await api.data(self.NODE, id=gid(row)))["node"]
            assert found == {"__typename": type(row).__name__, "id": gid(row)}
        assert [node["id"] for node in (await api.data(self.NODES, ids=[gid(row) for row in rows]))["nodes"]] == [
            gid(row) for row in rows
        ]

    async def test_malformed_and_foreign_ids_are_null(self, api: Api) -> None:
        for text in ["", "x", "äöü", "=", "VXNlcjox", "a" * 10_000, global_id("Nobody", new_id())]:
            assert await api.data(self.NODE, id=text) == {"node": None}

    async def test_unknown_ids_are_null(self, api: Api) -> None:
        for type_name in ["Model", "Provider", "ModelVersion", "Team", "Deployment", "Experiment"]:
            assert await api.data(self.NODE, id=global_id(type_name, new_id())) == {"node": None}

    async def test_nodes_keeps_order_and_repetition_and_marks_gaps(self, api: Api) -> None:
        made = await one_model(api)
        ids = ["garbage", gid(made), global_id("Model", new_id()), gid(made)]
        found = (await api.data(self.NODES, ids=ids))["nodes"]
        assert [node and node["id"] for node in found] == [None, gid(made), None, gid(made)]

    async def test_nodes_takes_a_hundred_ids_and_no_more(self, api: Api) -> None:
        assert len((await api.data(self.NODES, ids=["x"] * 100))["nodes"]) == 100
        assert await api.codes(self.NODES, ids=["x"] * 101) == ["INVALID_PARAMETER"]

    async def test_nodes_costs_one_statement_for_each_type(self, api: Api) -> None:
        acme = provider()
        made = [model(acme, f"m{n}") for n in range(20)]
        await put(api.database, acme, *made)
        before = api.database.statements
        await api.data(self.NODES, ids=[gid(acme), *map(gid, made)])
        assert api.database.statements - before == 2


class TestFilters:
    @pytest.fixture
    async def estate(self, api: Api) -> Database:
        """Four models that differ."""
        acme, zeta = provider("acme"), provider("zeta")
        await put(
            api.database,
            acme,
            zeta,
            model(acme, "a", capabilities=["batch", "reasoning"]),
            model(acme, "b", model_type="EMBEDDING", capabilities=["batch"]),
            model(zeta, "c", status="DEPRECATED"),
            model(zeta, "d", model_type="AUDIO", status="RETIRED"),
        )
        return api.database

    async def test_all_conditions_must_hold_and_the_count_agrees(self, api: Api, estate: Database) -> None:
        for chosen, expected in [
            (None, "abcd"),
            ({}, "abcd"),
            ({"provider": {"eq": "acme"}}, "ab"),
            ({"provider": {"in": ["acme", "zeta"]}}, "abcd"),
            ({"provider": {"eq": "nobody"}}, ""),
            ({"modelType": {"eq": "EMBEDDING"}}, "b"),
            ({"modelType": {"in": ["EMBEDDING", "AUDIO"]}}, "bd"),
            ({"status": {"eq": "DEPRECATED"}}, "c"),
            ({"status": {"in": ["DEPRECATED", "RETIRED"]}}, "cd"),
            ({"capabilities": {"containsAll": ["batch"]}}, "ab"),
            ({"capabilities": {"containsAll": ["batch", "reasoning"]}}, "a"),
            ({"provider": {"eq": "zeta"}, "status": {"eq": "RETIRED"}}, "d"),
            ({"provider": {"eq": "acme"}, "status": {"eq": "RETIRED"}}, ""),
            (
                {
                    "provider": {"eq": "acme"},
                    "modelType": {"eq": "TEXT"},
                    "capabilities": {"containsAll": ["batch"]},
                    "status": {"in": ["ACTIVE"]},
                },
                "a",
            ),
        ]:
            found = (await api.data(LIST, filter=chosen))["models"]
            assert names(found) == list(expected)
            assert found["totalCount"] == len(expected)

    async def test_comparator_that_is_null_empty_doubled_or_too_long_is_refused(self, api: Api) -> None:
        for chosen in [
            {"provider": None},
            {"provider": {}},
            {"provider": {"eq": None}},
            {"provider": {"in": None}},
            {"provider": {"in": []}},
            {"provider": {"eq": "a", "in": ["b"]}},
            {"provider": {"in": ["x"] * 101}},
            {"modelType": None},
            {"modelType": {"eq": None}},
            {"status": {"in": []}},
            {"capabilities": None},
            {"capabilities": {"containsAll": None}},
            {"capabilities": {"containsAll": ["x"] * 101}},
        ]:
            assert await api.codes(LIST, filter=chosen) == ["INVALID_PARAMETER"]

    async def test_hundred_values_are_taken(self, api: Api, estate: Database) -> None:
        chosen = {"provider": {"in": ["acme", *["x"] * 99]}}
        assert names((await api.data(LIST, filter=chosen))["models"]) == ["a", "b"]

    async def test_what_the_schema_forbids_is_a_validation_error(self, api: Api) -> None:
        for chosen in [{"provider": {"in": [None]}}, {"status": {"eq": "BROKEN"}}, {"colour": "red"}]:
            assert await api.codes(LIST, filter=chosen) == ["GRAPHQL_VALIDATION_FAILED"]

    async def test_text_that_postgres_cannot_hold_is_no_incident(self, api: Api, estate: Database) -> None:
        for text in ["\x00", "\ud800"]:
            headers = {"content-type": "application/json", "authorization": f"Bearer {api.token()}"}
            for chosen in ({"provider": {"eq": text}}, {"capabilities": {"containsAll": [text]}}):
                body = json.dumps({"query": LIST, "variables": {"filter": chosen}})
                answer = (await api.client.post("/graphql", content=body, headers=headers)).json()
                codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
                assert codes in ([], ["INVALID_PARAMETER"], ["GRAPHQL_VALIDATION_FAILED"])


class TestOrder:
    @pytest.fixture
    async def estate(self, api: Api) -> Database:
        """Names that differ in case, times that tie, popularity that is mostly unknown."""
        acme = provider()
        made = [
            model(acme, "beta", popularity=5, created_at=datetime(2026, 1, 2, tzinfo=UTC)),
            model(acme, "Alpha", popularity=None, created_at=datetime(2026, 1, 1, tzinfo=UTC)),
            model(acme, "gamma", popularity=9, created_at=datetime(2026, 1, 2, tzinfo=UTC)),
            model(acme, "Delta", popularity=None, created_at=datetime(2026, 1, 3, 1, 2, 3, 456789, tzinfo=UTC)),
            model(acme, "epsilon", popularity=5, created_at=datetime(2026, 1, 4, tzinfo=UTC)),
        ]
        await put(api.database, acme, *made)
        return api.database

    async def test_pages_of_any_size_from_either_end_give_the_same_order(self, api: Api, estate: Database) -> None:
        for field, direction, expected in [
            ("NAME", "ASC", ["Alpha", "beta", "Delta", "epsilon", "gamma"]),
            ("NAME", "DESC", ["gamma", "epsilon", "Delta", "beta", "Alpha"]),
            ("CREATED_AT", "ASC", ["Alpha", "beta", "gamma", "Delta", "epsilon"]),
            ("CREATED_AT", "DESC", ["epsilon", "Delta", "gamma", "beta", "Alpha"]),
            ("POPULARITY", "ASC", ["beta", "epsilon", "gamma", "Alpha", "Delta"]),
            ("POPULARITY", "DESC", ["gamma", "epsilon", "beta", "Delta", "Alpha"]),
        ]:
            order = {"field": field, "direction": direction}
            assert names((await api.data(LIST, order=order))["models"]) == expected
            for size in range(1, 6):
                assert await self.walk(api, order, size, "first", "after") == expected, size
                assert await self.walk(api, order, size, "last", "before") == expected, size

    async def walk(self, api: Api, order: Any, size: int, count: str, cursor: str) -> list[str]:
        """All names, by pages."""
        found: list[str] = []
        place: str | None = None
        while True:
            bounds: dict[str, Any] = {count: size, cursor: place}
            page = (await api.data(LIST, order=order, **bounds))["models"]
            info = page["pageInfo"]
            found = found + names(page) if count == "first" else names(page) + found
            more, place = (
                (info["hasNextPage"], info["endCursor"])
                if count == "first"
                else (info["hasPreviousPage"], info["startCursor"])
            )
            if not more:
                return found

    async def test_newest_come_first_by_default(self, api: Api, estate: Database) -> None:
        found = await api.data("{ models { nodes { name } } }")
        assert names(found["models"]) == ["epsilon", "Delta", "gamma", "beta", "Alpha"]

    async def test_direction_is_ascending_by_default(self, api: Api, estate: Database) -> None:
        assert names((await api.data(LIST, order={"field": "NAME"}))["models"])[0] == "Alpha"


class TestPage:
    async def test_bad_arguments_are_refused(self, api: Api) -> None:
        cases: list[dict[str, Any]] = [
            {"first": 0},
            {"first": -1},
            {"first": 101},
            {"last": 0},
            {"last": 101},
            {"first": 2, "last": 2},
            {"first": 2, "before": "x"},
            {"last": 2, "after": "x"},
            {"before": "x"},
            {"after": "garbage"},
            {"after": "äöü"},
            {"after": "AAAA"},
            {"after": "a" * 10_000},
            {"last": 1, "before": "garbage"},
        ]
        for arguments in cases:
            assert await api.codes(LIST, **arguments) == ["INVALID_PARAMETER"], arguments

    async def test_first_beyond_32_bits_is_a_validation_error(self, api: Api) -> None:
        assert await api.codes(LIST, first=2**31) == ["GRAPHQL_VALIDATION_FAILED"]

    async def test_empty_cursor_is_refused_rather_than_taken_for_the_start(self, api: Api) -> None:
        await one_model(api)
        assert await api.codes(LIST, after="") == ["INVALID_PARAMETER"]

    async def test_cursor_of_another_order_or_list_is_refused(self, api: Api) -> None:
        acme = provider()
        made = [model(acme, name) for name in "ab"]
        await put(api.database, acme, *made, deployment(made[0], "a"), experiment("a"))
        cursor = (await api.data(LIST, first=1))["models"]["pageInfo"]["endCursor"]
        for field, direction in (("NAME", "DESC"), ("CREATED_AT", "ASC"), ("POPULARITY", "ASC")):
            codes = await api.codes(LIST, order={"field": field, "direction": direction}, after=cursor)
            assert codes == ["INVALID_PARAMETER"], (field, direction)
        for other in ("deployments", "experiments"):
            query = (
                f"query ($after: String) {{ {other}(orderBy: {{field: NAME}}, after: $after) {{ nodes {{ id }} }} }}"
            )
            assert await api.codes(query, after=cursor) == ["INVALID_PARAMETER"], other

    async def test_page_holds_twenty_by_default_and_a_hundred_at_most(self, api: Api) -> None:
        acme = provider()
        await put(api.database, acme, *(model(acme, f"m{n:03}") for n in range(101)))
        assert len((await api.data(LIST))["models"]["nodes"]) == 20
        whole = (await api.data(LIST, first=100))["models"]
        assert (len(whole["nodes"]), whole["totalCount"], whole["pageInfo"]["hasNextPage"]) == (100, 101, True)

    async def test_empty_list_has_no_cursors(self, api: Api) -> None:
        page = (await api.data(LIST))["models"]
        assert page == {
            "totalCount": 0,
            "nodes": [],
            "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
        }

    async def test_edges_hold_the_nodes_and_cursors_to_go_on_from(self, api: Api) -> None:
        acme = provider()
        await put(api.database, acme, *(model(acme, name) for name in "abc"))
        query = """query ($after: String) { models(orderBy: {field: NAME}, after: $after) {
            nodes { name } edges { cursor node { name } } pageInfo { startCursor endCursor } } }"""
        page = (await api.data(query))["models"]
        edges = page["edges"]
        assert [edge["node"] for edge in edges] == page["nodes"]
        assert (edges[0]["cursor"], edges[-1]["cursor"]) == tuple(page["pageInfo"].values())
        assert names((await api.data(query, after=edges[0]["cursor"]))["models"]) == ["b", "c"]

    async def test_total_is_counted_only_when_selected(self, api: Api) -> None:
        for query, statements in (("{ models { nodes { name } } }", 1), ("{ models { totalCount } }", 2)):
            before = api.database.statements
            await api.data(query)
            assert api.database.statements - before == statements


class TestVisibility:
    """What is above one's clearance does not exist."""

    @pytest.fixture
    async def models(self, api: Api) -> dict[str, Model]:
        """One model of each level; the internal one is replaced by the confidential one."""
        acme = provider()
        made = {level: model(acme, level, security_level=level) for level in ("PUBLIC", *HIDDEN_FROM_VIEWERS)}
        made["INTERNAL"] = model(acme, "INTERNAL", replacement_id=made["CONFIDENTIAL"].id)
        await put(api.database, acme, *made.values())
        return made

    async def test_lists_and_counts_end_at_the_clearance(self, api: Api, models: dict[str, Model]) -> None:
        for role, levels in [
            (Role.VIEWER, ["INTERNAL", "PUBLIC"]),
            (Role.ANALYST, ["INTERNAL", "PUBLIC"]),
            (Role.DEVELOPER, ["INTERNAL", "PUBLIC", "RESTRICTED"]),
            (Role.MANAGER, ["INTERNAL", "PUBLIC", "RESTRICTED"]),
            (Role.ADMIN, ["CONFIDENTIAL", "INTERNAL", "PUBLIC", "RESTRICTED"]),
        ]:
            for chosen in (None, {"provider": {"eq": "acme"}}):
                found = (await api.data(LIST, role=role, filter=chosen))["models"]
                assert (names(found), found["totalCount"]) == (levels, len(levels))

    async def test_no_look_up_tells_that_it_exists(self, api: Api, models: dict[str, Model]) -> None:
        for level in HIDDEN_FROM_VIEWERS:
            hidden = models[level]
            for by in ({"id": gid(hidden)}, {"slug": hidden.slug}):
                assert await api.data(BY, role=Role.VIEWER, by=by) == {"model": None}
            assert await api.data(TestNode.NODE, role=Role.VIEWER, id=gid(hidden)) == {"node": None}
            assert await api.data(TestNode.NODES, role=Role.VIEWER, ids=[gid(hidden)]) == {"nodes": [None]}

    async def test_replacement_that_may_not_be_seen_is_null(self, api: Api, models: dict[str, Model]) -> None:
        query = "query ($by: ModelLookup!) { model(by: $by) { replacement { name } } }"
        by = {"id": gid(models["INTERNAL"])}
        assert await api.data(query, role=Role.VIEWER, by=by) == {"model": {"replacement": None}}
        assert await api.data(query, by=by) == {"model": {"replacement": {"name": "CONFIDENTIAL"}}}

    async def test_versions_of_a_hidden_model_are_hidden_too(self, api: Api, models: dict[str, Model]) -> None:
        secret, known = version(models["CONFIDENTIAL"], "v-secret"), version(models["PUBLIC"], "v-known")
        await put(api.database, secret, known)
        query = "query ($id: ID!) { node(id: $id) { ... on ModelVersion { label } } }"
        assert await api.data(query, role=Role.VIEWER, id=gid(known)) == {"node": {"label": "v-known"}}
        assert await api.data(query, role=Role.ADMIN, id=gid(secret)) == {"node": {"label": "v-secret"}}
        assert await api.data(query, role=Role.VIEWER, id=gid(secret)) == {"node": None}


class TestStatements:
    QUERY = """{ models(first: 50) { nodes {
        provider { name } prices { tokenClass } versions { label } aliases { name version { label } }
        deployments(first: 2) { totalCount nodes { model { name } version { label } team { slug } } }
        experiments(first: 1) { nodes { variants { name } } } } } }"""

    EDGES = (
        *("models", "provider", "prices", "versions", "aliases", "aliases.version"),
        *("deployments", "deployments.totalCount", "deployments.model", "deployments.version", "deployments.team"),
        *("experiments", "experiments.variants"),
    )

    async def statements_for(self, api: Api, count: int) -> int:
        """How many statements the query takes with so many full models."""
        acme, crew = provider(f"acme{count}"), team(f"crew{count}")
        await put(api.database, acme, crew)
        for n in range(count):
            await put(api.database, *self.full_model(acme, crew.id, n))
        before = api.database.statements
        nodes = (await api.data(self.QUERY))["models"]["nodes"]
        assert all(node["deployments"]["totalCount"] == 2 and node["deployments"]["nodes"][0]["team"] for node in nodes)
        assert all(node["aliases"][0]["version"] and node["experiments"]["nodes"][0]["variants"] for node in nodes)
        return api.database.statements - before

    def full_model(self, acme: Provider, team_id: Any, n: int) -> list[Any]:
        """A model with everything the query asks for."""
        made = model(acme, f"m{n}")
        label = version(made, "v1")
        trial = experiment(f"trial {n}")
        alias = ModelAlias(id=new_id(), model_id=made.id, name="production", model_version_id=label.id)
        served = [
            deployment(made, f"d{n}", environment=where, team_id=team_id, model_version_id=label.id)
            for where in ("STAGING", "PRODUCTION")
        ]
        arms = [variant(trial, made, name, position=place) for place, name in enumerate("ab")]
        return [made, label, alias, price(made, "INPUT", "1"), *served, trial, *arms]

    async def test_one_for_each_edge_and_level_whatever_the_number_of_models(self, api: Api) -> None:
        few = await self.statements_for(api, 3)
        many = await self.statements_for(api, 50)
        assert few == many
        assert few <= len(self.EDGES)  # versions asked for by two edges at one level come in one statement
