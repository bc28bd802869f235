"""Where a deployment is called, as its row says. Pure but for reading its credential."""

from __future__ import annotations

from typing import Any, Final

from app.deployments.calling.credentials import Credentials, CredentialUnknown
from app.deployments.calling.questions import Endpoint
from app.deployments.errors import DeploymentDeleted, NotControlled
from app.deployments.vocabulary import Phase, Runtime
from app.kit.errors import Conflict
from app.secret import Secret

SERVING: Final = frozenset({Phase.RUNNING, Phase.SCALING})


class NotServing(Conflict):
    """The deployment cannot be called as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.at("deploymentId")


def name_at_provider(slug: str) -> str:
    """What its provider calls a model: its slug without the provider. What we start is told the whole slug."""
    return slug.partition("/")[2]


def endpoint_of(deployment: Any, slug: str, credentials: Credentials) -> Endpoint:
    """Where the deployment of the model with this slug is called. Raises `CONFLICT` if it is nowhere now."""
    if deployment["deleted_at"] is not None:
        raise DeploymentDeleted
    if deployment["runtime"] == Runtime.RECORDED:
        raise NotControlled
    if deployment["phase"] not in SERVING or deployment["endpoint"] is None:
        raise NotServing(f"The deployment is {deployment['phase']}: only one that serves can be called.")
    if deployment["runtime"] == Runtime.EXTERNAL:
        return _external(deployment["spec"]["external"], slug, credentials)
    return Endpoint(base_url=f"{deployment['endpoint']}/v1", model=slug, is_ours=True)


def _external(external: Any, slug: str, credentials: Credentials) -> Endpoint:
    url, name = external["baseUrl"], external.get("credential")
    return Endpoint(base_url=url, model=name_at_provider(slug), key=_key(name, url, credentials))


def _key(name: str | None, url: str, credentials: Credentials) -> Secret[str] | None:
    try:
        return credentials.reveal(name, url) if name else None
    except CredentialUnknown as error:
        raise NotServing(error.message) from None
