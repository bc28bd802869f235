"""The configuration of a deployment as clients give it: what is left out stays as it is, null takes it away."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

_CALLS = "Holds for the calls that Model Hub makes itself (`testDeployment`, `inferenceTokens`); other callers say it."
_OWN = "For Model Hub's own calls."
_NOBODY = "Nothing that there is enforces it: refused for PROCESS and EXTERNAL."


@strawberry.input(description="Resources of one replica, as Kubernetes quantities.")
class ResourcesInput:
    cpu: strawberry.Maybe[str | None] = strawberry.field(
        description=f"Processor: `2` cores or `500m`, 1m to 1024. {_NOBODY}"
    )
    memory: strawberry.Maybe[str | None] = strawberry.field(
        description=f"Memory: `4Gi` or `512Mi`, 1Mi to 64Ti. {_NOBODY}"
    )
    gpu: strawberry.Maybe[str | None] = strawberry.field(
        description=f"Accelerators: a number, 1 to 64, or the name of a kind of at most 63 characters. {_NOBODY}"
    )


@strawberry.input(description="Between which numbers of replicas a deployment may be scaled.")
class ScalingInput:
    min_replicas: strawberry.Maybe[int | None] = strawberry.field(
        description="At least so many, 0 to 100. Model Hub refuses to scale below; PROCESS only."
    )
    max_replicas: strawberry.Maybe[int | None] = strawberry.field(
        description="At most so many, 1 to 100. Model Hub refuses to scale above; PROCESS only."
    )
    target_cpu_utilization: strawberry.Maybe[float | None] = strawberry.field(
        description=f"Aimed-at processor use in percent, 1 to 100. {_NOBODY}"
    )
    target_memory_utilization: strawberry.Maybe[float | None] = strawberry.field(
        description=f"Aimed-at memory use in percent, 1 to 100. {_NOBODY}"
    )


@strawberry.input(description="How many replicas there are and what each gets.")
class RuntimeConfigurationInput:
    replicas: strawberry.Maybe[int | None] = strawberry.field(
        description="Wanted replicas, 0 to 100 and within the bounds of `scaling`; 1 if nothing is said. The runtime "
        "keeps so many; EXTERNAL takes 1 only."
    )
    resources: strawberry.Maybe[ResourcesInput | None] = strawberry.field(description=f"Of each replica. {_NOBODY}")
    scaling: strawberry.Maybe[ScalingInput | None] = strawberry.field(description="The bounds of scaling.")


@strawberry.input(description=f"Defaults for calls of the model. {_CALLS}")
class ModelParametersInput:
    temperature: strawberry.Maybe[float | None] = strawberry.field(description=f"Randomness, 0 to 2. {_OWN}")
    max_tokens: strawberry.Maybe[int | None] = strawberry.field(
        description=f"Longest answer in tokens, 1 to 10^7. {_OWN}"
    )
    top_p: strawberry.Maybe[float | None] = strawberry.field(description=f"Nucleus sampling, 0 to 1. {_OWN}")
    top_k: strawberry.Maybe[int | None] = strawberry.field(
        description=f"Sampling among the k likeliest tokens, 1 to 100,000. {_OWN}"
    )
    frequency_penalty: strawberry.Maybe[float | None] = strawberry.field(
        description=f"Against repetition by frequency, −2 to 2. {_OWN}"
    )
    presence_penalty: strawberry.Maybe[float | None] = strawberry.field(
        description=f"Against repetition at all, −2 to 2. {_OWN}"
    )
    stop_sequences: strawberry.Maybe[list[str] | None] = strawberry.field(
        description=f"Where an answer ends: at most 100 of 1 to 200 characters. {_OWN}"
    )


@strawberry.input(description="How the deployment is reached.")
class NetworkingInput:
    port: strawberry.Maybe[int | None] = strawberry.field(
        description="TCP port of its endpoint, 1,024 to 65,535; if nothing is said, a free one. PROCESS only: the "
        "worker listens there."
    )
    host: strawberry.Maybe[str | None] = strawberry.field(
        description=f"Host name of its own, at most 253 characters. {_NOBODY}"
    )
    path: strawberry.Maybe[str | None] = strawberry.field(
        description=f"Path below the host, at most 2,000 characters. {_NOBODY}"
    )
    timeout_seconds: strawberry.Maybe[float | None] = strawberry.field(
        description=f"Longest wait for an answer in seconds, 0.1 to 600. {_CALLS}"
    )
    retries: strawberry.Maybe[int | None] = strawberry.field(
        description=f"How often a failed call is repeated, 0 to 10. {_CALLS}"
    )


@strawberry.input(description=f"What the deployment tells of itself. {_NOBODY}")
class MonitoringInput:
    enable_metrics: strawberry.Maybe[bool | None] = strawberry.field(
        description=f"Whether it publishes metrics. {_NOBODY}"
    )
    metrics_interval_seconds: strawberry.Maybe[int | None] = strawberry.field(
        description=f"How often, in seconds, 1 to 3,600. {_NOBODY}"
    )
    enable_tracing: strawberry.Maybe[bool | None] = strawberry.field(description=f"Whether it sends traces. {_NOBODY}")
    log_level: strawberry.Maybe[str | None] = strawberry.field(
        description=f"One of 4: `debug`, `info`, `warn` or `error`. {_NOBODY}"
    )


@strawberry.input(description="How many calls are let through.")
class RateLimitInput:
    requests_per_minute: strawberry.Maybe[int | None] = strawberry.field(
        description=f"In a minute, 1 to 10^9. {_NOBODY}"
    )
    burst_limit: strawberry.Maybe[int | None] = strawberry.field(description=f"At once, 1 to 10^9. {_NOBODY}")


@strawberry.input(description=f"Who may call the deployment. {_NOBODY}")
class SecurityInput:
    authentication: strawberry.Maybe[bool | None] = strawberry.field(
        description=f"Whether callers must identify themselves. {_NOBODY}"
    )
    authorization: strawberry.Maybe[list[str] | None] = strawberry.field(
        description=f"Roles or groups that may call: at most 100 of 1 to 200 characters. {_NOBODY}"
    )
    rate_limiting: strawberry.Maybe[RateLimitInput | None] = strawberry.field(
        description=f"How many calls are let through. {_NOBODY}"
    )


@strawberry.input(description="What a PROCESS deployment starts.")
class ProcessInput:
    template: strawberry.Maybe[str | None] = strawberry.field(
        description="The name of one of `deploymentTemplates`, at most 200 characters; people never give commands. "
        "The worker starts it."
    )


@strawberry.input(description="What an EXTERNAL deployment calls. Needs `policies:manage`.")
class ExternalInput:
    base_url: strawberry.Maybe[str | None] = strawberry.field(
        description="Where the OpenAI-compatible API begins, such as `https://models.example.com/v1`; at most 2,000 "
        "characters. What leads to a private network is not called unless the operator allows it."
    )
    credential: strawberry.Maybe[str | None] = strawberry.field(
        description="The name, of at most 200 characters, under which the operator keeps the secret for it; never the "
        "secret itself. Probes and Model Hub's own calls bear it. Null: it needs none."
    )


@strawberry.input(
    description="The configuration that is wanted (API: `DeploymentConfig`). What the runtime does not enforce is "
    "refused with its path, not ignored."
)
class DeploymentConfigInput:
    runtime: strawberry.Maybe[RuntimeConfigurationInput | None] = strawberry.field(
        description="Replicas and resources."
    )
    parameters: strawberry.Maybe[ModelParametersInput | None] = strawberry.field(description="Defaults for calls.")
    networking: strawberry.Maybe[NetworkingInput | None] = strawberry.field(description="How it is reached.")
    monitoring: strawberry.Maybe[MonitoringInput | None] = strawberry.field(description="What it tells of itself.")
    security: strawberry.Maybe[SecurityInput | None] = strawberry.field(description="Who may call it.")
    process: strawberry.Maybe[ProcessInput | None] = strawberry.field(description="What is started; PROCESS only.")
    external: strawberry.Maybe[ExternalInput | None] = strawberry.field(description="What is called; EXTERNAL only.")


def patch_of(source: Any) -> dict[str, Any]:
    """What is said in such an input, by the names of a spec; null for what is to be taken away."""
    said = {field.name: getattr(source, field.name) for field in fields(source)}
    given = {name: value.value for name, value in said.items() if isinstance(value, strawberry.Some)}
    return {to_camel_case(name): patch_of(value) if is_dataclass(value) else value for name, value in given.items()}
