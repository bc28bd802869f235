"""The demo's enterprise, the invented Larkfield Group: who works there, with which models and deployments.

Every offset is counted from the anchor, midnight UTC of the first simulated day. What the catalog's source
knows about a model (name, type, context, prices) is not repeated; only the in-house model brings it along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from app.catalog.vocabulary import ModelStatus, ModelType
from app.deployments.vocabulary import ConditionStatus, Environment, Phase
from app.experiments.vocabulary import ExperimentStatus, TrafficType
from app.kit.access import Clearance

Json = dict[str, object]


def at(day: int, hour: int = 0, minute: int = 0) -> timedelta:
    """An offset from the anchor; day 0 is the first, days before it are negative."""
    return timedelta(days=day, hours=hour, minutes=minute)


START = at(0)


@dataclass(frozen=True, slots=True)
class Team:
    """Its `people` are known as users by the keys `<users>-001`, `<users>-002` and so on."""

    slug: str
    name: str
    users: str
    people: int
    use_cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a model; `activated` is None for one that never was."""

    label: str
    activated: timedelta | None
    status: ModelStatus = ModelStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Model:
    """What the enterprise says about a model it uses. `slug`: provider/model; `aliases`: alias to version
    label (`production` is meant to be protected); `replacement`: a slug; `in_house`: what no source knows."""

    slug: str
    category: str
    supported_tasks: tuple[str, ...]
    tags: tuple[str, ...]
    versions: tuple[Version, ...]
    aliases: dict[str, str]
    owner: str | None = None
    compliance: tuple[str, ...] = ()
    security_level: Clearance = Clearance.INTERNAL
    documentation: str | None = None
    status: ModelStatus = ModelStatus.ACTIVE
    retires_on: timedelta | None = None
    replacement: str | None = None
    in_house: Json | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """As in Kubernetes; `last_transition` None: since before the anchor."""

    type: str
    status: ConditionStatus
    reason: str
    message: str
    last_transition: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """From `since` on: a week's mean requests per hour, by every `of`-th user from index `cohort` on."""

    since: timedelta
    requests_per_hour: float
    cohort: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class Size:
    """What differs between the `DeploymentConfig` of deployments; `most`: the upper limit of replicas."""

    replicas: int
    most: int
    max_tokens: int
    temperature: float
    gpu: str | None = None

    @property
    def spec(self) -> Json:
        """API's `DeploymentConfig`, JSON-able."""
        scaling = {
            "minReplicas": 1,
            "maxReplicas": self.most,
            "targetCpuUtilization": 70,
            "targetMemoryUtilization": 80,
        }
        cpu, memory = ("8", "32Gi") if self.gpu else ("500m", "1Gi")
        limits = {"requestsPerMinute": 120 * self.most, "burstLimit": 30 * self.most}
        return {
            "runtime": {
                "replicas": self.replicas,
                "resources": {"cpu": cpu, "memory": memory, "gpu": self.gpu},
                "scaling": scaling,
            },
            "parameters": {"temperature": self.temperature, "maxTokens": self.max_tokens, "topP": 1.0},
            "networking": {"port": 8443, "timeoutSeconds": 30, "retries": 2},
            "monitoring": {
                "enableMetrics": True,
                "metricsIntervalSeconds": 15,
                "enableTracing": True,
                "logLevel": "info",
            },
            "security": {
                "authentication": True,
                "authorization": ["developer", "manager"],
                "rateLimiting": limits,
            },
        }


AVAILABLE = Condition("Ready", ConditionStatus.TRUE, "MinimumReplicasAvailable", "All replicas answer.")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A recorded deployment; `loads`: its traffic, in order of time, the first one being its start."""

    name: str
    model: str
    version: str
    team: str
    use_case: str
    size: Size
    loads: tuple[Load, ...]
    environment: Environment = Environment.PRODUCTION
    phase: Phase = Phase.RUNNING
    conditions: tuple[Condition, ...] = (AVAILABLE,)

    @property
    def endpoint(self) -> str:
        """Where it is called, at a domain that cannot exist."""
        return f"https://gateway.larkfield.example/{self.environment.lower()}/{self.name}"


@dataclass(frozen=True, slots=True)
class Scaling:
    """A change of a deployment's replicas."""

    deployment: str
    when: timedelta
    before: int
    after: int
    reason: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One arm of an experiment; its model, its version and its calls are those of `deployment`."""

    name: str
    deployment: str
    weight: Decimal
    configuration: Json
    is_control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Percentages 0 to 100. `starts` and `ends` are planned, `started` and `ended` happened."""

    name: str
    description: str
    status: ExperimentStatus
    owner: str
    team: str
    starts: timedelta
    ends: timedelta
    started: timedelta
    ended: timedelta | None = None
    variants: tuple[Variant, ...]
    primary_metric: str
    secondary_metrics: tuple[str, ...]
    guardrail_metrics: tuple[str, ...]
    traffic_type: TrafficType = TrafficType.PERCENTAGE
    traffic_percentage: Decimal = Decimal(100)
    traffic_rules: tuple[Json, ...] = ()
    audience_percentage: Decimal = Decimal(100)
    audience_filters: Json | None = None
    confidence_level: Decimal = Decimal("0.95")


@dataclass(frozen=True, slots=True, eq=False)
class Estate:
    """All of it. Compared and hashed by identity, so that what is derived from it can be cached."""

    company: str
    teams: tuple[Team, ...]
    models: tuple[Model, ...]
    deployments: tuple[Deployment, ...]
    scalings: tuple[Scaling, ...]
    experiments: tuple[Experiment, ...]

    def deployment(self, name: str) -> Deployment:
        """The deployment of that name, as a variant or a scaling gives it."""
        return next(deployment for deployment in self.deployments if deployment.name == name)


EU, US = ("GDPR", "ISO 27001"), ("SOC 2 Type II",)
BOTH = (*EU, *US)
OPENAI_DOCS = "https://platform.openai.com/docs/models"
ANTHROPIC_DOCS = "https://docs.claude.com/en/docs/about-claude/models"
V1, V2 = Version("v1.0", at(-120)), Version("v2.0", at(-6, 9))
V21, TRIAL = (Version(label, None, ModelStatus.EXPERIMENTAL) for label in ("v2.1", "v0.3"))
OLD, V31 = (Version(label, at(-400), ModelStatus.DEPRECATED) for label in ("v1.9", "v3.1"))
PRODUCTION, V2_STAGED = {"production": "v1.0"}, {"production": "v1.0", "staging": "v2.0"}
RESTRICTED, CONFIDENTIAL, PUBLIC = Clearance.RESTRICTED, Clearance.CONFIDENTIAL, Clearance.PUBLIC
STAGING, DEVELOPMENT = Environment.STAGING, Environment.DEVELOPMENT
STANDARD, FAST, CODING = ("standard",), ("fast", "low-cost"), ("coding", "eu-hosted")
EXTRACTOR: Json = {
    "name": "Claims Extractor",
    "description": "Reads dates, parties, amounts and damages from claim letters; trained on closed files.",
    "model_type": ModelType.TEXT,
    "context_window": 32_768,
    "max_tokens": 4_096,
}

# tables: a row or two for each thing
# fmt: off
TEAMS = (
    Team("claims", "Claims", "claims", 48, ("claims triage", "claims extraction", "damage assessment")),
    Team("underwriting", "Underwriting", "underwriter", 26, ("policy questions", "risk summaries")),
    Team("customer-care", "Customer Care", "care", 60, ("customer chat", "e-mail drafting")),
    Team("e-commerce", "E-Commerce", "shop", 34,
         ("product descriptions", "product search", "review summaries")),
    Team("legal", "Legal & Compliance", "legal", 12, ("contract search",)),
    Team("engineering", "Engineering", "engineer", 40, ("code assistance", "code completion")),
)
MODELS = (
    Model("openai/gpt-6.1-terra", "general", ("classification", "drafting"), STANDARD, (V1, V2, V21),
          {"production": "v2.0", "staging": "v2.1"}, "ml-platform@example.com", BOTH,
          documentation=OPENAI_DOCS),
    Model("openai/gpt-6.1-sol", "reasoning", ("analysis", "summarization"), ("reasoning",), (V1,),
          PRODUCTION, "underwriting-analytics@example.com", BOTH, RESTRICTED),
    Model("openai/gpt-6-luna", "general", ("chat", "drafting"), FAST, (V1, V2),
          V2_STAGED, "ml-platform@example.com", BOTH, PUBLIC),
    Model("openai/gpt-4o", "general", ("drafting",), ("legacy",), (OLD,),
          {"production": "v1.9"}, "care-tools@example.com", US, documentation=OPENAI_DOCS,
          status=ModelStatus.DEPRECATED, retires_on=at(40), replacement="openai/gpt-6-luna"),
    Model("openai/text-embedding-3-small", "search", ("search",), ("embeddings",), (V1,), PRODUCTION),
    Model("anthropic/claude-sonnet-5-5", "general", ("question answering", "analysis"), STANDARD, (V1, V2),
          V2_STAGED, "ml-platform@example.com", BOTH, documentation=ANTHROPIC_DOCS),
    Model("anthropic/claude-haiku-5-5", "general", ("chat", "classification"), FAST, (V1, V2),
          {"production": "v2.0"}, "care-tools@example.com", BOTH, PUBLIC, documentation=ANTHROPIC_DOCS),
    Model("anthropic/claude-opus-5-5", "coding", ("code generation", "code review"), ("coding",), (V1,),
          PRODUCTION, "developer-experience@example.com", US, documentation=ANTHROPIC_DOCS),
    Model("google/gemini-3.8-flash", "vision", ("image analysis", "chat"), ("multimodal", "pilot"), (V1, V2),
          V2_STAGED, "claims-data@example.com", EU),
    Model("google/gemini-4-argon", "legal", ("contract analysis", "search"), ("long-context",), (V1,),
          PRODUCTION, "legal-tech@example.com", EU, CONFIDENTIAL),
    Model("mistral/mistral-large-4", "marketing", ("copywriting", "translation"), ("eu-hosted",), (V1,),
          PRODUCTION, "shop-content@example.com", EU),
    Model("mistral/codestral-2508", "coding", ("code completion",), CODING, (V1,), {"staging": "v1.0"}),
    Model("deepseek/deepseek-flash", "general", ("summarization",), ("trial",), (TRIAL,), {"staging": "v0.3"},
          status=ModelStatus.EXPERIMENTAL),
    Model("neuroweaver/claims-extractor", "claims", ("information extraction",), ("in-house", "fine-tuned"),
          (V31, Version("v3.2", at(-20))), {"production": "v3.2"}, "claims-data@example.com", EU, RESTRICTED,
          "https://wiki.larkfield.example/models/claims-extractor", in_house=EXTRACTOR),
)

DEGRADED = Condition("Degraded", ConditionStatus.TRUE, "ReplicaNotReady",
                     "One of 4 replicas restarts: out of GPU memory.", at(12, 6, 20))
STOPPED = Condition("Ready", ConditionStatus.FALSE, "ScaledToZero",
                    "Stopped after the experiment it was part of.", at(6, 8))
FAILED = Condition("Ready", ConditionStatus.FALSE, "QuotaExhausted",
                   "The trial quota at the provider is used up.", at(12, 4, 40))

DEPLOYMENTS = (
    Deployment("claims-triage", "openai/gpt-6.1-terra", "v2.0", "claims", "claims triage",
               Size(3, 8, 512, 0.0), (Load(START, 86), Load(at(3, 9), 43, 0, 2))),
    Deployment("claims-triage-candidate", "anthropic/claude-sonnet-5-5", "v2.0", "claims", "claims triage",
               Size(3, 8, 512, 0.0), (Load(at(3, 9), 43, 1, 2),)),
    Deployment("claims-extraction", "neuroweaver/claims-extractor", "v3.2", "claims", "claims extraction",
               Size(4, 6, 1024, 0.0, "1"), (Load(START, 62),), conditions=(AVAILABLE, DEGRADED)),
    Deployment("damage-assessment", "google/gemini-3.8-flash", "v2.0", "claims", "damage assessment",
               Size(2, 4, 1024, 0.2), (Load(START, 30),), environment=STAGING),
    Deployment("policy-assistant", "anthropic/claude-sonnet-5-5", "v1.0", "underwriting", "policy questions",
               Size(2, 6, 1024, 0.2), (Load(START, 50),)),
    Deployment("risk-summary", "openai/gpt-6.1-sol", "v1.0", "underwriting", "risk summaries",
               Size(1, 3, 6144, 0.3), (Load(START, 13),)),
    Deployment("care-chat", "anthropic/claude-haiku-5-5", "v2.0", "customer-care", "customer chat",
               Size(5, 10, 768, 0.5), (Load(START, 38, 0, 3), Load(at(6, 8), 105))),
    Deployment("care-chat-flash", "google/gemini-3.8-flash", "v1.0", "customer-care", "customer chat",
               Size(0, 10, 768, 0.5), (Load(START, 37, 1, 3), Load(at(6, 8), 0)),
               phase=Phase.STOPPED, conditions=(STOPPED,)),
    Deployment("care-chat-luna", "openai/gpt-6-luna", "v1.0", "customer-care", "customer chat",
               Size(1, 10, 768, 0.5), (Load(START, 37, 2, 3), Load(at(6, 8), 7))),
    Deployment("mail-drafting", "openai/gpt-4o", "v1.9", "customer-care", "e-mail drafting",
               Size(2, 5, 1024, 0.6), (Load(START, 42),)),
    Deployment("product-copy", "mistral/mistral-large-4", "v1.0", "e-commerce", "product descriptions",
               Size(2, 4, 1024, 0.8), (Load(START, 34),)),
    Deployment("product-search", "openai/text-embedding-3-small", "v1.0", "e-commerce", "product search",
               Size(3, 12, 1, 0.0), (Load(START, 80),)),
    Deployment("contract-search", "google/gemini-4-argon", "v1.0", "legal", "contract search",
               Size(1, 3, 4096, 0.1), (Load(at(5, 8, 30), 13),)),
    Deployment("code-assistant", "anthropic/claude-opus-5-5", "v1.0", "engineering", "code assistance",
               Size(3, 6, 8192, 0.2), (Load(START, 28),)),
    Deployment("code-completion", "mistral/codestral-2508", "v1.0", "engineering", "code completion",
               Size(2, 4, 256, 0.0), (Load(START, 50),), environment=DEVELOPMENT),
    Deployment("review-summaries", "deepseek/deepseek-flash", "v0.3", "e-commerce", "review summaries",
               Size(1, 2, 1024, 0.3), (Load(START, 12), Load(at(12, 4, 40), 0)),
               environment=STAGING, phase=Phase.FAILED, conditions=(FAILED,)),
)
BUSY, QUIET = "Target CPU utilization exceeded", "Below target utilization for 30 minutes"
SCALINGS = (
    Scaling("claims-triage", at(1, 7, 40), 2, 4, BUSY),
    Scaling("claims-triage", at(3, 9), 4, 3, "Half of the traffic moved to the candidate"),
    Scaling("claims-triage-candidate", at(3, 9), 1, 3, "Experiment started"),
    Scaling("code-assistant", at(4, 8, 15), 2, 3, BUSY),
    Scaling("contract-search", at(5, 8, 30), 0, 1, "First deployed"),
    Scaling("care-chat-flash", at(6, 8), 3, 0, "Experiment ended"),
    Scaling("care-chat-luna", at(6, 8), 3, 1, "Experiment ended"),
    Scaling("care-chat", at(6, 8, 5), 3, 6, "Takes over the traffic of two variants"),
    Scaling("product-search", at(8, 18, 50), 3, 6, BUSY),
    Scaling("product-search", at(8, 23, 20), 6, 3, QUIET),
    Scaling("care-chat", at(9, 21, 10), 6, 4, QUIET),
    Scaling("claims-extraction", at(11, 20), 3, 4, "Scaled by hand"),
    Scaling("review-summaries", at(12, 4, 35), 2, 1, QUIET),
    Scaling("care-chat", at(13, 7, 30), 4, 5, BUSY),
)
TRIAGE: Json = {"temperature": 0.0, "maxTokens": 512}
CHAT: Json = {"temperature": 0.5, "maxTokens": 768}
EXPERIMENTS = (
    Experiment(
        name="Claims triage: Terra or Sonnet", team="claims", owner="claims-data@example.com",
        description="Do clerks rate the proposals of Claude Sonnet 5.5 higher than those of GPT-6.1 Terra?",
        status=ExperimentStatus.RUNNING,
        starts=at(3, 9), ends=at(24, 9), started=at(3, 9),
        primary_metric="user_rating", secondary_metrics=("acceptance_rate", "cost_per_request"),
        guardrail_metrics=("success_rate", "response_time"),
        audience_filters={"team": "claims"},
        variants=(
            Variant("terra", "claims-triage", Decimal(50), TRIAGE, is_control=True),
            Variant("sonnet", "claims-triage-candidate", Decimal(50), TRIAGE),
        )),
    Experiment(
        name="Customer chat: three fast models", team="customer-care", owner="care-tools@example.com",
        status=ExperimentStatus.COMPLETED,
        description="Which of three low-cost models answers customers fastest without losing on ratings?",
        starts=START, ends=at(6), started=START, ended=at(6, 8),
        primary_metric="response_time", secondary_metrics=("user_rating", "cost_per_request"),
        guardrail_metrics=("success_rate",),
        variants=(
            Variant("haiku", "care-chat", Decimal(34), CHAT, is_control=True),
            Variant("flash", "care-chat-flash", Decimal(33), CHAT),
            Variant("luna", "care-chat-luna", Decimal(33), CHAT),
        )),
)
# fmt: on

LARKFIELD = Estate("Larkfield Group", TEAMS, MODELS, DEPLOYMENTS, SCALINGS, EXPERIMENTS)
