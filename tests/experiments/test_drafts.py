"""Drafts of experiments through the API: what is taken, what is refused and where, and what is left behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from tests.conftest import Api
from tests.experiments.drafting import MUTATION, START, desk
from tests.kit.rows import execute, names, select_rows

LIST = "query ($filter: ExperimentFilter) { experiments(filter: $filter) { totalCount nodes { name } } }"
INVALID, MISSING, NOT_FOUND = "INVALID_PARAMETER", "MISSING_REQUIRED_FIELD", "NOT_FOUND"


class TestCreate:
    async def test_shows_everything_given(self, api: Api) -> None:
        at = await desk(api)
        arms = at.arms({"versionId": at.ids["v1"], "configuration": {"temperature": 0.5}}, {"weight": "49.75"})
        arms[0]["weight"] = "50.25"
        rules = [{"condition": "user.tier == 'premium'", "variantName": "b"}]
        answer = await at.create(
            description="Which?", owner=" ann ", teamId=at.ids["crew"], variants=arms,
            traffic={"type": "RULES", "totalPercentage": "12.5", "rules": rules},
            metrics={"primary": "user_rating", "secondary": ["cost_per_request"], "guardrails": ["success_rate"],
                     "confidenceLevel": "0.99"},
            audience={"percentage": "80", "filters": {"tier": "premium", "groups": ["a", "b"]}},
        )  # fmt: skip
        assert answer["errors"] == []
        shown = answer["experiment"]
        assert (shown["status"], shown["revision"], shown["owner"], shown["team"]) == (
            "DRAFT",
            1,
            "ann",
            {"slug": "crew"},
        )
        assert [(v["name"], v["weight"], v["isControl"], v["model"]["name"]) for v in shown["variants"]] == [
            ("a", "50.25", True, "one"), ("b", "49.75", False, "two")
        ]  # fmt: skip
        assert (shown["variants"][0]["version"], shown["variants"][0]["configuration"]) == (
            {"label": "v1"}, {"temperature": 0.5}
        )  # fmt: skip
        assert shown["traffic"] == {"type": "RULES", "totalPercentage": "12.5", "rules": rules}
        assert shown["metrics"]["confidenceLevel"] == "0.99"
        assert shown["audience"] == {"percentage": "80", "filters": {"tier": ["premium"], "groups": ["a", "b"]}}

    async def test_writes_audit_and_event(self, api: Api) -> None:
        await (await desk(api)).created()
        (event,) = await select_rows(api.database, "select kind, topic, payload from event")
        assert (event["kind"], event["topic"], event["payload"]["name"]) == (
            "experiment.created",
            "experiment",
            "trial",
        )
        (audit,) = await select_rows(api.database, "select action, before, after from audit_event")
        assert (audit["action"], audit["before"], audit["after"]["name"]) == ("experiment.created", None, "trial")
        assert [arm["weight"] for arm in audit["after"]["variants"]] == ["50", "50"]

    async def test_tells_all_faults_at_once_and_leaves_nothing(self, api: Api) -> None:
        at = await desk(api)
        arms = at.arms({"weight": "49.99", "modelId": at.ids["gone"]}, {"name": "A", "versionId": at.ids["v1"]})
        rules = [{"condition": "user.teir == 'x'", "variantName": "c"}]
        found = await at.paths(
            name="  ", variants=arms, traffic={"type": "RULES", "rules": rules},
            duration={"startsAt": START.isoformat(), "endsAt": START.isoformat()}, metrics={"primary": "joy"},
            audience={"percentage": "101", "filters": {"shoe": ["9"]}},
        )  # fmt: skip
        assert found == [
            (MISSING, "name"), (INVALID, "variants"), (INVALID, "variants.1.name"), (INVALID, "variants.0.modelId"),
            (NOT_FOUND, "variants.1.versionId"), (INVALID, "traffic.rules.0.condition"),
            (INVALID, "traffic.rules.0.variantName"), (INVALID, "duration.endsAt"), (INVALID, "metrics.primary"),
            (INVALID, "audience.percentage"), (INVALID, "audience.filters.shoe"),
        ]  # fmt: skip
        for table in ("experiment", "experiment_variant", "event", "audit_event"):
            assert await select_rows(api.database, f"select 1 from {table}") == []

    async def test_weights_of_99_99_are_refused_with_their_sum(self, api: Api) -> None:
        at = await desk(api)
        (refused,) = (await at.create(variants=at.arms({"weight": "49.99"}, {})))["errors"]
        assert (refused["path"], refused["details"]) == (["variants"], {"sum": "99.99"})

    async def test_bad_condition_says_which_character(self, api: Api) -> None:
        at = await desk(api)
        rules = [{"condition": "true && user.teir == 'x'", "variantName": "a"}]
        (refused,) = (await at.create(traffic={"type": "RULES", "rules": rules}))["errors"]
        assert (refused["__typename"], refused["position"]) == ("InvalidCondition", 9)
        assert "did you mean `user.tier`?" in refused["message"]

    @pytest.mark.parametrize(
        ("first", "second", "fault"),
        [
            ({"name": ""}, {}, (MISSING, "variants.0.name")),
            ({"name": "x" * 201}, {}, (INVALID, "variants.0.name")),
            ({"isControl": False}, {}, (INVALID, "variants")),
            ({}, {"isControl": True}, (INVALID, "variants.1.isControl")),
            ({"weight": "100"}, {"weight": "0"}, (INVALID, "variants.1.weight")),
            ({"weight": "50.005"}, {"weight": "49.995"}, (INVALID, "variants.0.weight")),
            ({"weight": "-1"}, {"weight": "101"}, (INVALID, "variants.0.weight")),
            ({"weight": "50." + "0" * 60 + "1"}, {}, (INVALID, "variants.0.weight")),
            ({"configuration": [1]}, {}, (INVALID, "variants.0.configuration")),
            ({"configuration": {"a": "x" * 9_000, "b": "x" * 1_000}}, {}, (INVALID, "variants.0.configuration")),
            ({"modelId": "secret"}, {}, ("MODEL_NOT_FOUND", "variants.0.modelId")),
            ({"modelId": "unknown"}, {}, ("MODEL_NOT_FOUND", "variants.0.modelId")),
            ({"modelId": "crew"}, {}, (INVALID, "variants.0.modelId")),
            ({"versionId": "v2"}, {}, (INVALID, "variants.0.versionId")),
            ({"versionId": "w1"}, {}, (NOT_FOUND, "variants.0.versionId")),
            ({}, {"modelId": "one"}, (INVALID, "variants.1")),
        ],
    )
    async def test_bad_variant(
        self, api: Api, first: dict[str, Any], second: dict[str, Any], fault: tuple[str, str]
    ) -> None:
        at = await desk(api)
        ids = {**at.ids, "unknown": global_id("Model", new_id())}
        changes = [{k: ids[v] if k.endswith("Id") else v for k, v in c.items()} for c in (first, second)]
        answer = await at.create(Role.MANAGER, variants=at.arms(*changes))
        assert fault in [(error["code"], ".".join(error["path"])) for error in answer["errors"]]

    async def test_number_of_variants(self, api: Api) -> None:
        at = await desk(api)
        arm = at.draft()["variants"][0]
        many = [
            {**arm, "name": str(n), "isControl": n == 0, "weight": "10", "configuration": {"n": n}} for n in range(10)
        ]
        assert await at.paths(variants=many) == []
        more = [
            *many[1:],
            {**many[0], "weight": "5"},
            {**many[1], "name": "x", "weight": "5", "configuration": {"n": 11}},
        ]
        assert await at.paths(variants=more) == [(INVALID, "variants")]
        assert await at.paths(variants=[{**arm, "weight": "100"}]) == [(INVALID, "variants")]

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"name": "x" * 201}, (INVALID, "name")),
            ({"owner": " "}, (MISSING, "owner")),
            ({"description": "x" * 2_001}, (INVALID, "description")),
            ({"teamId": global_id("Team", new_id())}, (NOT_FOUND, "teamId")),
            ({"traffic": {"type": "RULES"}}, (MISSING, "traffic.rules")),
            ({"traffic": {"rules": [{"condition": "true", "variantName": "a"}]}}, (INVALID, "traffic.rules")),
            ({"traffic": {"totalPercentage": "100.01"}}, (INVALID, "traffic.totalPercentage")),
            ({"metrics": {"primary": "user_rating", "secondary": ["user_rating"]}}, (INVALID, "metrics.secondary.0")),
            ({"metrics": {"primary": "user_rating", "secondary": ["x"]}}, (INVALID, "metrics.secondary.0")),
            (
                {"metrics": {"primary": "user_rating", "secondary": ["success_rate"], "guardrails": ["success_rate"]}},
                (INVALID, "metrics.guardrails.0"),
            ),
            ({"metrics": {"primary": "user_rating", "confidenceLevel": "0.79"}}, (INVALID, "metrics.confidenceLevel")),
            (
                {"metrics": {"primary": "user_rating", "confidenceLevel": "0.9999"}},
                (INVALID, "metrics.confidenceLevel"),
            ),
            (
                {"metrics": {"primary": "user_rating", "confidenceLevel": "0.90001"}},
                (INVALID, "metrics.confidenceLevel"),
            ),
            ({"audience": {"filters": ["x"]}}, (INVALID, "audience.filters")),
            ({"audience": {"filters": {"tier": []}}}, (INVALID, "audience.filters.tier")),
            ({"audience": {"filters": {"tier": [1]}}}, (INVALID, "audience.filters.tier")),
            ({"audience": {"filters": {"tier": ["a", "a"]}}}, (INVALID, "audience.filters.tier")),
        ],
    )
    async def test_bad_value(self, api: Api, changes: dict[str, Any], fault: tuple[str, str]) -> None:
        assert await (await desk(api)).paths(**changes) == [fault]

    @pytest.mark.parametrize(
        ("starts", "days", "paths"),
        [
            (START - timedelta(days=3), 10, ["duration.startsAt"]),
            (START, -1, ["duration.endsAt"]),
            (START, 367, ["duration.endsAt"]),
            (START, 366, []),
        ],
    )
    async def test_duration(self, api: Api, starts: Any, days: int, paths: list[str]) -> None:
        given = {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(days=days)).isoformat()}
        assert await (await desk(api)).paths(duration=given) == [(INVALID, path) for path in paths]

    async def test_number_that_is_infinite_is_refused(self, api: Api) -> None:
        at = await desk(api)
        literal = MUTATION.replace("$input: %sInput!", "$duration: DurationInput!") % (
            "createExperiment",
            "errors { path }",
        )
        one, two = at.ids["one"], at.ids["two"]
        given = f"""{{name: "x", duration: $duration, metrics: {{primary: "user_rating"}}, variants: [
            {{name: "a", weight: "50", isControl: true, modelId: "{one}", configuration: {{t: 1e999}}}},
            {{name: "b", weight: "50", modelId: "{two}"}}]}}"""
        answer = await api.data(literal.replace("input: $input", f"input: {given}"), duration=at.draft()["duration"])
        assert answer["done"]["errors"] == [{"path": ["variants", "0", "configuration", "t"]}]

    async def test_needs_the_permission(self, api: Api) -> None:
        at = await desk(api)
        document = MUTATION % ("CreateExperiment", "createExperiment", "errors { code }")
        assert await api.codes(document, role=Role.ANALYST, input=at.draft()) == ["FORBIDDEN"]

    async def test_again_with_the_same_key_is_the_same_draft(self, api: Api) -> None:
        at = await desk(api)
        made = await asyncio.gather(*(at.created(clientMutationId="once") for _ in range(4)))
        assert len(set(made)) == 1


class TestUpdate:
    async def test_changes_what_is_given_and_records_only_that(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created(description="old", owner="ann")
        answer = await at.perform("updateExperiment", experimentId=key, name="new", owner=None, expectedRevision=1)
        shown = answer["experiment"]
        assert (shown["name"], shown["owner"], shown["description"], shown["revision"]) == ("new", None, "old", 2)
        (audit,) = await select_rows(
            api.database, "select before, after from audit_event where action = 'experiment.updated'"
        )
        assert audit == {"before": {"name": "trial", "owner": "ann"}, "after": {"name": "new", "owner": None}}

    async def test_replaces_all_variants(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created()
        arms = at.arms({"name": "c", "weight": "30"}, {"name": "d", "weight": "70"})
        answer = await at.perform("updateExperiment", experimentId=key, variants=arms)
        assert [(v["name"], v["weight"]) for v in answer["experiment"]["variants"]] == [("c", "30"), ("d", "70")]

    async def test_is_checked_as_a_whole(self, api: Api) -> None:
        at = await desk(api)
        rules = [{"condition": "true", "variantName": "b"}]
        key = await at.created(traffic={"type": "RULES", "rules": rules})
        answer = await at.perform("updateExperiment", experimentId=key, variants=at.arms({}, {"name": "other"}))
        assert [error["path"] for error in answer["errors"]] == [["traffic", "rules", "0", "variantName"]]
        assert len(await select_rows(api.database, "select 1 from event")) == 1

    async def test_that_changes_nothing_leaves_no_trace(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created()
        answer = await at.perform("updateExperiment", experimentId=key, **at.draft())
        assert (answer["errors"], answer["experiment"]["revision"]) == ([], 1)
        assert len(await select_rows(api.database, "select 1 from audit_event")) == 1

    async def test_what_must_be_there_cannot_be_cleared(self, api: Api) -> None:
        at = await desk(api)
        answer = await at.perform("updateExperiment", experimentId=await at.created(), name=None, variants=None)
        assert [(e["code"], e["path"]) for e in answer["errors"]] == [(MISSING, ["name"]), (MISSING, ["variants"])]

    async def test_of_a_draft_whose_start_has_passed_leaves_the_start(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created()
        await execute(api.database, "update experiment set starts_at = now() - interval '2 days'")
        assert not (await at.perform("updateExperiment", experimentId=key, name="late"))["errors"]

    @pytest.mark.parametrize("status", ["RUNNING", "COMPLETED", "STOPPED"])
    async def test_of_what_is_no_draft_is_a_conflict(self, api: Api, status: str) -> None:
        at = await desk(api)
        key = await at.created()
        await execute(api.database, f"update experiment set status = '{status}'")
        (refused,) = (await at.perform("updateExperiment", experimentId=key, name="x"))["errors"]
        assert (refused["__typename"], refused["code"], refused["status"]) == (
            "ExperimentStatusForbids",
            "CONFLICT",
            status,
        )

    async def test_of_two_writers_on_one_revision_one_wins(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created()
        names = [f"n{n}" for n in range(6)]
        wanted = (at.perform("updateExperiment", experimentId=key, name=name, expectedRevision=1) for name in names)
        answers = await asyncio.gather(*wanted)
        lost = [error for answer in answers for error in answer["errors"]]
        assert [(e["code"], e["currentRevision"]) for e in lost] == [("CONFLICT", 2)] * 5

    async def test_of_what_is_unknown_or_hidden(self, api: Api) -> None:
        at = await desk(api)
        hidden = await at.created(variants=at.arms({"modelId": at.ids["secret"]}, {}))
        for key in (hidden, global_id("Experiment", new_id())):
            for name in ("updateExperiment", "archiveExperiment"):
                (refused,) = (await at.perform(name, Role.MANAGER, experimentId=key))["errors"]
                assert (refused["code"], refused["path"]) == ("EXPERIMENT_NOT_FOUND", ["experimentId"])


class TestArchive:
    @pytest.mark.parametrize("status", ["DRAFT", "COMPLETED", "STOPPED"])
    async def test_leaves_the_lists_but_stays_reachable(self, api: Api, status: str) -> None:
        at = await desk(api)
        key = await at.created()
        await execute(api.database, f"update experiment set status = '{status}'")
        answer = await at.perform("archiveExperiment", experimentId=key, reason="done")
        assert answer["experiment"]["archivedAt"]
        assert names((await api.data(LIST))["experiments"]) == []
        assert names((await api.data(LIST, filter={"isArchived": True}))["experiments"]) == ["trial"]
        under = "{ models { nodes { experiments { totalCount nodes { name } } } } }"
        for node in (await api.data(under))["models"]["nodes"]:
            assert node["experiments"] == {"totalCount": 0, "nodes": []}
        one = await api.data("query($id: ID!) { experiment(id: $id) { name } }", id=key)
        assert one == {"experiment": {"name": "trial"}}
        (audit,) = await select_rows(
            api.database, "select before, after, reason from audit_event where action = 'experiment.archived'"
        )
        assert (audit["before"], audit["reason"]) == ({"archivedAt": None}, "done")

    async def test_twice_is_once(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created()
        first = await at.perform("archiveExperiment", experimentId=key)
        assert await at.perform("archiveExperiment", experimentId=key) == first
        (refused,) = (await at.perform("updateExperiment", experimentId=key, name="x"))["errors"]
        assert (refused["code"], refused["isArchived"]) == ("CONFLICT", True)

    async def test_of_a_running_one_is_a_conflict(self, api: Api) -> None:
        at = await desk(api)
        key = await at.created()
        await execute(api.database, "update experiment set status = 'RUNNING'")
        (refused,) = (await at.perform("archiveExperiment", experimentId=key))["errors"]
        assert (refused["code"], refused["status"]) == ("CONFLICT", "RUNNING")

    async def test_needs_the_permission(self, api: Api) -> None:
        at = await desk(api)
        document = MUTATION % ("ArchiveExperiment", "archiveExperiment", "errors { code }")
        assert await api.codes(document, role=Role.DEVELOPER, input={"experimentId": await at.created()}) == [
            "FORBIDDEN"
        ]


class TestFilter:
    async def test_each_condition(self, api: Api) -> None:
        at = await desk(api)
        await at.created(name="mine", owner="ann@x", teamId=at.ids["crew"])
        await at.created(name="other", variants=at.arms({"modelId": at.ids["secret"]}, {}))
        for chosen, expected in [
            ({"owner": {"eq": "ann@x"}}, {"mine"}),
            ({"owner": {"startsWith": "ANN"}}, {"mine"}),
            ({"team": {"in": ["crew", "x"]}}, {"mine"}),
            ({"model": {"eq": at.ids["one"]}}, {"mine"}),
            ({"model": {"in": [at.ids["one"], at.ids["secret"]]}}, {"mine", "other"}),
            ({"createdAt": {"gte": START.isoformat()}}, set[str]()),
            ({"createdAt": {"gte": "2020-01-01T00:00:00Z", "lt": START.isoformat()}}, {"mine", "other"}),
            ({"status": {"eq": "DRAFT"}, "owner": {"contains": "nn"}}, {"mine"}),
            ({"isArchived": True}, set[str]()),
        ]:
            found = (await api.data(LIST, filter=chosen))["experiments"]
            assert (set(names(found)), found["totalCount"]) == (expected, len(expected)), chosen
        for bad in ({"isArchived": None}, {"owner": None}, {"model": {"eq": "x"}}):
            assert await api.codes(LIST, filter=bad) == ["INVALID_PARAMETER"]
