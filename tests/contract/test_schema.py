"""The schema keeps the conventions: descriptions, names, nullability, and the printed file is in step."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema
from graphql.type import GraphQLList, GraphQLNonNull, is_specified_scalar_type

from app.kit.nodes import _batches
from app.schema import schema

ROOT = Path(__file__).resolve().parents[2]
GRAPH = build_schema(schema.as_str())
TYPES = {
    name: found
    for name, found in GRAPH.type_map.items()
    if not name.startswith("__") and not is_specified_scalar_type(found)
}
FIELDS = {
    f"{name}.{field}": found
    for name, kind in TYPES.items()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    for field, found in kind.fields.items()
}
ENUMS = {name: kind for name, kind in TYPES.items() if isinstance(kind, GraphQLEnumType)}
INPUTS = {name: kind for name, kind in TYPES.items() if isinstance(kind, GraphQLInputObjectType)}

DOMAIN_TERMS = {"AlertType", "ModelType", "TrafficType", "ActivityType", "InsightType"}
"""Words of the product ("model type": domain.md), not affixes that say what kind of thing a schema has."""

OF_SENDERS = {f"Inference.{word}Id" for word in ("event", "experiment", "variant", "workflowRun")}
"""What senders call things; they are no keys of ours."""

NEEDING_COSTS = {"Series.costUsd", "UsageSeries.costUsd", "Dashboard.unusualSpend"}
"""Lists that are null without the permission for costs."""

WITH_GAPS = {
    "Query.nodes",
    *(f"Series.latency{name}Ms" for name in ("Avg", "P50", "P95", "P99")),
    "Series.costUsd",
    "UsageSeries.costUsd",
}
"""Lists whose entries may be null: `nodes` by the Relay specification, series where nothing was measured."""


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that must have a description."""
    for name, kind in TYPES.items():
        yield name, kind.description
    for name, field in FIELDS.items():
        yield name, field.description
        yield from ((f"{name}({argument})", found.description) for argument, found in field.args.items())
    for name, kind in ENUMS.items():
        yield from ((f"{name}.{value}", found.description) for value, found in kind.values.items())
    for name, kind in INPUTS.items():
        yield from ((f"{name}.{field}", found.description) for field, found in kind.fields.items())


def bare(kind: Any) -> Any:
    """The type without its outer non-null."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


class TestDescriptions:
    @pytest.mark.parametrize(("name", "text"), list(described()))
    def test_is_a_sentence(self, name: str, text: str | None) -> None:
        assert text, f"{name} has no description"
        assert text == text.strip()
        assert text[0].isupper() or text[0] in "`0123456789", f"{name}: {text}"
        assert text.endswith((".", "…")), f"{name}: {text}"

    def test_booleans_say_whether(self) -> None:
        booleans = {name: field for name, field in FIELDS.items() if str(bare(field.type)) == "Boolean"}
        assert booleans
        wrong = [name for name, field in booleans.items() if not (field.description or "").startswith("Whether ")]
        assert wrong == []

    def test_no_description_only_repeats_the_name(self) -> None:
        def words(text: str) -> str:
            return re.sub(r"[^a-z]", "", text.lower().removeprefix("the "))

        names = {name: text for name, text in described() if name.split(".")[0] not in ENUMS}
        assert [name for name, text in names.items() if words(text or "") == words(name.split(".")[-1])] == []


class TestNames:
    def test_types_are_pascal_case_without_affixes(self) -> None:
        for name in TYPES:
            assert re.fullmatch("[A-Z][A-Za-z0-9]*", name), name
            assert name in DOMAIN_TERMS or not name.endswith(("Type", "Enum", "Interface", "Union")), name

    def test_fields_and_arguments_are_camel_case(self) -> None:
        camel = re.compile("[a-z][A-Za-z0-9]*")
        for name, field in FIELDS.items():
            for word in (name.partition(".")[2], *field.args):
                assert camel.fullmatch(word), (name, word)
        for name, kind in INPUTS.items():
            for word in kind.fields:
                assert camel.fullmatch(word), (name, word)

    def test_enum_values_are_upper_case(self) -> None:
        for name, kind in ENUMS.items():
            for value in kind.values:
                assert re.fullmatch("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", value), (name, value)

    def test_root_fields_are_nouns(self) -> None:
        query = GRAPH.query_type
        assert query is not None
        for name in query.fields:
            assert not re.match("(get|list|query|find|fetch)[A-Z]", name), name

    def test_times_end_in_at_dates_in_on_and_back(self) -> None:
        bounds = {"from", "to", "timestamps", "effectiveFrom", "effectiveTo"}
        for name, field in FIELDS.items():
            word = name.partition(".")[2]
            kind = str(bare(field.type))
            if kind == "DateTime":
                assert word.endswith("At") or word in bounds, name
            elif kind == "Date":
                assert word.endswith("On"), name
            else:
                assert not re.search(r"[a-z](At|On)$", word) or word == "aliasAt", name  # it takes the time

    def test_no_foreign_keys_beside_objects(self) -> None:
        assert [name for name in FIELDS if re.search("Ids?$", name) and name not in OF_SENDERS] == []

    def test_durations_name_their_unit(self) -> None:
        loose = re.compile("latency|duration|timeout|interval|elapsed", re.IGNORECASE)
        units = re.compile("(Ms|Seconds|Minutes|Hours|Days)$")
        for name, field in FIELDS.items():
            word, kind = name.partition(".")[2], str(bare(field.type))
            if loose.search(word) and kind in {"Int", "Float", "BigInt"}:
                assert units.search(word), name

    def test_filters_and_orders_are_named_after_what_they_narrow(self) -> None:
        for name, field in FIELDS.items():
            if str(bare(field.type)).endswith("Connection") and name.startswith("Query."):
                entity = str(bare(field.type)).removesuffix("Connection")
                assert str(bare(field.args["filter"].type)) == f"{entity}Filter", name
                assert str(bare(field.args["orderBy"].type)) == f"{entity}Order", name


class TestNullability:
    def test_lists_hold_no_nulls_and_are_never_null(self) -> None:
        for name, field in FIELDS.items():
            kind = bare(field.type)
            if isinstance(kind, GraphQLList):
                # Many a failure concerns no one value of the input: then it has no path. Costs need a permission.
                may_be_null = name.endswith(".path") or name in NEEDING_COSTS
                assert isinstance(field.type, GraphQLNonNull) != may_be_null, name
                assert isinstance(kind.of_type, GraphQLNonNull) or name in WITH_GAPS, name

    def test_connections_are_non_null_and_take_keyset_arguments(self) -> None:
        found = {name: field for name, field in FIELDS.items() if str(bare(field.type)).endswith("Connection")}
        assert {"Query.models", "Query.deployments", "Query.experiments"} <= found.keys()
        for name, field in found.items():
            assert isinstance(field.type, GraphQLNonNull), name
            assert {"first", "after", "last", "before"} <= field.args.keys(), name

    def test_connections_have_the_shape_of_the_specification(self) -> None:
        for name in [name for name in TYPES if name.endswith("Connection")]:
            entity = name.removesuffix("Connection")
            shape = {
                field: str(FIELDS[f"{name}.{field}"].type) for field in ("edges", "nodes", "pageInfo", "totalCount")
            }
            assert shape == {
                "edges": f"[{entity}Edge!]!",
                "nodes": f"[{entity}!]!",
                "pageInfo": "PageInfo!",
                "totalCount": "Int",
            }

    def test_ids_booleans_and_creation_times_are_non_null(self) -> None:
        config = ("Monitoring", "Security")  # what is wanted of a deployment may leave anything open
        for name, field in FIELDS.items():
            owner, _, word = name.partition(".")
            is_said = str(bare(field.type)) == "Boolean" and owner not in config and name != "Inference.accepted"
            if word in {"id", "createdAt"} or is_said:
                assert isinstance(field.type, GraphQLNonNull), name

    def test_look_ups_of_one_object_are_nullable(self) -> None:
        for name in ("node", "model", "deployment", "experiment", "dashboard"):
            assert not isinstance(FIELDS[f"Query.{name}"].type, GraphQLNonNull), name

    def test_integers_that_may_outgrow_32_bits_are_big(self) -> None:
        grows = re.compile("^(total|cached|reasoning|requests|totalRequests|count|failed|successful|popularity)$")
        for name, field in FIELDS.items():
            if grows.match(name.partition(".")[2]) and not name.startswith("Query."):
                assert str(bare(field.type)) != "Int", name


class TestNodes:
    def test_every_entity_is_a_node_and_reachable(self) -> None:
        entities = {name for name in TYPES if f"{name}.id" in FIELDS and isinstance(TYPES[name], GraphQLObjectType)}
        assert entities >= {"Model", "Provider", "ModelVersion", "Team", "Deployment", "Experiment"}
        for name in entities:
            kind = TYPES[name]
            assert isinstance(kind, GraphQLObjectType)
            assert "Node" in [interface.name for interface in kind.interfaces], name
        assert _batches.keys() == entities


class TestScalars:
    def test_each_is_specified(self) -> None:
        own = {name for name in TYPES if type(TYPES[name]).__name__ == "GraphQLScalarType"}
        assert own >= {"DateTime", "Date", "Decimal", "BigInt", "URL", "JSON", "Cursor"}
        for name in own:
            assert TYPES[name].specified_by_url, name  # type: ignore[union-attr]


class TestPrinted:
    def test_file_is_in_step_with_the_code(self) -> None:
        printed = subprocess.run(
            [sys.executable, "-m", "app.schema"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        path = ROOT / "schema.graphql"
        assert path.exists(), "make schema"
        assert path.read_text() == printed, "make schema"
