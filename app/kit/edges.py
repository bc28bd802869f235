"""How fields lead from objects to others: declared once, followed by both executors, one statement for a whole level.

A field may be written beside the data it shows: a higher domain adds it to a lower domain's type (`extends`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

import strawberry
from strawberry.types.field import StrawberryField

from app.kit.context import Context, Info

T = TypeVar("T")

Key: TypeAlias = "str | Callable[[Any], Any]"
"""The column of a row that has the key, or a function from the object to the key. A key of None leads nowhere."""

Given: TypeAlias = "tuple[Any, ...]"
"""What a batch takes besides its keys."""

Show: TypeAlias = "Callable[[Any, Any], Any]"
"""From an object, and what was found for it (None if nothing was), to the value of the field."""

_MARK = "edge"
PERSONAL: dict[Any, Any] = {"personal": True}
"""The `metadata` of a field that shows each viewer something of his own, whatever his permissions are."""


def extends(face: type[Any]) -> Callable[[type[T]], type[T]]:
    """Append the fields of the decorated class to `face`. Must run before the schema is built."""

    def append(extension: type[T]) -> type[T]:
        definition = strawberry.type(extension).__strawberry_definition__  # type: ignore[attr-defined]
        target = face.__strawberry_definition__
        known = {field.python_name for field in target.fields}
        for field in definition.fields:
            if field.python_name in known:
                raise TypeError(f"{face.__name__} already has a field {field.python_name}")
            field.origin = face
            target.fields.append(field)
        return extension

    return append


class Level(list[Any]):
    """All objects of a level. Given to the resolver of an edge in the place of one object, it answers for each."""


@dataclass(frozen=True, slots=True)
class Way:
    """From objects to what `batch(read, actor, keys, *given, *given_by(object))` finds for their keys."""

    batch: Any
    given: Given = ()
    given_by: Callable[[Any], Given] | None = None
    show: Show | None = None
    key: Callable[[Any], Any] = itemgetter("id")

    async def from_one(self, context: Context, of: Any) -> Any:
        """The value for one object. Objects that ask in the same turn of the loop go into one call of the batch."""
        key = self.key(of)
        given = (*self.given, *(self.given_by(of) if self.given_by else ()))
        found = None if key is None else await context.load(self.batch, key, *given)
        return self.show(of, found) if self.show else found

    async def from_level(self, context: Context, level: Sequence[Any]) -> list[Any]:
        """The values for all objects; an exception stands for a value that could not be made."""
        keys = list(map(self.key, level))
        found = await (self._found_apart(context, level, keys) if self.given_by else self._found(context, keys))
        return [self._shown(of, value) for of, value in zip(level, found, strict=True)] if self.show else found

    async def _found(self, context: Context, keys: Sequence[Any], given: Given = ()) -> list[Any]:
        wanted = [key for key in keys if key is not None]
        known = await context.load_all(self.batch, wanted, *self.given, *given) if wanted else {}
        return [known.get(key) for key in keys]

    async def _found_apart(self, context: Context, level: Sequence[Any], keys: Sequence[Any]) -> list[Any]:
        """What is found if further arguments depend on the object: one call for each set of them."""
        groups: dict[Given, list[int]] = {}
        for index, given in enumerate(map(self.given_by or (lambda _: ()), level)):
            groups.setdefault(given, []).append(index)
        calls = (self._found(context, [keys[i] for i in chosen], given) for given, chosen in groups.items())
        parts = await asyncio.gather(*calls)
        placed = {
            i: value
            for chosen, part in zip(groups.values(), parts, strict=True)
            for i, value in zip(chosen, part, strict=True)
        }
        return [placed[i] for i in range(len(level))]

    def _shown(self, of: Any, found: Any) -> Any:
        try:
            return self.show(of, found) if self.show else found
        except Exception as error:  # noqa: BLE001 - it is the field's error, for this object
            return error


def way(
    batch: Any,
    *given: Any,
    many: bool = False,
    given_by: Callable[[Any], Given] | None = None,
    show: Show | None = None,
) -> Any:
    """The way of an edge whose arguments, or whose viewer, decide it. `Any`, since a face declares what it leads to."""
    return Way(batch, given, given_by, _or_empty if many else show)


def edge(
    batch: Any,
    *,
    key: Key,
    description: str,
    many: bool = False,
    given_by: Callable[[Any], Given] | None = None,
    show: Show | None = None,
    directives: Sequence[object] = (),
    is_personal: bool = False,
) -> Any:
    """A field that is an edge. With `many` it is a list, which is empty if nothing is found; it `is_personal` if it
    shows each viewer something of his own."""
    found = Way(batch, (), given_by, _or_empty if many else show, _getter(key))
    marks = {_MARK: found, **(PERSONAL if is_personal else {})}

    async def resolve(self: Any, info: Info) -> Any:
        return await _followed(found, info.context, self)

    return strawberry.field(resolver=resolve, description=description, metadata=marks, directives=directives)


def edge_with_arguments(
    *, key: Key, description: str, directives: Sequence[object] = (), is_personal: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Decorates a method that takes the arguments of the field and gives the `way`. It is called once for a whole
    level: its `self` is no object."""

    def decorate(choose: Callable[..., Any]) -> Any:
        @wraps(choose)
        async def resolve(self: Any, info: Info, **arguments: Any) -> Any:
            return await _followed(replace(choose(None, info, **arguments), key=_getter(key)), info.context, self)

        marked = {_MARK: None, **(PERSONAL if is_personal else {})}
        return strawberry.field(resolver=resolve, description=description, metadata=marked, directives=directives)

    return decorate


def is_edge(field: StrawberryField) -> bool:
    """Whether the resolver of a field takes a `Level`."""
    return _MARK in field.metadata


def fixed_way(field: StrawberryField) -> Way | None:
    """The way of an edge that has no arguments."""
    return field.metadata.get(_MARK)


async def _followed(chosen: Way, context: Context, of: Any) -> Any:
    return await (chosen.from_level(context, of) if isinstance(of, Level) else chosen.from_one(context, of))


def _getter(key: Key) -> Callable[[Any], Any]:
    return itemgetter(key) if isinstance(key, str) else key


def _or_empty(_: Any, found: Any) -> Any:
    return found or []
