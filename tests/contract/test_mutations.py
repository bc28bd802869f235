"""What holds for every mutation of the schema: its shape, who may use it, and what it leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, get_named_type
from graphql.type import GraphQLInputField

from app.execution.executor import BreadthFirstExecutor
from app.execution.operations import Operations
from app.identity.rules import Role
from app.kit.access import Actor, Clearance, Permission
from app.kit.context import Context
from app.kit.ids import global_id, new_id, parse_global_id
from app.kit.journal import Origin, Writer
from app.kit.reading import Reader
from app.schema import schema
from app.web.answering import Answering, Asked
from tests.conftest import Api
from tests.contract.acting import (
    GRAPH,
    PERSONAL,
    changed,
    contents,
    difference,
    document,
    input_of,
    journal_is_sound,
    mutations,
    needed,
    payload_of,
)
from tests.contract.examples import EXAMPLES, TELEMETRY, Example
from tests.kit.rows import put, select_rows

EVERYTHING = frozenset(Permission)
each_mutation = pytest.mark.parametrize("name", list(EXAMPLES))
even_personal = pytest.mark.parametrize("name", list(mutations()))


def inputs(name: str) -> Iterator[tuple[str, GraphQLInputField]]:
    """Every field of a mutation's input, those of nested inputs too."""
    seen: set[str] = set()
    left = [input_of(name)]
    while left:
        kind = GRAPH.type_map[left.pop()]
        assert isinstance(kind, GraphQLInputObjectType)
        seen.add(kind.name)
        for word, field in kind.fields.items():
            yield f"{kind.name}.{word}", field
            inner = get_named_type(field.type)
            if isinstance(inner, GraphQLInputObjectType) and inner.name not in seen:
                left.append(inner.name)


class TestShape:
    def test_every_mutation_has_an_example(self) -> None:
        assert EXAMPLES.keys() | PERSONAL | TELEMETRY.keys() == mutations().keys()
        assert not EXAMPLES.keys() & (PERSONAL | TELEMETRY.keys())

    @even_personal
    def test_takes_an_input_of_its_own_and_gives_a_payload_of_its_own(self, name: str) -> None:
        field, title = mutations()[name], name[0].upper() + name[1:]
        assert {word: str(argument.type) for word, argument in field.args.items()} == {"input": f"{title}Input!"}
        assert str(field.type) == f"{title}Payload"

    @each_mutation
    def test_payload_has_the_change_the_errors_and_a_query(self, name: str) -> None:
        fields = payload_of(name).fields
        assert str(fields["errors"].type) == "[UserError!]!"
        assert str(fields["query"].type) == "Query"
        assert changed(name)
        assert not [word for word in changed(name) if isinstance(fields[word].type, GraphQLNonNull)]

    @each_mutation
    def test_input_can_be_sent_again(self, name: str) -> None:
        fields = dict(inputs(name))
        assert str(fields[f"{input_of(name)}.clientMutationId"].type) == "String"

    @even_personal
    def test_texts_and_lists_say_how_long_they_may_be(self, name: str) -> None:
        def is_open(field: GraphQLInputField) -> bool:
            return "[" in str(field.type) or get_named_type(field.type).name in {"String", "URL", "JSON"}

        silent = [
            word for word, field in inputs(name) if is_open(field) and not re.search(r"\d", field.description or "")
        ]
        assert silent == []

    @each_mutation
    def test_description_says_which_permission_it_needs(self, name: str) -> None:
        assert needed(name)
        assert set(needed(name)) <= {permission.value for permission in Permission}

    def test_inputs_are_not_shared(self) -> None:
        assert len({input_of(name) for name in mutations()}) == len(mutations())
        assert len({payload_of(name).name for name in mutations()}) == len(mutations())


async def prepared(api: Api, name: str, **columns: Any) -> Example:
    """An example whose rows are in the database; `columns` change those of its models."""
    example = {**EXAMPLES, **TELEMETRY}[name]()
    for row in example.rows:
        if type(row).__name__ == "Model":
            for column, value in columns.items():
                setattr(row, column, value)
    await put(api.database, *example.rows)
    return example


async def perform(api: Api, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The payload of a mutation done by an administrator."""
    return (await api.data(document(name), input=given))[name]


async def perform_as(api: Api, actor: Actor, name: str, given: dict[str, Any]) -> tuple[Any, list[str]]:
    """The payload of a mutation done by anyone, and the codes of errors beside it."""
    hub = api.app.state.hub
    context = Context(
        reader=Reader(hub.database, hub.cursors, hub.clock),
        writer=Writer(hub.database, Origin(), hub.clock),
        request_id=str(new_id()),
        caller=actor,
    )
    asked = Asked(document(name, shown=False), {"input": given})
    result = await Answering(Operations(schema, BreadthFirstExecutor)).answer(asked, context)
    assert result.data is not None
    return result.data[name], [str((error.extensions or {})["code"]) for error in result.errors or []]


def somebody(permissions: frozenset[Permission], clearance: Clearance = Clearance.CONFIDENTIAL) -> Actor:
    """A principal with these permissions and that clearance."""
    return Actor(id="somebody", name="Somebody", permissions=permissions, clearance=clearance, teams=None)


class TestWhoMayDoIt:
    @each_mutation
    async def test_nobody_without_the_permission_it_names(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        before = await contents(api.database)
        for missing in (EVERYTHING, frozenset(map(Permission, needed(name)))):
            answer = await perform_as(api, somebody(EVERYTHING - missing), name, example.input)
            assert answer == (None, ["FORBIDDEN"])
        assert difference(before, await contents(api.database)).keys() == {"audit_event", "event", "event_stream"}

    @each_mutation
    async def test_whoever_has_the_permission_it_names(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        enough = frozenset(map(Permission, needed(name))) | example.given_away
        payload, codes = await perform_as(api, somebody(enough), name, example.input)
        assert (payload, codes) == ({"errors": []}, [])

    @each_mutation
    async def test_nobody_without_a_credential(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        before = await contents(api.database)
        assert await api.codes(document(name), role=None, input=example.input) == ["UNAUTHORIZED"]
        assert await contents(api.database) == before

    @each_mutation
    async def test_what_one_may_not_see_is_as_if_it_did_not_exist(self, api: Api, name: str) -> None:
        example = await prepared(api, name, security_level=Clearance.CONFIDENTIAL.value)
        if not any(path == ["modelId"] for path, _ in ids_in(example.input)):
            pytest.skip("it is not about a model")
        before, uncleared = await contents(api.database), somebody(EVERYTHING, Clearance.RESTRICTED)
        unseen, _ = await perform_as(api, uncleared, name, example.input)
        absent, _ = await perform_as(api, uncleared, name, {**example.input, "modelId": global_id("Model", new_id())})
        assert unseen == absent
        assert [error["code"] for error in unseen["errors"]] == ["MODEL_NOT_FOUND"]
        assert await contents(api.database) == before


def ids_in(given: Any, *path: str | int) -> Iterator[tuple[list[str | int], str]]:
    """The global ids in an input, with their paths."""
    items = given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else ()
    for word, value in items:
        yield from ids_in(value, *path, word)
    if isinstance(given, str) and parse_global_id(given):
        yield list(path), given


def replaced(given: Any, path: list[str | int], value: Any) -> Any:
    """An input with another value at a path."""
    if not path:
        return value
    if isinstance(given, list):
        return [replaced(item, path[1:], value) if n == path[0] else item for n, item in enumerate(given)]
    return {**given, path[0]: replaced(given.get(path[0], {}), path[1:], value)}


class TestSuccess:
    @each_mutation
    async def test_is_audited_and_told_with_who_did_it(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        answer = await api.ask(document(name), input=example.input)
        payload = answer["data"][name]
        assert payload.pop("errors") == []
        assert all(payload.values())
        audits = await select_rows(api.database, "select * from audit_event")
        events = await select_rows(api.database, "select * from event")
        assert sorted(audit["action"] for audit in audits) == sorted(event["kind"] for event in events)
        assert audits
        assert {audit["actor_name"] for audit in audits} == {"development:admin"}
        assert {audit["request_id"] for audit in audits} == {answer["extensions"]["requestId"]}
        assert await journal_is_sound(api.database)

    @each_mutation
    async def test_audit_row_tells_what_changed_and_holds_no_secret(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        await perform(api, name, {**example.input, "clientMutationId": "a-key-of-mine"})
        for table in ("audit_event", "event"):
            (rows,) = await select_rows(api.database, f"select string_agg(t::text, ' ') as all from {table} t")
            for secret in (api.token().split(".")[0], "a-key-of-mine", api.app.state.hub.keys._secret.hex()):
                assert secret not in rows["all"]
        for audit in await select_rows(api.database, "select before, after from audit_event"):
            assert audit["after"]
            assert audit["before"] != audit["after"]
            assert not (audit["before"] or {}).keys() - audit["after"].keys()

    @each_mutation
    async def test_is_given_again_for_the_same_key(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        wanted = {**example.input, "clientMutationId": "once"}
        first = await perform(api, name, wanted)
        before = await contents(api.database)
        assert await perform(api, name, wanted) == first
        assert await contents(api.database) == before

    @each_mutation
    async def test_key_serves_one_input_and_one_principal(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        wanted = {**example.input, "clientMutationId": "once"}
        await perform(api, name, wanted)
        (refused,) = (await perform(api, name, {**wanted, **example.refused}))["errors"]
        assert (refused["code"], refused["path"]) == ("CONFLICT", ["clientMutationId"])
        before = await contents(api.database)
        await api.ask(document(name), role=Role.MANAGER, input=wanted)
        assert difference(before, await contents(api.database)).get("done_mutation", (0, 0))[0] == 0


class TestRefusal:
    @each_mutation
    async def test_is_data_and_leaves_nothing(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        before = await contents(api.database)
        payload = await perform(api, name, {**example.input, **example.refused, "clientMutationId": "once"})
        errors = payload.pop("errors")
        assert errors
        assert not any(payload.values())
        assert all(error["message"] and error["code"] != "INTERNAL_ERROR" for error in errors)
        assert await contents(api.database) == before

    @each_mutation
    async def test_of_what_was_changed_meanwhile_is_a_conflict(self, api: Api, name: str) -> None:
        if f"{input_of(name)}.expectedRevision" not in dict(inputs(name)):
            pytest.skip("it makes something new")
        example = await prepared(api, name)
        before = await contents(api.database)
        (refused,) = (await perform(api, name, {**example.input, "expectedRevision": 99}))["errors"]
        assert (refused["__typename"], refused["path"]) == ("RevisionConflict", ["expectedRevision"])
        assert await contents(api.database) == before

    @each_mutation
    async def test_of_an_id_that_leads_nowhere_says_which(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        before = await contents(api.database)
        for path, text in ids_in(example.input):
            kind, _ = parse_global_id(text) or ("", None)
            for wrong in (global_id(kind, new_id()), global_id("Nothing", new_id()), "x", ""):
                refused = (await perform(api, name, replaced(example.input, path, wrong)))["errors"]
                assert refused, (path, wrong)
                assert {error["code"] for error in refused} <= {
                    *(
                        "MODEL_NOT_FOUND",
                        "EXPERIMENT_NOT_FOUND",
                        "DEPLOYMENT_NOT_FOUND",
                        "NOT_FOUND",
                        "INVALID_PARAMETER",
                    ),
                }, (path, wrong)
                assert [str(step) for step in path] in [error["path"] for error in refused], (path, wrong)
        assert await contents(api.database) == before

    @each_mutation
    async def test_of_text_that_cannot_be_held_says_where(self, api: Api, name: str) -> None:
        example = await prepared(api, name)
        before = await contents(api.database)
        texts = [word.partition(".")[2] for word, field in inputs(name) if is_text_of(name, word, field)]
        assert texts
        for word in texts:
            for wrong in ("x" * 10_001, "nul \0"):
                refused = (await perform(api, name, {**example.input, word: wrong}))["errors"]
                assert {(error["code"], *error["path"]) for error in refused} == {("INVALID_PARAMETER", word)}, word
        assert await contents(api.database) == before


def is_text_of(name: str, word: str, field: GraphQLInputField) -> bool:
    """Whether it is a text directly in a mutation's input."""
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return word.startswith(f"{input_of(name)}.") and str(kind) == "String"
