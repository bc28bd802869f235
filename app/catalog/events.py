"""What happens to models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvent(Event):
    """Something that happened to one model; `resource_id` is its key."""

    topic: ClassVar[str] = "model"
    resource_type: ClassVar[str] = "Model"
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDiscovered(ModelEvent):
    """Telemetry named a model that the catalog did not know."""

    kind: ClassVar[str] = "model.discovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogImported(Event):
    """The catalog was brought up to date from a source; one event for all models."""

    kind: ClassVar[str] = "catalog.imported"
    topic: ClassVar[str] = "catalog"
    resource_type: ClassVar[str] = "Catalog"
    models_added: int
    models_updated: int
    prices_added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTransitioned(ModelEvent):
    """A model went from one status to another."""

    kind: ClassVar[str] = "model.transitioned"
    from_status: str
    to_status: str
