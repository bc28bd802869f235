"""From the names in telemetry to the keys in the database, and the price lists; what is unknown is discovered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TypeAlias, TypeVar
from uuid import UUID

from app.catalog import service as catalog
from app.catalog.prices import reads as prices
from app.catalog.prices.reads import NOWHERE, Position
from app.catalog.pricing import PriceList
from app.deployments import service as deployments
from app.deployments.service import Sighting
from app.experiments import reads as experiments
from app.experiments.reads import Arm
from app.identity import service as identity
from app.kit.access import Actor
from app.kit.db import Database
from app.kit.journal import Writer
from app.metrics.ingest.rules import Inference
from app.metrics.results.rules import experiment_key

T = TypeVar("T")

Called: TypeAlias = tuple[str, str, str | None]
"""The provider, the model that was called, and the model that answered, by their names."""

_named = attrgetter(
    *("provider", "model", "answered_by", "service", "environment", "team", "team_key", "experiment", "variant")
)
"""All that is to be known: calls that have the same are as one."""

REMEMBERED = 60.0
"""Seconds for which names are believed to mean what they meant."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """What ingest needs of a model."""

    id: UUID
    provider_id: UUID
    prices: PriceList


@dataclass(slots=True)
class Names:
    """What names mean: models by provider, model and the model that answered; teams; deployments; variants of
    experiments that were started."""

    models: dict[Called, KnownModel] = field(default_factory=dict[Called, KnownModel])
    teams: dict[str, UUID] = field(default_factory=dict[str, UUID])
    deployments: dict[tuple[str, UUID, str], UUID] = field(default_factory=dict[tuple[str, UUID, str], UUID])
    variants: dict[tuple[UUID | None, str | None], Arm] = field(
        default_factory=dict[tuple[UUID | None, str | None], Arm]
    )

    def model(self, inference: Inference) -> KnownModel:
        """The model that was called."""
        return self.models[inference.provider, inference.model, inference.answered_by]

    def team_id(self, inference: Inference) -> UUID | None:
        """The team that called: the one that is named, else that of the sender."""
        return self.teams[inference.team] if inference.team else inference.team_key

    def deployment_id(self, inference: Inference) -> UUID | None:
        """The deployment that answered, if it was named."""
        return self.deployments[self.sighting_key(inference)] if inference.service else None

    def variant_id(self, inference: Inference) -> UUID | None:
        """The variant that answered, if the call was made while its experiment ran."""
        if inference.experiment is None:
            return None
        arm = self.variants.get((experiment_key(inference.experiment), inference.variant))
        return arm.id if arm and arm.ran_at(inference.occurred_at) else None

    def sighting_key(self, inference: Inference) -> tuple[str, UUID, str]:
        """What tells deployments apart."""
        return (inference.service or "", self.model(inference).id, inference.environment)


@dataclass(slots=True)
class Directory:
    """A cache of what names mean, for a minute. `is_demo` marks what is discovered through it.

    Prices that anybody sets or imports meanwhile are heard of through the log of events, before each batch."""

    database: Database
    actor: Actor
    is_demo: bool = False

    heard: Position = NOWHERE
    names: Names = field(default_factory=Names)
    _since: float = field(default_factory=time.monotonic)
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def learn(self, batch: Collection[Inference]) -> Names:
        """Make every name of the batch known, with what it costs by now."""
        async with self._learning:
            batch = {_named(i): i for i in batch}.values()
            self._forget()
            await self._hear_of_prices()
            await self._learn_models({(i.provider, i.model, i.answered_by) for i in batch} - self.names.models.keys())
            await self._learn_teams({i.team for i in batch if i.team} - self.names.teams.keys())
            await self._learn_deployments(batch)
            await self._learn_variants({i.experiment for i in batch if i.experiment})
            return self.names

    def _forget(self) -> None:
        """What a name means may change: models are removed with the demo, teams get another slug."""
        if time.monotonic() - self._since > REMEMBERED:
            self.names, self._since = Names(), time.monotonic()

    async def _hear_of_prices(self) -> None:
        news = await prices.price_news(self.database, self.heard)
        if news.everything or news.models:
            known = {model.id for model in self.names.models.values()}
            await self._reload_prices(known if news.everything else known & news.models)
        self.heard = news.position

    async def _reload_prices(self, models: set[UUID]) -> None:
        for some in _chunks(sorted(models)):
            lists = await prices.price_lists(self.database, set(some))
            changed = ((name, model) for name, model in self.names.models.items() if model.id in lists)
            self.names.models |= {name: replace(model, prices=lists[model.id]) for name, model in changed}

    async def _learn_models(self, calls: set[Called]) -> None:
        for some in _chunks(sorted(calls, key=str)):
            await self._learn_some_models(some)

    async def _learn_some_models(self, calls: list[Called]) -> None:
        answering = [(provider, answered_by) for provider, _, answered_by in calls if answered_by]
        known = await self._writer().write(self.actor, catalog.find_models, answering) if answering else {}
        found = {call: known[call[0], call[2]] for call in calls if call[2] and (call[0], call[2]) in known}
        unsure = {(call[0], call[1]) for call in calls if call not in found}
        named = await self._writer().write(self.actor, catalog.discover_models, unsure, is_demo=self.is_demo)
        models = {call: found.get(call) or named[call[0], call[1]] for call in calls}
        lists = await prices.price_lists(self.database, {model.id for model in models.values()})
        self.names.models |= {c: KnownModel(m.id, m.provider_id, lists[m.id]) for c, m in models.items()}

    async def _learn_teams(self, slugs: set[str]) -> None:
        if slugs:
            act = identity.discover_teams
            self.names.teams |= await self._writer().write(self.actor, act, slugs, is_demo=self.is_demo)

    async def _learn_deployments(self, batch: Collection[Inference]) -> None:
        names = self.names
        unknown = [i for i in batch if i.service and names.sighting_key(i) not in names.deployments]
        sightings = list({Sighting(*names.sighting_key(i), names.team_id(i)): None for i in unknown})
        for some in _chunks(sightings):
            names.deployments |= await self._writer().write(self.actor, deployments.record_deployments, some)

    async def _learn_variants(self, named: set[str]) -> None:
        """Anew for each batch, as experiments start and stop at any moment."""
        for some in _chunks(sorted({key for key in map(experiment_key, named) if key})):
            self.names.variants |= await experiments.arms(self.database, some)

    def _writer(self) -> Writer:
        return Writer(self.database)


def _chunks(values: list[T]) -> Iterator[list[T]]:
    """At most 1,000 at a time: a statement takes 32,767 arguments."""
    return (values[start : start + 1000] for start in range(0, len(values), 1000))
