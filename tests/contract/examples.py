"""For every mutation an input that is taken and what must be there for it, and an input that is refused.

A mutation without an example fails the tests that walk the schema: add its function to `EXAMPLES`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.deployments.tables import Deployment, DeploymentRevision
from app.experiments.tables import Experiment
from app.identity.rules import PERMISSIONS, Role
from app.identity.tables import ApiKey, Principal, TeamMember
from app.kit.access import Permission
from app.kit.db import Base
from app.kit.ids import global_id, new_id
from tests.kit.rows import (
    alert,
    alert_rule,
    channel,
    deployment,
    experiment,
    gid,
    model,
    provider,
    silence,
    team,
    variant,
    version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """How one mutation is used. `refused` are the fields that make the same input one that is refused."""

    rows: Sequence[Base]
    input: dict[str, Any]
    refused: dict[str, Any]
    given_away: frozenset[Permission] = frozenset()
    """What the actor must have beside the permission, since he gives it to others."""


def transition_model() -> Example:
    """An active model goes into maintenance; it cannot be retired at once."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "to": "MAINTENANCE", "reason": "Its keys are rotated."},
        refused={"to": "RETIRED"},
    )


def set_model_price() -> Example:
    """A model gets a price; it cannot get one for what nobody charges for."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "prices": [{"tokenClass": "INPUT", "usdPerMillion": "1.5"}], "reason": "Agreed."},
        refused={"prices": [{"tokenClass": "SMILES", "usdPerMillion": "1.5"}]},
    )


def register_model() -> Example:
    """A model of a provider that is named with it; its slug must have two parts."""
    slug = f"acme-{new_id().hex}"
    return Example(
        rows=[],
        input={
            "slug": f"{slug}/one",
            "name": "One",
            "modelType": "TEXT",
            "provider": {"slug": slug, "name": "Acme"},
            "baselineMetrics": {"costPer1kTokens": "0.25"},
        },
        refused={"slug": slug},
    )


def update_model() -> Example:
    """A model gets an owner; it cannot lose its name."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "owner": "ml-platform", "lastValidatedAt": "2026-11-01T00:00:00Z"},
        refused={"name": None},
    )


def archive_model() -> Example:
    """A retired model leaves the lists."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one", status="RETIRED")
    return Example(rows=[acme, one], input={"modelId": gid(one)}, refused={"reason": " "})


def tag_model() -> Example:
    """A model gets a tag; a blank is none."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(rows=[acme, one], input={"modelId": gid(one), "tags": ["chat"]}, refused={"tags": [" "]})


def untag_model() -> Example:
    """A model loses a tag; a blank is none."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one", tags=["chat"])
    return Example(rows=[acme, one], input={"modelId": gid(one), "tags": ["chat"]}, refused={"tags": [" "]})


def register_model_version() -> Example:
    """A model gets a version; its label cannot be blank."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "label": "v2", "configuration": {"quantization": "int8"}},
        refused={"label": " "},
    )


def update_model_version() -> Example:
    """A version on trial is described; it cannot lose its label."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    trial = version(one, "v1", status="EXPERIMENTAL")
    return Example(
        rows=[acme, one, trial],
        input={"modelVersionId": gid(trial), "description": "Quantized."},
        refused={"label": None},
    )


def transition_model_version() -> Example:
    """A version on trial becomes active; it cannot go into maintenance at once."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    trial = version(one, "v1", status="EXPERIMENTAL")
    return Example(
        rows=[acme, one, trial],
        input={"modelVersionId": gid(trial), "to": "ACTIVE"},
        refused={"to": "MAINTENANCE"},
    )


def move_model_alias() -> Example:
    """A new alias; it cannot be called so."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    first = version(one, "v1")
    return Example(
        rows=[acme, one, first],
        input={"modelId": gid(one), "alias": "production", "modelVersionId": gid(first)},
        refused={"alias": "Production!"},
    )


def rate_model() -> Example:
    """A model is rated; six is too much."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one], input={"modelId": gid(one), "rating": 4, "comment": "Fast."}, refused={"rating": 6}
    )


PROCESS = {"process": {"template": "sample"}, "runtime": {"replicas": 1}}


def create_deployment() -> Example:
    """A model is deployed; nothing runs clusters."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"name": "one", "modelId": gid(one), "environment": "STAGING", "configuration": PROCESS},
        refused={"runtime": "KUBERNETES"},
    )


def _deployed(**spec: Any) -> tuple[Deployment, Sequence[Base]]:
    """A deployment in its second revision, and what must be there for it."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    made = deployment(one, "one", runtime="PROCESS", generation=2, spec={**PROCESS, **spec})
    told = {"deployment_id": made.id, "cause": "CREATED", "actor": "ann"}
    first = DeploymentRevision(**told, number=1, spec={**PROCESS, "parameters": {"topK": 1}})
    return made, [acme, one, made, first, DeploymentRevision(**told, number=2, spec={**PROCESS, **spec})]


def _of_deployed(refused: dict[str, Any], spec: dict[str, Any] | None = None, **given: Any) -> Example:
    made, rows = _deployed(**spec or {})
    return Example(rows=rows, input={"deploymentId": gid(made), "reason": "To try.", **given}, refused=refused)


def update_deployment() -> Example:
    """Another temperature is wanted; there is none above 2."""
    return _of_deployed({"configuration": HOT}, configuration={"parameters": {"temperature": 0.5}})


HOT = {"parameters": {"temperature": 3}}


def scale_deployment() -> Example:
    """Three replicas are wanted; nobody may want a thousand."""
    return _of_deployed({"replicas": 1000}, replicas=3)


def rollback_deployment() -> Example:
    """It goes back to the first revision; there is no third."""
    return _of_deployed({"toRevision": 3}, toRevision=1)


def pause_deployment() -> Example:
    """It is paused, unless it has changed meanwhile."""
    return _of_deployed({"expectedRevision": 7})


def resume_deployment() -> Example:
    """It is resumed, unless it has changed meanwhile."""
    return _of_deployed({"expectedRevision": 7}, {"paused": True})


def delete_deployment() -> Example:
    """It is deleted, unless it has changed meanwhile."""
    return _of_deployed({"expectedRevision": 7})


def set_deployment_limit() -> Example:
    """A team may have more; not less than nothing."""
    crew = team(f"crew-{new_id().hex}")
    given = {"teamId": gid(crew), "environment": "STAGING", "limit": 300, "reason": "A fair."}
    return Example(rows=[crew], input=given, refused={"limit": -1})


def create_experiment() -> Example:
    """Two models are compared for a week; weights that do not sum to 100 are refused."""
    acme = provider(f"acme-{new_id().hex}")
    one, two = model(acme, "one"), model(acme, "two")
    start = datetime.now(UTC) + timedelta(days=1)
    arms = [
        {"name": "a", "modelId": gid(one), "weight": "50", "isControl": True},
        {"name": "b", "modelId": gid(two), "weight": "50"},
    ]
    return Example(
        rows=[acme, one, two],
        input={
            "name": "One or two",
            "variants": arms,
            "duration": {"startsAt": start.isoformat(), "endsAt": (start + timedelta(days=7)).isoformat()},
            "metrics": {"primary": "user_rating"},
        },
        refused={"variants": [{**arms[0], "weight": "49.99"}, arms[1]]},
    )


def _drafted() -> tuple[Experiment, Sequence[Base]]:
    acme = provider(f"acme-{new_id().hex}")
    one, two = model(acme, "one"), model(acme, "two")
    start = datetime.now(UTC) + timedelta(days=1)
    trial = experiment(
        "trial", status="DRAFT", confidence_level=Decimal("0.95"), starts_at=start, ends_at=start + timedelta(days=7)
    )
    return trial, [
        acme,
        one,
        two,
        trial,
        variant(trial, one, "a", is_control=True),
        variant(trial, two, "b", position=1),
    ]


def update_experiment() -> Example:
    """A draft gets another name; a blank one is refused."""
    trial, rows = _drafted()
    return Example(rows=rows, input={"experimentId": gid(trial), "name": "Another"}, refused={"name": " "})


def archive_experiment() -> Example:
    """A draft is taken out of the lists; what it was like at another revision is not."""
    trial, rows = _drafted()
    return Example(rows=rows, input={"experimentId": gid(trial), "reason": "Dropped."}, refused={"expectedRevision": 7})


def start_experiment() -> Example:
    """A draft begins to take traffic; what it was like at another revision does not."""
    trial, rows = _drafted()
    return Example(rows=rows, input={"experimentId": gid(trial)}, refused={"expectedRevision": 7})


def stop_experiment() -> Example:
    """What runs is ended early; what it was like at another revision is not."""
    trial, rows = _drafted()
    trial.status, trial.started_at = "RUNNING", datetime.now(UTC)
    return Example(rows=rows, input={"experimentId": gid(trial)}, refused={"expectedRevision": 7})


def _somebody() -> Principal:
    name = new_id().hex
    return Principal(id=new_id(), kind="USER", name=name, email=f"{name}@example.com", role="VIEWER")


def _program(**columns: Any) -> Principal:
    return Principal(id=new_id(), kind="SERVICE_ACCOUNT", name=new_id().hex, role="VIEWER", **columns)


def _key(of: Principal) -> ApiKey:
    """A key that nobody has: only its digest is there."""
    scopes, until = ["models:read"], datetime.now(UTC) + timedelta(days=30)
    made = {"name": "ci", "prefix": "mhk_AbCdEfGh", "digest": new_id().bytes, "scopes": scopes}
    return ApiKey(id=new_id(), principal_id=of.id, expires_at=until, created_at=datetime.now(UTC), **made)


def _id(of: Principal) -> str:
    return global_id("User" if of.kind == "USER" else "ServiceAccount", of.id)


def invite_user() -> Example:
    """Somebody is invited to a team; an address that is none is refused."""
    crew = team(f"crew-{new_id().hex}")
    return Example(
        rows=[crew],
        input={"email": f"{new_id().hex}@example.com", "role": "VIEWER", "teamIds": [gid(crew)]},
        refused={"email": "somebody"},
        given_away=VIEWING,
    )


def set_role() -> Example:
    """A viewer becomes an analyst; a blank reason is refused."""
    ann = _somebody()
    given = {"principalId": _id(ann), "role": "ANALYST", "reason": "She counts."}
    return Example(rows=[ann], input=given, refused={"reason": " "}, given_away=PERMISSIONS[Role.ANALYST])


def disable_user() -> Example:
    """A user is disabled; a blank reason is refused."""
    ann = _somebody()
    return Example(
        rows=[ann], input={"principalId": _id(ann), "reason": "She left."}, refused={"reason": ""}, given_away=VIEWING
    )


def enable_user() -> Example:
    """A disabled service account is enabled; a blank reason is refused."""
    robot = _program(disabled_at=datetime.now(UTC))
    return Example(rows=[robot], input={"principalId": _id(robot)}, refused={"reason": ""}, given_away=VIEWING)


def create_team() -> Example:
    """A team is made; its slug has no blanks."""
    return Example(rows=[], input={"slug": f"crew-{new_id().hex}", "name": "Crew"}, refused={"slug": "the crew"})


def set_team_members() -> Example:
    """One joins a team and another leaves it; nobody does both."""
    crew, ann, robot = team(f"crew-{new_id().hex}"), _somebody(), _program()
    place = TeamMember(team_id=crew.id, principal_id=robot.id)
    return Example(
        rows=[crew, ann, robot, place],
        input={"teamId": gid(crew), "add": [_id(ann)], "remove": [_id(robot)]},
        refused={"add": [_id(robot)]},
    )


def create_service_account() -> Example:
    """A service account is made; it has a name."""
    given = {"name": "Pipeline", "role": "VIEWER"}
    return Example(rows=[], input=given, refused={"name": " "}, given_away=VIEWING)


def create_api_key() -> Example:
    """A service account gets a key; a key without scopes is refused."""
    robot = _program()
    given = {"principalId": _id(robot), "name": "ci", "scopes": ["models:read"]}
    return Example(rows=[robot], input=given, refused={"scopes": []}, given_away=VIEWING)


def rotate_api_key() -> Example:
    """A key is replaced; no overlap is negative."""
    robot = _program()
    key = _key(robot)
    return Example(rows=[robot, key], input={"apiKeyId": gid(key)}, refused={"overlapHours": -1}, given_away=VIEWING)


def revoke_api_key() -> Example:
    """A key is made void; one that is not there is not."""
    robot = _program()
    key, other = _key(robot), {"apiKeyId": global_id("ApiKey", new_id())}
    return Example(rows=[robot, key], input={"apiKeyId": gid(key)}, refused=other, given_away=VIEWING)


def validate_model() -> Example:
    """A model is validated; a use case has a name."""
    one = model(acme := provider(f"acme-{new_id().hex}"), "one")
    given = {"modelId": gid(one), "useCase": "support", "capabilities": ["tools"], "contextTokens": 1000}
    return Example(rows=[acme, one], input=given, refused={"useCase": " "})


VIEWING = PERMISSIONS[Role.VIEWER]


def create_alert_rule() -> Example:
    """A rule about a model; it needs a name."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={
            "name": "Errors",
            "metric": "ERROR_RATE",
            "comparator": "GT",
            "threshold": "0.1",
            "severity": "HIGH",
            "type": "QUALITY",
            "scope": {"models": [gid(one)], "providers": [gid(acme)]},
            "channelIds": [],
        },
        refused={"name": " "},
    )


def update_alert_rule() -> Example:
    """A rule gets another threshold and a condition; its name cannot be blank."""
    rule = alert_rule()
    return Example(
        rows=[rule],
        input={"alertRuleId": gid(rule), "threshold": "0.2", "condition": "metrics.requests > 9"},
        refused={"name": " "},
    )


def delete_alert_rule() -> Example:
    """A rule that has no alert."""
    rule = alert_rule()
    return Example(rows=[rule], input={"alertRuleId": gid(rule)}, refused={"reason": "x" * 1001})


def acknowledge_alert() -> Example:
    """An alert that fires."""
    rule = alert_rule()
    one = alert(rule)
    return Example(rows=[rule, one], input={"alertId": gid(one), "comment": "On it."}, refused={"comment": "x" * 1001})


def create_silence() -> Example:
    """Alerts of a rule; it needs a reason."""
    rule = alert_rule()
    ends = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    matchers = [{"label": "RULE", "values": [gid(rule)]}, {"label": "SEVERITY", "values": ["LOW"], "isNegated": True}]
    return Example(
        rows=[rule], input={"matchers": matchers, "endsAt": ends, "reason": "Works."}, refused={"reason": " "}
    )


def expire_silence() -> Example:
    """A silence that lasts."""
    one = silence()
    return Example(rows=[one], input={"silenceId": gid(one)}, refused={"reason": "x" * 1001})


def create_channel() -> Example:
    """A webhook; it needs a name."""
    return Example(
        rows=[],
        input={"name": "Hook", "target": {"webhookUrl": "https://hooks.example.com/x?key=1"}},
        refused={"name": " "},
    )


def update_channel() -> Example:
    """A mailing list becomes a digest for others; they need addresses."""
    one = channel("Mail", kind="EMAIL", recipients=["ann@example.com"])
    given = {"name": "Post", "target": {"emailRecipients": ["bob@example.com"]}, "digest": "DAILY"}
    return Example(
        rows=[one],
        input={"alertChannelId": gid(one), **given},
        refused={"target": {"emailRecipients": ["nobody"]}},
    )


def delete_channel() -> Example:
    """A channel that nobody wants any more, unless it has changed meanwhile."""
    one = channel("Hook", kind="WEBHOOK", host="hooks.example.com")
    return Example(rows=[one], input={"alertChannelId": gid(one)}, refused={"expectedRevision": 99})


def test_channel() -> Example:
    """A channel is tried; the dashboard cannot be."""
    one = channel("Mail", kind="EMAIL", recipients=["ann@example.com"])
    other = channel()
    return Example(rows=[one, other], input={"alertChannelId": gid(one)}, refused={"alertChannelId": gid(other)})


EXAMPLES: dict[str, Callable[[], Example]] = {
    "setModelPrice": set_model_price,
    "validateModel": validate_model,
    "transitionModel": transition_model,
    "registerModel": register_model,
    "updateModel": update_model,
    "archiveModel": archive_model,
    "tagModel": tag_model,
    "untagModel": untag_model,
    "registerModelVersion": register_model_version,
    "updateModelVersion": update_model_version,
    "transitionModelVersion": transition_model_version,
    "moveModelAlias": move_model_alias,
    "rateModel": rate_model,
    "createDeployment": create_deployment,
    "updateDeployment": update_deployment,
    "scaleDeployment": scale_deployment,
    "rollbackDeployment": rollback_deployment,
    "pauseDeployment": pause_deployment,
    "resumeDeployment": resume_deployment,
    "deleteDeployment": delete_deployment,
    "setDeploymentLimit": set_deployment_limit,
    "createExperiment": create_experiment,
    "updateExperiment": update_experiment,
    "archiveExperiment": archive_experiment,
    "startExperiment": start_experiment,
    "stopExperiment": stop_experiment,
    "inviteUser": invite_user,
    "setRole": set_role,
    "disableUser": disable_user,
    "enableUser": enable_user,
    "createTeam": create_team,
    "setTeamMembers": set_team_members,
    "createServiceAccount": create_service_account,
    "createApiKey": create_api_key,
    "rotateApiKey": rotate_api_key,
    "revokeApiKey": revoke_api_key,
    "createAlertRule": create_alert_rule,
    "updateAlertRule": update_alert_rule,
    "deleteAlertRule": delete_alert_rule,
    "acknowledgeAlert": acknowledge_alert,
    "createSilence": create_silence,
    "expireSilence": expire_silence,
    "createChannel": create_channel,
    "updateChannel": update_channel,
    "deleteChannel": delete_channel,
    "testChannel": test_channel,
}
"""By the name of the mutation; each call gives an example with rows of its own."""


def record_inferences() -> Example:
    """A call of a model that nobody knows is reported."""
    said = {"eventId": new_id().hex, "occurredAt": datetime.now(UTC).isoformat(), "provider": "acme", "model": "one"}
    return Example(rows=[], input={"inferences": [said]}, refused={"inferences": [said] * 1001})


def rate_inference() -> Example:
    """Nobody has reported the call."""
    return Example(rows=[], input={"eventId": new_id().hex, "rating": 4}, refused={"rating": 6})


def test_deployment() -> Example:
    """A deployment that nobody knows how to call."""
    one = model(acme := provider(f"acme-{new_id().hex}"), "one")
    shop = deployment(one, "shop")
    given = {"deploymentId": gid(shop), "messages": [{"content": "Hello"}]}
    return Example(rows=[acme, one, shop], input=given, refused={"messages": []})


TELEMETRY: dict[str, Callable[[], Example]] = {
    "recordInferences": record_inferences,
    "rateInference": rate_inference,
    "testDeployment": test_deployment,
}
"""What happens too often to be put on the audit trail, and shows no entity. Tried in tests/metrics/receiving."""
