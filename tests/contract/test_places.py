"""The walk: every field and mutation is open to whoever has the permissions of its place, and to nobody else."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from graphql import GraphQLField

from app.identity.rules import PERMISSIONS
from app.identity.tables import Principal, Session
from app.identity.vocabulary import Role
from app.kit.access import Actor, Permission
from tests.conftest import Api
from tests.contract.acting import document, mutations, needed
from tests.contract.examples import EXAMPLES, TELEMETRY
from tests.contract.journeys import (
    EVERYTHING,
    Journey,
    ask,
    asked,
    is_composite,
    journeys,
    object_types,
    of_role,
    place_of,
    somebody,
)
from tests.contract.places import MUTATION, NODES, PAYLOADS, TYPES, UNREACHED
from tests.contract.test_mutations import prepared
from tests.contract.worlds import NOW, Estate, call_of, entities, id_of, kind_of, whole
from tests.kit.rows import team

BY_ID = {("Query", "node"), ("Query", "nodes")}
"""What they need depends on what is asked for."""

ARGUMENTS = {
    "Model.aliasAt": f'(name: "production", at: "{NOW.isoformat()}")',
    "Viewer.can": '(action: "models:read")',
}


@pytest.fixture
async def estate(api: Api) -> Estate:
    """Something of every type, and an entry of the audit trail."""
    made = whole("acme", of=team("red"))
    await made.put(api.database)
    return made


def arguments_for(estate: Estate) -> dict[str, str]:
    """What the look-ups are asked for."""
    ids = {kind_of(row): id_of(row) for row in reversed(entities(estate))}
    return {
        **ARGUMENTS,
        "Query.model": f'(by: {{id: "{ids["Model"]}"}})',
        "Query.deployment": f'(id: "{ids["Deployment"]}")',
        "Query.experiment": f'(id: "{ids["Experiment"]}")',
        "Query.models": "(filter: {isArchived: false})",
        "Query.inference": f'(eventId: "{call_of(*estate.used[0])}")',
        "Query.usage": "(groupBy: [MODEL, PROVIDER, TEAM])",
        "Query.alert": f'(id: "{ids["Alert"]}")',
        "Query.node": f'(id: "{ids["Model"]}")',
        "Query.nodes": f'(ids: ["{ids["Model"]}"])',
    }


def signed_in(estate: Estate) -> dict[str, Any]:
    """Somebody of the estate, by the session he signed in with."""
    return {"id": str(estate.all(Principal)[0].id), "credential": estate.all(Session)[0].id}


def reached(data: Any) -> bool:
    """Whether there is an object at the end of the journey."""
    if isinstance(data, list):
        return any(map(reached, data))
    return isinstance(data, dict) and ("__typename" in data or any(map(reached, data.values())))


class TestPlaces:
    def test_every_field_has_one_and_nothing_else_has(self) -> None:
        placed = {name: set(place_of(name) or ()) for name in object_types()}
        there = {name: set(kind.fields) for name, kind in object_types().items()}
        missing = {name: sorted(there[name] - placed[name]) for name in there if there[name] - placed[name]}
        assert missing == {}, "put them into tests/contract/places.py"
        closed = [name for name in placed if not name.endswith(("Payload", "Edge", "Connection"))]
        assert {name: placed[name] - there[name] for name in closed if placed[name] - there[name]} == {}
        assert TYPES.keys() | PAYLOADS.keys() <= there.keys()

    def test_mutations_say_where_they_are(self) -> None:
        said = {name: needed(name)[:1] for name in mutations()}
        assert said == {name: [need.value] if need else [] for name, need in MUTATION.items()}

    def test_entities_are_as_their_types_are(self) -> None:
        nodes = {name for name, kind in object_types().items() if any(i.name == "Node" for i in kind.interfaces)}
        assert nodes == NODES.keys()


def groups(
    journey: Journey, name: str, arguments: dict[str, str]
) -> dict[frozenset[Permission], list[tuple[str, GraphQLField]]]:
    """The fields of a type by what they need."""
    found: dict[frozenset[Permission], list[tuple[str, GraphQLField]]] = defaultdict(list)
    place = place_of(name) or {}
    for field, told in object_types()[name].fields.items():
        step = asked(name, field, told, arguments)
        if step is not None and field in place and (name, field) not in BY_ID:
            found[journey.further(step, place[field]).needs].append((step, told))
    return found


def selection(step: str, told: GraphQLField) -> str:
    """A field as it is selected."""
    return f"{step} {{ __typename }}" if is_composite(told) else step


async def walk(api: Api, actor: Actor, arguments: dict[str, str]) -> tuple[int, int]:
    """Ask for every field; how many the actor got, and how many were refused him."""
    got = refused = 0
    for name, journey in journeys(arguments).items():
        if name in UNREACHED:
            continue
        for needs, members in groups(journey, name, arguments).items():
            if needs <= actor.permissions:
                answer = await ask(api, actor, journey.ask(" ".join(selection(*member) for member in members)))
                assert answer.errors == [], (name, needs)
                assert reached(answer.data), name
                got += len(members)
                continue
            for member in members:
                answer = await ask(api, actor, journey.ask(selection(*member)))
                assert answer.codes() == {"FORBIDDEN"}, (name, member[0])
                refused += 1
    return got, refused


class TestFields:
    def test_there_is_a_journey_to_every_type(self) -> None:
        ways = journeys(
            dict.fromkeys(("Query.model", "Query.deployment", "Query.experiment", "Query.usage", *ARGUMENTS), "(x)")
        )
        others = {name for name in object_types() if not name.endswith("Payload")} - ways.keys() - {"Mutation"}
        failures = {name for name in others if any(i.name == "UserError" for i in object_types()[name].interfaces)}
        assert others - failures <= UNREACHED

    async def test_each_role_gets_what_its_permissions_say(self, api: Api, estate: Estate) -> None:
        for role in Role:
            got, refused = await walk(api, of_role(role, **signed_in(estate)), arguments_for(estate))
            assert got > 200, role
            assert (refused == 0) == (PERMISSIONS[role] == EVERYTHING), role

    async def test_nothing_of_a_place_without_its_permission(self, api: Api, estate: Estate) -> None:
        for missing in {need for need in TYPES["Query"].values() if need}:
            actor = somebody(EVERYTHING - {missing}, **signed_in(estate))
            _, refused = await walk(api, actor, arguments_for(estate))
            assert refused, missing

    async def test_the_permissions_of_a_place_suffice(self, api: Api, estate: Estate) -> None:
        arguments = arguments_for(estate)
        for name, journey in journeys(arguments).items():
            for needs, members in groups(journey, name, arguments).items():
                shown = " ".join(selection(*member) for member in members)
                answer = await ask(api, somebody(needs, **signed_in(estate)), journey.ask(shown))
                assert answer.errors == [], (name, needs)

    async def test_an_entity_by_its_id_needs_what_its_type_needs(self, api: Api, estate: Estate) -> None:
        for row in entities(estate):
            need, own = NODES[kind_of(row)], id_of(row)
            query = f'{{ node(id: "{own}") {{ id }} nodes(ids: ["{own}"]) {{ id }} }}'
            allowed = await ask(api, somebody(frozenset({need} if need else ()), **signed_in(estate)), query)
            assert allowed.data == {"node": {"id": own}, "nodes": [{"id": own}]}
            if need:
                assert (await ask(api, somebody(EVERYTHING - {need}), query)).codes() == {"FORBIDDEN"}


class TestMutations:
    async def test_only_roles_with_its_permission_get_to_it(self, api: Api) -> None:
        known = {**EXAMPLES, **TELEMETRY}
        assert {need for name, need in MUTATION.items() if name not in known} <= {None}
        for name, need in ((name, MUTATION[name]) for name in known):
            for role in Role:
                actor = somebody(PERMISSIONS[role], role=role.value)
                example = await prepared(api, name)
                answer = await ask(api, actor, document(name, shown=False), {"input": example.input})
                refused = need is not None and need not in PERMISSIONS[role]
                assert ("FORBIDDEN" in answer.codes()) == refused, (name, role)
