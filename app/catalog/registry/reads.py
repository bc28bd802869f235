"""What is read of the lives of models and versions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.catalog.tables import LifecycleTransition
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection
from app.kit.listing import Listing, Parent, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class TransitionRow(Row):
    """A change of status."""


def _transitions(_: Shape) -> Selection:
    return select(LifecycleTransition.__table__)


_TRANSITIONS = Listing(
    row=TransitionRow,
    id=LifecycleTransition.id,
    select=_transitions,
    sorts={"OCCURRED_AT": LifecycleTransition.occurred_at},
)
_NEWEST = Order("OCCURRED_AT", descending=True)


def of_model(model: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Those of a model itself, not of its versions."""
    return (LifecycleTransition.model_id == model) & LifecycleTransition.model_version_id.is_(None)


def of_version(version: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Those of a version."""
    return LifecycleTransition.model_version_id == version


async def transitions_by(
    read: Reader, actor: Actor, keys: Sequence[UUID], parent: Parent, request: PageRequest
) -> dict[UUID, Page[TransitionRow]]:
    """A page of the changes of status of each model or version, newest first."""
    actor.require(Permission.MODELS_READ)
    return await _TRANSITIONS.pages_by(parent, read, keys, _NEWEST, request, {})


async def transition_counts_by(read: Reader, actor: Actor, keys: Sequence[UUID], parent: Parent) -> dict[UUID, int]:
    """How often each model or version changed its status."""
    actor.require(Permission.MODELS_READ)
    return await _TRANSITIONS.counts_by(parent, read, keys, {})
