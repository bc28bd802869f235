"""What happens to models, as subscribers hear of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast
from uuid import UUID

import strawberry

from app.catalog import reads
from app.catalog.events import CatalogImported, ModelEvent
from app.catalog.schema import Model
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.live.faces import AfterCursor, Event, Heard
from app.live.log import Happening
from app.live.sources import Events


def _model(event: Happening) -> UUID | None:
    """The model concerned; none if it is the whole catalog."""
    if event.kind == CatalogImported.kind:
        return None
    return UUID(event.payload.get("model_id") or event.payload["resource_id"])


def _message(event: Happening, model: Any) -> str | None:
    return event.payload.get("message") if model is not None else None


@strawberry.type(description="A model, or something that belongs to it, changed.")
class ModelChanged(Heard, Event):
    kind: str = strawberry.field(
        description="What happened: `model.registered`, `model.updated`, `model_alias.moved` and so on; "
        "`catalog.imported` if many changed at once. New kinds may be added."
    )
    model: Model | None = edge(
        reads.models_by_id,
        key=_model,
        description="The model as it is now; null if many changed at once (fetch anew), or you may no longer see it.",
    )
    message: str | None = edge(
        reads.models_by_id,
        key=_model,
        show=_message,
        description="What happened, in a sentence for people; null if nobody said it, or you may not see the model.",
    )


@strawberry.type
class ModelSubscription:
    @strawberry.subscription(
        description="Event stream: each change of a model you may see, its versions, aliases, prices and ratings. "
        "Needs `models:read`."
    )
    async def model_changed(self, info: Info, after: AfterCursor = None) -> AsyncGenerator[ModelChanged, None]:
        info.context.actor.require(Permission.MODELS_READ)
        return cast("Any", Events(_is_of_models, after))


def _is_of_models(event: Happening) -> bool:
    return event.topic == ModelEvent.topic or event.kind == CatalogImported.kind
