"""From the names in telemetry to the keys in the database, and the price lists; what is unknown is discovered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from app.catalog import reads as catalog_reads
from app.catalog import service as catalog
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
    """A cache of what names mean. `is_demo` marks what is discovered through it."""

    database: Database
    actor: Actor
    is_demo: bool = False
    models: dict[tuple[str, str], KnownModel] = field(default_factory=dict[tuple[str, str], KnownModel])
    teams: dict[str, UUID] = field(default_factory=dict[str, UUID])
    deployments: dict[tuple[str, UUID, str], UUID] = field(default_factory=dict[tuple[str, UUID, str], UUID])

    async def learn(self, batch: Iterable[Inference]) -> None:
        """Make every name of the batch known."""
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

    async def _learn_models(self, names: set[tuple[str, str]]) -> None:
        for some in _chunks(sorted(names)):
            await self._learn_some_models(some)

    async def _learn_some_models(self, names: list[tuple[str, str]]) -> None:
        known = await self._writer().write(self.actor, catalog.discover_models, names, is_demo=self.is_demo)
        prices = await catalog_reads.price_lists(self.database, {model.id for model in known.values()})
        for name, model in known.items():
            self.models[name] = KnownModel(model.id, model.provider_id, prices[model.id])

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
