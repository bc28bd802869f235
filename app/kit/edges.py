"""Lets a higher domain add fields to a lower domain's type: the field is written beside the data it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

T = TypeVar("T")


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
