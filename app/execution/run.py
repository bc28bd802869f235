"""One execution: the objects of a level are answered together, field by field."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, cast

from graphql import GraphQLError, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.executor import Executor
from graphql.pyutils import Path

from app.execution.columns import kind_of
from app.execution.completion import complete, completed
from app.execution.failures import Failed, Failures, first
from app.execution.places import FieldPlaces, Places, Root
from app.execution.plan import Field, Selection, selection_of
from app.execution.values import values_of
from app.execution.waiting import Column, Coming, all_settled, begun, settled


class Run:
    """The state of one execution; `executor` is graphql-core's, which knows schema, variables and context."""

    __slots__ = ("executor", "failures")

    def __init__(self, executor: Executor[Any]) -> None:
        self.executor = executor
        self.failures = Failures()

    async def root(self, selection: Selection, *, serially: bool) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """The data of the whole answer, and its errors."""
        work = self._one_after_another if serially else self.objects
        (data,) = await work(selection, [self.executor.root_value], Root())
        if isinstance(data, Failed):
            self.failures.catch(data)
            data = None
        return data, self.failures.errors()

    async def objects(self, selection: Selection, sources: Column, places: Places) -> Column:
        """The answers for objects of one type; `Failed` where one must be null."""
        kind = kind_of(sources)
        columns: list[Coming] = [
            (field.plain and kind and field.plain.column(sources, kind)) or self._begun(field, sources, places)
            for field in selection.fields
        ]
        return self._assembled(selection, await all_settled(columns), len(sources), places)

    async def _one_after_another(self, selection: Selection, sources: Column, places: Places) -> Column:
        """The root of a mutation: a failure that nulls all of it ends it."""
        columns: list[Column] = []
        for field in selection.fields:
            columns.append(await settled(self._begun(field, sources, places)))
            if type(columns[-1][0]) is Failed:
                return columns[-1]
        return self._assembled(selection, columns, 1, places)

    def _begun(self, field: Field, sources: Column, objects: Places) -> Coming:
        """The completed column of a field, or what is to be awaited for it."""
        places = FieldPlaces(objects, field.name, field.parent.name, field.ordinal)
        values = values_of(self, field, sources, places)
        work = (
            completed(self, field, values, places) if isinstance(values, list) else self._later(field, values, places)
        )
        return work if isinstance(work, list) else begun(work)

    async def _later(self, field: Field, values: Awaitable[Column], places: FieldPlaces) -> Column:
        found = await values
        places.awaited = range(len(found))
        work = completed(self, field, found, places)
        return work if isinstance(work, list) else await work

    def _assembled(self, selection: Selection, columns: list[Column], count: int, places: Places) -> Column:
        answers = selection.assemble(columns, count)
        if self.failures.happened:
            self._null_failed(answers, columns, places)
        return answers

    def _null_failed(self, answers: Column, columns: list[Column], places: Places) -> None:
        """An object with a failure in a field that must not be null fails."""
        failing = [column for column in columns if Failed in set(map(type, column))]
        for index in range(len(answers) if failing else 0):
            failures = [column[index] for column in failing if type(column[index]) is Failed]
            if failures:
                answers[index] = first(failures)
                self.failures.null(places.order(index), answers[index])

    def selection(self, field: Field, of: GraphQLObjectType) -> Selection:
        """What is asked of a field's values of a type."""
        known = field.selections.get(of.name)
        if known is None:
            collected = self.executor.collect_subfields(of, field.details)
            known = field.selections[of.name] = selection_of(self.executor, of, collected.grouped_field_set)
        return known

    async def complete(self, field: Field, of: Any, values: Column, places: Places) -> Column:
        """Values within those of a field completed."""
        return await complete(self, field, of, values, places)

    def fail(self, field: Field, error: Exception, places: Places, index: int) -> Failed:
        """A failure at a place."""
        return self.failures.fail(error, field.nodes, places, index)

    def info(self, field: Field, places: Places, index: int) -> GraphQLResolveInfo[Any]:
        """What a resolver is told."""
        path = cast("Path", places.path(index))
        return self.executor.build_resolve_info(field.definition, field.nodes, field.parent, path)
