"""Who may see and do what: every field of the schema in its place.

A field that is in no place fails `test_visibility.py`: put it where it belongs, and a field behind a permission of its
own among the keywords. What a field needs comes on top of what it takes to reach its object."""

from __future__ import annotations

from app.kit.access import Permission as P  # noqa: N817 - a table is to be read at a glance

Place = dict[str, P | None]


def fields(free: str = "", **guarded: P | None) -> Place:
    """Fields by name: those that whoever has the object may see, and those that need one more permission."""
    return {**dict.fromkeys(free.split()), **guarded}


QUERY = fields(
    "node nodes "  # what is behind an id: see NODES
    "viewer teams "  # everybody's own
    "eventCursor",  # how far the log of events has come is no secret
    users=P.USERS_MANAGE,
    serviceAccounts=P.USERS_MANAGE,
    models=P.MODELS_READ,
    model=P.MODELS_READ,
    providers=P.MODELS_READ,
    deployments=P.DEPLOYMENTS_READ,
    deployment=P.DEPLOYMENTS_READ,
    deploymentTemplates=P.DEPLOYMENTS_CREATE,
    experiments=P.EXPERIMENTS_READ,
    experiment=P.EXPERIMENTS_READ,
    dashboard=P.ANALYTICS_READ,
    metrics=P.ANALYTICS_READ,
    inferences=P.ANALYTICS_READ,  # by user only with costs:read
    inference=P.ANALYTICS_READ,
    usage=P.ANALYTICS_READ,  # by API key or user only with costs:read
    auditEvents=P.AUDIT_READ,
    alerts=P.ANALYTICS_READ,  # what tells costs only with costs:read
    alert=P.ANALYTICS_READ,
    alertRules=P.ANALYTICS_READ,
    alertChannels=P.ANALYTICS_READ,
    silences=P.ANALYTICS_READ,
    simulateAlertRule=P.ANALYTICS_READ,  # and alerts:manage
)

NODES: dict[str, P | None] = {
    "Model": P.MODELS_READ,
    "ModelVersion": P.MODELS_READ,
    "Provider": P.MODELS_READ,
    "Deployment": P.DEPLOYMENTS_READ,
    "Team": P.DEPLOYMENTS_READ,
    "Experiment": P.EXPERIMENTS_READ,
    "Inference": P.ANALYTICS_READ,
    "AuditEvent": P.AUDIT_READ,
    "Alert": P.ANALYTICS_READ,
    "AlertRule": P.ANALYTICS_READ,
    "AlertChannel": P.ANALYTICS_READ,
    "Silence": P.ANALYTICS_READ,
    "Invitation": P.USERS_MANAGE,
    "User": None,  # oneself; others only with users:manage
    "ServiceAccount": None,  # oneself and those one answers for
    "ApiKey": None,
    "Session": None,
}
"""What `node` needs for an entity of a type; the same holds for the entity in the payload of a mutation."""

MUTATION = fields(
    "signIn refreshSession signOut acceptInvitation changePassword "  # by what is in their input
    "revokeSession",  # one's own; another's only with users:manage
    inviteUser=P.USERS_MANAGE,
    setRole=P.USERS_MANAGE,
    disableUser=P.USERS_MANAGE,
    enableUser=P.USERS_MANAGE,
    createTeam=P.USERS_MANAGE,
    setTeamMembers=P.USERS_MANAGE,
    createServiceAccount=P.USERS_MANAGE,
    createApiKey=P.USERS_MANAGE,
    rotateApiKey=P.USERS_MANAGE,
    revokeApiKey=P.USERS_MANAGE,
    registerModel=P.MODELS_CREATE,
    updateModel=P.MODELS_UPDATE,
    transitionModel=P.MODELS_UPDATE,
    archiveModel=P.MODELS_DELETE,
    tagModel=P.MODELS_UPDATE,
    untagModel=P.MODELS_UPDATE,
    registerModelVersion=P.MODELS_UPDATE,
    updateModelVersion=P.MODELS_UPDATE,
    transitionModelVersion=P.MODELS_UPDATE,
    moveModelAlias=P.MODELS_DEPLOY,
    rateModel=P.MODELS_READ,
    setModelPrice=P.MODELS_UPDATE,
    createDeployment=P.DEPLOYMENTS_CREATE,  # and models:deploy
    updateDeployment=P.DEPLOYMENTS_UPDATE,
    scaleDeployment=P.DEPLOYMENTS_SCALE,
    rollbackDeployment=P.DEPLOYMENTS_UPDATE,
    pauseDeployment=P.DEPLOYMENTS_SCALE,
    resumeDeployment=P.DEPLOYMENTS_SCALE,
    deleteDeployment=P.DEPLOYMENTS_DELETE,
    setDeploymentLimit=P.BUDGETS_MANAGE,
    createExperiment=P.EXPERIMENTS_CREATE,
    updateExperiment=P.EXPERIMENTS_UPDATE,
    archiveExperiment=P.EXPERIMENTS_DELETE,
    startExperiment=P.EXPERIMENTS_UPDATE,
    stopExperiment=P.EXPERIMENTS_UPDATE,
    recordInferences=P.TELEMETRY_WRITE,
    rateInference=P.TELEMETRY_WRITE,
    testDeployment=P.MODELS_DEPLOY,
    validateModel=P.MODELS_UPDATE,
    createAlertRule=P.ALERTS_MANAGE,  # what tells costs needs costs:read, too
    updateAlertRule=P.ALERTS_MANAGE,
    deleteAlertRule=P.ALERTS_MANAGE,
    acknowledgeAlert=P.ALERTS_MANAGE,
    createSilence=P.ALERTS_MANAGE,
    expireSilence=P.ALERTS_MANAGE,
    createChannel=P.ALERTS_MANAGE,
    updateChannel=P.ALERTS_MANAGE,
    deleteChannel=P.ALERTS_MANAGE,
    testChannel=P.ALERTS_MANAGE,
)

SUBSCRIPTION = fields(
    modelChanged=P.MODELS_READ,
    deploymentStatusChanged=P.DEPLOYMENTS_READ,
    experimentChanged=P.EXPERIMENTS_READ,
    auditEventRecorded=P.AUDIT_READ,
    alertRaised=P.ANALYTICS_READ,
    alertChanged=P.ANALYTICS_READ,
    dashboardChanged=P.ANALYTICS_READ,
    modelMetricsChanged=P.ANALYTICS_READ,
    experimentResultsChanged=P.ANALYTICS_READ,  # and experiments:read
    inferenceTokens=P.MODELS_DEPLOY,
)

_HEARD = "cursor occurredAt"
_FAILURE = "message code path details"
_PRINCIPAL = "id name role disabledAt revision createdAt updatedAt teams"
_SIGNED_IN = "accessToken refreshToken expiresAt viewer"

TYPES: dict[str, Place] = {
    "Query": QUERY,
    "Mutation": MUTATION,
    "Subscription": SUBSCRIPTION,
    # Catalog
    "Model": fields(
        "id slug name description modelType category tags capabilities supportedTasks inputFormats outputFormats "
        "maxTokens contextWindow maxBatchSize supportedParameters license documentation status securityLevel "
        "compliance owner retiresOn lastValidatedAt source popularity latencyMs archivedAt revision "
        "isDemo createdAt updatedAt isArchived baselineMetrics deployableTo",
        provider=P.MODELS_READ,
        replacement=P.MODELS_READ,
        version=P.MODELS_READ,
        versions=P.MODELS_READ,
        aliases=P.MODELS_READ,
        aliasAt=P.MODELS_READ,
        prices=P.MODELS_READ,
        priceHistory=P.MODELS_READ,
        rating=P.MODELS_READ,
        viewerRating=P.MODELS_READ,
        transitions=P.MODELS_READ,
        deployments=P.DEPLOYMENTS_READ,
        health=P.DEPLOYMENTS_READ,
        experiments=P.EXPERIMENTS_READ,
        metrics=P.ANALYTICS_READ,
        usage=P.ANALYTICS_READ,
    ),
    "AppliedCondition": fields("path field operator values"),
    "Facet": fields("field values otherCount"),
    "FacetValue": fields("value label count isSelected"),
    "BaselineMetrics": fields("avgLatencyMs costPer1kTokens successRate avgTokensPerRequest"),
    "Provider": fields("id slug name website description", metrics=P.ANALYTICS_READ),
    "ModelVersion": fields(
        "id label description status configuration activatedAt revision createdAt updatedAt", transitions=P.MODELS_READ
    ),
    "ModelAlias": fields("name isProtected movedAt", version=P.MODELS_READ, moves=P.MODELS_READ),
    "AliasMove": fields("movedAt movedBy", version=P.MODELS_READ),
    "LifecycleTransition": fields("fromStatus toStatus actor reason occurredAt"),
    "Price": fields(
        "tokenClass usdPerMillion effectiveFrom effectiveTo recordedAt supersededAt source recordedBy reason conditions"
    ),
    "RatingSummary": fields("average count", distribution=P.MODELS_READ),
    "ViewerRating": fields("rating comment ratedAt"),
    # Deployments
    "Deployment": fields(
        "id name environment runtime phase replicas endpoint generation observedGeneration lastHealthCheckAt isDemo "
        "createdAt updatedAt deletedAt conditions configuration wantedReplicas isPaused health",
        model=P.MODELS_READ,
        version=P.MODELS_READ,
        team=P.DEPLOYMENTS_READ,
        revisions=P.DEPLOYMENTS_READ,
        replicaStates=P.DEPLOYMENTS_READ,
        logs=P.DEPLOYMENTS_READ,
        availability=P.DEPLOYMENTS_READ,
        uptimeSeconds=P.DEPLOYMENTS_READ,
        metrics=P.ANALYTICS_READ,
        lastUsedAt=P.ANALYTICS_READ,
    ),
    "Condition": fields("type status reason message lastTransitionAt"),
    "DeploymentConfig": fields("runtime parameters networking monitoring security process external"),
    "DeploymentTemplate": fields("name"),
    "ProcessConfiguration": fields("template"),
    "ExternalConfiguration": fields("baseUrl credential"),
    "DeploymentRevision": fields(
        "number cause restored isCurrent actor reason createdAt configuration isPaused", version=P.MODELS_READ
    ),
    "DeploymentReplica": fields(
        "slot revision state pid port endpoint restarts cpuCores memoryBytes startedAt readyAt updatedAt lastExit"
    ),
    "ReplicaExit": fields("code reason exitedAt"),
    "ReplicaLog": fields("slot lines updatedAt"),
    "RuntimeConfiguration": fields("replicas resources scaling"),
    "Resources": fields("cpu memory gpu"),
    "Scaling": fields("minReplicas maxReplicas targetCpuUtilization targetMemoryUtilization"),
    "ModelParameters": fields("temperature maxTokens topP topK frequencyPenalty presencePenalty stopSequences"),
    "Networking": fields("port host path timeoutSeconds retries"),
    "Monitoring": fields("enableMetrics metricsIntervalSeconds enableTracing logLevel"),
    "Security": fields("authentication authorization rateLimiting"),
    "RateLimit": fields("requestsPerMinute burstLimit"),
    # Identity
    "Team": fields("id slug name createdAt members", metrics=P.ANALYTICS_READ, deploymentLimits=P.DEPLOYMENTS_READ),
    "DeploymentLimit": fields("environment limit used"),
    "Viewer": fields(
        "user serviceAccount name role clearance seesEveryTeam teams permissions can sessions apiKeys rateLimit"
    ),
    "ViewerRateLimit": fields(
        "burstLimit requestsPerMinute requestsPerHour requestsPerDay costPerMinute operationsAtOnce operationsWaiting "
        "operations"
    ),
    "RateLimitWindow": fields("limit remaining resetAt"),
    "OperationRateLimit": fields("operation requestsPerMinute burstLimit"),
    "User": fields(f"{_PRINCIPAL} email"),
    "ServiceAccount": fields(f"{_PRINCIPAL} owner apiKeys"),
    "Session": fields("id ip userAgent createdAt refreshedAt expiresAt revokedAt isCurrent"),
    "ApiKey": fields("id name prefix scopes createdAt expiresAt lastUsedAt revokedAt principal replaces"),
    "Invitation": fields("id email role createdAt expiresAt acceptedAt"),
    # Experiments
    "Experiment": fields(
        "id name description status owner revision archivedAt isDemo createdAt updatedAt traffic duration metrics "
        "audience",
        team=P.DEPLOYMENTS_READ,
        variants=P.EXPERIMENTS_READ,
        results=P.ANALYTICS_READ,
    ),
    "ExperimentResults": fields("variants winner"),
    "VariantResult": fields(
        "variant requests latency timeToFirstToken unpricedRequests quality primary secondary guardrails "
        "units",  # fewer than five only with costs:read
        totalCost=P.COSTS_READ,
        costPerRequest=P.COSTS_READ,
    ),
    "MetricResult": fields("metric calls value"),  # that of cost_per_request only with costs:read
    "Variant": fields("name weight isControl configuration", model=P.MODELS_READ, version=P.MODELS_READ),
    "Traffic": fields("type totalPercentage rules"),
    "TrafficRule": fields("condition variantName"),
    "ExperimentDuration": fields("startsAt endsAt startedAt endedAt"),
    "ExperimentMetrics": fields("primary secondary guardrails confidenceLevel"),
    "Audience": fields("percentage filters"),
    # Metrics
    "PerformanceMetrics": fields(
        "from to granularity requests latency timeToFirstToken tokens quality tokensPerSecond",
        cost=P.COSTS_READ,
        previous=P.ANALYTICS_READ,
        insights=P.ANALYTICS_READ,  # what was spent only with costs:read, deployments only with deployments:read
        errors=P.ANALYTICS_READ,
        series=P.ANALYTICS_READ,
    ),
    "Insight": fields("type rule severity message recommendation deployment"),  # with deployments:read only
    "Requests": fields("total successful failed successRate errorRate"),
    "Latency": fields("avgMs p50Ms p95Ms p99Ms minMs maxMs relativeErrorBound"),
    "Tokens": fields("prompt completion cached reasoning total"),
    "TokenCount": fields("total avgPerRequest maxPerRequest"),
    "Cost": fields("total avgPerRequest costPer1kTokens unpricedRequests", projectedMonthly=P.COSTS_READ),
    "Projection": fields("low expected high"),
    "Quality": fields("avgConfidenceScore avgUserRating acceptanceRate rejectionRate"),
    "ErrorCount": fields("code message count percentage lastOccurredAt"),
    "Series": fields(
        "timestamps requests errors latencyAvgMs latencyP50Ms latencyP95Ms latencyP99Ms tokens", costUsd=P.COSTS_READ
    ),
    "ModelUsage": fields(
        "totalRequests",
        totalCost=P.COSTS_READ,
        uniqueUsers=P.ANALYTICS_READ,  # fewer than five only with costs:read
        popularUseCases=P.ANALYTICS_READ,
    ),
    "Usage": fields("from to granularity groupCount total groups"),
    "UsageGroup": fields(
        "environment apiKey user useCase figures requestShare",
        model=P.MODELS_READ,
        provider=P.MODELS_READ,
        team=P.DEPLOYMENTS_READ,
        costShare=P.COSTS_READ,
        previous=P.ANALYTICS_READ,
        series=P.ANALYTICS_READ,
    ),
    "UsageFigures": fields("requests failed tokensIn tokensOut unpricedRequests", cost=P.COSTS_READ),
    "UsageSeries": fields("timestamps requests tokens", costUsd=P.COSTS_READ),
    "Inference": fields(
        "id eventId occurredAt environment operation useCase tokensIn tokensOut tokensCached tokensReasoning status "
        "errorCode errorMessage latencyMs timeToFirstTokenMs rating accepted confidence costSource experimentId "
        "variantId workflowRunId pipelineContext",
        cost=P.COSTS_READ,
        user=P.COSTS_READ,
        apiKey=P.COSTS_READ,
        session=P.COSTS_READ,
        model=P.MODELS_READ,
        provider=P.MODELS_READ,
        deployment=P.DEPLOYMENTS_READ,
        team=P.DEPLOYMENTS_READ,
    ),
    "RecordedInference": fields("index event outcome reason"),
    "TrialResult": fields(
        "status fault message output finishReason attempts tokensIn tokensOut latencyMs timeToFirstTokenMs",
        cost=P.COSTS_READ,
        inference=P.ANALYTICS_READ,
    ),
    "ValidationResult": fields("isValid checks"),
    "ValidationCheck": fields("check outcome reason"),
    # Dashboard
    "Dashboard": fields(
        "eventCursor",
        alerts=P.ANALYTICS_READ,
        summary=P.ANALYTICS_READ,
        topModels=P.ANALYTICS_READ,
        recentActivity=P.ANALYTICS_READ,
        unusualSpend=P.COSTS_READ,
    ),
    "UnusualSpend": fields(
        "scope environment spent usual factor from to",
        provider=P.MODELS_READ,
        model=P.MODELS_READ,
        team=P.DEPLOYMENTS_READ,
    ),
    "DashboardSummary": fields(
        "totalModels activeDeployments totalRequests requestsPerHour successRate unpricedRequests avgLatencyMs "
        "avgRating deprecatedModelsDeployed modelsWithoutOwner",
        totalCost=P.COSTS_READ,
        costPerDay=P.COSTS_READ,
        costPerRequest=P.COSTS_READ,
    ),
    "TopModel": fields("requests rating", cost=P.COSTS_READ, model=P.MODELS_READ),
    "Activity": fields("occurredAt message type", model=P.MODELS_READ, deployment=P.DEPLOYMENTS_READ),
    # Alerts
    "Alert": fields(
        "id state severity type message value environment occurredAt changedAt firedAt resolvedAt acknowledgedAt "
        "acknowledgedBy acknowledgement revision createdAt",
        rule=P.ANALYTICS_READ,
        timeline=P.ANALYTICS_READ,
        model=P.MODELS_READ,
        provider=P.MODELS_READ,
        deployment=P.DEPLOYMENTS_READ,
        team=P.DEPLOYMENTS_READ,
    ),
    "AlertEntry": fields("occurredAt kind fromState toState severity value message notice heldBy actor comment"),
    "AlertRule": fields(
        "id name description metric comparator threshold windowMinutes forSeconds keepFiringSeconds intervalSeconds "
        "groupBy condition severity type noData cooldownSeconds isEnabled evaluatedAt revision deletedAt createdAt "
        "updatedAt owner isDefault scope escalation",
        channels=P.ANALYTICS_READ,
    ),
    "AlertScope": fields(
        "environments",
        models=P.MODELS_READ,
        providers=P.MODELS_READ,
        deployments=P.DEPLOYMENTS_READ,
        teams=P.DEPLOYMENTS_READ,
    ),
    "EscalationLevel": fields("afterSeconds", channels=P.ANALYTICS_READ),
    "AlertChannel": fields(
        "id kind name isEnabled digest revision deletedAt createdAt updatedAt owner "
        "recipients",  # none without alerts:manage
        host=P.ALERTS_MANAGE,
        deliveries=P.ANALYTICS_READ,
    ),
    "AlertDelivery": fields(
        "kind outcome httpStatus tookMs attemptedAt attempt nextAttemptAt idempotencyKey notifications",
        reply=P.ALERTS_MANAGE,
    ),
    "Silence": fields("id startsAt endsAt reason isActive revision createdAt updatedAt author matchers"),
    "SilenceMatcher": fields("label values isNegated"),
    "Simulation": fields("from to raised firings"),
    "SimulatedFiring": fields(
        "pendingAt raisedAt resolvedAt value environment",
        model=P.MODELS_READ,
        provider=P.MODELS_READ,
        deployment=P.DEPLOYMENTS_READ,
        team=P.DEPLOYMENTS_READ,
    ),
    # Audit
    "AuditEvent": fields(
        "id occurredAt action outcome reason before after actorName onBehalfOf actor resourceType resource address "
        "request"
    ),
    # Events, which only subscriptions tell: tests/live
    "ModelChanged": fields(f"{_HEARD} kind", model=P.MODELS_READ, message=P.MODELS_READ),
    "DeploymentStatusChanged": fields(f"{_HEARD} kind", deployment=P.DEPLOYMENTS_READ, message=P.DEPLOYMENTS_READ),
    "ExperimentChanged": fields(f"{_HEARD} kind", experiment=P.EXPERIMENTS_READ),
    "AuditEventRecorded": fields(_HEARD, auditEvent=P.AUDIT_READ),
    "AlertRaised": fields(_HEARD, alert=P.ANALYTICS_READ, message=P.ANALYTICS_READ),
    "AlertChanged": fields(f"{_HEARD} kind", alert=P.ANALYTICS_READ, message=P.ANALYTICS_READ),
    "DashboardChanged": fields(f"{_HEARD} dashboard"),
    "ModelMetricsChanged": fields(_HEARD, model=P.MODELS_READ, metrics=P.ANALYTICS_READ),
    "ExperimentResultsChanged": fields(_HEARD, experiment=P.EXPERIMENTS_READ),
    "InferenceToken": fields("text result"),
    # Failures, which tell whoever tried
    "Refusal": fields(_FAILURE),
    "InvalidInput": fields(_FAILURE),
    "InvalidCondition": fields(f"{_FAILURE} position"),
    "RevisionConflict": fields(f"{_FAILURE} currentRevision"),
    "ModelAlreadyExists": fields(_FAILURE, existingModel=P.MODELS_READ),
    "TransitionNotAllowed": fields(f"{_FAILURE} allowed"),
    "DeploymentLimitExceeded": fields(f"{_FAILURE} limit"),
    "ExperimentStatusForbids": fields(f"{_FAILURE} status isArchived"),
    # Pages
    "PageInfo": fields("hasNextPage hasPreviousPage startCursor endCursor"),
}

PAGE = fields("edges nodes pageInfo totalCount")
"""Every connection."""

PAGES = {"ModelConnection": fields("appliedFilter", didYouMean=P.MODELS_READ, facets=P.MODELS_READ)}
"""What some connections tell besides."""

PAYLOAD = fields("errors query")
"""Every payload; entities in it are as in NODES, anything else must be in a place of its own in PAYLOADS."""

PAYLOADS: dict[str, Place] = {
    "SignInPayload": fields(_SIGNED_IN),
    "RefreshSessionPayload": fields(_SIGNED_IN),
    "AcceptInvitationPayload": fields(_SIGNED_IN),
    "InviteUserPayload": fields("token"),
    "CreateApiKeyPayload": fields("secret"),
    "RotateApiKeyPayload": fields("secret"),
    "CreateChannelPayload": fields("secret"),
    "UpdateChannelPayload": fields("secret"),
    "SetRolePayload": fields("principal"),
    "DisableUserPayload": fields("principal"),
    "RecordInferencesPayload": fields("accepted duplicates conflicts rejected results"),
    "TestDeploymentPayload": fields("result"),
    "ValidateModelPayload": fields("validation"),
    "EnableUserPayload": fields("principal"),
}

HEARD = {"Subscription", "ModelChanged", "DeploymentStatusChanged", "ExperimentChanged", "AuditEventRecorded"} | {
    "DashboardChanged",
    "ModelMetricsChanged",
    "ExperimentResultsChanged",
    "InferenceToken",
    "AlertRaised",
    "AlertChanged",
}
"""Types to which only subscriptions lead: tests/live."""

UNREACHED = HEARD | {
    *("Projection", "UnusualSpend", "Invitation", "RecordedInference", "TrialResult"),
    *("ValidationResult", "ValidationCheck", "Simulation", "SimulatedFiring"),
    *("ViewerRateLimit", "RateLimitWindow", "OperationRateLimit"),
}
"""Types of which nothing can be there yet, or which are reached by id or by a mutation only, or of which there is
nothing without limits as in these tests."""

NO_WAY = {"Viewer.serviceAccount"}
"""Fields that lead nowhere for the user who asks in the tests."""

_PAGES, _TIMES = "first last after before orderBy", "range TimeRangeInput granularity asOf knownAt at"
HARMLESS = frozenset(f"{_PAGES} {_TIMES} groupBy environment action role isDisabled replica lines".split())
"""Arguments, and types of input, by which nothing hidden can be named."""
