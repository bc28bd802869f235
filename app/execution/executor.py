"""The executor of the product: queries level by level, all objects of a level together."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql import GraphQLError, OperationType, SchemaMetaFieldDef, TypeMetaFieldDef
from graphql.execution.collect_fields import collect_fields
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.execution.plan import Selection, selection_of
from app.execution.plans import Plans
from app.execution.run import Run
from app.execution.waiting import begun

PLANS = Plans()
_INTROSPECTION = {id(SchemaMetaFieldDef), id(TypeMetaFieldDef)}


class StandardExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's own: one value after another."""


class BreadthFirstExecutor(StrawberryGraphQLCoreExecutionContext):
    """Answers as graphql-core does, a level at a time. Hands over to it where there is no event loop, with middleware,
    with a signal to abort, for introspection, and for `@defer` and `@stream`."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Execute the operation: its result, or an awaitable of it."""
        selection = None if self._is_special() else self._selection()
        if selection is None or any(id(field.definition) in _INTROSPECTION for field in selection.fields):
            return super().execute_operation(serially)
        is_serial = self.operation.operation is OperationType.MUTATION if serially is None else serially
        return begun(self._execute(selection, serially=is_serial))

    def _is_special(self) -> bool:
        has_middleware = self.middleware_manager is not None and self.middleware_manager.middlewares
        return bool(has_middleware or self.abort_signal or not _has_loop())

    def _selection(self) -> Selection | None:
        """What is asked of the root; None if that is for graphql-core to say."""
        plan = PLANS.of(self)
        if plan.is_incremental:
            return None
        try:
            return plan.root(self, self._root)
        except (GraphQLError, RecursionError):
            return None

    def _root(self) -> Selection:
        root = self.schema.get_root_type(self.operation.operation)
        if root is None:
            raise GraphQLError("There is no such root type.")
        collected = collect_fields(
            self.schema, self.fragments, self.variable_values, root, self.operation, self.hide_suggestions
        )
        return selection_of(self, root, collected.grouped_field_set)

    async def _execute(self, selection: Selection, *, serially: bool) -> Any:
        data, errors = await Run(self).root(selection, serially=serially)
        self.collected_errors.errors.extend(errors)
        return self.build_response(data)


def _has_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
