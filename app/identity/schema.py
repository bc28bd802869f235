"""The faces of identity."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.identity import reads
from app.kit.nodes import Node, Rows, fetched_by


@strawberry.type(description="A group of people to whom usage and deployments are attributed.")
class Team(Rows, Node):
    row = reads.TeamRow

    slug: str = strawberry.field(description="Unique; what telemetry sends.")
    name: str = strawberry.field(description="The name people use.")
    created_at: datetime = strawberry.field(description="When it was first known.")


fetched_by("Team", reads.teams_by_id)
