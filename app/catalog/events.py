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
    prices_ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRegistered(Event):
    """Somebody named a provider that the catalog did not know."""

    kind: ClassVar[str] = "provider.registered"
    topic: ClassVar[str] = "catalog"
    resource_type: ClassVar[str] = "Provider"
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange(ModelEvent):
    """Something that somebody did to one model, or to what belongs to it; `message` tells it to people."""

    model_id: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRegistered(ModelChange):
    """Somebody entered a model in the catalog."""

    kind: ClassVar[str] = "model.registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUpdated(ModelChange):
    """What the catalog says about a model changed."""

    kind: ClassVar[str] = "model.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelValidated(ModelChange):
    """Somebody checked whether a model will do for a use case."""

    kind: ClassVar[str] = "model.validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTransitioned(ModelChange):
    """A model went from one status to another."""

    kind: ClassVar[str] = "model.transitioned"
    from_status: str
    to_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArchived(ModelChange):
    """A retired model left the lists."""

    kind: ClassVar[str] = "model.archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTagged(ModelChange):
    """A model got labels."""

    kind: ClassVar[str] = "model.tagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUntagged(ModelChange):
    """A model lost labels."""

    kind: ClassVar[str] = "model.untagged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRated(ModelChange):
    """Somebody said what he thinks of a model, 1 to 5, perhaps not for the first time."""

    kind: ClassVar[str] = "model.rated"
    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange(ModelChange):
    """Something that somebody did to one version of a model; `resource_id` is the version's key."""

    resource_type: ClassVar[str] = "ModelVersion"
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRegistered(VersionChange):
    """A model got a version."""

    kind: ClassVar[str] = "model_version.registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionUpdated(VersionChange):
    """What is said about a version that was never active changed."""

    kind: ClassVar[str] = "model_version.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTransitioned(VersionChange):
    """A version went from one status to another."""

    kind: ClassVar[str] = "model_version.transitioned"
    from_status: str
    to_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasMoved(ModelChange):
    """An alias came to be, or points to another version now; `resource_id` is the alias's key."""

    kind: ClassVar[str] = "model_alias.moved"
    resource_type: ClassVar[str] = "ModelAlias"
    alias: str
    label_from: str | None
    label_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasProtectionChanged(ModelChange):
    """An alias became protected, or is no longer; it points where it pointed."""

    kind: ClassVar[str] = "model_alias.protection_changed"
    resource_type: ClassVar[str] = "ModelAlias"
    alias: str
    is_protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPriced(ModelChange):
    """Somebody set prices of a model, or withdrew them; `prices` is how many."""

    kind: ClassVar[str] = "model.priced"
    prices: int
