"""What happens to deployments, as subscribers hear of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry

from app.deployments import reads
from app.deployments.events import DeploymentEvent
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.ids import key_of
from app.live.faces import AfterCursor, Event, Heard
from app.live.log import Happening
from app.live.sources import Events


def _deployment(event: Happening) -> Any:
    return event.subject


def _message(event: Happening, deployment: Any) -> str | None:
    return event.payload["message"] if deployment is not None else None


@strawberry.type(
    description="A deployment appeared, or its state changed (API: `deployment:status_changed`).",
)
class DeploymentStatusChanged(Heard, Event):
    kind: str = strawberry.field(
        description="What happened: `deployment.recorded`, `deployment.scaled` and so on. New kinds may be added."
    )
    deployment: Deployment | None = edge(
        reads.deployments_by_id,
        key=_deployment,
        description="The deployment as it is now; null if you may no longer see it, or it is gone.",
    )
    message: str | None = edge(
        reads.deployments_by_id,
        key=_deployment,
        show=_message,
        description="What happened, in a sentence for people; null if you may not see the deployment.",
    )


@strawberry.type
class DeploymentSubscription:
    @strawberry.subscription(
        description="Event stream: what happens to the deployments you may see. The UI's socket event "
        "`deployment:status`. Needs `deployments:read`."
    )
    async def deployment_status_changed(
        self,
        info: Info,
        after: AfterCursor = None,
        deployment_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this one; by default all.")
        ] = None,
        environment: Annotated[
            Environment | None, strawberry.argument(description="Only where they run; by default everywhere.")
        ] = None,
    ) -> AsyncGenerator[DeploymentStatusChanged, None]:
        info.context.actor.require(Permission.DEPLOYMENTS_READ)
        wanted: dict[str, Any] = {}
        if deployment_id is not None:
            wanted["resource_id"] = str(key_of(deployment_id, "Deployment", argument="deploymentId"))
        if environment is not None:
            wanted["environment"] = environment.value

        def matches(event: Happening) -> bool:
            return event.topic == DeploymentEvent.topic and wanted.items() <= event.payload.items()

        return cast("Any", Events(matches, after))
