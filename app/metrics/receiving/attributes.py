"""What OpenTelemetry GenAI, OpenLLMetry, OpenInference and Langfuse call the same things; the first that is there wins.

The names are written out, as those of the conventions are still in development and their package declares them old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPERATION: Final = "gen_ai.operation.name"
OPENINFERENCE_KIND: Final = "openinference.span.kind"
OPENLLMETRY_KIND: Final = "traceloop.span.kind"
OPENLLMETRY_REQUEST: Final = "llm.request.type"
LANGFUSE_TYPE: Final = "langfuse.observation.type"

PARAMETERS: Final = "llm.invocation_parameters"
USAGE_DETAILS: Final = "langfuse.observation.usage_details"
COST_DETAILS: Final = "langfuse.observation.cost_details"
COMPLETION_START: Final = "langfuse.observation.completion_start_time"
TIME_TO_FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
EVALUATION_NAME: Final = "gen_ai.evaluation.name"
EVALUATION_SCORE: Final = "gen_ai.evaluation.score.value"
ERROR: Final = "error.type"
EXCEPTION: Final = "exception.type"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"
PIPELINE_CONTEXT: Final = "modelhub.pipeline_context"
FIRST_TOKEN_EVENTS: Final = frozenset({"First Token Stream Event", "gen_ai.content.completion.chunk"})

NO_MODEL_CALLS: Final = frozenset(
    {"execute_tool", "invoke_agent", "create_agent", "invoke_workflow", "retrieval", "plan", "search_memory"}
)
"""Operations that contain model calls, or have nothing to do with models: their tokens would count twice."""

OPENINFERENCE_OPERATIONS: Final = {"LLM": "chat", "EMBEDDING": "embeddings", "RERANKER": "rerank"}
OPENLLMETRY_OPERATIONS: Final = {
    "chat": "chat",
    "completion": "text_completion",
    "embedding": "embeddings",
    "rerank": "rerank",
}
LANGFUSE_OPERATIONS: Final = {"generation": "chat", "embedding": "embeddings"}

OF_CALL: Final[Mapping[str, tuple[str, ...]]] = {
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
    "asked": ("gen_ai.request.model",),
    "answered": (
        *("gen_ai.response.model", "llm.model_name", "embedding.model_name", "reranker.model_name"),
        "langfuse.observation.model.name",
    ),
    "tokens_in": (
        *("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens"),
        "llm.token_count.prompt",
    ),
    "tokens_out": (
        *("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens"),
        "llm.token_count.completion",
    ),
    "tokens_cached": (
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
        "llm.token_count.prompt_details.cache_read",
    ),
    "tokens_reasoning": (
        *("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
        *("llm.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning"),
    ),
    "cost": ("llm.cost.total", "gen_ai.usage.cost"),
}
"""What a span says of itself."""

INHERITED: Final[Mapping[str, tuple[str, ...]]] = {
    "service": ("modelhub.deployment.id", "modelhub.deployment"),
    "environment": ("deployment.environment.name", "deployment.environment", "langfuse.environment"),
    "team": ("modelhub.team", "team"),
    "user": ("user.id", "enduser.id", "gen_ai.user", "langfuse.user.id"),
    "session": ("gen_ai.conversation.id", "session.id", "langfuse.session.id"),
    "use_case": ("modelhub.use_case",),
    "experiment": ("modelhub.experiment", "feature_flag.key", "langfuse.experiment.id"),
    "variant": ("modelhub.variant", "feature_flag.result.variant"),
    "workflow_run": ("modelhub.workflow_run",),
    "pipeline_context": (PIPELINE_CONTEXT,),
    "rating": ("modelhub.rating",),
    "accepted": ("modelhub.accepted",),
}
"""What a span says, or a span around it, or the resource: instrumentation of models does not know it."""

INHERITS: Final[Mapping[str, tuple[str, int]]] = {
    name: (field, rank) for field, names in INHERITED.items() for rank, name in enumerate(names)
}
"""By attribute: what it says, and how many others go before it."""

WANTED: Final = frozenset(
    {
        *(OPERATION, OPENINFERENCE_KIND, OPENLLMETRY_KIND, OPENLLMETRY_REQUEST, LANGFUSE_TYPE, PARAMETERS),
        *(USAGE_DETAILS, COST_DETAILS, COMPLETION_START, TIME_TO_FIRST_CHUNK, EVALUATION_NAME, EVALUATION_SCORE),
        *(ERROR, SERVER_ADDRESS, SERVER_PORT),
        *(name for names in OF_CALL.values() for name in names),
        *INHERITS,
    }
)
"""All that is looked at; prompts and completions are in other attributes."""
