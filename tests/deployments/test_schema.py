"""Deployments through the API."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo.estate import LARKFIELD
from app.deployments.tables import Deployment, DeploymentReplica, DeploymentRevision, DeploymentTransition
from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from tests.conftest import Api
from tests.kit.rows import day, deployment, gid, model, names, provider, put, team, version

LIST = """query ($filter: DeploymentFilter, $order: DeploymentOrder! = {field: NAME}, $first: Int, $after: String) {
  deployments(filter: $filter, orderBy: $order, first: $first, after: $after) {
    totalCount nodes { name } pageInfo { hasNextPage endCursor } } }"""


class TestFilters:
    @pytest.fixture
    async def estate(self, api: Api) -> dict[str, str]:
        """Four deployments of two models; ids by name."""
        acme, crew, gang = provider(), team("crew"), team("gang")
        one, two = model(acme, "one"), model(acme, "two")
        rows = [
            deployment(one, "a", team_id=crew.id),
            deployment(one, "b", environment="STAGING", phase="FAILED", team_id=gang.id),
            deployment(two, "c", environment="DEVELOPMENT", phase="STOPPED"),
            deployment(two, "d", phase="SCALING", team_id=crew.id),
        ]
        await put(api.database, acme, crew, gang, one, two, *rows)
        return {"one": gid(one), "two": gid(two), "team": gid(crew)}

    async def test_all_conditions_must_hold_and_the_count_agrees(self, api: Api, estate: dict[str, str]) -> None:
        for chosen, expected in [
            (None, "abcd"),
            ({"model": {"eq": estate["one"]}}, "ab"),
            ({"model": {"in": [estate["one"], estate["two"]]}}, "abcd"),
            ({"environment": {"eq": "PRODUCTION"}}, "ad"),
            ({"environment": {"in": ["STAGING", "DEVELOPMENT"]}}, "bc"),
            ({"phase": {"eq": "FAILED"}}, "b"),
            ({"phase": {"in": ["RUNNING", "SCALING"]}}, "ad"),
            ({"team": {"startsWith": "CRE"}}, "ad"),
            ({"team": {"contains": "_"}}, ""),
            ({"team": {"eq": "crew"}}, "ad"),
            ({"team": {"in": ["crew", "gang"]}}, "abd"),
            ({"team": {"eq": "nobody"}}, ""),
            ({"model": {"eq": estate["two"]}, "team": {"eq": "crew"}, "phase": {"eq": "SCALING"}}, "d"),
        ]:
            found = (await api.data(LIST, filter=chosen))["deployments"]
            assert names(found) == list(expected)
            assert found["totalCount"] == len(expected)

    async def test_bad_comparators_are_refused(self, api: Api, estate: dict[str, str]) -> None:
        ids = ({"eq": None}, {"eq": "garbage"}, {"eq": estate["team"]}, {"in": []}, {"in": [estate["one"]] * 101}, None)
        for comparator in ids:
            assert await api.codes(LIST, filter={"model": comparator}) == ["INVALID_PARAMETER"], comparator
        for name in ("environment", "phase", "team"):
            assert await api.codes(LIST, filter={name: None}) == ["INVALID_PARAMETER"]

    async def test_unknown_model_has_no_deployments(self, api: Api, estate: dict[str, str]) -> None:
        found = await api.data(LIST, filter={"model": {"eq": global_id("Model", new_id())}})
        assert found["deployments"]["totalCount"] == 0


class TestOrder:
    async def test_pages_follow_the_order(self, api: Api) -> None:
        acme = provider()
        one = model(acme, "one")
        await put(
            api.database, acme, one,
            deployment(one, "beta", created_at=day(1, 1), updated_at=day(6, 3)),
            deployment(one, "Gamma", created_at=day(1, 2), updated_at=day(6, 1)),
            deployment(one, "Alpha", created_at=day(1, 3), updated_at=day(6, 2)),
        )  # fmt: skip
        for field, direction, expected in [
            ("NAME", "ASC", ["Alpha", "beta", "Gamma"]),
            ("NAME", "DESC", ["Gamma", "beta", "Alpha"]),
            ("CREATED_AT", "ASC", ["beta", "Gamma", "Alpha"]),
            ("CREATED_AT", "DESC", ["Alpha", "Gamma", "beta"]),
            ("UPDATED_AT", "ASC", ["Gamma", "Alpha", "beta"]),
            ("UPDATED_AT", "DESC", ["beta", "Alpha", "Gamma"]),
        ]:
            order = {"field": field, "direction": direction}
            assert names((await api.data(LIST, order=order))["deployments"]) == expected
            found: list[str] = []
            cursor: str | None = None
            for place in range(3):
                page = (await api.data(LIST, order=order, first=1, after=cursor))["deployments"]
                found, cursor = found + names(page), page["pageInfo"]["endCursor"]
                assert page["pageInfo"]["hasNextPage"] == (place < 2)
            assert found == expected


class TestStatements:
    QUERY = """{ deployments(first: 50) { totalCount nodes {
        name phase endpoint generation wantedReplicas isPaused health availability uptimeSeconds lastUsedAt
        model { name provider { name } health } version { label } team { slug } conditions { type }
        configuration { runtime { replicas } process { template } }
        replicaStates { slot state lastExit { reason } } logs { lines }
        revisions(first: 2) { totalCount nodes { number version { label } } }
        metrics(range: {preset: LAST_24_HOURS}) { requests { total } } } } }"""

    EDGES = (
        *("deployments", "totalCount", "availability", "lastUsedAt", "model", "provider", "model.health"),
        *("version", "team", "replicaStates", "logs", "revisions", "revisions.totalCount", "revisions.version"),
        "metrics",
    )

    def full(self, number: int) -> list[Any]:
        """A deployment with everything the query asks for."""
        acme, crew = provider(f"p{number}"), team(f"crew{number}")
        served = model(acme, f"m{number}")
        label = version(served, "v1")
        made = deployment(served, f"d{number}", team_id=crew.id, model_version_id=label.id, spec=SPEC)
        of: dict[str, Any] = {"deployment_id": made.id}
        wanted = {"cause": "CREATED", "spec": SPEC, "actor": "ann", "model_version_id": label.id}
        rows = [
            *(DeploymentRevision(id=new_id(), **of, number=n + 1, **wanted) for n in range(3)),
            *(DeploymentReplica(**of, slot=n, revision=1, state="READY", log="up") for n in range(2)),
            DeploymentTransition(**of, occurred_at=day(11, 1), phase="RUNNING"),
        ]
        return [acme, crew, served, label, made, *rows]

    async def statements_for(self, api: Api, numbers: range) -> int:
        """How many statements the list takes when there are so many more."""
        await put(api.database, *(row for number in numbers for row in self.full(number)))
        before = api.database.statements
        nodes = (await api.data(self.QUERY))["deployments"]["nodes"]
        assert len(nodes) == numbers.stop
        for node in nodes:
            assert all(node[edge] for edge in ("model", "version", "team", "availability", "metrics")), node["name"]
            assert [len(node[many]) for many in ("replicaStates", "logs")] == [2, 2]
            assert node["revisions"]["totalCount"] == 3
            assert node["revisions"]["nodes"][0]["version"]
        return api.database.statements - before

    async def test_one_for_each_edge_whatever_the_number_of_deployments(self, api: Api) -> None:
        few = await self.statements_for(api, range(2))
        many = await self.statements_for(api, range(2, 20))
        assert few == many
        assert few <= len(self.EDGES)


SPEC = {"runtime": {"replicas": 2}, "process": {"template": "sample"}}


class TestUnderModels:
    QUERY = """query ($first: Int, $after: String, $last: Int, $before: String) {
        models(orderBy: {field: NAME}) { nodes { name
            deployments(first: $first, after: $after, last: $last, before: $before) {
                totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } } }"""

    @pytest.fixture
    async def estate(self, api: Api) -> None:
        """Models with none, one and five deployments; the newest first is `d4`."""
        acme = provider()
        none, one, five = (model(acme, name) for name in ("none", "one", "five"))
        made = [deployment(five, f"d{n}", created_at=day(1, 1 + n)) for n in range(5)]
        await put(api.database, acme, none, one, five, deployment(one, "single"), *made)

    async def ask(self, api: Api, **arguments: Any) -> dict[str, Any]:
        """Connections by the name of the model."""
        found = (await api.data(self.QUERY, **arguments))["models"]["nodes"]
        return {node["name"]: node["deployments"] for node in found}

    @pytest.mark.usefixtures("estate")
    async def test_each_model_has_a_page_and_a_count_of_its_own(self, api: Api) -> None:
        found = await self.ask(api, first=2)
        assert {name: (names(c), c["totalCount"], c["pageInfo"]["hasNextPage"]) for name, c in found.items()} == {
            "none": ([], 0, False),
            "one": (["single"], 1, False),
            "five": (["d4", "d3"], 5, True),
        }

    @pytest.mark.usefixtures("estate")
    async def test_pages_go_on_in_both_directions(self, api: Api) -> None:
        first = (await self.ask(api, first=2))["five"]
        second = (await self.ask(api, first=2, after=first["pageInfo"]["endCursor"]))["five"]
        back = (await self.ask(api, last=1, before=second["pageInfo"]["startCursor"]))["five"]
        end = (await self.ask(api, last=2))["five"]
        assert [names(page) for page in (first, second, back, end)] == [
            ["d4", "d3"],
            ["d2", "d1"],
            ["d3"],
            ["d1", "d0"],
        ]
        assert (back["pageInfo"]["hasPreviousPage"], back["pageInfo"]["hasNextPage"]) == (True, True)
        assert (end["pageInfo"]["hasPreviousPage"], end["pageInfo"]["hasNextPage"]) == (True, False)

    @pytest.mark.usefixtures("estate")
    async def test_bad_arguments_are_refused(self, api: Api) -> None:
        refused: list[dict[str, Any]] = [{"first": 0}, {"first": 1, "last": 1}, {"after": "garbage"}]
        for arguments in refused:
            assert set(await api.codes(self.QUERY, **arguments)) == {"INVALID_PARAMETER"}, arguments


class TestDeployment:
    QUERY = """query ($id: ID!) { deployment(id: $id) {
        name environment phase runtime replicas endpoint generation observedGeneration lastHealthCheckAt lastUsedAt
        model { name } version { label } team { slug }
        conditions { type status reason message lastTransitionAt }
        configuration {
            runtime { replicas resources { cpu memory gpu }
                scaling { minReplicas maxReplicas targetCpuUtilization targetMemoryUtilization } }
            parameters { temperature maxTokens topP topK frequencyPenalty presencePenalty stopSequences }
            networking { port host path timeoutSeconds retries }
            monitoring { enableMetrics metricsIntervalSeconds enableTracing logLevel }
            security { authentication authorization rateLimiting { requestsPerMinute burstLimit } } } } }"""

    async def one(self, api: Api, **columns: Any) -> tuple[Deployment, dict[str, Any]]:
        """A deployment, and what the API says of it."""
        acme, crew = provider(), team("crew")
        served = model(acme, "anvil")
        label = version(served, "v1")
        made = deployment(served, "triage", team_id=crew.id, model_version_id=label.id, **columns)
        await put(api.database, acme, crew, served, label, made)
        return made, (await api.data(self.QUERY, id=gid(made)))["deployment"]

    async def test_shows_what_was_observed(self, api: Api) -> None:
        since = "2026-11-20T10:00:00.250000+01:00"
        conditions = [
            {"type": "Ready", "status": "FALSE", "reason": "Quota", "message": "Used up.", "lastTransitionAt": since},
            {"type": "Degraded", "status": "UNKNOWN"},
        ]
        _, found = await self.one(
            api, conditions=conditions, phase="FAILED", replicas=0, last_health_check_at=day(11, 20)
        )
        assert (found["phase"], found["runtime"], found["replicas"]) == ("FAILED", "RECORDED", 0)
        assert (found["model"], found["version"], found["team"]) == (
            {"name": "anvil"},
            {"label": "v1"},
            {"slug": "crew"},
        )
        assert (found["lastHealthCheckAt"], found["lastUsedAt"]) == ("2026-11-20T00:00:00Z", None)
        assert found["conditions"] == [
            {"type": "Ready", "status": "FALSE", "reason": "Quota", "message": "Used up.",
             "lastTransitionAt": "2026-11-20T09:00:00.250000Z"},
            {"type": "Degraded", "status": "UNKNOWN", "reason": None, "message": None, "lastTransitionAt": None},
        ]  # fmt: skip

    async def test_whole_configuration_is_shown(self, api: Api) -> None:
        spec: dict[str, Any] = {
            "runtime": {
                "replicas": 3,
                "resources": {"cpu": "500m", "memory": "1Gi", "gpu": "1"},
                "scaling": {
                    "minReplicas": 1, "maxReplicas": 8, "targetCpuUtilization": 70.5, "targetMemoryUtilization": 80,
                },
            },
            "parameters": {
                "temperature": 0.0, "maxTokens": 512, "topP": 0.9, "topK": 40, "frequencyPenalty": -1.5,
                "presencePenalty": 2, "stopSequences": ["END"],
            },
            "networking": {"port": 8443, "host": "h", "path": "/p", "timeoutSeconds": 30.5, "retries": 2},
            "monitoring": {
                "enableMetrics": False, "metricsIntervalSeconds": 15, "enableTracing": True, "logLevel": "info",
            },
            "security": {
                "authentication": False, "authorization": ["developer"],
                "rateLimiting": {"requestsPerMinute": 120, "burstLimit": 30},
            },
        }  # fmt: skip
        _, found = await self.one(api, spec=spec)
        assert found["configuration"] == spec

    @pytest.mark.parametrize("spec", [None, {}])
    async def test_where_only_usage_is_known_there_is_no_configuration(self, api: Api, spec: Any) -> None:
        _, found = await self.one(api, spec=spec)
        assert found["configuration"] is None

    async def test_absent_parts_are_null_and_absent_lists_empty(self, api: Api) -> None:
        spec: dict[str, Any] = {"runtime": {"resources": {}}, "parameters": {"stopSequences": None}, "security": {}}
        _, found = await self.one(api, spec=spec)
        assert found["configuration"]["runtime"] == {
            "replicas": None,
            "resources": {"cpu": None, "memory": None, "gpu": None},
            "scaling": None,
        }
        assert found["configuration"]["security"] == {"authentication": None, "authorization": [], "rateLimiting": None}
        assert found["configuration"]["parameters"]["stopSequences"] == []
        assert (found["configuration"]["networking"], found["configuration"]["monitoring"]) == (None, None)

    async def test_every_configuration_of_the_demo_is_shown_without_errors(self, api: Api) -> None:
        acme = provider()
        served = model(acme, "anvil")
        made = [deployment(served, d.name, spec=d.size.spec) for d in LARKFIELD.deployments]
        await put(api.database, acme, served, *made)
        for row, planned in zip(made, LARKFIELD.deployments, strict=True):
            found = (await api.data(self.QUERY, id=gid(row)))["deployment"]["configuration"]
            assert found["parameters"]["maxTokens"] == planned.size.max_tokens

    async def test_look_up_of_nothing_is_null_and_of_garbage_refused(self, api: Api) -> None:
        assert await api.data(self.QUERY, id=global_id("Deployment", new_id())) == {"deployment": None}
        for text in ("", "garbage", global_id("Model", new_id())):
            assert await api.codes(self.QUERY, id=text) == ["INVALID_PARAMETER"]


class TestVisibility:
    async def test_deployments_of_hidden_models_do_not_exist(self, api: Api) -> None:
        acme = provider()
        shown, hidden = model(acme, "shown"), model(acme, "hidden", security_level="RESTRICTED")
        seen, secret = deployment(shown, "seen"), deployment(hidden, "secret")
        await put(api.database, acme, shown, hidden, seen, secret)
        found = (await api.data(LIST, role=Role.VIEWER))["deployments"]
        assert (names(found), found["totalCount"]) == (["seen"], 1)
        found = (await api.data(LIST, role=Role.VIEWER, filter={"model": {"eq": gid(hidden)}}))["deployments"]
        assert (names(found), found["totalCount"]) == ([], 0)
        assert await api.data(TestDeployment.QUERY, role=Role.VIEWER, id=gid(secret)) == {"deployment": None}
        node = "query ($id: ID!) { node(id: $id) { id } }"
        assert await api.data(node, role=Role.VIEWER, id=gid(secret)) == {"node": None}
        assert (await api.data(LIST))["deployments"]["totalCount"] == 2
