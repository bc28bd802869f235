"""Mutations of models through the API: what they write, what they tell, what they refuse."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.catalog.rules import NEXT
from app.catalog.vocabulary import ModelStatus
from app.identity.rules import Role
from app.kit.ids import global_id, new_id
from tests.catalog.writing import act, journal, one_model, refused, traces
from tests.conftest import Api
from tests.kit.rows import execute, gid, model, price, put, select_rows

ANVIL: dict[str, Any] = {
    "slug": "acme/anvil",
    "name": "Anvil",
    "modelType": "TEXT",
    "provider": {"slug": "acme", "name": "Acme"},
}


class TestRegister:
    async def test_enters_a_model_with_its_provider_and_first_version(self, api: Api) -> None:
        said: dict[str, Any] = {
            "description": " Heavy. ",
            "tags": ["a", " a", "b"],
            "supportedParameters": {"temperature": [0, 2]},
            "baselineMetrics": {"costPer1kTokens": "0.000000000001", "successRate": 0.5},
            "documentation": "https://acme.test/anvil",
            "retiresOn": "2027-01-31",
            "maxTokens": 4096,
        }
        shown = """model { slug name status source revision description tags supportedParameters maxTokens retiresOn
            documentation securityLevel baselineMetrics { costPer1kTokens successRate avgLatencyMs } latencyMs
            provider { slug name } versions { label status revision } isArchived archivedAt }"""
        payload = await act(api, "registerModel", shown, **ANVIL, **said, version="v1")
        assert payload["errors"] == []
        assert payload["model"] == {
            "slug": "acme/anvil",
            "name": "Anvil",
            "status": "EXPERIMENTAL",
            "source": "REGISTERED",
            "revision": 1,
            "description": "Heavy.",
            "tags": ["a", "b"],
            "supportedParameters": {"temperature": [0, 2]},
            "maxTokens": 4096,
            "retiresOn": "2027-01-31",
            "documentation": "https://acme.test/anvil",
            "securityLevel": "INTERNAL",
            "baselineMetrics": {"costPer1kTokens": "0.000000000001", "successRate": 0.5, "avgLatencyMs": None},
            "latencyMs": None,
            "provider": {"slug": "acme", "name": "Acme"},
            "versions": [{"label": "v1", "status": "EXPERIMENTAL", "revision": 1}],
            "isArchived": False,
            "archivedAt": None,
        }
        told = {row["kind"]: row for row in await journal(api)}
        assert told.keys() == {"provider.registered", "model.registered", "model_version.registered"}
        assert told["model.registered"]["after"]["retires_on"] == "2027-01-31"
        assert told["model.registered"]["after"]["baseline_cost_per_1k_tokens"] == "1E-12"
        assert told["model.registered"]["payload"]["message"] == "Anvil was registered"

    async def test_of_a_known_provider_needs_no_name(self, api: Api) -> None:
        await one_model(api)
        payload = await act(api, "registerModel", "model { id }", slug="acme/hammer", name="Hammer", modelType="TEXT")
        assert payload["errors"] == []
        assert await refused(api, "registerModel", slug="new/hammer", name="Hammer", modelType="TEXT") == [
            ("MISSING_REQUIRED_FIELD", "provider.name")
        ]

    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"slug": "anvil"}, "slug"),
            ({"slug": "Acme/anvil"}, "slug"),
            ({"slug": "acme/an vil"}, "slug"),
            ({"slug": "acme/" + "x" * 200}, "slug"),
            ({"name": " "}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"provider": {"slug": "zeta", "name": "Zeta"}}, "provider.slug"),
            ({"provider": {"slug": "acme", "name": " "}}, "provider.name"),
            ({"version": ""}, "version"),
            ({"documentation": "javascript:alert(1)"}, "documentation"),
            ({"documentation": "ftp://acme.test"}, "documentation"),
            ({"maxTokens": 0}, "maxTokens"),
            ({"supportedParameters": [1]}, "supportedParameters"),
            ({"securityLevel": None}, "securityLevel"),
            ({"tags": ["x" * 101]}, "tags"),
            ({"lastValidatedAt": "2199-01-01T00:00:00Z"}, "lastValidatedAt"),
            ({"baselineMetrics": {"successRate": 1.1}}, "baselineMetrics.successRate"),
            ({"baselineMetrics": {"costPer1kTokens": "0.0000000000001"}}, "baselineMetrics.costPer1kTokens"),
            ({"baselineMetrics": {"costPer1kTokens": "-1"}}, "baselineMetrics.costPer1kTokens"),
            ({"baselineMetrics": {"costPer1kTokens": "1e12"}}, "baselineMetrics.costPer1kTokens"),
            ({"replacementId": ""}, "replacementId"),
        ],
    )
    async def test_refuses_what_cannot_be(self, api: Api, given: dict[str, Any], path: str) -> None:
        assert await refused(api, "registerModel", **{**ANVIL, **given}) == [("INVALID_PARAMETER", path)]
        assert await traces(api) == 0
        assert await select_rows(api.database, "select 1 from provider union all select 1 from model") == []

    async def test_shows_all_faults_at_once(self, api: Api) -> None:
        faults = await refused(api, "registerModel", **{**ANVIL, "slug": "x", "name": "", "maxTokens": -1})
        assert {path for _, path in faults} >= {"slug", "name", "maxTokens"}

    async def test_of_a_taken_slug_shows_the_model_that_has_it(self, api: Api) -> None:
        made = await one_model(api)
        asked = """mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id }
            errors { code path ... on ModelAlreadyExists { existingModel { id } } } } }"""
        given: dict[str, Any] = {**ANVIL, "slug": "acme/ANVIL"}
        answer = (await api.data(asked, input=given))["registerModel"]
        shown = {"code": "MODEL_ALREADY_EXISTS", "path": ["slug"], "existingModel": {"id": gid(made)}}
        assert answer == {"model": None, "errors": [shown]}

    async def test_twenty_times_at_once_makes_one(self, api: Api) -> None:
        names = [f"acme/{'anvil' if n % 2 else 'ANVIL'}" for n in range(20)]
        made = await asyncio.gather(*(act(api, "registerModel", **dict(ANVIL, slug=name)) for name in names))
        codes = sorted(error["code"] for payload in made for error in payload["errors"])
        assert codes == ["MODEL_ALREADY_EXISTS"] * 19
        assert len(await select_rows(api.database, "select 1 from model")) == 1
        assert len(await select_rows(api.database, "select 1 from provider")) == 1

    async def test_needs_the_permission(self, api: Api) -> None:
        asked = "mutation($input: RegisterModelInput!) { registerModel(input: $input) { errors { code } } }"
        assert await api.codes(asked, role=Role.MANAGER, input=ANVIL) == ["FORBIDDEN"]


class TestUpdate:
    async def test_changes_what_is_given_and_clears_what_is_null(self, api: Api) -> None:
        made = await one_model(api, owner="me", category="old", baseline_latency_ms=100, baseline_success_rate=0.5)
        said: dict[str, Any] = {"category": None, "name": "Anvil 2", "baselineMetrics": {"avgLatencyMs": 250}}
        shown = "model { name owner category latencyMs revision baselineMetrics { avgLatencyMs successRate } }"
        payload = await act(api, "updateModel", shown, modelId=gid(made), reason="Measured.", **said)
        assert payload["model"] == {
            "name": "Anvil 2",
            "owner": "me",
            "category": None,
            "latencyMs": 250,
            "revision": 2,
            "baselineMetrics": {"avgLatencyMs": 250, "successRate": 0.5},
        }
        (told,) = await journal(api)
        assert (told["kind"], told["reason"]) == ("model.updated", "Measured.")
        assert told["before"] == {"name": "anvil", "category": "old", "baseline_latency_ms": 100}
        assert told["after"] == {"name": "Anvil 2", "category": None, "baseline_latency_ms": 250}
        assert (await select_rows(api.database, "select curated from model"))[0]["curated"] == ["name"]

    async def test_to_what_it_says_already_changes_nothing(self, api: Api) -> None:
        made = await one_model(api, owner="me", tags=["a"])
        payload = await act(
            api, "updateModel", "model { revision }", modelId=gid(made), owner=" me ", tags=["a", "a"], modelType="TEXT"
        )
        assert payload == {"model": {"revision": 1}, "errors": []}
        assert await traces(api) == 0

    async def test_null_baselines_are_all_unknown(self, api: Api) -> None:
        made = await one_model(api, baseline_latency_ms=100, baseline_success_rate=0.5)
        shown = "model { baselineMetrics { avgLatencyMs successRate } }"
        payload = await act(api, "updateModel", shown, modelId=gid(made), baselineMetrics=None)
        assert payload["model"] == {"baselineMetrics": {"avgLatencyMs": None, "successRate": None}}

    async def test_of_two_with_one_revision_writes_one(self, api: Api) -> None:
        made = await one_model(api)
        given: dict[str, Any] = {"modelId": gid(made), "expectedRevision": 1}
        both = await asyncio.gather(*(act(api, "updateModel", **given, owner=who) for who in "ab"))
        (late,) = [error for payload in both for error in payload["errors"]]
        assert late["__typename"] == "RevisionConflict"
        assert (await select_rows(api.database, "select revision from model"))[0]["revision"] == 2

    async def test_replacements_make_no_circle(self, api: Api) -> None:
        made = await one_model(api)
        others = [model_of(made, name) for name in ("hammer", "tongs")]
        gone = model_of(made, "gone", status="RETIRED")
        await put(api.database, *others, gone)
        hammer, tongs = others
        for one, other in ((made, hammer), (hammer, tongs)):
            assert await refused(api, "updateModel", modelId=gid(one), replacementId=gid(other)) == []
        invalid = [("INVALID_PARAMETER", "replacementId")]
        for one, other in ((tongs, made), (tongs, tongs), (tongs, gone)):
            assert await refused(api, "updateModel", modelId=gid(one), replacementId=gid(other)) == invalid
        nobody = global_id("Model", new_id())
        assert await refused(api, "updateModel", modelId=gid(tongs), replacementId=nobody) == [
            ("MODEL_NOT_FOUND", "replacementId")
        ]

    async def test_cost_that_follows_from_prices_is_a_conflict(self, api: Api) -> None:
        made = await one_model(api)
        await put(api.database, price(made, "INPUT", "1"))
        given: dict[str, Any] = {"baselineMetrics": {"costPer1kTokens": "1"}}
        assert await refused(api, "updateModel", modelId=gid(made), **given) == [
            ("CONFLICT", "baselineMetrics.costPer1kTokens")
        ]

    async def test_level_above_ones_own_is_refused(self, api: Api) -> None:
        made = await one_model(api)
        payload = await act(api, "updateModel", role=Role.MANAGER, modelId=gid(made), securityLevel="CONFIDENTIAL")
        assert [error["path"] for error in payload["errors"]] == [["securityLevel"]]

    async def test_what_one_may_not_see_does_not_exist(self, api: Api) -> None:
        made = await one_model(api, security_level="CONFIDENTIAL")
        payload = await act(api, "updateModel", role=Role.MANAGER, modelId=gid(made), owner="me")
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [("MODEL_NOT_FOUND", ["modelId"])]


def model_of(other: Any, name: str, **columns: Any) -> Any:
    """Another model of the same provider."""
    same = type("Provider", (), {"id": other.provider_id, "slug": "acme"})
    return model(same, name, **columns)  # type: ignore[arg-type]


class TestTransition:
    @pytest.mark.parametrize("status", list(ModelStatus))
    async def test_goes_where_the_table_says_and_nowhere_else(self, api: Api, status: ModelStatus) -> None:
        made = await one_model(api, status=status)
        for to in ModelStatus:
            faults = await refused(api, "transitionModel", modelId=gid(made), to=to)
            assert faults == ([] if to in NEXT[status] else [("CONFLICT", "to")])
            await execute(api.database, f"update model set status = '{status}'")
        steps = await select_rows(api.database, "select from_status, to_status from lifecycle_transition")
        assert {(step["from_status"], step["to_status"]) for step in steps} == {(status, to) for to in NEXT[status]}

    async def test_says_the_end_and_what_to_use_instead(self, api: Api) -> None:
        made = await one_model(api)
        other = model_of(made, "hammer")
        await put(api.database, other)
        shown = """model { status retiresOn replacement { id } revision
            transitions { totalCount nodes { fromStatus toStatus actor reason } } }"""
        said: dict[str, Any] = {"retiresOn": "2027-01-01", "replacementId": gid(other), "reason": "Too heavy."}
        payload = await act(api, "transitionModel", shown, modelId=gid(made), to="DEPRECATED", **said)
        actor = payload["model"]["transitions"]["nodes"][0].pop("actor")
        assert actor
        assert payload["model"] == {
            "status": "DEPRECATED",
            "retiresOn": "2027-01-01",
            "replacement": {"id": gid(other)},
            "revision": 2,
            "transitions": {
                "totalCount": 1,
                "nodes": [{"fromStatus": "ACTIVE", "toStatus": "DEPRECATED", "reason": "Too heavy."}],
            },
        }
        (told,) = await journal(api)
        assert told["before"] == {"status": "ACTIVE", "retires_on": None, "replacement_id": None}
        assert told["after"] == {"status": "DEPRECATED", "retires_on": "2027-01-01", "replacement_id": str(other.id)}

    async def test_end_goes_with_deprecation_only(self, api: Api) -> None:
        made = await one_model(api)
        given: dict[str, Any] = {"modelId": gid(made), "to": "MAINTENANCE", "retiresOn": "2027-01-01"}
        assert await refused(api, "transitionModel", **given) == [("INVALID_PARAMETER", "retiresOn")]
        assert await select_rows(api.database, "select 1 from lifecycle_transition") == []

    async def test_history_is_newest_first(self, api: Api) -> None:
        made = await one_model(api)
        for to in ("MAINTENANCE", "ACTIVE", "DEPRECATED"):
            await act(api, "transitionModel", modelId=gid(made), to=to)
        asked = "query($id: ID!) { model(by: {id: $id}) { transitions(first: 2) { nodes { toStatus } totalCount } } }"
        found = (await api.data(asked, id=gid(made)))["model"]["transitions"]
        assert found == {"totalCount": 3, "nodes": [{"toStatus": "DEPRECATED"}, {"toStatus": "ACTIVE"}]}


class TestArchive:
    async def test_of_a_retired_model_takes_it_for_good(self, api: Api) -> None:
        made = await one_model(api, status="RETIRED")
        shown = "model { isArchived archivedAt revision }"
        first = await act(api, "archiveModel", shown, modelId=gid(made), reason="Gone.")
        assert first["model"]["isArchived"] is True
        assert first["model"]["archivedAt"] is not None
        assert await act(api, "archiveModel", shown, modelId=gid(made)) == first
        (told,) = await journal(api)
        assert (told["kind"], told["reason"]) == ("model.archived", "Gone.")
        found = await api.data('{ model(by: {slug: "acme/anvil"}) { isArchived } }')
        assert found == {"model": {"isArchived": True}}

    @pytest.mark.parametrize("status", [status for status in ModelStatus if status != "RETIRED"])
    async def test_of_another_is_a_conflict(self, api: Api, status: str) -> None:
        made = await one_model(api, status=status)
        assert await refused(api, "archiveModel", modelId=gid(made)) == [("CONFLICT", "")]

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("updateModel", {"owner": "me"}),
            ("transitionModel", {"to": "ACTIVE"}),
            ("tagModel", {"tags": ["a"]}),
            ("untagModel", {"tags": ["a"]}),
            ("rateModel", {"rating": 1}),
            ("registerModelVersion", {"label": "v1"}),
            ("moveModelAlias", {"alias": "a", "modelVersionId": global_id("ModelVersion", new_id())}),
        ],
    )
    async def test_leaves_nothing_to_write(self, api: Api, name: str, given: dict[str, Any]) -> None:
        made = await one_model(api, status="RETIRED")
        await execute(api.database, "update model set archived_at = now()")
        assert await refused(api, name, modelId=gid(made), **given) == [("CONFLICT", "")]


class TestTags:
    async def test_come_and_go(self, api: Api) -> None:
        made = await one_model(api, tags=["a"])
        payload = await act(api, "tagModel", "model { tags revision }", modelId=gid(made), tags=[" b ", "a", "b"])
        assert payload["model"] == {"tags": ["a", "b"], "revision": 2}
        payload = await act(api, "untagModel", "model { tags revision }", modelId=gid(made), tags=["a", "z"])
        assert payload["model"] == {"tags": ["b"], "revision": 3}
        assert [(row["kind"], row["before"], row["after"]) for row in await journal(api)] == [
            ("model.tagged", {"tags": ["a"]}, {"tags": ["a", "b"]}),
            ("model.untagged", {"tags": ["a", "b"]}, {"tags": ["b"]}),
        ]

    async def test_that_are_there_or_gone_change_nothing(self, api: Api) -> None:
        made = await one_model(api, tags=["a"])
        assert await refused(api, "tagModel", modelId=gid(made), tags=["a"]) == []
        assert await refused(api, "untagModel", modelId=gid(made), tags=["b"]) == []
        assert await traces(api) == 0

    async def test_are_a_hundred_at_most(self, api: Api) -> None:
        made = await one_model(api, tags=[f"t{n}" for n in range(100)])
        assert await refused(api, "tagModel", modelId=gid(made), tags=["more"]) == [("INVALID_PARAMETER", "tags")]
        assert await refused(api, "tagModel", modelId=gid(made), tags=["t1"]) == []
