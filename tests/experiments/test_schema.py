"""Experiments through the API."""

from __future__ import annotations

from decimal import Decimal

from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from tests.conftest import Api
from tests.kit.rows import day, experiment, gid, model, names, provider, put, team, variant, version

LIST = """query ($filter: ExperimentFilter, $order: ExperimentOrder! = {field: NAME}, $first: Int, $after: String) {
  experiments(filter: $filter, orderBy: $order, first: $first, after: $after) {
    totalCount nodes { name } pageInfo { hasNextPage endCursor } } }"""

UNDER_MODELS = """query ($first: Int) { models(orderBy: {field: NAME}) { nodes { name
    experiments(first: $first) { totalCount nodes { name } pageInfo { hasNextPage } } } } }"""


class TestList:
    async def test_filter_by_status_and_the_count_agrees(self, api: Api) -> None:
        statuses = ("RUNNING", "DRAFT", "COMPLETED", "STOPPED")
        await put(api.database, *(experiment(n, status=s) for n, s in zip("abcd", statuses, strict=True)))
        for chosen, expected in [
            (None, "abcd"),
            ({}, "abcd"),
            ({"status": {"eq": "RUNNING"}}, "a"),
            ({"status": {"in": ["DRAFT", "STOPPED"]}}, "bd"),
        ]:
            found = (await api.data(LIST, filter=chosen))["experiments"]
            assert (names(found), found["totalCount"]) == (list(expected), len(expected))

    async def test_bad_comparator_is_refused(self, api: Api) -> None:
        for comparator in [None, {}, {"eq": None}, {"in": []}, {"eq": "DRAFT", "in": ["DRAFT"]}]:
            assert await api.codes(LIST, filter={"status": comparator}) == ["INVALID_PARAMETER"]

    async def test_pages_follow_the_order(self, api: Api) -> None:
        await put(
            api.database,
            experiment("beta", created_at=day(1, 1), updated_at=day(6, 3)),
            experiment("Gamma", created_at=day(1, 2), updated_at=day(6, 1)),
            experiment("Alpha", created_at=day(1, 3), updated_at=day(6, 2)),
        )
        for field, expected in [
            ("NAME", ["Alpha", "beta", "Gamma"]),
            ("CREATED_AT", ["beta", "Gamma", "Alpha"]),
            ("UPDATED_AT", ["Gamma", "Alpha", "beta"]),
        ]:
            for direction in ["ASC", "DESC"]:
                order = {"field": field, "direction": direction}
                found: list[str] = []
                cursor: str | None = None
                for _ in expected:
                    page = (await api.data(LIST, order=order, first=1, after=cursor))["experiments"]
                    found, cursor = found + names(page), page["pageInfo"]["endCursor"]
                assert found == (expected if direction == "ASC" else expected[::-1])


class TestExperiment:
    QUERY = """query ($id: ID!) { experiment(id: $id) { name description status owner team { slug }
        variants { name weight isControl configuration model { name } version { label } }
        traffic { type totalPercentage rules { condition variantName } }
        duration { startsAt endsAt startedAt endedAt }
        metrics { primary secondary guardrails confidenceLevel } audience { percentage filters } } }"""

    async def test_shows_everything(self, api: Api) -> None:
        acme, crew = provider(), team("crew")
        one, two = model(acme, "one"), model(acme, "two")
        label = version(one, "v1")
        trial = experiment(
            "trial", description="Which?", owner="ann", team_id=crew.id, traffic_type="RULES",
            traffic_percentage=Decimal("12.50"), traffic_rules=[{"condition": "true", "variantName": "b"}],
            audience_percentage=Decimal(80), audience_filters={"team": "crew"}, starts_at=day(1, 1), ends_at=day(1, 9),
            started_at=day(1, 2), secondary_metrics=["cost"], guardrail_metrics=["success_rate"],
            confidence_level=Decimal("0.99"),
        )  # fmt: skip
        arms = [
            variant(trial, two, "a", position=1, configuration={"temperature": 0.5}),
            variant(trial, one, "b", position=0, is_control=True, model_version_id=label.id),
        ]
        await put(api.database, acme, crew, one, two, label, trial, *arms)
        found = (await api.data(self.QUERY, id=gid(trial)))["experiment"]
        assert found == {
            "name": "trial", "description": "Which?", "status": "RUNNING", "owner": "ann", "team": {"slug": "crew"},
            "variants": [
                {"name": "b", "weight": "50", "isControl": True, "configuration": {}, "model": {"name": "one"},
                 "version": {"label": "v1"}},
                {"name": "a", "weight": "50", "isControl": False, "configuration": {"temperature": 0.5},
                 "model": {"name": "two"}, "version": None},
            ],
            "traffic": {"type": "RULES", "totalPercentage": "12.5",
                        "rules": [{"condition": "true", "variantName": "b"}]},
            "duration": {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-09T00:00:00Z",
                         "startedAt": "2026-01-02T00:00:00Z", "endedAt": None},
            "metrics": {"primary": "user_rating", "secondary": ["cost"], "guardrails": ["success_rate"],
                        "confidenceLevel": "0.99"},
            "audience": {"percentage": "80", "filters": {"team": "crew"}},
        }  # fmt: skip

    async def test_look_up_of_nothing_is_null_and_of_garbage_refused(self, api: Api) -> None:
        assert await api.data(self.QUERY, id=global_id("Experiment", new_id())) == {"experiment": None}
        for text in ("", "garbage", global_id("Model", new_id())):
            assert await api.codes(self.QUERY, id=text) == ["INVALID_PARAMETER"]


class TestUnderModels:
    async def test_each_model_has_a_page_and_a_count_of_its_own(self, api: Api) -> None:
        acme = provider()
        none, one, two = (model(acme, name) for name in ("none", "one", "two"))
        trials = [experiment(f"t{n}", created_at=day(1, 1 + n)) for n in range(3)]
        arms = [variant(trial, two, name) for trial in trials for name in "ab"]
        await put(api.database, acme, none, one, two, *trials, variant(trials[0], one, "c"), *arms)
        found = {
            node["name"]: node["experiments"] for node in (await api.data(UNDER_MODELS, first=2))["models"]["nodes"]
        }
        assert {name: (names(c), c["totalCount"], c["pageInfo"]["hasNextPage"]) for name, c in found.items()} == {
            "none": ([], 0, False),
            "one": (["t0"], 1, False),
            "two": (["t2", "t1"], 3, True),
        }


class TestVisibility:
    async def test_experiment_with_one_hidden_model_does_not_exist_anywhere(self, api: Api) -> None:
        acme = provider()
        shown, hidden = model(acme, "shown"), model(acme, "hidden", security_level="CONFIDENTIAL")
        plain, secret = experiment("plain"), experiment("secret")
        arms = [variant(secret, shown, "a"), variant(secret, hidden, "b"), variant(plain, shown, "a")]
        await put(api.database, acme, shown, hidden, plain, secret, *arms)
        found = (await api.data(LIST, role=Role.VIEWER))["experiments"]
        assert (names(found), found["totalCount"]) == (["plain"], 1)
        assert await api.data(TestExperiment.QUERY, role=Role.VIEWER, id=gid(secret)) == {"experiment": None}
        node = "query ($id: ID!) { node(id: $id) { id } }"
        assert await api.data(node, role=Role.VIEWER, id=gid(secret)) == {"node": None}
        (of_shown,) = (await api.data(UNDER_MODELS, role=Role.VIEWER))["models"]["nodes"]
        assert names(of_shown["experiments"]) == ["plain"]
        assert of_shown["experiments"]["totalCount"] == 1
        assert (await api.data(LIST))["experiments"]["totalCount"] == 2
