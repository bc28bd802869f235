"""Examples are what they say: what the schema gives to their operation, without a field more or less."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLSchema, execute_sync, parse

from tests.frontend_contract.contract import Operation, operations, schema


@cache
def _telling() -> GraphQLSchema:
    """The schema, where objects say what they are; nodes that do not are models."""
    told = deepcopy(schema())
    node = told.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    node.resolve_type = lambda value, *_: value.get("__typename", "Model")
    return told


def conforms(one: Operation, variables: dict[str, Any], data: Any) -> list[str]:
    """What is wrong with an answer to an operation."""
    result = execute_sync(_telling(), parse(one.text), root_value=data, variable_values=variables)
    wrong = [f"{error.path}: {error.message}" for error in result.errors or ()]
    return wrong or ([] if result.data == data else ["it has other fields than were asked for"])


@pytest.mark.parametrize("name", sorted(operations()))
def test_example_is_an_answer_to_its_operation(name: str) -> None:
    one = operations()[name]
    assert conforms(one, one.example["variables"], one.example["response"]) == []


def test_what_does_not_conform_is_found() -> None:
    one = operations()["Overview"]
    variables, right = one.example["variables"], one.example["response"]
    for change in ({"totalModels": "7"}, {"totalModels": None}, {"another": 1}):
        wrong = deepcopy(right)
        wrong["dashboard"]["summary"] |= change
        assert conforms(one, variables, wrong)
