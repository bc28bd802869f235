"""What one operation has at hand: who asks, how to read and write, and a fresh set of batches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from aiodataloader import DataLoader
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.types import Info as StrawberryInfo

from app.kit.access import Actor
from app.kit.batches import Asked
from app.kit.errors import Unauthorized
from app.kit.journal import Writer
from app.kit.reading import Reader

P = ParamSpec("P")
T = TypeVar("T")
K = TypeVar("K")

Batch = Callable[Concatenate[Reader, Actor, Sequence[K], P], Awaitable[Mapping[K, T]]]
"""Values for many keys at once: `async def things_by_key(read, actor, keys, …)`. A key that is absent has no value."""

_Loaders: TypeAlias = "dict[tuple[Any, ...], DataLoader[Any, Any]]"


@dataclass(slots=True)
class Context:
    """Made for each operation. `actor` is None for a request without credential."""

    reader: Reader
    writer: Writer
    request_id: str
    caller: Actor | None = None
    event_cursor: str | None = None
    """The end of the log of events, read before anything else; None if the operation does not ask for it."""
    _loaders: _Loaders = field(default_factory=dict[tuple[Any, ...], DataLoader[Any, Any]])
    _asked: dict[tuple[Any, ...], Asked[Any, Any]] = field(default_factory=dict[tuple[Any, ...], Asked[Any, Any]])
    _refusals: list[str] = field(default_factory=list[str])

    def refuse(self, code: str) -> None:
        """Remember a failure that is answered as data, for the log and the figures."""
        self._refusals.append(code)

    def take_refusals(self) -> list[str]:
        """The codes of failures answered as data so far; they are forgotten."""
        taken, self._refusals = self._refusals, []
        return taken

    @property
    def actor(self) -> Actor:
        """Who asks. Raises `UNAUTHORIZED` without a credential."""
        if self.caller is None:
            raise Unauthorized("Sign in first: send `Authorization: Bearer <token>`; `modelhub token` prints one.")
        return self.caller

    async def read(
        self,
        read: Callable[Concatenate[Reader, Actor, P], Awaitable[T]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Any:
        """One root read: `read(reader, actor, …)`. Faces return the rows it gives as they are, hence `Any`."""
        return await read(self.reader, self.actor, *args, **kwargs)

    async def write(
        self,
        act: Callable[Concatenate[AsyncSession, Actor, P], Awaitable[T]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """One act in one transaction, with its audit rows and events. What was loaded before is loaded anew."""
        try:
            return await self.writer.write(self.actor, act, *args, **kwargs)
        finally:
            self._loaders.clear()
            self._asked.clear()

    async def load(self, batch: Batch[K, P, T], key: K, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        """The value for one key, or None; all keys that an operation asks for at a level go into one call."""
        identity = (batch, args, tuple(kwargs.items()))
        loader = self._loaders.get(identity)
        if loader is None:
            loader = self._loaders[identity] = DataLoader(self._loader(batch, args, kwargs))
        # Others may wait for the same key: that one of them is cancelled must not cancel it for all.
        return await asyncio.shield(loader.load(key))

    async def load_all(
        self, batch: Batch[K, P, T], keys: Sequence[K], /, *args: P.args, **kwargs: P.kwargs
    ) -> Mapping[K, T]:
        """The values for at least these keys, in one call for those that were not asked for yet."""
        identity = (batch, args, tuple(kwargs.items()))
        asked = self._asked.get(identity)
        if asked is None:
            asked = self._asked[identity] = Asked(
                lambda wanted: batch(self.reader, self.actor, wanted, *args, **kwargs)
            )
        return await asked.values(keys)

    def _loader(self, batch: Any, args: Any, kwargs: Any) -> Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]:
        async def load(keys: list[Any]) -> list[Any]:
            found = await self.load_all(batch, keys, *args, **kwargs)
            return [found.get(key) for key in keys]

        return load


Info: TypeAlias = StrawberryInfo[Context, None]
