"""What can be asked of the registry. `columns` are those of `Model`, with the values they are to have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.catalog.vocabulary import ModelStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A model that is to enter the catalog; `version` is the label of its first version."""

    slug: str
    columns: Mapping[str, Any]
    provider_slug: str | None = None
    provider_name: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What all changes of a model have."""

    model_id: UUID
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Change):
    """Columns are to have other values."""

    columns: Mapping[str, Any]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Change):
    """A model is to go to another status; `columns` may hold `retires_on` and `replacement_id`."""

    to: ModelStatus
    columns: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archival(Change):
    """A model is to leave the lists."""

    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling(Change):
    """Labels are to be there, or gone."""

    tags: Sequence[str]
