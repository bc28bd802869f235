"""Failures of deployments that carry more than a sentence."""

from __future__ import annotations

from app.kit.errors import Conflict, ErrorCode, HubError, NotFound


class DeploymentNotFound(NotFound):
    """No such deployment, or not for this viewer."""

    code = ErrorCode.DEPLOYMENT_NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such deployment, or you may not see it.")
        self.at("deploymentId")


class NotControlled(Conflict):
    """Somebody else runs the deployment; Model Hub only hears of its usage."""

    def __init__(self) -> None:
        super().__init__("Model Hub knows this deployment from its usage only and does not control it.")
        self.at("deploymentId")


class DeploymentDeleted(Conflict):
    """A deleted deployment stays as it is."""

    def __init__(self) -> None:
        super().__init__("The deployment is deleted; it stays as it is.")
        self.at("deploymentId")


class NameTaken(Conflict):
    """The model has a deployment of that name in the environment."""

    def __init__(self, name: str, environment: str) -> None:
        super().__init__(f"The model has a deployment `{name}` in {environment.lower()} already.")
        self.at("name")


class RevisionMissing(NotFound):
    """The deployment never had such a revision."""

    def __init__(self, number: int, newest: int) -> None:
        super().__init__(f"There is no revision {number}; the newest is {newest}.", newest=newest)
        self.at("toRevision")


class DeploymentLimitExceeded(HubError):
    """The team has as many deployments in the environment as it may: `limit`."""

    code = ErrorCode.DEPLOYMENT_LIMIT_EXCEEDED

    def __init__(self, environment: str, limit: int) -> None:
        where = environment.lower()
        super().__init__(f"There may be {limit:,} deployments of the team in {where}; delete one first.", limit=limit)
        self.limit = limit
        self.at("environment")


class StillDeployed(Conflict):
    """Deployments that Model Hub runs serve the model or version; `names` are some that the caller may see."""

    def __init__(self, names: list[str]) -> None:
        listed = ", ".join(f"`{name}`" for name in names) or "some that you may not see"
        super().__init__(f"Deployments serve it: {listed}. They must be deleted first.", deployments=names)
        self.at("to")
