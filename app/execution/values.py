"""What the resolver of a field gives for all objects of a level: by a shortcut where there is one, else one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from app.execution.columns import getter, kind_of
from app.execution.failures import Raised
from app.execution.places import Places
from app.execution.plan import Field
from app.execution.waiting import Column, Coming
from app.kit.edges import Level

if TYPE_CHECKING:
    from app.execution.run import Run


def values_of(run: Run, field: Field, sources: Column, places: Places) -> Coming:
    """The values, in the order of the objects; `Raised` where the resolver raised."""
    if field.attribute is not None:
        return _attributes(field.attribute, sources)
    if field.is_typename:
        return [field.parent.name] * len(sources)
    if field.method is not None:
        return each(field.method, sources)
    if field.is_edge:
        return _followed(run, field, sources, places)
    return _resolved(run, field, sources, places)


def each(function: Callable[[Any], Any], arguments: Iterable[Any]) -> Column:
    """What a function gives for each; `Raised` where it raised."""
    values: Column = []
    for argument in arguments:
        try:
            values.append(function(argument))
        except Exception as error:  # noqa: BLE001 - it is the field's error
            values.append(Raised(error))
    return values


def _attributes(name: str, sources: Column) -> Column:
    kind = kind_of(sources)
    try:
        return list(map(getter(name, kind) if kind else attrgetter(name), sources))
    except Exception:  # noqa: BLE001 - asked again one by one, which tells for which it fails
        return each(attrgetter(name), sources)


async def _followed(run: Run, field: Field, sources: Column, places: Places) -> Column:
    try:
        if field.way is not None:
            return await field.way.from_level(run.executor.context_value, sources)
        return await _chosen(run, field, sources, places)
    except Exception as error:  # noqa: BLE001 - it is the field's error, for each object
        return [Raised(error)] * len(sources)


def _chosen(run: Run, field: Field, sources: Column, places: Places) -> Awaitable[Column]:
    """Where an edge leads by its arguments, in a task of its own: what Strawberry and a face do may depend on it."""
    resolve = cast("Callable[..., Any]", field.definition.resolve)
    work = resolve(Level(sources), run.info(field, places, 0), **field.arguments(run.executor))
    return asyncio.ensure_future(work)


def _resolved(run: Run, field: Field, sources: Column, places: Places) -> Column:
    resolve = field.definition.resolve or run.executor.field_resolver
    try:
        arguments = field.arguments(run.executor)
    except Exception as error:  # noqa: BLE001 - it is the field's error, for each object
        return [Raised(error)] * len(sources)

    def ask(at: tuple[int, Any]) -> Any:
        return resolve(at[1], run.info(field, places, at[0]), **arguments)

    return each(ask, enumerate(sources))
