"""What one may not see does not exist: with it and without it, every answer is the same, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.catalog.tables import Model
from app.deployments.tables import Deployment
from app.experiments.tables import Experiment
from app.identity.tables import Principal, Session, Team
from app.identity.vocabulary import Role
from app.kit.access import Actor, Clearance, Permission
from app.kit.db import Base
from app.kit.ids import global_id, new_id, parse_global_id
from app.kit.paging import Cursors
from tests.conftest import Api
from tests.contract.acting import contents, document
from tests.contract.examples import EXAMPLES, Example
from tests.contract.journeys import EVERYTHING, ask, of_role, somebody
from tests.contract.questions import Worlds, nameable, named_in, questions
from tests.contract.test_mutations import ids_in, replaced
from tests.contract.worlds import Estate, entities, hidden, id_of, kind_of, people, whole
from tests.kit.rows import execute, gid, put, select_rows, team


@pytest.fixture
def worlds() -> Worlds:
    """Both estates, not written yet."""
    ours = team("red")
    seen = whole("acme", of=ours)
    seen.rows += people("colleague", ours)
    return Worlds(ours, seen, hidden(seen, team("blue")))


def onlookers(worlds: Worlds) -> dict[str, Actor]:
    """Who may not see the other team's data, and nothing above his clearance."""
    some = EVERYTHING - {Permission.AUDIT_READ}  # who audits sees everything
    me = {"id": str(worlds.seen.all(Principal)[0].id), "credential": worlds.seen.all(Session)[0].id}
    return {
        "member": somebody(some, clearance=Clearance.INTERNAL, teams=frozenset({worlds.ours.id}), **me),
        "stranger": of_role(Role.VIEWER, clearance=Clearance.PUBLIC, teams=frozenset()),
    }


class TestTwoWorlds:
    async def test_answers_are_the_same_with_and_without_what_is_hidden(self, api: Api, worlds: Worlds) -> None:
        """The same number of statements, too: how long it takes tells nothing either."""
        await worlds.seen.put(api.database)
        asked = list(questions(worlds, api.app.state.hub.cursors))
        actors = onlookers(worlds)
        before = {name: [await ask(api, actor, query) for query in asked] for name, actor in actors.items()}
        await worlds.unseen.put(api.database)
        for name, actor in actors.items():
            for query, told in zip(asked, before[name], strict=True):
                assert await ask(api, actor, query) == told, (name, query[:90])

    async def test_whoever_sees_everything_is_told_more(self, api: Api, worlds: Worlds) -> None:
        await worlds.seen.put(api.database)
        asked = list(questions(worlds, api.app.state.hub.cursors))
        before = [await ask(api, somebody(), query) for query in asked]
        await worlds.unseen.put(api.database)
        after = [await ask(api, somebody(), query) for query in asked]
        assert [answer.errors for answer in after] == [[]] * len(after)
        same = [query[:90] for query, was, now in zip(asked, before, after, strict=True) if was.data == now.data]
        assert same == [query for query in same if any(word in query for word in UNTOUCHED)]

    async def test_members_and_the_cleared_see_what_is_theirs(self, api: Api, worlds: Worlds) -> None:
        await worlds.seen.put(api.database)
        await worlds.unseen.put(api.database)
        (blue,) = worlds.unseen.all(Team)
        query = "{ deployments { nodes { name } } experiments { nodes { name } } }"
        found = {}
        for name, actor in {
            "member": of_role(Role.VIEWER, teams=frozenset({blue.id})),
            "cleared": of_role(Role.DEVELOPER, teams=frozenset()),
        }.items():
            data = (await ask(api, actor, query)).data
            found[name] = {node["name"] for field in data.values() for node in field["nodes"]}
        assert found == {
            "member": {"blue-chat", "blue-trial"},
            "cleared": {"hush-restricted-chat", "hush-restricted-trial"},
        }

    def test_every_argument_that_could_name_something_is_tried(self, worlds: Worlds) -> None:
        tried = set[str]()
        for query in questions(worlds, Cursors(b"x")):
            tried |= named_in(query)
        assert nameable() - tried == set()


UNTOUCHED = (
    *("{ deploymentTemplates { ", "capabilities: ", "isArchived: ", "after: ", "{ viewer { "),
    *("users(filter: {teamId: ", "{ dashboard { unusualSpend { "),
)
"""Questions to which what is hidden would be no answer anyway."""


class TestUsers:
    async def test_small_groups_are_counted_for_those_who_see_costs_only(self, api: Api) -> None:
        few, many = whole("few"), whole("many")
        for estate, registers in ((few, 2), (many, 9)):
            estate.used = [(estate.all(Model)[0], {})]
            await estate.put(api.database)
            await execute(api.database, _SHRINK.format(registers, estate.all(Model)[0].id))
        told = dict[str, list[int | None]]()
        for role in (Role.VIEWER, Role.ANALYST):
            slugs = ("few/one", "many/one", "few/two")
            fields = " ".join(
                f'm{n}: model(by: {{slug: "{slug}"}}) {{ usage {{ uniqueUsers }} }}' for n, slug in enumerate(slugs)
            )
            data = (await ask(api, of_role(role), f"{{ {fields} }}")).data
            told[role.value] = [found["usage"]["uniqueUsers"] for found in data.values()]
        assert told["ANALYST"] == [2, 9, 0]
        assert told["VIEWER"] == [None, 9, None]


_SHRINK = (
    "update rollup_user set registers = registers[1:{0}], ranks = array_fill(1, array[{0}]) where model_id = '{1}'"
)


class TestEvents:
    async def test_say_who_may_hear_of_them(self, api: Api) -> None:
        crew, one = team("crew"), whole("acme", "RESTRICTED")
        await one.put(api.database)
        await put(api.database, crew)
        model = one.all(Model)[0]
        for name, given in (
            ("updateModel", {"modelId": gid(model), "description": "Another."}),
            ("createExperiment", {**EXAMPLES["createExperiment"]().input, "teamId": gid(crew), "variants": _arms(one)}),
        ):
            answer = await ask(api, somebody(), document(name, shown=False), {"input": given})
            assert answer.data[name] == {"errors": []}, name
        found = await select_rows(api.database, "select scope_tags from event order by position desc limit 2")
        assert [row["scope_tags"] for row in found] == [["level:RESTRICTED", f"team:{crew.id}"], ["level:RESTRICTED"]]

    async def test_of_another_team_are_not_shown_even_when_what_they_tell_of_is_gone(
        self, api: Api, worlds: Worlds
    ) -> None:
        await worlds.seen.put(api.database)
        await worlds.unseen.put(api.database)
        served = worlds.unseen.all(Deployment)[-1]
        await execute(api.database, f"delete from deployment where id = '{served.id}'")
        query = "{ dashboard { recentActivity { message } } }"
        shown = (await ask(api, onlookers(worlds)["member"], query)).data["dashboard"]["recentActivity"]
        assert {entry["message"].split()[0] for entry in shown} == {"acme"}

    async def test_of_what_went_to_another_team_are_shown_no_more(self, api: Api, worlds: Worlds) -> None:
        await worlds.seen.put(api.database)
        await worlds.unseen.put(api.database)
        query, member = "{ dashboard { recentActivity { message } } }", onlookers(worlds)["member"]
        told = [{"acme used", "acme deployment.recorded", "acme errors.burst"}, {"acme used"}]
        blue, mine = worlds.unseen.all(Team)[0], worlds.seen.all(Deployment)[0]
        for expected in told:
            shown = (await ask(api, member, query)).data["dashboard"]["recentActivity"]
            assert {entry["message"] for entry in shown} == expected
            await execute(api.database, f"update deployment set team_id = '{blue.id}' where id = '{mine.id}'")


def _arms(estate: Estate) -> list[dict[str, Any]]:
    one, two = estate.all(Model)[:2]
    arms = ({"name": "a", "modelId": gid(one), "isControl": True}, {"name": "b", "modelId": gid(two)})
    return [{**arm, "weight": "50"} for arm in arms]


def about_what_is_seen_by_few() -> dict[str, Example]:
    """Mutations whose input names what can be hidden, with their examples."""
    kinds = (Model, Deployment, Experiment)
    examples = {name: example() for name, example in EXAMPLES.items()}
    return {
        name: example
        for name, example in examples.items()
        if any(isinstance(row, kinds) for row in example.rows) and next(ids_in(example.input), None)
    }


class TestMutations:
    async def test_what_is_hidden_is_refused_like_what_does_not_exist(self, api: Api) -> None:
        ours, blue = team("red"), team("blue")
        await put(api.database, ours, blue)
        actor = somebody(EVERYTHING, clearance=Clearance.INTERNAL, teams=frozenset({ours.id}))
        for name, example in about_what_is_seen_by_few().items():
            unknown = await ask(api, actor, document(name, shown=False), {"input": example.input})
            await put(api.database, *_hidden(example, blue))
            before = await contents(api.database)
            assert await ask(api, actor, document(name, shown=False), {"input": example.input}) == unknown, name
            assert unknown.data[name]["errors"], name
            assert await contents(api.database) == before, name

    async def test_each_id_by_itself_is_refused_alike(self, api: Api) -> None:
        ours, other = team("red"), whole("hush", "CONFIDENTIAL")
        await put(api.database, ours)
        await other.put(api.database)
        actor = somebody(EVERYTHING, clearance=Clearance.INTERNAL, teams=frozenset({ours.id}))
        for name, example in about_what_is_seen_by_few().items():
            await put(api.database, *example.rows)
            for path, text in ids_in(example.input):
                kind, _ = parse_global_id(text) or ("", None)
                for given in [row for row in entities(other) if kind_of(row) == kind]:
                    inputs = [replaced(example.input, path, i) for i in (id_of(given), global_id(kind, new_id()))]
                    told = [(await ask(api, actor, document(name, shown=False), {"input": i})).data for i in inputs]
                    assert told[0] == told[1], (name, path)
                    assert told[0][name]["errors"], (name, path)

    @pytest.mark.parametrize("name", ["createExperiment", "updateExperiment", "createDeployment"])
    async def test_nothing_can_be_given_to_a_team_that_one_is_not_in(self, api: Api, name: str) -> None:
        example, blue = EXAMPLES[name](), team("blue")
        await put(api.database, blue, *example.rows)
        actor = somebody(EVERYTHING, teams=frozenset({new_id()}))
        told = [
            await ask(api, actor, document(name, shown=False), {"input": {**example.input, "teamId": given}})
            for given in (gid(blue), global_id("Team", new_id()))
        ]
        assert told[0].data == told[1].data
        assert [(e["code"], e["path"]) for e in told[0].data[name]["errors"]] == [("NOT_FOUND", ["teamId"])]


def _hidden(example: Example, owner: Team) -> Sequence[Base]:
    for row in example.rows:
        if isinstance(row, Model):
            row.security_level = Clearance.CONFIDENTIAL
        elif isinstance(row, Deployment | Experiment):
            row.team_id = owner.id
    return example.rows
