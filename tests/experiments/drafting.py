"""A valid draft as a client would send it, and the mutations of experiments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.identity.rules import Role
from tests.conftest import Api
from tests.kit.rows import gid, model, provider, put, team, version

ERRORS = """errors { __typename message code path details ... on InvalidCondition { position }
    ... on RevisionConflict { currentRevision } ... on ExperimentStatusForbids { status isArchived } }"""
MUTATION = """mutation($input: %sInput!) { done: %s(input: $input) { %s
    experiment { id name description status owner revision archivedAt team { slug }
        variants { name weight isControl configuration model { name } version { label } }
        traffic { type totalPercentage rules { condition variantName } } duration { startsAt endsAt }
        metrics { primary secondary guardrails confidenceLevel } audience { percentage filters } } } }"""
START = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where drafts are made: an estate with two models, `one` (versions v1 and v2) and `two` (version w1)."""

    api: Api
    ids: dict[str, str]

    async def perform(self, mutation: str, role: Role = Role.ADMIN, /, **given: Any) -> dict[str, Any]:
        """What a mutation gives."""
        document = MUTATION % (mutation[0].upper() + mutation[1:], mutation, ERRORS)
        return (await self.api.data(document, role=role, input=given))["done"]

    def draft(self, **changes: Any) -> dict[str, Any]:
        """A valid draft, with other values for some fields."""
        arms = [
            {"name": "a", "modelId": self.ids["one"], "weight": "50", "isControl": True},
            {"name": "b", "modelId": self.ids["two"], "weight": "50"},
        ]
        duration = {"startsAt": START.isoformat(), "endsAt": (START + timedelta(days=14)).isoformat()}
        return {
            "name": "trial",
            "variants": arms,
            "duration": duration,
            "metrics": {"primary": "user_rating"},
            **changes,
        }

    def arms(self, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        """The variants of the valid draft, each with other values for some fields."""
        return [{**arm, **change} for arm, change in zip(self.draft()["variants"], changes, strict=True)]

    async def create(self, role: Role = Role.ADMIN, /, **changes: Any) -> dict[str, Any]:
        """Create the valid draft with changes."""
        return await self.perform("createExperiment", role, **self.draft(**changes))

    async def created(self, **changes: Any) -> str:
        """The id of a new draft."""
        answer = await self.create(**changes)
        assert not answer["errors"], answer
        return answer["experiment"]["id"]

    async def paths(self, **changes: Any) -> list[tuple[str, str]]:
        """Code and path of each fault of the valid draft with changes."""
        answer = await self.create(**changes)
        assert (answer["experiment"] is None) == bool(answer["errors"])
        return [(error["code"], ".".join(error["path"])) for error in answer["errors"]]


async def desk(api: Api) -> Desk:
    """A desk over an estate."""
    acme, crew = provider(), team("crew")
    one, two = model(acme, "one"), model(acme, "two")
    gone, secret = model(acme, "gone", status="RETIRED"), model(acme, "secret", security_level="CONFIDENTIAL")
    v1, v2, w1 = version(one, "v1"), version(one, "v2", status="RETIRED"), version(two, "w1")
    await put(api.database, acme, crew, one, two, gone, secret, v1, v2, w1)
    named = {"one": one, "two": two, "gone": gone, "secret": secret, "v1": v1, "v2": v2, "w1": w1, "crew": crew}
    return Desk(api, {name: gid(row) for name, row in named.items()})
