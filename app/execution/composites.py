"""Objects of object types, interfaces and unions: what type each is of, then the answers for each type together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    is_abstract_type,
)
from graphql.execution.executor import invalid_return_type_error

from app.execution.failures import Failed, Raised
from app.execution.places import Places, SomePlaces
from app.execution.plan import Field, TypesOfRows
from app.execution.values import each
from app.execution.waiting import Column, await_each, awaitables
from app.kit.nodes import row_class

if TYPE_CHECKING:
    from app.execution.run import Run


class _Told:
    """What a function that tells types is told: worked out only if it looks, which hardly any does."""

    __slots__ = ("_field", "_index", "_places", "_run")

    def __init__(self, run: Run, field: Field, places: Places, index: int) -> None:
        self._run, self._field, self._places, self._index = run, field, places, index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._info(), name)

    def _info(self) -> GraphQLResolveInfo[Any]:
        path: Any = self._places.path(self._index)
        while isinstance(path.key, int):
            path = path.prev  # completion knows the path of the field, not of the item
        executor, field = self._run.executor, self._field
        return executor.build_resolve_info(field.definition, field.nodes, field.parent, path)


async def composites(run: Run, field: Field, of: Any, values: Column, places: Places) -> Column:
    """The answers for objects; `Failed` where one is not of the type, or must be null."""
    if is_abstract_type(of):
        return await _abstract(run, field, of, values, places)
    return await _objects(run, field, cast("GraphQLObjectType", of), values, places)


async def _abstract(run: Run, field: Field, of: GraphQLAbstractType, values: Column, places: Places) -> Column:
    types = await _runtime_types(run, field, of, values, places)
    answers: Column = [None] * len(values)
    groups: dict[GraphQLObjectType, list[int]] = {}
    for index, found in enumerate(types):
        if isinstance(found, Raised):
            answers[index] = run.fail(field, found.error, places, index)
        else:
            groups.setdefault(found, []).append(index)
    for kind, chosen in groups.items():
        some = await _objects(run, field, kind, [values[i] for i in chosen], SomePlaces(places, chosen))
        for index, answer in zip(chosen, some, strict=True):
            answers[index] = answer
    return answers


async def _runtime_types(run: Run, field: Field, of: GraphQLAbstractType, values: Column, places: Places) -> Column:
    """The object type of each; `Raised` where there is none, or not one of the possible."""
    kinds = set(map(type, values))
    of_rows = _types_of_rows(run, field, of, kinds)
    if all(map(of_rows.get, kinds)):
        return [of_rows[type(value)] for value in values]
    resolve: Any = of.resolve_type or run.executor.type_resolver
    told = [cast("GraphQLResolveInfo[Any]", _Told(run, field, places, i)) for i in range(len(values))]
    names = each(lambda pair: resolve(*pair, of), zip(values, told, strict=True))
    await _await(run, names)

    def valid(found: tuple[Any, Any, GraphQLResolveInfo[Any]]) -> GraphQLObjectType:
        name, value, info = found
        if isinstance(name, Raised):
            raise name.error
        return run.executor.ensure_valid_runtime_type(name, of, field.details, info, value)

    return each(valid, zip(names, values, told, strict=True))


def _types_of_rows(run: Run, field: Field, of: GraphQLAbstractType, kinds: set[type]) -> TypesOfRows:
    """The type by class of row, so that there is nothing to ask; None for a class that tells not enough."""
    known = field.types_of_rows
    for kind in kinds - known.keys():
        possible = [(one, row_class(one.is_type_of)) for one in run.executor.schema.get_possible_types(of)]
        found = [one for one, row in possible if row is not None and issubclass(kind, row)]
        known[kind] = found[0] if len(found) == 1 else None
    return known


async def _objects(run: Run, field: Field, of: GraphQLObjectType, values: Column, places: Places) -> Column:
    selection = run.selection(field, of)
    wrong = await _of_another_type(run, field, of, values, places)
    if not wrong:
        return await run.objects(selection, values, places)
    right = [index for index in range(len(values)) if index not in wrong]
    answers: Column = [wrong.get(index) for index in range(len(values))]
    found = await run.objects(selection, [values[i] for i in right], SomePlaces(places, right))
    for index, answer in zip(right, found, strict=True):
        answers[index] = answer
    return answers


async def _of_another_type(
    run: Run, field: Field, of: GraphQLObjectType, values: Column, places: Places
) -> dict[int, Failed]:
    if of.is_type_of is None or _are_rows(of, values):
        return {}
    is_type_of: Any = of.is_type_of
    verdicts = each(
        lambda at: is_type_of(at[1], _Told(run, field, places, at[0])),
        enumerate(values),
    )
    await _await(run, verdicts)
    found = ((index, _why_not(field, of, values[index], verdict)) for index, verdict in enumerate(verdicts))
    return {index: run.fail(field, error, places, index) for index, error in found if error}


def _are_rows(of: GraphQLObjectType, values: Column) -> bool:
    """Whether all are rows of the class that the type's face stands for: then there is nothing to ask."""
    row = row_class(of.is_type_of)
    return row is not None and all(issubclass(kind, row) for kind in set(map(type, values)))


def _why_not(field: Field, of: GraphQLObjectType, value: Any, verdict: Any) -> Exception | None:
    """What is wrong with a value, if its verdict was not that it is of the type."""
    if isinstance(verdict, Raised):
        return verdict.error
    return None if verdict else invalid_return_type_error(of, value, field.details)


async def _await(run: Run, values: Column) -> None:
    waiting = awaitables(set(map(type, values)), values, run.executor.is_awaitable)
    if waiting:
        await await_each(values, waiting)
