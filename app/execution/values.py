"""What the resolver of a field gives for all objects of a level: by a shortcut where there is one, else one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from asyncpg import Record

from app.execution.failures import Raised
from app.execution.places import Places
from app.execution.plan import RECORD_MEMBERS, Field
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
    if _are_records(sources, name):
        try:
            return [source[name] for source in sources]
        except KeyError:
            pass  # asked again one by one, which tells for which it lacks
    get = attrgetter(name)
    try:
        return list(map(get, sources))
    except Exception:  # noqa: BLE001 - asked again one by one, which tells for which it fails
        return each(get, sources)


def _are_records(sources: Column, name: str) -> bool:
    """Whether all are rows of one class, in which the name can mean nothing but a column."""
    kinds = set(map(type, sources))
    kind = next(iter(kinds), object)
    return len(kinds) == 1 and issubclass(kind, Record) and name not in RECORD_MEMBERS and not hasattr(kind, name)


async def _followed(run: Run, field: Field, sources: Column, places: Places) -> Column:
    """An edge, in a task of its own: what it does may depend on the current task."""
    resolve = cast("Callable[..., Any]", field.definition.resolve)
    try:
        arguments = field.arguments(run.executor)
        work = resolve(Level(sources), run.info(field, places, 0), **arguments)
        return await asyncio.ensure_future(work)
    except Exception as error:  # noqa: BLE001 - it is the field's error, for each object
        return [Raised(error)] * len(sources)


def _resolved(run: Run, field: Field, sources: Column, places: Places) -> Column:
    resolve = field.definition.resolve or run.executor.field_resolver
    try:
        arguments = field.arguments(run.executor)
    except Exception as error:  # noqa: BLE001 - it is the field's error, for each object
        return [Raised(error)] * len(sources)

    def ask(at: tuple[int, Any]) -> Any:
        return resolve(at[1], run.info(field, places, at[0]), **arguments)

    return each(ask, enumerate(sources))
