"""Whether a model will do for a use case: what the catalog says, and a call where it is deployed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import reads as catalog_reads
from app.catalog.errors import ModelNotFound
from app.catalog.events import ModelValidated
from app.catalog.service import about, get_open_model, moment, plain, refuse, touch
from app.deployments import reads as deployments
from app.deployments.calling.endpoints import SERVING
from app.deployments.calling.questions import Speaker
from app.deployments.vocabulary import Runtime
from app.kit.access import Actor, Permission
from app.kit.errors import HubError
from app.kit.journal import record
from app.kit.paging import Order, PageRequest
from app.kit.reading import Reader
from app.metrics.trying.rules import Trial
from app.metrics.trying.service import try_deployment
from app.metrics.validating.rules import PROBED, Finding, UseCase, faults_of, findings
from app.metrics.validating.vocabulary import Check, CheckOutcome

SECONDS = 10.0
"""How long a deployment may take to answer."""


async def validate(read: Reader, actor: Actor, wanted: UseCase) -> list[Finding]:
    """All findings; none if what is asked makes no sense, which `note_validation` refuses. Raises `MODEL_NOT_FOUND`."""
    actor.require(Permission.MODELS_UPDATE)
    if faults_of(wanted):
        return []
    looking = replace(actor, permissions=actor.permissions | {Permission.MODELS_READ})
    model = (await catalog_reads.models_by_id(read, looking, [wanted.model_id])).get(wanted.model_id)
    if model is None:
        raise ModelNotFound
    return [*findings(dict(model), wanted, read.now().date()), *await _probed(read, actor, wanted)]


async def _probed(read: Reader, actor: Actor, wanted: UseCase) -> list[Finding]:
    """What a call brought, if there is a deployment that could be called and the actor may call it."""
    if not (actor.may(Permission.MODELS_DEPLOY) and actor.may(Permission.DEPLOYMENTS_READ)):
        return []
    key = await _serving(read, actor, wanted)
    if key is None:
        return []
    asked = ((Speaker.USER, PROBED),)
    trial = Trial(
        deployment_id=key, messages=asked, parameters={"maxTokens": 16}, seconds=SECONDS, use_case=wanted.name.strip()
    )
    try:
        return [_finding((await try_deployment(read, actor, trial)).record)]
    except HubError as refusal:
        return [Finding(Check.PROBE, CheckOutcome.UNKNOWN, refusal.message)]


async def _serving(read: Reader, actor: Actor, wanted: UseCase) -> UUID | None:
    """The first deployment of the model in the environment that serves and is ours to call."""
    chosen = deployments.DeploymentFilter(
        models=(wanted.model_id,), environments=(wanted.environment.value,), phases=tuple(SERVING)
    )
    page = await deployments.page_of_deployments(read, actor, chosen, Order("NAME", descending=False), PageRequest(100))
    return next((row["id"] for row in page.nodes if row["runtime"] != Runtime.RECORDED), None)


def _finding(call: dict[str, object]) -> Finding:
    if call["failed"]:
        return Finding(Check.PROBE, CheckOutcome.FAILED, f"A call of its deployment failed: {call['error_code']}.")
    return Finding(Check.PROBE, CheckOutcome.PASSED, "A call of its deployment was answered.")


async def note_validation(session: AsyncSession, actor: Actor, wanted: UseCase) -> UUID:
    """Put down that the model was validated now. Raises `INVALID_PARAMETER`, and `CONFLICT` for an archived one."""
    actor.require(Permission.MODELS_UPDATE)
    refuse(faults_of(wanted))
    model = await get_open_model(session, actor, wanted.model_id)
    before = plain({"last_validated_at": model.last_validated_at})
    model.last_validated_at = await moment(session)
    touch(model)
    event = ModelValidated(**about(model, model.id), message=f"{model.name} was validated for {wanted.name.strip()}")
    after = plain({"last_validated_at": model.last_validated_at})
    record(session, actor, event, before=before, after=after, reason=wanted.name.strip())
    return model.id
