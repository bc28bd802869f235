"""A value that nobody is shown by mistake."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any, Generic, NoReturn, Self, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T", str, bytes)


class Secret(Generic[T]):
    """A password, token or key. It is printed as `Secret(…)` and cannot be serialised; `reveal` alone gives it away.

    Equal ones compare equal, in a time that does not depend on where they differ."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself: for hashing, comparing and handing to a driver, never for a message."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, _: str) -> str:
        return repr(self)

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(_bytes(self._value), _bytes(other._value))

    def __hash__(self) -> int:
        return hash(_bytes(self._value))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError("A secret cannot be serialised.")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Settings take text; dumped, they show `Secret(…)`."""
        return core_schema.no_info_plain_validator_function(
            _read, serialization=core_schema.plain_serializer_function_ser_schema(repr)
        )


def _read(value: object) -> Secret[Any]:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - what pydantic reports
    return Secret(value)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode(errors="surrogatepass")
