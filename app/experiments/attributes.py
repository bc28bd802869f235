"""What traffic rules and audiences can speak of: the attributes of a call and of who makes it."""

from __future__ import annotations

from app.deployments.vocabulary import Environment
from app.kit.conditions import Attribute, Kind, Subject

CALL = Subject(
    {
        "user.id": Attribute(Kind.TEXT, "Who calls, as telemetry names users."),
        "user.tier": Attribute(Kind.TEXT, "What the user has bought, such as `premium`."),
        "user.team": Attribute(Kind.TEXT, "The slug of the user's team."),
        "user.groups": Attribute(Kind.TEXTS, "The groups the user is in."),
        "user.region": Attribute(Kind.TEXT, "Where the user is, such as `eu`."),
        "request.environment": Attribute(Kind.TEXT, "Where the call is made.", tuple(Environment)),
        "request.operation": Attribute(Kind.TEXT, "What is asked of the model, such as `chat`."),
        "request.useCase": Attribute(Kind.TEXT, "What it is for, as telemetry names use cases."),
        "request.model": Attribute(Kind.TEXT, "The slug of the model that was asked for."),
        "request.inputTokens": Attribute(Kind.NUMBER, "The tokens of the input."),
    }
)
"""A call that may take part in an experiment."""

USER = {name.removeprefix("user."): found for name, found in CALL.attributes.items() if name.startswith("user.")}
"""What audiences select users by, without the prefix `user.`."""
