"""What a worker does for deployments all the time it runs."""

from __future__ import annotations

from collections.abc import Mapping

from app.deployments.calling.credentials import Credentials, read_credentials
from app.deployments.controlling.controller import Controller
from app.deployments.runtimes.external import ExternalRuntime
from app.deployments.runtimes.process.runtime import ProcessRuntime
from app.deployments.runtimes.protocol import DeploymentRuntime, Wake
from app.deployments.runtimes.templates import read_templates
from app.deployments.vocabulary import Runtime
from app.kit.journal import Writer
from app.kit.targets import Targets
from app.settings import Settings


def controlling(settings: Settings, writer: Writer) -> Controller:
    """The controller of an installation. Raises `BadTemplates` and `BadCredentials`."""
    templates = read_templates(settings.templates, with_sample=not settings.is_production)
    credentials: Credentials = read_credentials(settings.credentials)
    authorities = str(settings.authorities) if settings.authorities else None

    def runtimes(node: str, wake: Wake) -> Mapping[str, DeploymentRuntime]:
        return {
            Runtime.PROCESS: ProcessRuntime(templates, settings.home, node, wake, settings.deployment_host),
            Runtime.EXTERNAL: ExternalRuntime(Targets(settings.private_targets), credentials, wake, authorities),
        }

    return Controller(writer, settings.home, runtimes)
