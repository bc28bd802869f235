"""From the names in telemetry to the keys in the database, and the price lists; what is unknown is discovered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from app.catalog import service as catalog
from app.catalog.prices import reads as prices
from app.catalog.prices.reads import NOWHERE, Position
from app.catalog.pricing import PriceList
from app.deployments import service as deployments
from app.deployments.service import Sighting
from app.identity import service as identity
from app.kit.access import Actor
from app.kit.db import Database
from app.kit.journal import Writer
from app.metrics.ingest.rules import Inference

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What ingest needs of a model."""

    id: UUID
    provider_id: UUID
    prices: PriceList


@dataclass(slots=True)
class Directory:
    """A cache of what names mean. `is_demo` marks what is discovered through it.

    Prices that anybody sets or imports meanwhile are heard of through the log of events, before each batch."""

    database: Database
    actor: Actor
    is_demo: bool = False
    models: dict[tuple[str, str], KnownModel] = field(default_factory=dict[tuple[str, str], KnownModel])
    teams: dict[str, UUID] = field(default_factory=dict[str, UUID])
    deployments: dict[tuple[str, UUID, str], UUID] = field(default_factory=dict[tuple[str, UUID, str], UUID])

    heard: Position = NOWHERE
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def learn(self, batch: Iterable[Inference]) -> None:
        """Make every name of the batch known, with what it costs by now."""
        async with self._learning:
            await self._hear_of_prices()
            await self._learn_names(batch)

    async def _learn_names(self, batch: Iterable[Inference]) -> None:
        await self._learn_models({(i.provider, i.model) for i in batch} - self.models.keys())
        await self._learn_teams({i.team for i in batch if i.team} - self.teams.keys())
        await self._learn_deployments(batch)

    def model(self, inference: Inference) -> KnownModel:
        """The model that was called."""
        return self.models[inference.provider, inference.model]

    def team_id(self, inference: Inference) -> UUID | None:
        """The team that called, if it was named."""
        return self.teams[inference.team] if inference.team else None

    def deployment_id(self, inference: Inference) -> UUID | None:
        """The deployment that answered, if it was named."""
        return self.deployments[self._sighting_key(inference)] if inference.service else None

    def _sighting_key(self, inference: Inference) -> tuple[str, UUID, str]:
        return (inference.service or "", self.model(inference).id, inference.environment)

    async def _hear_of_prices(self) -> None:
        news = await prices.price_news(self.database, self.heard)
        if news.everything or news.models:
            known = {model.id for model in self.models.values()}
            await self._reload_prices(known if news.everything else known & news.models)
        self.heard = news.position

    async def _reload_prices(self, models: set[UUID]) -> None:
        for some in _chunks(sorted(models)):
            lists = await prices.price_lists(self.database, set(some))
            changed = ((name, model) for name, model in self.models.items() if model.id in lists)
            self.models |= {name: replace(model, prices=lists[model.id]) for name, model in changed}

    async def _learn_models(self, names: set[tuple[str, str]]) -> None:
        for some in _chunks(sorted(names)):
            await self._learn_some_models(some)

    async def _learn_some_models(self, names: list[tuple[str, str]]) -> None:
        known = await self._writer().write(self.actor, catalog.discover_models, names, is_demo=self.is_demo)
        lists = await prices.price_lists(self.database, {model.id for model in known.values()})
        for name, model in known.items():
            self.models[name] = KnownModel(model.id, model.provider_id, lists[model.id])

    async def _learn_teams(self, slugs: set[str]) -> None:
        if slugs:
            act = identity.discover_teams
            self.teams |= await self._writer().write(self.actor, act, slugs, is_demo=self.is_demo)

    async def _learn_deployments(self, batch: Iterable[Inference]) -> None:
        unknown = [i for i in batch if i.service and self._sighting_key(i) not in self.deployments]
        sightings = list({Sighting(*self._sighting_key(i), self.team_id(i)): None for i in unknown})
        for some in _chunks(sightings):
            self.deployments |= await self._writer().write(self.actor, deployments.record_deployments, some)

    def _writer(self) -> Writer:
        return Writer(self.database)


def _chunks(values: list[T]) -> Iterator[list[T]]:
    """At most 1,000 at a time: a statement takes 32,767 arguments."""
    return (values[start : start + 1000] for start in range(0, len(values), 1000))
