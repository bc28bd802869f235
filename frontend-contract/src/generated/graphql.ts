/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Makes you a user. */
export type AcceptInvitationInput = {
  /** What you were given; at most 1,000 characters. */
  token: string;
  /** Your name; at most 200 characters. */
  name: string;
  /** From then on: 12 to 200 characters, at least five different. */
  password: string;
  /** Your e-mail address, at most 254 characters, where the invitation names none; else it is ignored. */
  email?: string | null | undefined;
};

/** Takes an alert on. */
export type AcknowledgeAlertInput = {
  /** The alert: one that fires. */
  alertId: string;
  /** What to say; at most 1,000 characters. */
  comment?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** What kind of thing happened. New values may be added. */
export type ActivityType =
  /** A deployment appeared or changed. */
  | 'DEPLOYMENT'
  /** A model was used for the first time. */
  | 'REQUEST'
  /** A deployment failed conspicuously. */
  | 'ERROR'
  /** The number of replicas changed. */
  | 'SCALING'
  /** Somebody set prices of a model. */
  | 'PRICING'
  /** A model or version was entered, went to another status or was archived, or an alias was moved. */
  | 'REGISTRY'
  | '%future added value';

/** Which channels; conditions that are left out do not restrict. */
export type AlertChannelFilter = {
  /** By what they are. */
  kind?: ChannelKindFilter | null | undefined;
};

/** The sort of channels; the id breaks ties. */
export type AlertChannelOrder = {
  /** What to sort by. */
  field: AlertChannelOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What channels can be sorted by. */
export type AlertChannelOrderField =
  /** Their name, ignoring case. */
  | 'NAME'
  /** When they were made. */
  | 'CREATED_AT'
  | '%future added value';

/** Where a channel leads. */
export type AlertChannelTargetInput =
  {   /** A webhook: gets JSON that is signed. An http or https URL of at most 2,000 ASCII characters, without user. A secret: only its host is shown. */
  webhookUrl: string; slackUrl?: never; emailRecipients?: never; }
  |  { webhookUrl?: never;   /** An incoming webhook of Slack, or of what takes the same. An http or https URL of at most 2,000 ASCII characters, without user. A secret: only its host is shown. */
  slackUrl: string; emailRecipients?: never; }
  |  { webhookUrl?: never; slackUrl?: never;   /** E-mail addresses; 1 to 20, each once, of at most 254 characters. */
  emailRecipients: Array<string>; };

/** Which alerts; conditions that are left out do not restrict. All must hold. */
export type AlertFilter = {
  /** By where they are. */
  state?: AlertStateFilter | null | undefined;
  /** By how grave they are. */
  severity?: SeverityFilter | null | undefined;
  /** By what they are about. */
  type?: AlertTypeFilter | null | undefined;
  /** By the id of their rule. */
  rule?: IdFilter | null | undefined;
};

/** By what a rule is divided into alerts. New values may be added. */
export type AlertLabel =
  /** The model. */
  | 'MODEL'
  /** The provider of the model. */
  | 'PROVIDER'
  /** The deployment. */
  | 'DEPLOYMENT'
  /** The environment. */
  | 'ENVIRONMENT'
  /** The team that calls, or that has the deployment where deployments are counted. */
  | 'TEAM'
  | '%future added value';

/** What a rule watches, over its window where nothing else is said. New values may be added. */
export type AlertMetric =
  /** Calls. */
  | 'REQUESTS'
  /** Calls that failed. */
  | 'FAILED_REQUESTS'
  /** Failed of all calls, 0 to 1; no value without calls. */
  | 'ERROR_RATE'
  /** Successful of all calls, 0 to 1; no value without calls. */
  | 'SUCCESS_RATE'
  /** Average latency in milliseconds. */
  | 'LATENCY_AVG_MS'
  /** Median latency in milliseconds. */
  | 'LATENCY_P50_MS'
  /** 95th percentile of latency in milliseconds. */
  | 'LATENCY_P95_MS'
  /** 99th percentile of latency in milliseconds. */
  | 'LATENCY_P99_MS'
  /** Shortest latency in milliseconds. */
  | 'LATENCY_MIN_MS'
  /** Longest latency in milliseconds. */
  | 'LATENCY_MAX_MS'
  /** Average time to the first token in milliseconds. */
  | 'TIME_TO_FIRST_TOKEN_AVG_MS'
  /** 95th percentile of the time to the first token in milliseconds. */
  | 'TIME_TO_FIRST_TOKEN_P95_MS'
  /** Tokens, input and output. */
  | 'TOKENS'
  /** Tokens per call, input and output. */
  | 'TOKENS_PER_REQUEST'
  /** Output tokens per second of generation. */
  | 'TOKENS_PER_SECOND'
  /** US dollars of priced calls. */
  | 'COST'
  /** US dollars per priced call. */
  | 'COST_PER_REQUEST'
  /** Calls whose price is unknown. */
  | 'UNPRICED_REQUESTS'
  /** Average rating by users, 1 to 5. */
  | 'USER_RATING'
  /** Average confidence, 0 to 1. */
  | 'CONFIDENCE_SCORE'
  /** Accepted of those judged, 0 to 1. */
  | 'ACCEPTANCE_RATE'
  /** US dollars of priced calls of the day so far, in UTC. */
  | 'SPEND_TODAY'
  /** Share of `DAILY_BUDGET_USD` that was spent today, 0 upwards; no value if that is not set. */
  | 'DAILY_BUDGET_USED'
  /** How many times the usual was spent in the whole hours of today; 0 if that is nothing unusual. */
  | 'UNUSUAL_SPEND'
  /** Seconds since the newest call; no value if it is older than a day. */
  | 'INGEST_AGE_SECONDS'
  /** Deployments that have failed now. */
  | 'FAILED_DEPLOYMENTS'
  /** How long the database takes for the simplest question now, in milliseconds. */
  | 'DATABASE_LATENCY_MS'
  /** Whether Redis answers the worker now: 1 or 0. */
  | 'REDIS_AVAILABLE'
  /** How many seconds roll-ups are behind now. */
  | 'WORKER_LAG_SECONDS'
  /** For how many seconds another rule has waited for its evaluation now. */
  | 'EVALUATION_LAG_SECONDS'
  | '%future added value';

/** The sort of alerts; the id breaks ties. */
export type AlertOrder = {
  /** What to sort by. */
  field: AlertOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What alerts are sorted by. */
export type AlertOrderField =
  /** When they came to their state. */
  | 'CHANGED_AT'
  /** When there first was something to tell of the same rule and labels. */
  | 'CREATED_AT'
  | '%future added value';

/** Which rules; conditions that are left out do not restrict. All must hold. */
export type AlertRuleFilter = {
  /** By how grave they are. */
  severity?: SeverityFilter | null | undefined;
  /** By what they are about. */
  type?: AlertTypeFilter | null | undefined;
  /** Whether those that are evaluated are wanted, or the others. */
  isEnabled?: boolean | null | undefined;
};

/** A rule: when to raise alerts, and whom to tell. */
export type AlertRuleInput = {
  /** The name people use; 1 to 200 characters. */
  name: string;
  /** What it watches. What tells costs needs `costs:read`. */
  metric: AlertMetric;
  /** How the value is compared with the threshold. */
  comparator: Comparator;
  /** What the value is compared with, in the metric's unit; at most 12 decimal places. */
  threshold: string;
  /** How grave its alerts are. */
  severity: Severity;
  /** What its alerts are about. */
  type: AlertType;
  /** What it means and what to do; at most 2,000 characters. */
  description?: string | null | undefined;
  /** The minutes before each evaluation that are looked at, 1 to 10,080; the minute that runs is among them. Without meaning for metrics of the day, of deployments and of the installation. */
  windowMinutes?: number;
  /** How many seconds it must hold before the alert fires, 0 to 604,800; until then it is `PENDING`. */
  forSeconds?: number;
  /** How many seconds it must not hold any more before the alert is resolved, 0 to 604,800. */
  keepFiringSeconds?: number;
  /** Seconds between evaluations: a divisor of 60 from 5 on, or whole minutes to 86,400. */
  intervalSeconds?: number;
  /** Of what; by default of everything that its owner may see. */
  scope?: AlertScopeInput | null | undefined;
  /** By what it is divided: each set of labels has an alert of its own; at most 5 labels. By default one alert. */
  groupBy?: Array<AlertLabel> | null | undefined;
  /** A condition in CEL over `metrics.…` that must hold, too, such as `metrics.requests >= 20`; at most 500 characters. */
  condition?: string | null | undefined;
  /** What it means that there is no value. */
  noData?: NoData;
  /** Who is told; at most 20 channels. By default the dashboard. */
  channelIds?: Array<string> | null | undefined;
  /** For how many seconds channels are not told again that it fires, 0 to 604,800. */
  cooldownSeconds?: number;
  /** Whom to tell, too, if nobody acknowledges it; at most 5 levels. */
  escalation?: Array<EscalationLevelInput> | null | undefined;
  /** Whether it is evaluated. */
  isEnabled?: boolean;
};

/** The sort of rules; the id breaks ties. */
export type AlertRuleOrder = {
  /** What to sort by. */
  field: AlertRuleOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What rules are sorted by. */
export type AlertRuleOrderField =
  /** The name, ignoring case. */
  | 'NAME'
  /** When they were made. */
  | 'CREATED_AT'
  | '%future added value';

/** Of what a rule is; a list that is left out does not restrict. All must hold. */
export type AlertScopeInput = {
  /** Ids of models; at most 100. */
  models?: Array<string> | null | undefined;
  /** Ids of providers; at most 100. */
  providers?: Array<string> | null | undefined;
  /** Ids of deployments; at most 100. */
  deployments?: Array<string> | null | undefined;
  /** Environments; at most 100. */
  environments?: Array<Environment> | null | undefined;
  /** Ids of the teams that call; at most 100. */
  teams?: Array<string> | null | undefined;
};

/** Where an alert is. New values may be added. */
export type AlertState =
  /** What its rule demands does not hold, and did not hold for long enough. */
  | 'INACTIVE'
  /** It holds, but not yet for as long as its rule demands. */
  | 'PENDING'
  /** It holds. */
  | 'FIRING'
  /** It held, and does no more. */
  | 'RESOLVED'
  /** Its rule cannot be evaluated. */
  | 'ERROR'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type AlertStateFilter = {
  /** Exactly this. */
  eq?: AlertState | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<AlertState> | null | undefined;
};

/** What an alert is about. New values may be added. */
export type AlertType =
  /** How fast and how reliably something answers. */
  | 'PERFORMANCE'
  /** What is spent. */
  | 'COST'
  /** How good answers are. */
  | 'QUALITY'
  /** What should not happen. */
  | 'SECURITY'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type AlertTypeFilter = {
  /** Exactly this. */
  eq?: AlertType | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<AlertType> | null | undefined;
};

/** Takes an experiment out of the lists. */
export type ArchiveExperimentInput = {
  /** The experiment: a draft, or one that has ended. */
  experimentId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Takes a retired model out of lists. */
export type ArchiveModelInput = {
  /** The model. */
  modelId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Which users are considered at all. */
export type AudienceInput = {
  /** Share of users, in percent, 0 to 100, 2 places at most. */
  percentage?: string;
  /** The values admitted of each attribute, such as `{"tier": ["premium"]}`; all that are named must fit. Attributes: `id`, `tier`, `team`, `groups`, `region`; 1 to 100 texts each. */
  filters?: unknown;
};

/** Which entries; conditions that are left out do not restrict. All must hold. */
export type AuditEventFilter = {
  /** By who acted, as `actor` shows it. */
  actor?: StringFilter | null | undefined;
  /** By the name of who acted. */
  actorName?: StringFilter | null | undefined;
  /** By what was done. */
  action?: StringFilter | null | undefined;
  /** By the type of what it happened to. */
  resourceType?: StringFilter | null | undefined;
  /** By the id of what it happened to. */
  resource?: IdFilter | null | undefined;
  /** By what became of it. */
  outcome?: OutcomeFilter | null | undefined;
  /** By the `requestId`. */
  request?: StringFilter | null | undefined;
  /** By when it happened. */
  occurredAt?: DateTimeFilter | null | undefined;
};

/** What may be expected of a model. What is left out stays as it is; null: unknown. */
export type BaselineMetricsInput = {
  /** Average time to a whole answer in milliseconds, 0 to a day. */
  avgLatencyMs?: number | null | undefined;
  /** US dollars per 1,000 tokens, less than 10^12, at most twelve decimal places; `CONFLICT` if the model has prices, from which it follows. */
  costPer1kTokens?: string | null | undefined;
  /** Share of calls that succeed, 0 to 1. */
  successRate?: number | null | undefined;
  /** Tokens of an average call, input and output, 0 to 10^9. */
  avgTokensPerRequest?: number | null | undefined;
};

/** Why a call of a model got no answer, or no whole one. New values may be added. */
export type CallFault =
  /** It took longer than it may. */
  | 'TIMEOUT'
  /** Nothing answers there. */
  | 'UNREACHABLE'
  /** The address is not public, and the operator has not allowed it. */
  | 'TARGET_REFUSED'
  /** The endpoint wants a credential, or another one. */
  | 'CREDENTIAL_REFUSED'
  /** The endpoint admits no more for now. */
  | 'RATE_LIMITED'
  /** The endpoint does not take the question. */
  | 'QUESTION_REFUSED'
  /** The endpoint does not know the model, or the path. */
  | 'MODEL_UNKNOWN'
  /** The endpoint failed. */
  | 'SERVER_ERROR'
  /** The answer is not what an OpenAI-compatible server gives, or broke off. */
  | 'UNREADABLE'
  /** Whoever asked left before the end. */
  | 'CANCELLED'
  | '%future added value';

/** How a call of a model ended. */
export type CallStatus =
  /** It was answered. */
  | 'OK'
  /** It failed. */
  | 'ERROR'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type CallStatusFilter = {
  /** Exactly this. */
  eq?: CallStatus | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<CallStatus> | null | undefined;
};

/** Why there is a revision. New values may be added. */
export type Cause =
  /** The deployment was created. */
  | 'CREATED'
  /** Its configuration or version was changed. */
  | 'UPDATED'
  /** The number of replicas was changed. */
  | 'SCALED'
  /** It was paused. */
  | 'PAUSED'
  /** It was resumed. */
  | 'RESUMED'
  /** It went back to an older revision. */
  | 'ROLLED_BACK'
  | '%future added value';

/** Where notifications go. New values may be added. */
export type ChannelKind =
  /** To whoever looks: by live events. */
  | 'DASHBOARD'
  /** To a URL. */
  | 'WEBHOOK'
  /** To a Slack channel. */
  | 'SLACK'
  /** To people's mailboxes. */
  | 'EMAIL'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type ChannelKindFilter = {
  /** Exactly this. */
  eq?: ChannelKind | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<ChannelKind> | null | undefined;
};

/** What a model is checked for. New values may be added. */
export type Check =
  /** Whether its status lets it be deployed in the environment, and it is not past its last day. */
  | 'STATUS'
  /** Whether it has all that are needed. */
  | 'CAPABILITIES'
  /** Whether it takes as many tokens as are needed. */
  | 'CONTEXT'
  /** Whether it costs no more than it may. */
  | 'PRICE'
  /** Whether it was approved for all regimes that are needed. */
  | 'COMPLIANCE'
  /** Whether a deployment of it answers. */
  | 'PROBE'
  | '%future added value';

/** What came of a check. */
export type CheckOutcome =
  /** It will do. */
  | 'PASSED'
  /** It will not do. */
  | 'FAILED'
  /** Nobody knows: what it takes to tell is not there. */
  | 'UNKNOWN'
  | '%future added value';

/** Who may know of a model: those whose clearance is at least this. */
export type Clearance =
  /** Everybody. */
  | 'PUBLIC'
  /** Everybody who can sign in. */
  | 'INTERNAL'
  /** Developers and managers. */
  | 'RESTRICTED'
  /** Administrators. */
  | 'CONFIDENTIAL'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type ClearanceFilter = {
  /** Exactly this. */
  eq?: Clearance | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<Clearance> | null | undefined;
};

/** How a value is compared with a threshold. New values may be added. */
export type Comparator =
  /** Above it. */
  | 'GT'
  /** At or above it. */
  | 'GTE'
  /** Below it. */
  | 'LT'
  /** At or below it. */
  | 'LTE'
  | '%future added value';

/** Whether a condition holds. */
export type ConditionStatus =
  /** It holds. */
  | 'TRUE'
  /** It does not hold. */
  | 'FALSE'
  /** Nobody knows. */
  | 'UNKNOWN'
  | '%future added value';

/** Who says what a call cost. New values may be added. */
export type CostSource =
  /** The prices of the catalog, as they were when the call was made. */
  | 'PRICE_LIST'
  /** Whoever reported the call. */
  | 'REPORTED'
  | '%future added value';

/** Makes a rule. */
export type CreateAlertRuleInput = {
  /** The name people use; 1 to 200 characters. */
  name: string;
  /** What it watches. What tells costs needs `costs:read`. */
  metric: AlertMetric;
  /** How the value is compared with the threshold. */
  comparator: Comparator;
  /** What the value is compared with, in the metric's unit; at most 12 decimal places. */
  threshold: string;
  /** How grave its alerts are. */
  severity: Severity;
  /** What its alerts are about. */
  type: AlertType;
  /** What it means and what to do; at most 2,000 characters. */
  description?: string | null | undefined;
  /** The minutes before each evaluation that are looked at, 1 to 10,080; the minute that runs is among them. Without meaning for metrics of the day, of deployments and of the installation. */
  windowMinutes?: number;
  /** How many seconds it must hold before the alert fires, 0 to 604,800; until then it is `PENDING`. */
  forSeconds?: number;
  /** How many seconds it must not hold any more before the alert is resolved, 0 to 604,800. */
  keepFiringSeconds?: number;
  /** Seconds between evaluations: a divisor of 60 from 5 on, or whole minutes to 86,400. */
  intervalSeconds?: number;
  /** Of what; by default of everything that its owner may see. */
  scope?: AlertScopeInput | null | undefined;
  /** By what it is divided: each set of labels has an alert of its own; at most 5 labels. By default one alert. */
  groupBy?: Array<AlertLabel> | null | undefined;
  /** A condition in CEL over `metrics.…` that must hold, too, such as `metrics.requests >= 20`; at most 500 characters. */
  condition?: string | null | undefined;
  /** What it means that there is no value. */
  noData?: NoData;
  /** Who is told; at most 20 channels. By default the dashboard. */
  channelIds?: Array<string> | null | undefined;
  /** For how many seconds channels are not told again that it fires, 0 to 604,800. */
  cooldownSeconds?: number;
  /** Whom to tell, too, if nobody acknowledges it; at most 5 levels. */
  escalation?: Array<EscalationLevelInput> | null | undefined;
  /** Whether it is evaluated. */
  isEnabled?: boolean;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Makes a channel. */
export type CreateChannelInput = {
  /** The name people use; 1 to 200 characters. */
  name: string;
  /** Where it leads. */
  target: AlertChannelTargetInput;
  /** How often it is told of everything at once; by default it is told of each incident as it happens. */
  digest?: DigestPeriod | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Deploys a model. */
export type CreateDeploymentInput = {
  /** 1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends; unique among the deployments of the model in the environment. Calls name it as their service. */
  name: string;
  /** The model: ACTIVE, or outside production EXPERIMENTAL (`deployableTo`). */
  modelId: string;
  /** A version of it, by the same statuses; null: none is fixed, and the model's own status counts. */
  versionId?: string | null | undefined;
  /** The team it belongs to, one of yours; null: all may see it. */
  teamId?: string | null | undefined;
  /** Where it runs. Calls are counted by it. */
  environment: Environment;
  /** What runs it: PROCESS or EXTERNAL. */
  runtime?: Runtime;
  /** How it is to run. */
  configuration: DeploymentConfigInput;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Drafts an experiment; a draft is complete and valid. */
export type CreateExperimentInput = {
  /** The name people use; 1 to 200 characters. */
  name: string;
  /** What is to be found out; at most 2,000 characters. */
  description?: string | null | undefined;
  /** Who answers for it; 1 to 200 characters. */
  owner?: string | null | undefined;
  /** The team it belongs to. */
  teamId?: string | null | undefined;
  /** Its 2 to 10 variants, in their order. */
  variants: Array<VariantInput>;
  /** Who is let in; by default all, by chance. */
  traffic?: TrafficInput;
  /** When it is meant to run. */
  duration: DurationInput;
  /** What it measures. */
  metrics: MetricsInput;
  /** Which users are considered; by default everybody. */
  audience?: AudienceInput | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Silences alerts. */
export type CreateSilenceInput = {
  /** What to silence: all must match; 1 to 10. */
  matchers: Array<SilenceMatcherInput>;
  /** From when on; by default from now. */
  startsAt?: string | null | undefined;
  /** Until when; at most 366 days later. */
  endsAt: string;
  /** Why; 1 to 1,000 characters. */
  reason: string;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** What the overview covers; a list that is left out does not restrict. */
export type DashboardFilter = {
  /** The time covered; by default the last 24 hours. */
  range?: TimeRangeInput;
  /** Ids of models; at most 100. */
  models?: Array<string> | null | undefined;
  /** Slugs of providers; at most 100. */
  providers?: Array<string> | null | undefined;
  /** Environments; at most 100. */
  environments?: Array<Environment> | null | undefined;
  /** Slugs of teams; at most 100. */
  teams?: Array<string> | null | undefined;
};

/** Compares dates; both bounds together give a range. */
export type DateFilter = {
  /** On this day or later. */
  gte?: string | null | undefined;
  /** Before this day. */
  lt?: string | null | undefined;
};

/** Compares instants; both bounds together give a range. */
export type DateTimeFilter = {
  /** At this instant or later. */
  gte?: string | null | undefined;
  /** Before this instant. */
  lt?: string | null | undefined;
};

/** Deletes a rule. */
export type DeleteAlertRuleInput = {
  /** The rule. */
  alertRuleId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Deletes a channel. */
export type DeleteChannelInput = {
  /** The channel; not the dashboard. */
  alertChannelId: string;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Stops a deployment for good. */
export type DeleteDeploymentInput = {
  /** The deployment. */
  deploymentId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** What came of an attempt to deliver a message. New values may be added. */
export type DeliveryOutcome =
  /** The receiver took it. */
  | 'DELIVERED'
  /** It did not; it is tried again. */
  | 'FAILED'
  /** It did not, for a day; it is not tried again. */
  | 'GIVEN_UP'
  | '%future added value';

/** The configuration that is wanted (API: `DeploymentConfig`). What the runtime does not enforce is refused with its path, not ignored. */
export type DeploymentConfigInput = {
  /** Replicas and resources. */
  runtime?: RuntimeConfigurationInput | null | undefined;
  /** Defaults for calls. */
  parameters?: ModelParametersInput | null | undefined;
  /** How it is reached. */
  networking?: NetworkingInput | null | undefined;
  /** What it tells of itself. */
  monitoring?: MonitoringInput | null | undefined;
  /** Who may call it. */
  security?: SecurityInput | null | undefined;
  /** What is started; PROCESS only. */
  process?: ProcessInput | null | undefined;
  /** What is called; EXTERNAL only. */
  external?: ExternalInput | null | undefined;
};

/** Which deployments; conditions that are left out do not restrict. All must hold. */
export type DeploymentFilter = {
  /** By the id of the model. */
  model?: IdFilter | null | undefined;
  /** By where they run. */
  environment?: EnvironmentFilter | null | undefined;
  /** By their state. */
  phase?: PhaseFilter | null | undefined;
  /** By the slug of the team. */
  team?: StringFilter | null | undefined;
};

/** The sort of deployments; the id breaks ties. */
export type DeploymentOrder = {
  /** What to sort by. */
  field: DeploymentOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What deployments are sorted by. */
export type DeploymentOrderField =
  /** The name, ignoring case. */
  | 'NAME'
  /** When the deployment was first known. */
  | 'CREATED_AT'
  /** When it last changed. */
  | 'UPDATED_AT'
  | '%future added value';

/** How often a channel is told of everything at once. New values may be added. */
export type DigestPeriod =
  /** At every full hour. */
  | 'HOURLY'
  /** At midnight, UTC. */
  | 'DAILY'
  /** At midnight before each Monday, UTC. */
  | 'WEEKLY'
  | '%future added value';

/** When an experiment is meant to run. */
export type DurationInput = {
  /** Planned start; not in the past. */
  startsAt: string;
  /** Planned end; after the start, and 366 days later at most. */
  endsAt: string;
};

/** What an entry of an alert's history tells. New values may be added. */
export type EntryKind =
  /** It came to another state. */
  | 'TRANSITION'
  /** Somebody has taken it on. */
  | 'ACKNOWLEDGEMENT'
  | '%future added value';

/** Where something runs. New values may be added. */
export type Environment =
  /** For building. */
  | 'DEVELOPMENT'
  /** For trying out before production. */
  | 'STAGING'
  /** For real. */
  | 'PRODUCTION'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type EnvironmentFilter = {
  /** Exactly this. */
  eq?: Environment | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<Environment> | null | undefined;
};

/** What went wrong, in a word that stays the same. New values may be added. */
export type ErrorCode =
  /** Sign in first. */
  | 'UNAUTHORIZED'
  /** Your role does not have the permission. */
  | 'FORBIDDEN'
  /** The credential is no longer valid; sign in again. */
  | 'TOKEN_EXPIRED'
  /** There is no such model, or you may not see it. */
  | 'MODEL_NOT_FOUND'
  /** There is no such deployment, or you may not see it. */
  | 'DEPLOYMENT_NOT_FOUND'
  /** There is no such experiment, or you may not see it. */
  | 'EXPERIMENT_NOT_FOUND'
  /** There is no such thing, or you may not see it. */
  | 'NOT_FOUND'
  /** The request cannot be understood. */
  | 'INVALID_REQUEST'
  /** Something that must be given is not. */
  | 'MISSING_REQUIRED_FIELD'
  /** A value cannot be taken. */
  | 'INVALID_PARAMETER'
  /** A model has this slug already. */
  | 'MODEL_ALREADY_EXISTS'
  /** The state of things does not allow it; fetch anew and decide again. */
  | 'CONFLICT'
  /** The team has as many deployments there as it may; `limit` says how many. */
  | 'DEPLOYMENT_LIMIT_EXCEEDED'
  /** The document asks for more than one request may; `details` say which limit it exceeds. */
  | 'QUERY_TOO_COMPLEX'
  /** Too many attempts or requests; wait as many seconds as `details.retryAfterSeconds` says. */
  | 'RATE_LIMIT_EXCEEDED'
  /** A defect on our side; the request id leads to it. */
  | 'INTERNAL_ERROR'
  /** Something the server needs is away; try again later. */
  | 'SERVICE_UNAVAILABLE'
  /** What follows the cursor is no longer kept; fetch anew. */
  | 'CURSOR_EXPIRED'
  /** The document is not GraphQL. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The document does not fit the schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** The document has no operation of that name. */
  | 'OPERATION_RESOLUTION_FAILURE'
  /** No manifest of trusted documents has one of that id. */
  | 'PERSISTED_QUERY_NOT_FOUND'
  /** It took too long and was given up. Fields of a mutation that were done before are kept. */
  | 'REQUEST_TIMEOUT'
  | '%future added value';

/** Whom to tell, too, if an alert has fired for so long and nobody has acknowledged it. */
export type EscalationLevelInput = {
  /** Seconds since it fires, 60 to 604,800. */
  afterSeconds: number;
  /** Ids of channels; at most 20. */
  channelIds: Array<string>;
};

/** Which experiments; conditions that are left out do not restrict. All must hold. */
export type ExperimentFilter = {
  /** By where they are in their life. */
  status?: ExperimentStatusFilter | null | undefined;
  /** By who answers for them. */
  owner?: StringFilter | null | undefined;
  /** By the slug of the team. */
  team?: StringFilter | null | undefined;
  /** By the id of a model that takes part. */
  model?: IdFilter | null | undefined;
  /** By when they were created. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Whether the archived are wanted, or those that are not archived; by default these. */
  isArchived?: boolean | null | undefined;
};

/** The sort of experiments; the id breaks ties. */
export type ExperimentOrder = {
  /** What to sort by. */
  field: ExperimentOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What experiments are sorted by. */
export type ExperimentOrderField =
  /** The name, ignoring case. */
  | 'NAME'
  /** When the experiment was created. */
  | 'CREATED_AT'
  /** When it last changed. */
  | 'UPDATED_AT'
  | '%future added value';

/** Where an experiment is in its life. New values may be added. */
export type ExperimentStatus =
  /** Being prepared. */
  | 'DRAFT'
  /** Taking traffic. */
  | 'RUNNING'
  /** Ended as planned. */
  | 'COMPLETED'
  /** Ended early. */
  | 'STOPPED'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type ExperimentStatusFilter = {
  /** Exactly this. */
  eq?: ExperimentStatus | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<ExperimentStatus> | null | undefined;
};

/** Ends a silence. */
export type ExpireSilenceInput = {
  /** The silence. */
  silenceId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** What an EXTERNAL deployment calls. Needs `policies:manage`. */
export type ExternalInput = {
  /** Where the OpenAI-compatible API begins, such as `https://models.example.com/v1`; at most 2,000 characters. What leads to a private network is not called unless the operator allows it. */
  baseUrl?: string | null | undefined;
  /** The name, of at most 200 characters, under which the operator keeps the secret for it; never the secret itself. Probes and Model Hub's own calls bear it. Null: it needs none. */
  credential?: string | null | undefined;
};

/** What models can be narrowed by: fields of `ModelFilter`. New values may be added. */
export type FacetField =
  /** The slug of the provider: `provider`. */
  | 'PROVIDER'
  /** What it takes and gives: `modelType`. */
  | 'MODEL_TYPE'
  /** Where it is in its life: `status`. */
  | 'STATUS'
  /** What it can do: `capabilities`. */
  | 'CAPABILITIES'
  /** The tasks it was chosen for: `supportedTasks`. */
  | 'SUPPORTED_TASKS'
  /** The organisation's own grouping: `category`. */
  | 'CATEGORY'
  /** Labels: `tags`. */
  | 'TAGS'
  /** Formats it accepts: `inputFormats`. */
  | 'INPUT_FORMATS'
  /** Formats it produces: `outputFormats`. */
  | 'OUTPUT_FORMATS'
  /** Regimes it was approved for: `compliance`. */
  | 'COMPLIANCE'
  /** Who answers for it: `owner`. */
  | 'OWNER'
  /** Whether somebody answers for it: `isOwned`. */
  | 'IS_OWNED'
  /** The clearance it takes to know of it: `securityLevel`. */
  | 'SECURITY_LEVEL'
  /** How it came into the catalog: `source`. */
  | 'SOURCE'
  | '%future added value';

/** How a condition compares. New values may be added. */
export type FilterOperator =
  /** Equal to the value. */
  | 'EQ'
  /** Equal to one of the values. */
  | 'IN'
  /** Holds the value somewhere, ignoring case. */
  | 'CONTAINS'
  /** Begins with the value, ignoring case. */
  | 'STARTS_WITH'
  /** A list that holds every value. */
  | 'CONTAINS_ALL'
  /** A list that holds at least one of the values. */
  | 'CONTAINS_ANY'
  /** At least the value. */
  | 'GTE'
  /** At most the value. */
  | 'LTE'
  /** Below, or before, the value. */
  | 'LT'
  | '%future added value';

/** The step of a time series, aligned to UTC. */
export type Granularity =
  /** Minutes; kept for 90 days. */
  | 'ONE_MINUTE'
  /** 5 minutes; kept for 90 days. */
  | 'FIVE_MINUTES'
  /** 15 minutes; kept for 90 days. */
  | 'FIFTEEN_MINUTES'
  /** Hours; kept for two years. */
  | 'ONE_HOUR'
  /** Days (UTC); kept for ever. */
  | 'ONE_DAY'
  | '%future added value';

/** How something serves. New values may be added. */
export type Health =
  /** As it should. */
  | 'HEALTHY'
  /** It is coming up, or nobody knows. */
  | 'UNKNOWN'
  /** It serves, but not as it should; the conditions say why. */
  | 'DEGRADED'
  /** It does not serve, although it should. */
  | 'UNHEALTHY'
  | '%future added value';

/** Why channels are not told yet. New values may be added. */
export type HeldBy =
  /** A silence. */
  | 'SILENCE'
  /** A graver alert about the same metric, of the same or of more, fires. */
  | 'INHIBITION'
  /** They were told just now that it fires. */
  | 'COOLDOWN'
  | '%future added value';

/** Compares ids by exactly one comparator. */
export type IdFilter = {
  /** Exactly this. */
  eq?: string | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<string> | null | undefined;
};

/** Which calls; conditions that are left out do not restrict. All must hold. */
export type InferenceFilter = {
  /** By the id of the model. */
  model?: IdFilter | null | undefined;
  /** By that of the deployment. */
  deployment?: IdFilter | null | undefined;
  /** By where they were made. */
  environment?: EnvironmentFilter | null | undefined;
  /** By how they ended. */
  status?: CallStatusFilter | null | undefined;
  /** By the slug of the team that called. */
  team?: StringFilter | null | undefined;
  /** By why they failed. */
  errorCode?: StringFilter | null | undefined;
  /** By the run of a workflow. */
  workflowRunId?: StringFilter | null | undefined;
  /** By what they were for. */
  useCase?: StringFilter | null | undefined;
  /** By who called; needs `costs:read`. */
  user?: StringFilter | null | undefined;
};

/** Which rule found something. New values may be added. */
export type InsightRule =
  /** The 95th percentile of latency is at least 1.5 times that of the period before, with 100 measured calls in both. */
  | 'LATENCY_REGRESSION'
  /** At least 20 calls and 5 % of all failed, and at least twice the share of the period before. */
  | 'ERROR_SPIKE'
  /** Spend is at least 1.5 times that of the period before, and at least a US dollar more. */
  | 'COST_SPIKE'
  /** A deployment served all through the range, of a day or more, and was not called. */
  | 'UNUSED_DEPLOYMENT'
  /** There were calls whose price is unknown. */
  | 'PRICE_UNKNOWN'
  | '%future added value';

/** What an insight is about. New values may be added. */
export type InsightType =
  /** How fast it is. */
  | 'PERFORMANCE'
  /** What it costs. */
  | 'COST'
  /** Whether it does what it should. */
  | 'QUALITY'
  /** Whether anybody uses it. */
  | 'USAGE'
  | '%future added value';

/** One message of a conversation. */
export type MessageInput = {
  /** What is said, 1 to 10,000 characters. It is not kept. */
  content: string;
  /** Who says it. */
  role?: Speaker;
};

/** What a message is for. New values may be added. */
export type MessageKind =
  /** It tells of one incident. */
  | 'ALERTS'
  /** It tells of everything since the one before. */
  | 'DIGEST'
  /** Somebody wanted to know whether it arrives. */
  | 'TEST'
  | '%future added value';

/** What an experiment measures. No metric is named twice. */
export type MetricsInput = {
  /** The 1 metric that decides: `user_rating`, `acceptance_rate`, `confidence_score`, `success_rate`, `response_time`, `time_to_first_token`, `cost_per_request`, `tokens_per_request`. */
  primary: string;
  /** Metrics also reported; at most 7. */
  secondary?: Array<string>;
  /** Metrics that must not get worse; at most 7. */
  guardrails?: Array<string>;
  /** One minus the accepted false-positive rate, 0.8 to 0.999. */
  confidenceLevel?: string;
};

/** Which models; conditions that are left out do not restrict. All must hold. What nobody knows of a model fulfils no condition. At most 100 conditions in all, in groups nested at most 3 deep. */
export type ModelFilter = {
  /** By the name people use. */
  name?: StringFilter | null | undefined;
  /** By the slug, `provider/model`. */
  slug?: StringFilter | null | undefined;
  /** By the slug of the provider, such as `openai`. */
  provider?: StringFilter | null | undefined;
  /** By what it takes and gives. */
  modelType?: ModelTypeFilter | null | undefined;
  /** By the organisation's own grouping. */
  category?: StringFilter | null | undefined;
  /** By its labels. */
  tags?: StringListFilter | null | undefined;
  /** By what it can do. */
  capabilities?: StringListFilter | null | undefined;
  /** By the tasks it was chosen for. */
  supportedTasks?: StringListFilter | null | undefined;
  /** By the formats it accepts. */
  inputFormats?: StringListFilter | null | undefined;
  /** By the formats it produces. */
  outputFormats?: StringListFilter | null | undefined;
  /** By where it is in its life. */
  status?: ModelStatusFilter | null | undefined;
  /** By the clearance it takes to know of it. */
  securityLevel?: ClearanceFilter | null | undefined;
  /** By the regimes it was approved for. */
  compliance?: StringListFilter | null | undefined;
  /** By who answers for it. */
  owner?: StringFilter | null | undefined;
  /** By how it came into the catalog. */
  source?: ModelSourceFilter | null | undefined;
  /** By the last day it may be used. */
  retiresOn?: DateFilter | null | undefined;
  /** By when it entered the catalog. */
  createdAt?: DateTimeFilter | null | undefined;
  /** By when it last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Whether somebody answers for it; false: unowned models. */
  isOwned?: boolean | null | undefined;
  /** Whether it left the lists; without a condition on this anywhere, archived models are not found. */
  isArchived?: boolean | null | undefined;
  /** Rated at least so well on average, 1 to 5. */
  minRating?: number | null | undefined;
  /** At most so many US dollars per 1,000 tokens at list price, 0 to 1,000,000. */
  maxCostPer1kTokens?: string | null | undefined;
  /** At most so many milliseconds to a whole answer on average. */
  maxLatencyMs?: number | null | undefined;
  /** At least so many tokens of input and output together. */
  minContextWindow?: number | null | undefined;
  /** Retires before this day. */
  retiresBefore?: string | null | undefined;
  /** All of these must hold as well; 1 to 100. */
  and?: Array<ModelFilter> | null | undefined;
  /** At least one of these must hold as well; 1 to 100. */
  or?: Array<ModelFilter> | null | undefined;
  /** This must not hold as a whole. */
  not?: ModelFilter | null | undefined;
};

/** Names one model. */
export type ModelLookup =
  {   /** By its id. */
  id: string; slug?: never; }
  |  { id?: never;   /** By its slug, `provider/model`, in any case. */
  slug: string; };

/** The sort of models; the id breaks ties. */
export type ModelOrder = {
  /** What to sort by. */
  field: ModelOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What models are sorted by. What nobody knows comes last in both directions. */
export type ModelOrderField =
  /** The name, ignoring case. */
  | 'NAME'
  /** When the model entered the catalog. */
  | 'CREATED_AT'
  /** When the model last changed. */
  | 'UPDATED_AT'
  /** Requests in the last 30 days. */
  | 'POPULARITY'
  /** US dollars per 1,000 tokens at list price. */
  | 'COST'
  /** Average time to a whole answer: observed, else the baseline. */
  | 'LATENCY'
  /** Tokens of input and output together. */
  | 'CONTEXT_WINDOW'
  /** The mean of its ratings. */
  | 'RATING'
  /** How well it fits `query`: a whole name, then words of the name, the provider, labels, the description; among equals the more popular. Text that by itself fits more than 3,000 models is sorted by popularity instead. Without `query` the newest come first, whatever the direction. */
  | 'RELEVANCE'
  | '%future added value';

/** Defaults for calls of the model. Holds for the calls that Model Hub makes itself (`testDeployment`, `inferenceTokens`); other callers say it. */
export type ModelParametersInput = {
  /** Randomness, 0 to 2. For Model Hub's own calls. */
  temperature?: number | null | undefined;
  /** Longest answer in tokens, 1 to 10^7. For Model Hub's own calls. */
  maxTokens?: number | null | undefined;
  /** Nucleus sampling, 0 to 1. For Model Hub's own calls. */
  topP?: number | null | undefined;
  /** Sampling among the k likeliest tokens, 1 to 100,000. For Model Hub's own calls. */
  topK?: number | null | undefined;
  /** Against repetition by frequency, −2 to 2. For Model Hub's own calls. */
  frequencyPenalty?: number | null | undefined;
  /** Against repetition at all, −2 to 2. For Model Hub's own calls. */
  presencePenalty?: number | null | undefined;
  /** Where an answer ends: at most 100 of 1 to 200 characters. For Model Hub's own calls. */
  stopSequences?: Array<string> | null | undefined;
};

/** What one class is to cost under conditions. */
export type ModelPriceInput = {
  /** What is charged for; see `Price.tokenClass`. At most 100 characters. */
  tokenClass: string;
  /** US dollars per million, 0 or more and less than 10^12, to 12 decimal places. Must be given; null withdraws what people set, so that the imported price holds again. */
  usdPerMillion?: string | null | undefined;
  /** When it applies; left out: always. Prices under other conditions are left alone. */
  conditions?: PriceConditionsInput | null | undefined;
};

/** How a model came into the catalog. */
export type ModelSource =
  /** From the public catalog of models and prices. */
  | 'IMPORTED'
  /** From telemetry that named it; unpriced until somebody says what it costs. */
  | 'DISCOVERED'
  /** By somebody, through the API. */
  | 'REGISTERED'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type ModelSourceFilter = {
  /** Exactly this. */
  eq?: ModelSource | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<ModelSource> | null | undefined;
};

/** Where a model or version is in its life. New values may be added. */
export type ModelStatus =
  /** On trial; may be deployed outside production. */
  | 'EXPERIMENTAL'
  /** In use. */
  | 'ACTIVE'
  /** In use, but not for anything new. */
  | 'MAINTENANCE'
  /** To be replaced; see `retiresOn` and `replacement`. */
  | 'DEPRECATED'
  /** No longer to be used. */
  | 'RETIRED'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type ModelStatusFilter = {
  /** Exactly this. */
  eq?: ModelStatus | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<ModelStatus> | null | undefined;
};

/** What a model takes and gives. New values may be added. */
export type ModelType =
  /** Text in, text out. */
  | 'TEXT'
  /** Images in, text out. */
  | 'VISION'
  /** Several kinds of media in or out. */
  | 'MULTIMODAL'
  /** Text in, vectors out. */
  | 'EMBEDDING'
  /** Made for source code. */
  | 'CODE'
  /** Speech or sound in or out. */
  | 'AUDIO'
  /** Orders documents by relevance. */
  | 'RERANK'
  /** Images out. */
  | 'IMAGE_GENERATION'
  /** Classifies content as safe or not. */
  | 'MODERATION'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type ModelTypeFilter = {
  /** Exactly this. */
  eq?: ModelType | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<ModelType> | null | undefined;
};

/** What the deployment tells of itself. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
export type MonitoringInput = {
  /** Whether it publishes metrics. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  enableMetrics?: boolean | null | undefined;
  /** How often, in seconds, 1 to 3,600. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  metricsIntervalSeconds?: number | null | undefined;
  /** Whether it sends traces. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  enableTracing?: boolean | null | undefined;
  /** One of 4: `debug`, `info`, `warn` or `error`. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  logLevel?: string | null | undefined;
};

/** Lets an alias of a model point to one of its versions. */
export type MoveModelAliasInput = {
  /** The model. */
  modelId: string;
  /** The alias, such as `production`; it is made if there is none. 1 to 100 lower-case letters, digits and `.-_`. */
  alias: string;
  /** A version of the model that is not RETIRED. */
  modelVersionId: string;
  /** Whether only those with `changes:approve` may move it or take this protection away; left out: as it is, and a new one is not protected. */
  isProtected?: boolean | null | undefined;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** How the deployment is reached. */
export type NetworkingInput = {
  /** TCP port of its endpoint, 1,024 to 65,535; if nothing is said, a free one. PROCESS only: the worker listens there. */
  port?: number | null | undefined;
  /** Host name of its own, at most 253 characters. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  host?: string | null | undefined;
  /** Path below the host, at most 2,000 characters. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  path?: string | null | undefined;
  /** Longest wait for an answer in seconds, 0.1 to 600. Holds for the calls that Model Hub makes itself (`testDeployment`, `inferenceTokens`); other callers say it. */
  timeoutSeconds?: number | null | undefined;
  /** How often a failed call is repeated, 0 to 10. Holds for the calls that Model Hub makes itself (`testDeployment`, `inferenceTokens`); other callers say it. */
  retries?: number | null | undefined;
};

/** What it means that a metric has no value, as nothing was called. New values may be added. */
export type NoData =
  /** All is well: what fires is resolved. */
  | 'OK'
  /** Nothing: the state stays. */
  | 'KEEP'
  /** The same as if the comparison held. */
  | 'ALERT'
  | '%future added value';

/** What became of telling channels. New values may be added. */
export type Notice =
  /** There was nothing to tell. */
  | 'NONE'
  /** They are told. */
  | 'SENT'
  /** They will be told if it is still so when nothing holds it back any more. */
  | 'HELD'
  /** They are not told: it was over before, or they never heard of it. */
  | 'DROPPED'
  | '%future added value';

/** Which way a list is sorted. */
export type OrderDirection =
  /** Smallest or earliest first. */
  | 'ASC'
  /** Largest or latest first. */
  | 'DESC'
  | '%future added value';

/** What became of an attempt. New values may be added. */
export type Outcome =
  /** It was done. */
  | 'SUCCESS'
  /** It was not allowed, and nothing was done; `reason` is the code of the refusal. */
  | 'DENIED'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type OutcomeFilter = {
  /** Exactly this. */
  eq?: Outcome | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<Outcome> | null | undefined;
};

/** Stops a deployment for the time being. */
export type PauseDeploymentInput = {
  /** The deployment. */
  deploymentId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** The state of a deployment in one word, derived from its conditions. New values may be added. */
export type Phase =
  /** Coming up for the first time. */
  | 'CREATING'
  /** Serving. */
  | 'RUNNING'
  /** Serving, while the number of replicas changes. */
  | 'SCALING'
  /** Not serving; the conditions say why. */
  | 'FAILED'
  /** Not wanted to serve. */
  | 'STOPPED'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type PhaseFilter = {
  /** Exactly this. */
  eq?: Phase | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<Phase> | null | undefined;
};

/** When a price applies: all that are given must hold. Those left out do not matter. */
export type PriceConditionsInput = {
  /** The whole request is priced so if its input has more tokens than this; 0 or more. */
  inputTokensAbove?: number | null | undefined;
  /** Daily from and to in UTC, the end excluded: `["22:00", "06:00"]`. */
  utcHours?: Array<string> | null | undefined;
  /** The way of processing, such as `batch`; 1 to 100 characters. */
  processing?: string | null | undefined;
  /** The tier of service, such as `flex` or `priority`; 1 to 100 characters. */
  serviceTier?: string | null | undefined;
  /** The speed, such as `fast`; 1 to 100 characters. */
  speed?: string | null | undefined;
  /** Where requests are answered, such as `mistral/eu`; 1 to 100 characters. */
  route?: string | null | undefined;
  /** The kind of search, such as `fast`; 1 to 100 characters. */
  searchType?: string | null | undefined;
};

/** What a PROCESS deployment starts. */
export type ProcessInput = {
  /** The name of one of `deploymentTemplates`, at most 200 characters; people never give commands. The worker starts it. */
  template?: string | null | undefined;
};

/** Names the provider of a new model. */
export type ProviderInput = {
  /** The first part of the model's slug: lower case, at most 200 characters with the rest. */
  slug: string;
  /** The name people use, at most 200 characters; needed if nobody knows it yet. */
  name?: string | null | undefined;
};

/** What a deployed model is asked. */
export type QuestionInput = {
  /** The conversation so far, in its order; 1 to 50 messages. */
  messages: Array<MessageInput>;
  /** How it is to answer. */
  parameters?: TrialParametersInput | null | undefined;
  /** How long the whole may take: 1 to 25 s, or 120 s token by token; by default as the deployment's `networking` says, else 20 s. */
  timeoutSeconds?: number | null | undefined;
  /** What it is for, 1 to 200 characters; it is kept with the record of the call. */
  useCase?: string | null | undefined;
};

/** A range that ends now. */
export type RangePreset =
  /** The last 60 minutes. */
  | 'LAST_HOUR'
  /** The last 24 hours. */
  | 'LAST_24_HOURS'
  /** The last 7 times 24 hours. */
  | 'LAST_7_DAYS'
  /** The last 30 times 24 hours. */
  | 'LAST_30_DAYS'
  /** The last 90 times 24 hours. */
  | 'LAST_90_DAYS'
  | '%future added value';

/** How many calls are let through. */
export type RateLimitInput = {
  /** In a minute, 1 to 10^9. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  requestsPerMinute?: number | null | undefined;
  /** At once, 1 to 10^9. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  burstLimit?: number | null | undefined;
};

/** Says what you think of a model. */
export type RateModelInput = {
  /** The model. */
  modelId: string;
  /** From 1 to 5. */
  rating: number;
  /** Why, in at most 1,000 characters. */
  comment?: string | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** How to go on without a password. */
export type RefreshSessionInput = {
  /** The last refresh token you got; at most 1,000 characters. */
  refreshToken: string;
};

/** Enters a model in the catalog. What nobody knows is left out. */
export type RegisterModelInput = {
  /** What it is; at most 10,000 characters. */
  description?: string | null | undefined;
  /** The organisation's own grouping; at most 100 characters. */
  category?: string | null | undefined;
  /** Free labels. A set of at most 100 of at most 100 characters each; null or empty: none. */
  tags?: Array<string> | null | undefined;
  /** What it can do. A set of at most 100 of at most 100 characters each; null or empty: none. */
  capabilities?: Array<string> | null | undefined;
  /** Tasks it was chosen for. A set of at most 100 of at most 100 characters each; null or empty: none. */
  supportedTasks?: Array<string> | null | undefined;
  /** Formats it accepts. A set of at most 100 of at most 100 characters each; null or empty: none. */
  inputFormats?: Array<string> | null | undefined;
  /** Formats it produces. A set of at most 100 of at most 100 characters each; null or empty: none. */
  outputFormats?: Array<string> | null | undefined;
  /** Longest answer in tokens, 1 or more. */
  maxTokens?: number | null | undefined;
  /** Tokens of input and output together, 1 or more. */
  contextWindow?: number | null | undefined;
  /** Most inputs in one call, 1 or more. */
  maxBatchSize?: number | null | undefined;
  /** Parameters it takes, and their bounds: a JSON object of at most 100 members, 10 deep. */
  supportedParameters?: unknown;
  /** What may be expected of it; null: nothing is known. */
  baselineMetrics?: BaselineMetricsInput | null | undefined;
  /** SPDX identifier, or the name of the terms; at most 200 characters. */
  license?: string | null | undefined;
  /** Where it is documented: `http` or `https`, at most 2,000 characters. */
  documentation?: string | null | undefined;
  /** The clearance it takes to know of it; at most your own. Cannot be cleared. */
  securityLevel?: Clearance | null | undefined;
  /** Regimes it was approved for. A set of at most 100 of at most 100 characters each; null or empty: none. */
  compliance?: Array<string> | null | undefined;
  /** Who answers for it; at most 200 characters. */
  owner?: string | null | undefined;
  /** The last day it may be used. */
  retiresOn?: string | null | undefined;
  /** The model to use instead: one you may see that is not RETIRED; replacements form no circle. */
  replacementId?: string | null | undefined;
  /** When it was last checked against its baseline; not in the future. */
  lastValidatedAt?: string | null | undefined;
  /** `provider/model` as telemetry names it, unique ignoring case, at most 200 characters: the provider in lower-case letters, digits and `._-`, the model in letters, digits and `._:@+~-`, perhaps in parts separated by `/`. */
  slug: string;
  /** The name people use; at most 200 characters. */
  name: string;
  /** What it takes and gives. */
  modelType: ModelType;
  /** Who serves it; left out: a provider that is known, by the first part of `slug`. */
  provider?: ProviderInput | null | undefined;
  /** The label of its first version, at most 100 characters; left out: it has none. */
  version?: string | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Gives a model another version. */
export type RegisterModelVersionInput = {
  /** The model. */
  modelId: string;
  /** Its name, unique within the model; at most 100 characters. */
  label: string;
  /** What is particular about it; at most 10,000 characters. */
  description?: string | null | undefined;
  /** How it is set up: a JSON object of your own, at most 10 deep with 100 members each. */
  configuration?: unknown;
  /** Of the model. The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** How far a replica is. New values may be added. */
export type ReplicaState =
  /** It was started and is not healthy yet. */
  | 'STARTING'
  /** It is healthy and gets calls. */
  | 'READY'
  /** Its health checks fail, and it gets no calls. */
  | 'UNHEALTHY'
  /** It finishes the calls it has and ends. */
  | 'STOPPING'
  /** It ended, and is started again after a while. */
  | 'FAILED'
  | '%future added value';

/** Resources of one replica, as Kubernetes quantities. */
export type ResourcesInput = {
  /** Processor: `2` cores or `500m`, 1m to 1024. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  cpu?: string | null | undefined;
  /** Memory: `4Gi` or `512Mi`, 1Mi to 64Ti. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  memory?: string | null | undefined;
  /** Accelerators: a number, 1 to 64, or the name of a kind of at most 63 characters. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  gpu?: string | null | undefined;
};

/** Lets a paused deployment run again. */
export type ResumeDeploymentInput = {
  /** The deployment. */
  deploymentId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** What a principal is: a fixed set of permissions and a clearance. */
export type Role =
  /** Everything, for every team, up to CONFIDENTIAL. */
  | 'ADMIN'
  /** What a developer may, and delete, approve, buy, and manage users, alerts and budgets of his teams. */
  | 'MANAGER'
  /** What an analyst may, and deploy, run experiments and send telemetry, up to RESTRICTED. */
  | 'DEVELOPER'
  /** What a viewer may, and see costs, up to INTERNAL. */
  | 'ANALYST'
  /** Look only, up to INTERNAL. */
  | 'VIEWER'
  | '%future added value';

/** Goes back to what was wanted before. */
export type RollbackDeploymentInput = {
  /** The deployment. */
  deploymentId: string;
  /** The number of one of its `revisions`. */
  toRevision: number;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** What runs a deployment. New values may be added. */
export type Runtime =
  /** Something else; Model Hub knows it from the usage it reports and never touches it. */
  | 'RECORDED'
  /** Processes on the worker's machine. */
  | 'PROCESS'
  /** An endpoint that somebody else runs, with health checks. */
  | 'EXTERNAL'
  /** A Kubernetes cluster. */
  | 'KUBERNETES'
  | '%future added value';

/** How many replicas there are and what each gets. */
export type RuntimeConfigurationInput = {
  /** Wanted replicas, 0 to 100 and within the bounds of `scaling`; 1 if nothing is said. The runtime keeps so many; EXTERNAL takes 1 only. */
  replicas?: number | null | undefined;
  /** Of each replica. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  resources?: ResourcesInput | null | undefined;
  /** The bounds of scaling. */
  scaling?: ScalingInput | null | undefined;
};

/** Changes the number of replicas. */
export type ScaleDeploymentInput = {
  /** The deployment. */
  deploymentId: string;
  /** How many are wanted: 0 to 100, within the bounds of `scaling`. */
  replicas: number;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Between which numbers of replicas a deployment may be scaled. */
export type ScalingInput = {
  /** At least so many, 0 to 100. Model Hub refuses to scale below; PROCESS only. */
  minReplicas?: number | null | undefined;
  /** At most so many, 1 to 100. Model Hub refuses to scale above; PROCESS only. */
  maxReplicas?: number | null | undefined;
  /** Aimed-at processor use in percent, 1 to 100. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  targetCpuUtilization?: number | null | undefined;
  /** Aimed-at memory use in percent, 1 to 100. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  targetMemoryUtilization?: number | null | undefined;
};

/** Who may call the deployment. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
export type SecurityInput = {
  /** Whether callers must identify themselves. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  authentication?: boolean | null | undefined;
  /** Roles or groups that may call: at most 100 of 1 to 200 characters. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  authorization?: Array<string> | null | undefined;
  /** How many calls are let through. Nothing that there is enforces it: refused for PROCESS and EXTERNAL. */
  rateLimiting?: RateLimitInput | null | undefined;
};

/** Sets prices of a model, or withdraws them, from a time on. */
export type SetModelPriceInput = {
  /** The model. */
  modelId: string;
  /** What it is to cost: 1 to 100 prices, each for another class or other conditions. */
  prices: Array<ModelPriceInput>;
  /** Since when, within the years 2000 to 2100; now by default. In the past it is a correction: what usage cost that was taken in already stays as it was. */
  effectiveFrom?: string | null | undefined;
  /** Until when, that instant excluded; by default until somebody says otherwise. */
  effectiveTo?: string | null | undefined;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** How grave something is, in rising order. New values may be added. */
export type Severity =
  /** For the record. */
  | 'INFO'
  /** When there is time. */
  | 'LOW'
  /** Today. */
  | 'MEDIUM'
  /** Now, in working hours. */
  | 'HIGH'
  /** Now, at any hour. */
  | 'CRITICAL'
  | '%future added value';

/** Compares a word from a list by exactly one comparator. */
export type SeverityFilter = {
  /** Exactly this. */
  eq?: Severity | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<Severity> | null | undefined;
};

/** Who you are, and the proof of it. */
export type SignInInput = {
  /** Your e-mail address, in any case; at most 254 characters. */
  email: string;
  /** Your password; at most 1,000 characters. */
  password: string;
};

/** Ends the session that you came by. */
export type SignOutInput = {
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Which silences; conditions that are left out do not restrict. */
export type SilenceFilter = {
  /** Whether those that silence now are wanted, or the others. */
  isActive?: boolean | null | undefined;
};

/** What a matcher looks at. New values may be added. */
export type SilenceLabel =
  /** The id of the rule. */
  | 'RULE'
  /** The severity, such as `HIGH`. */
  | 'SEVERITY'
  /** What it is about, such as `COST`. */
  | 'TYPE'
  /** What its rule watches, such as `ERROR_RATE`. */
  | 'METRIC'
  /** The id of the model. */
  | 'MODEL'
  /** The id of the provider. */
  | 'PROVIDER'
  /** The id of the deployment. */
  | 'DEPLOYMENT'
  /** The environment, such as `PRODUCTION`. */
  | 'ENVIRONMENT'
  /** The id of the team. */
  | 'TEAM'
  | '%future added value';

/** What a label must be, or must not be. */
export type SilenceMatcherInput = {
  /** What is looked at. */
  label: SilenceLabel;
  /** The values, of which it must be one; 1 to 100, of 200 characters at most. Things by their ids. */
  values: Array<string>;
  /** Whether it must be none of them instead. */
  isNegated?: boolean;
};

/** The sort of silences; the id breaks ties. */
export type SilenceOrder = {
  /** What to sort by. */
  field: SilenceOrderField;
  /** Which way. */
  direction?: OrderDirection;
};

/** What silences are sorted by. */
export type SilenceOrderField =
  /** When they end. */
  | 'ENDS_AT'
  /** When they were made. */
  | 'CREATED_AT'
  | '%future added value';

/** Who says a message. */
export type Speaker =
  /** Whoever sets the model up. */
  | 'SYSTEM'
  /** Whoever asks. */
  | 'USER'
  /** The model, earlier. */
  | 'ASSISTANT'
  | '%future added value';

/** Of which part of the estate spending is. New values may be added. */
export type SpendScope =
  /** All of it. */
  | 'TOTAL'
  /** The models of one provider. */
  | 'PROVIDER'
  /** One model. */
  | 'MODEL'
  /** One environment. */
  | 'ENVIRONMENT'
  /** The calls of one team. */
  | 'TEAM'
  | '%future added value';

/** Starts an experiment. */
export type StartExperimentInput = {
  /** The experiment: a draft. */
  experimentId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Ends an experiment. */
export type StopExperimentInput = {
  /** The experiment: one that runs. */
  experimentId: string;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Compares text by exactly one comparator. Values are at most 1,000 characters long. */
export type StringFilter = {
  /** Exactly this. */
  eq?: string | null | undefined;
  /** Any of these; at most 100. */
  in?: Array<string> | null | undefined;
  /** Holds this somewhere, ignoring case; `%` and `_` mean themselves. */
  contains?: string | null | undefined;
  /** Begins with this, ignoring case; `%` and `_` mean themselves. */
  startsWith?: string | null | undefined;
};

/** Compares a list of texts by exactly one comparator. Texts of at most 1,000 characters. */
export type StringListFilter = {
  /** Holds every one of these; at most 100. */
  containsAll?: Array<string> | null | undefined;
  /** Holds at least one of these; at most 100. */
  containsAny?: Array<string> | null | undefined;
};

/** Gives a model labels. */
export type TagModelInput = {
  /** The model. */
  modelId: string;
  /** Labels of 1 to 100 characters; a model has 100 at most. Blanks around them do not count. */
  tags: Array<string>;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Sends a test message. */
export type TestChannelInput = {
  /** The channel; not the dashboard. */
  alertChannelId: string;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Asks a deployed model something, to see what it says. */
export type TestDeploymentInput = {
  /** The conversation so far, in its order; 1 to 50 messages. */
  messages: Array<MessageInput>;
  /** How it is to answer. */
  parameters?: TrialParametersInput | null | undefined;
  /** How long the whole may take: 1 to 25 s, or 120 s token by token; by default as the deployment's `networking` says, else 20 s. */
  timeoutSeconds?: number | null | undefined;
  /** What it is for, 1 to 200 characters; it is kept with the record of the call. */
  useCase?: string | null | undefined;
  /** The deployment; it must serve. */
  deploymentId: string;
  /** A key of your own, 1 to 200 characters: the model is called once for it. Who sends it again gets the figures of that call without its `output`, which is not kept. */
  clientMutationId?: string | null | undefined;
};

/** A range of time: a preset, or both ends. Ends are widened to whole minutes. */
export type TimeRangeInput = {
  /** A range that ends now. */
  preset?: RangePreset | null | undefined;
  /** The first instant. */
  from?: string | null | undefined;
  /** The first instant after; at most 3,000 days on. */
  to?: string | null | undefined;
};

/** Who is let into an experiment. */
export type TrafficInput = {
  /** By chance or by rules. */
  type?: TrafficType;
  /** Share of all traffic that takes part, in percent, 0 to 100, 2 places at most. */
  totalPercentage?: string;
  /** For `RULES`: 1 to 100, of which the first whose condition holds decides. Else none. */
  rules?: Array<TrafficRuleInput>;
};

/** A condition that sends units to a variant. */
export type TrafficRuleInput = {
  /** A condition in CEL, at most 500 characters, over `user.id`, `user.tier`, `user.team`, `user.groups`, `user.region`, `request.environment`, `request.operation`, `request.useCase`, `request.model`, `request.inputTokens`. Allowed are `&&`, `||`, `!`, comparisons, `in`, `startsWith`, `endsWith`, `contains`, `size` and `has`. */
  condition: string;
  /** The variant they are sent to; 1 to 200 characters. */
  variantName: string;
};

/** How units are let into an experiment. */
export type TrafficType =
  /** By chance, a share of all. */
  | 'PERCENTAGE'
  /** By conditions. */
  | 'RULES'
  | '%future added value';

/** Takes a model to another status. */
export type TransitionModelInput = {
  /** The model. */
  modelId: string;
  /** The status it is to have. */
  to: ModelStatus;
  /** With DEPRECATED only: the last day it may be used. Left out: as it is; null clears. */
  retiresOn?: string | null | undefined;
  /** With DEPRECATED only: the model to use instead, one you may see that is not RETIRED. Left out: as it is; null clears. */
  replacementId?: string | null | undefined;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** How the model is to answer; what is left out is as the deployment's configuration says. */
export type TrialParametersInput = {
  /** Randomness, 0 to 2. */
  temperature?: number | null | undefined;
  /** Longest answer, 1 to 4,096 tokens; 512 if nobody says. */
  maxTokens?: number | null | undefined;
  /** Nucleus sampling, 0 to 1. */
  topP?: number | null | undefined;
  /** Sampling among the k likeliest tokens, 1 to 1,000; not every server knows it. */
  topK?: number | null | undefined;
  /** Against repetition by frequency, −2 to 2. */
  frequencyPenalty?: number | null | undefined;
  /** Against repetition at all, −2 to 2. */
  presencePenalty?: number | null | undefined;
  /** Where an answer ends; at most 4 of 1 to 100 characters. */
  stopSequences?: Array<string> | null | undefined;
};

/** Takes labels from a model. */
export type UntagModelInput = {
  /** The model. */
  modelId: string;
  /** Labels of 1 to 100 characters; a model has 100 at most. Blanks around them do not count. */
  tags: Array<string>;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Changes a rule: what is left out stays as it is; lists and the scope are replaced whole. */
export type UpdateAlertRuleInput = {
  /** The rule. */
  alertRuleId: string;
  /** The name people use; 1 to 200 characters. Cannot be cleared. */
  name?: string | null | undefined;
  /** What it watches. What tells costs needs `costs:read`. Cannot be cleared. */
  metric?: AlertMetric | null | undefined;
  /** How the value is compared with the threshold. Cannot be cleared. */
  comparator?: Comparator | null | undefined;
  /** What the value is compared with, in the metric's unit; at most 12 decimal places. Cannot be cleared. */
  threshold?: string | null | undefined;
  /** How grave its alerts are. Cannot be cleared. */
  severity?: Severity | null | undefined;
  /** What its alerts are about. Cannot be cleared. */
  type?: AlertType | null | undefined;
  /** What it means and what to do; at most 2,000 characters. */
  description?: string | null | undefined;
  /** The minutes before each evaluation that are looked at, 1 to 10,080; the minute that runs is among them. Without meaning for metrics of the day, of deployments and of the installation. Cannot be cleared. */
  windowMinutes?: number | null | undefined;
  /** How many seconds it must hold before the alert fires, 0 to 604,800; until then it is `PENDING`. Cannot be cleared. */
  forSeconds?: number | null | undefined;
  /** How many seconds it must not hold any more before the alert is resolved, 0 to 604,800. Cannot be cleared. */
  keepFiringSeconds?: number | null | undefined;
  /** Seconds between evaluations: a divisor of 60 from 5 on, or whole minutes to 86,400. Cannot be cleared. */
  intervalSeconds?: number | null | undefined;
  /** Of what; by default of everything that its owner may see. */
  scope?: AlertScopeInput | null | undefined;
  /** By what it is divided: each set of labels has an alert of its own; at most 5 labels. By default one alert. */
  groupBy?: Array<AlertLabel> | null | undefined;
  /** A condition in CEL over `metrics.…` that must hold, too, such as `metrics.requests >= 20`; at most 500 characters. */
  condition?: string | null | undefined;
  /** What it means that there is no value. Cannot be cleared. */
  noData?: NoData | null | undefined;
  /** Who is told; at most 20 channels. By default the dashboard. */
  channelIds?: Array<string> | null | undefined;
  /** For how many seconds channels are not told again that it fires, 0 to 604,800. Cannot be cleared. */
  cooldownSeconds?: number | null | undefined;
  /** Whom to tell, too, if nobody acknowledges it; at most 5 levels. */
  escalation?: Array<EscalationLevelInput> | null | undefined;
  /** Whether it is evaluated. Cannot be cleared. */
  isEnabled?: boolean | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Changes a channel: what is left out stays as it is. */
export type UpdateChannelInput = {
  /** The channel; not the dashboard. */
  alertChannelId: string;
  /** The name people use; 1 to 200 characters. Cannot be cleared. */
  name?: string | null | undefined;
  /** Where it leads from now on, of the same kind as before. Cannot be cleared. */
  target?: AlertChannelTargetInput | null | undefined;
  /** How often it is told of everything at once; by default it is told of each incident as it happens. */
  digest?: DigestPeriod | null | undefined;
  /** Whether it is told anything; when it is disabled, what waits is dropped. Cannot be cleared. */
  isEnabled?: boolean | null | undefined;
  /** Whether messages to a webhook are signed with a new secret from now on. */
  renewSecret?: boolean;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Changes the configuration or version of a deployment. What is left out stays. */
export type UpdateDeploymentInput = {
  /** The deployment. */
  deploymentId: string;
  /** What is to be other; null takes a value, or an object with all that is in it, away. */
  configuration?: DeploymentConfigInput | null | undefined;
  /** Another version of the model that may be deployed; null: none is fixed. */
  versionId?: string | null | undefined;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Changes a draft: what is left out stays as it is, null clears; lists are replaced whole. */
export type UpdateExperimentInput = {
  /** The experiment. */
  experimentId: string;
  /** The name people use; 1 to 200 characters. Cannot be cleared. */
  name?: string | null | undefined;
  /** What is to be found out; at most 2,000 characters. */
  description?: string | null | undefined;
  /** Who answers for it; 1 to 200 characters. */
  owner?: string | null | undefined;
  /** The team it belongs to. */
  teamId?: string | null | undefined;
  /** Its 2 to 10 variants, in their order. Cannot be cleared. */
  variants?: Array<VariantInput> | null | undefined;
  /** Who is let in. Cannot be cleared. */
  traffic?: TrafficInput | null | undefined;
  /** When it is meant to run. Cannot be cleared. */
  duration?: DurationInput | null | undefined;
  /** What it measures. Cannot be cleared. */
  metrics?: MetricsInput | null | undefined;
  /** Which users are considered; null for everybody. */
  audience?: AudienceInput | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** Changes what the catalog says about a model. What is left out stays; null clears. What people say of `name`, `description`, `modelType`, `capabilities` and `contextWindow` is theirs: imports leave it alone. */
export type UpdateModelInput = {
  /** What it is; at most 10,000 characters. */
  description?: string | null | undefined;
  /** The organisation's own grouping; at most 100 characters. */
  category?: string | null | undefined;
  /** Free labels. A set of at most 100 of at most 100 characters each; null or empty: none. */
  tags?: Array<string> | null | undefined;
  /** What it can do. A set of at most 100 of at most 100 characters each; null or empty: none. */
  capabilities?: Array<string> | null | undefined;
  /** Tasks it was chosen for. A set of at most 100 of at most 100 characters each; null or empty: none. */
  supportedTasks?: Array<string> | null | undefined;
  /** Formats it accepts. A set of at most 100 of at most 100 characters each; null or empty: none. */
  inputFormats?: Array<string> | null | undefined;
  /** Formats it produces. A set of at most 100 of at most 100 characters each; null or empty: none. */
  outputFormats?: Array<string> | null | undefined;
  /** Longest answer in tokens, 1 or more. */
  maxTokens?: number | null | undefined;
  /** Tokens of input and output together, 1 or more. */
  contextWindow?: number | null | undefined;
  /** Most inputs in one call, 1 or more. */
  maxBatchSize?: number | null | undefined;
  /** Parameters it takes, and their bounds: a JSON object of at most 100 members, 10 deep. */
  supportedParameters?: unknown;
  /** What may be expected of it; null: nothing is known. */
  baselineMetrics?: BaselineMetricsInput | null | undefined;
  /** SPDX identifier, or the name of the terms; at most 200 characters. */
  license?: string | null | undefined;
  /** Where it is documented: `http` or `https`, at most 2,000 characters. */
  documentation?: string | null | undefined;
  /** The clearance it takes to know of it; at most your own. Cannot be cleared. */
  securityLevel?: Clearance | null | undefined;
  /** Regimes it was approved for. A set of at most 100 of at most 100 characters each; null or empty: none. */
  compliance?: Array<string> | null | undefined;
  /** Who answers for it; at most 200 characters. */
  owner?: string | null | undefined;
  /** The last day it may be used. */
  retiresOn?: string | null | undefined;
  /** The model to use instead: one you may see that is not RETIRED; replacements form no circle. */
  replacementId?: string | null | undefined;
  /** When it was last checked against its baseline; not in the future. */
  lastValidatedAt?: string | null | undefined;
  /** The model. */
  modelId: string;
  /** The name people use; at most 200 characters. Cannot be cleared. */
  name?: string | null | undefined;
  /** What it takes and gives. Cannot be cleared. */
  modelType?: ModelType | null | undefined;
  /** Why, for the record; at most 1,000 characters. */
  reason?: string | null | undefined;
  /** The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`. */
  expectedRevision?: number | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** By what usage is divided. API_KEY, USER and USE_CASE exclude one another; API_KEY and USER need `costs:read`. */
export type UsageDimension =
  /** The model that was called. */
  | 'MODEL'
  /** Who offers it. */
  | 'PROVIDER'
  /** The team that called. */
  | 'TEAM'
  /** Where it was called. */
  | 'ENVIRONMENT'
  /** The key it was called with, by the name the sender gave. */
  | 'API_KEY'
  /** Who called, by the name the sender gave. */
  | 'USER'
  /** What for, by the name the sender gave. */
  | 'USE_CASE'
  | '%future added value';

/** Which calls; a list that is left out does not restrict. All must hold. */
export type UsageFilter = {
  /** Ids of models; at most 100. */
  models?: Array<string> | null | undefined;
  /** Slugs of providers; at most 100. */
  providers?: Array<string> | null | undefined;
  /** Environments; at most 100. */
  environments?: Array<Environment> | null | undefined;
  /** Slugs of the teams that called; at most 100. */
  teams?: Array<string> | null | undefined;
};

/** What comes first; with the same value, the order is arbitrary but stays. */
export type UsageOrder =
  /** What cost most. Needs `costs:read`. */
  | 'COST'
  /** What had most calls. */
  | 'REQUESTS'
  /** What used most tokens, input and output. */
  | 'TOKENS'
  | '%future added value';

/** Checks whether a model will do for a use case. What is left out is not checked. */
export type ValidateModelInput = {
  /** The model. */
  modelId: string;
  /** What it is to be used for, 1 to 200 characters; kept as the reason. */
  useCase: string;
  /** Where it is to be used; PRODUCTION if it is left out. */
  environment?: Environment;
  /** What it must be able to do, such as `tools`; at most 20 of 1 to 100 characters. */
  capabilities?: Array<string> | null | undefined;
  /** How many tokens it must take, 1 to 1,000,000,000. */
  contextTokens?: number | null | undefined;
  /** What 1,000 tokens may cost in US dollars, blended as (3 × input + 1 × output) / 4; 0 to 10^9. */
  maxCostPer1kTokens?: string | null | undefined;
  /** Regimes it must be approved for, such as `gdpr`; at most 20 of 1 to 100 characters. */
  compliance?: Array<string> | null | undefined;
  /** A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result. */
  clientMutationId?: string | null | undefined;
};

/** One arm of an experiment. */
export type VariantInput = {
  /** Unique within the experiment; 1 to 200 characters. */
  name: string;
  /** The model that answers; not a retired one. */
  modelId: string;
  /** A version of the model; null if it is not fixed. */
  versionId?: string | null | undefined;
  /** Share of the experiment's traffic in percent, 0 to 100 with 2 decimal places at most; those of all variants sum to exactly 100. Above 0 where chance decides. */
  weight: string;
  /** Parameters that differ from the deployment's own; an object of at most 10,000 bytes. */
  configuration?: unknown;
  /** Whether the others are compared with it; true for exactly one. */
  isControl?: boolean;
};

export type ActivityRowFragment = { occurredAt: string, type: ActivityType, message: string, model: { id: string, slug: string, name: string } | null, deployment: { id: string, name: string } | null } & { ' $fragmentName'?: 'ActivityRowFragment' };

export type AlertEntryRowFragment = { occurredAt: string, kind: EntryKind, fromState: AlertState, toState: AlertState, severity: Severity, value: string | null, message: string, notice: Notice, heldBy: HeldBy | null, actor: string | null, comment: string | null } & { ' $fragmentName'?: 'AlertEntryRowFragment' };

export type AlertRowFragment = { id: string, state: AlertState, severity: Severity, type: AlertType, message: string, value: string | null, environment: Environment | null, occurredAt: string, changedAt: string, firedAt: string | null, resolvedAt: string | null, acknowledgedAt: string | null, acknowledgedBy: string | null, revision: number, rule: { id: string, name: string } | null, model: { id: string, slug: string, name: string } | null, provider: { id: string, slug: string, name: string } | null, deployment: { id: string, name: string } | null, team: { id: string, slug: string, name: string } | null } & { ' $fragmentName'?: 'AlertRowFragment' };

export type AlertRuleRowFragment = { id: string, name: string, description: string | null, metric: AlertMetric, comparator: Comparator, threshold: string, severity: Severity, type: AlertType, windowMinutes: number, forSeconds: number, isEnabled: boolean, isDefault: boolean, owner: string, evaluatedAt: string | null, deletedAt: string | null, revision: number, createdAt: string, updatedAt: string } & { ' $fragmentName'?: 'AlertRuleRowFragment' };

export type AlertRuleSettingsFragment = { keepFiringSeconds: number, intervalSeconds: number, groupBy: Array<AlertLabel>, condition: string | null, noData: NoData, cooldownSeconds: number, scope: { environments: Array<Environment>, models: Array<{ id: string, slug: string, name: string }>, providers: Array<{ id: string, slug: string, name: string }>, deployments: Array<{ id: string, name: string }>, teams: Array<{ id: string, slug: string, name: string }> }, channels: Array<{ ' $fragmentRefs'?: { 'ChannelBadgeFragment': ChannelBadgeFragment } }>, escalation: Array<{ afterSeconds: number, channels: Array<{ ' $fragmentRefs'?: { 'ChannelBadgeFragment': ChannelBadgeFragment } }> }> } & { ' $fragmentName'?: 'AlertRuleSettingsFragment' };

export type AliasRowFragment = { name: string, isProtected: boolean, movedAt: string, version: { id: string, label: string } | null } & { ' $fragmentName'?: 'AliasRowFragment' };

export type AuditRowFragment = { id: string, occurredAt: string, action: string, outcome: Outcome, reason: string | null, actor: string, actorName: string, onBehalfOf: string | null, resourceType: string | null, resource: string | null, before: unknown, after: unknown, address: string | null, request: string | null } & { ' $fragmentName'?: 'AuditRowFragment' };

export type ChannelBadgeFragment = { id: string, kind: ChannelKind, name: string } & { ' $fragmentName'?: 'ChannelBadgeFragment' };

export type ChannelRowFragment = { id: string, kind: ChannelKind, name: string, host: string | null, recipients: Array<string>, digest: DigestPeriod | null, isEnabled: boolean, owner: string, revision: number, deletedAt: string | null, createdAt: string, updatedAt: string } & { ' $fragmentName'?: 'ChannelRowFragment' };

export type ConditionRowFragment = { type: string, status: ConditionStatus, reason: string | null, message: string | null, lastTransitionAt: string | null } & { ' $fragmentName'?: 'ConditionRowFragment' };

export type DashboardPanelsFragment = { eventCursor: string | null, summary: { ' $fragmentRefs'?: { 'QuickStatsFragment': QuickStatsFragment } }, topModels: Array<{ ' $fragmentRefs'?: { 'TopModelRowFragment': TopModelRowFragment } }>, recentActivity: Array<{ ' $fragmentRefs'?: { 'ActivityRowFragment': ActivityRowFragment } }>, alerts: Array<{ ' $fragmentRefs'?: { 'AlertRowFragment': AlertRowFragment } }>, unusualSpend: Array<{ ' $fragmentRefs'?: { 'UnusualSpendRowFragment': UnusualSpendRowFragment } }> | null } & { ' $fragmentName'?: 'DashboardPanelsFragment' };

export type DeliveryRowFragment = { kind: MessageKind, outcome: DeliveryOutcome, attemptedAt: string, attempt: number, httpStatus: number | null, reply: string | null, tookMs: number, nextAttemptAt: string | null, notifications: number, idempotencyKey: string } & { ' $fragmentName'?: 'DeliveryRowFragment' };

export type DeploymentRowFragment = { id: string, name: string, environment: Environment, runtime: Runtime, phase: Phase, replicas: number | null, endpoint: string | null, isDemo: boolean, createdAt: string, updatedAt: string, lastUsedAt: string | null, model: { id: string, slug: string, name: string, status: ModelStatus } | null, version: { id: string, label: string } | null, team: { id: string, slug: string, name: string } | null } & { ' $fragmentName'?: 'DeploymentRowFragment' };

export type DeploymentSettingsFragment = { runtime: { replicas: number | null, resources: { cpu: string | null, memory: string | null, gpu: string | null } | null, scaling: { minReplicas: number | null, maxReplicas: number | null, targetCpuUtilization: number | null, targetMemoryUtilization: number | null } | null } | null, parameters: { temperature: number | null, maxTokens: number | null, topP: number | null, topK: number | null, frequencyPenalty: number | null, presencePenalty: number | null, stopSequences: Array<string> } | null, networking: { port: number | null, host: string | null, path: string | null, timeoutSeconds: number | null, retries: number | null } | null, monitoring: { enableMetrics: boolean | null, metricsIntervalSeconds: number | null, enableTracing: boolean | null, logLevel: string | null } | null, security: { authentication: boolean | null, authorization: Array<string>, rateLimiting: { requestsPerMinute: number | null, burstLimit: number | null } | null } | null, process: { template: string | null } | null, external: { baseUrl: string | null, credential: string | null } | null } & { ' $fragmentName'?: 'DeploymentSettingsFragment' };

export type DeploymentStatusFragment = { id: string, phase: Phase, health: Health | null, isPaused: boolean, replicas: number | null, wantedReplicas: number | null, endpoint: string | null, generation: number, observedGeneration: number, lastHealthCheckAt: string | null, updatedAt: string, deletedAt: string | null, conditions: Array<{ ' $fragmentRefs'?: { 'ConditionRowFragment': ConditionRowFragment } }> } & { ' $fragmentName'?: 'DeploymentStatusFragment' };

export type ErrorRowFragment = { code: string, message: string | null, count: number | string, percentage: number, lastOccurredAt: string } & { ' $fragmentName'?: 'ErrorRowFragment' };

export type ExperimentFindingsFragment = { id: string, status: ExperimentStatus, results: { variants: Array<{ ' $fragmentRefs'?: { 'VariantResultRowFragment': VariantResultRowFragment } }>, winner: { name: string } | null } | null } & { ' $fragmentName'?: 'ExperimentFindingsFragment' };

export type ExperimentPlanFragment = { variants: Array<{ name: string, weight: string, isControl: boolean, configuration: unknown, model: { id: string, slug: string, name: string, status: ModelStatus } | null, version: { id: string, label: string } | null }>, traffic: { type: TrafficType, totalPercentage: string, rules: Array<{ condition: string, variantName: string }> }, metrics: { primary: string, secondary: Array<string>, guardrails: Array<string>, confidenceLevel: string }, audience: { percentage: string, filters: unknown } } & { ' $fragmentName'?: 'ExperimentPlanFragment' };

export type ExperimentRowFragment = { id: string, name: string, description: string | null, status: ExperimentStatus, owner: string | null, revision: number, archivedAt: string | null, isDemo: boolean, createdAt: string, updatedAt: string, team: { id: string, slug: string, name: string } | null, duration: { startsAt: string | null, endsAt: string | null, startedAt: string | null, endedAt: string | null }, variants: Array<{ name: string, weight: string, isControl: boolean, model: { id: string, slug: string, name: string } | null }> } & { ' $fragmentName'?: 'ExperimentRowFragment' };

type FormError_DeploymentLimitExceeded_Fragment = { __typename: 'DeploymentLimitExceeded', limit: number, message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_DeploymentLimitExceeded_Fragment' };

type FormError_ExperimentStatusForbids_Fragment = { __typename: 'ExperimentStatusForbids', status: ExperimentStatus, isArchived: boolean, message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_ExperimentStatusForbids_Fragment' };

type FormError_InvalidCondition_Fragment = { __typename: 'InvalidCondition', position: number, message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_InvalidCondition_Fragment' };

type FormError_InvalidInput_Fragment = { __typename: 'InvalidInput', message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_InvalidInput_Fragment' };

type FormError_ModelAlreadyExists_Fragment = { __typename: 'ModelAlreadyExists', message: string, code: ErrorCode, path: Array<string> | null, details: unknown, existingModel: { id: string, slug: string, name: string } | null } & { ' $fragmentName'?: 'FormError_ModelAlreadyExists_Fragment' };

type FormError_Refusal_Fragment = { __typename: 'Refusal', message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_Refusal_Fragment' };

type FormError_RevisionConflict_Fragment = { __typename: 'RevisionConflict', currentRevision: number, message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_RevisionConflict_Fragment' };

type FormError_TransitionNotAllowed_Fragment = { __typename: 'TransitionNotAllowed', allowed: Array<ModelStatus>, message: string, code: ErrorCode, path: Array<string> | null, details: unknown } & { ' $fragmentName'?: 'FormError_TransitionNotAllowed_Fragment' };

export type FormErrorFragment =
  | FormError_DeploymentLimitExceeded_Fragment
  | FormError_ExperimentStatusForbids_Fragment
  | FormError_InvalidCondition_Fragment
  | FormError_InvalidInput_Fragment
  | FormError_ModelAlreadyExists_Fragment
  | FormError_Refusal_Fragment
  | FormError_RevisionConflict_Fragment
  | FormError_TransitionNotAllowed_Fragment
;

export type InferenceRowFragment = { id: string, eventId: string, occurredAt: string, environment: Environment, operation: string | null, useCase: string | null, status: CallStatus, errorCode: string | null, errorMessage: string | null, latencyMs: number | null, timeToFirstTokenMs: number | null, tokensIn: number | string, tokensOut: number | string, tokensCached: number | string, tokensReasoning: number | string, cost: string | null, costSource: CostSource | null, rating: number | null, accepted: boolean | null, confidence: number | null, workflowRunId: string | null, model: { id: string, slug: string, name: string } | null, provider: { id: string, slug: string, name: string } | null, deployment: { id: string, name: string } | null, team: { id: string, slug: string, name: string } | null } & { ' $fragmentName'?: 'InferenceRowFragment' };

export type InsightRowFragment = { type: InsightType, rule: InsightRule, severity: Severity, message: string, recommendation: string | null, deployment: { id: string, name: string } | null } & { ' $fragmentName'?: 'InsightRowFragment' };

export type LatencyBandFragment = { avgMs: number | null, p50Ms: number | null, p95Ms: number | null, p99Ms: number | null, minMs: number | null, maxMs: number | null, relativeErrorBound: number } & { ' $fragmentName'?: 'LatencyBandFragment' };

export type MetricsFiguresFragment = { from: string, to: string, granularity: Granularity, tokensPerSecond: number | null, requests: { total: number | string, successful: number | string, failed: number | string, successRate: number | null, errorRate: number | null }, latency: { ' $fragmentRefs'?: { 'LatencyBandFragment': LatencyBandFragment } }, timeToFirstToken: { ' $fragmentRefs'?: { 'LatencyBandFragment': LatencyBandFragment } }, tokens: { total: number | string, cached: number | string, reasoning: number | string, prompt: { total: number | string, avgPerRequest: number | null, maxPerRequest: number | string | null }, completion: { total: number | string, avgPerRequest: number | null, maxPerRequest: number | string | null } }, cost: { total: string | null, avgPerRequest: string | null, costPer1kTokens: string | null, unpricedRequests: number | string, projectedMonthly: { low: string, expected: string, high: string } | null } | null, quality: { avgConfidenceScore: number | null, avgUserRating: number | null, acceptanceRate: number | null, rejectionRate: number | null } } & { ' $fragmentName'?: 'MetricsFiguresFragment' };

export type MetricsSeriesFragment = { timestamps: Array<string>, requests: Array<number | string>, errors: Array<number | string>, latencyAvgMs: Array<number | null>, latencyP50Ms: Array<number | null>, latencyP95Ms: Array<number | null>, latencyP99Ms: Array<number | null>, tokens: Array<number | string>, costUsd: Array<string | null> | null } & { ' $fragmentName'?: 'MetricsSeriesFragment' };

export type ModelCardFragment = { id: string, slug: string, name: string, description: string | null, modelType: ModelType, category: string | null, tags: Array<string>, capabilities: Array<string>, status: ModelStatus, securityLevel: Clearance, owner: string | null, contextWindow: number | null, maxTokens: number | null, latencyMs: number | null, popularity: number | string | null, retiresOn: string | null, isArchived: boolean, isDemo: boolean, revision: number, updatedAt: string, baselineMetrics: { avgLatencyMs: number | null, costPer1kTokens: string | null, successRate: number | null }, rating: { average: number | null, count: number | string }, provider: { ' $fragmentRefs'?: { 'ProviderBadgeFragment': ProviderBadgeFragment } } | null } & { ' $fragmentName'?: 'ModelCardFragment' };

export type ModelChangeFragment = { id: string, slug: string, name: string, status: ModelStatus, securityLevel: Clearance, owner: string | null, tags: Array<string>, retiresOn: string | null, isArchived: boolean, revision: number, updatedAt: string, version: { id: string, label: string } | null } & { ' $fragmentName'?: 'ModelChangeFragment' };

export type ModelFactsFragment = { id: string, slug: string, name: string, description: string | null, modelType: ModelType, category: string | null, tags: Array<string>, capabilities: Array<string>, supportedTasks: Array<string>, inputFormats: Array<string>, outputFormats: Array<string>, maxTokens: number | null, contextWindow: number | null, maxBatchSize: number | null, supportedParameters: unknown, license: string | null, documentation: string | null, status: ModelStatus, securityLevel: Clearance, compliance: Array<string>, owner: string | null, retiresOn: string | null, lastValidatedAt: string | null, source: ModelSource, popularity: number | string | null, latencyMs: number | null, archivedAt: string | null, isArchived: boolean, revision: number, isDemo: boolean, createdAt: string, updatedAt: string, deployableTo: Array<Environment>, baselineMetrics: { avgLatencyMs: number | null, costPer1kTokens: string | null, successRate: number | null, avgTokensPerRequest: number | null }, rating: { average: number | null, count: number | string, distribution: Array<number> }, provider: (
    { description: string | null }
    & { ' $fragmentRefs'?: { 'ProviderBadgeFragment': ProviderBadgeFragment } }
  ) | null, replacement: { id: string, slug: string, name: string, status: ModelStatus } | null, version: { id: string, label: string } | null } & { ' $fragmentName'?: 'ModelFactsFragment' };

export type PageFactsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } & { ' $fragmentName'?: 'PageFactsFragment' };

export type PriceRowFragment = { tokenClass: string, usdPerMillion: string, effectiveFrom: string | null, effectiveTo: string | null, recordedAt: string, supersededAt: string | null, source: string, recordedBy: string | null, reason: string | null, conditions: unknown } & { ' $fragmentName'?: 'PriceRowFragment' };

export type ProviderBadgeFragment = { id: string, slug: string, name: string, website: string | null } & { ' $fragmentName'?: 'ProviderBadgeFragment' };

export type QuickStatsFragment = { totalModels: number, activeDeployments: number, totalRequests: number | string, requestsPerHour: number, successRate: number | null, unpricedRequests: number | string, avgLatencyMs: number | null, avgRating: number | null, deprecatedModelsDeployed: number, modelsWithoutOwner: number, totalCost: string | null, costPerDay: string | null, costPerRequest: string | null } & { ' $fragmentName'?: 'QuickStatsFragment' };

export type ReplicaRowFragment = { slot: number, revision: number, state: ReplicaState, pid: number | null, port: number | null, endpoint: string | null, restarts: number, cpuCores: number | null, memoryBytes: number | string | null, startedAt: string | null, readyAt: string | null, updatedAt: string, lastExit: { code: number | null, reason: string | null, exitedAt: string | null } | null } & { ' $fragmentName'?: 'ReplicaRowFragment' };

export type RevisionRowFragment = { number: number, cause: Cause, restored: number | null, isCurrent: boolean, isPaused: boolean, actor: string, reason: string | null, createdAt: string, version: { id: string, label: string } | null, configuration: { ' $fragmentRefs'?: { 'DeploymentSettingsFragment': DeploymentSettingsFragment } } | null } & { ' $fragmentName'?: 'RevisionRowFragment' };

export type SilenceRowFragment = { id: string, startsAt: string, endsAt: string, reason: string, isActive: boolean, author: string, revision: number, createdAt: string, updatedAt: string, matchers: Array<{ label: SilenceLabel, values: Array<string>, isNegated: boolean }> } & { ' $fragmentName'?: 'SilenceRowFragment' };

export type TopModelRowFragment = { requests: number | string, cost: string | null, rating: number | null, model: { id: string, slug: string, name: string, status: ModelStatus } | null } & { ' $fragmentName'?: 'TopModelRowFragment' };

export type TransitionRowFragment = { fromStatus: ModelStatus, toStatus: ModelStatus, actor: string, reason: string | null, occurredAt: string } & { ' $fragmentName'?: 'TransitionRowFragment' };

export type TrialFindingsFragment = { status: CallStatus, fault: CallFault | null, message: string | null, output: string | null, finishReason: string | null, attempts: number | null, tokensIn: number | string | null, tokensOut: number | string | null, latencyMs: number | null, timeToFirstTokenMs: number | null, cost: string | null, inference: { id: string, eventId: string } | null } & { ' $fragmentName'?: 'TrialFindingsFragment' };

export type UnusualSpendRowFragment = { scope: SpendScope, spent: string, usual: string, factor: number, from: string, to: string, environment: Environment | null, provider: { id: string, name: string } | null, model: { id: string, slug: string, name: string } | null, team: { id: string, slug: string, name: string } | null } & { ' $fragmentName'?: 'UnusualSpendRowFragment' };

export type UsageCellFragment = { requests: number | string, failed: number | string, tokensIn: number | string, tokensOut: number | string, unpricedRequests: number | string, cost: string | null } & { ' $fragmentName'?: 'UsageCellFragment' };

export type UsageRowFragment = { environment: Environment | null, apiKey: string | null, user: string | null, useCase: string | null, requestShare: number | null, costShare: number | null, model: { id: string, slug: string, name: string } | null, provider: { id: string, slug: string, name: string } | null, team: { id: string, slug: string, name: string } | null, figures: { ' $fragmentRefs'?: { 'UsageCellFragment': UsageCellFragment } }, previous: { ' $fragmentRefs'?: { 'UsageCellFragment': UsageCellFragment } }, series: { timestamps: Array<string>, requests: Array<number | string>, tokens: Array<number | string>, costUsd: Array<string | null> | null } } & { ' $fragmentName'?: 'UsageRowFragment' };

export type VariantResultRowFragment = { units: number | string | null, totalCost: string | null, costPerRequest: string | null, unpricedRequests: number | string, variant: { name: string, weight: string, isControl: boolean, model: { id: string, slug: string, name: string } | null }, requests: { total: number | string, successful: number | string, failed: number | string, successRate: number | null, errorRate: number | null }, latency: { ' $fragmentRefs'?: { 'LatencyBandFragment': LatencyBandFragment } }, timeToFirstToken: { ' $fragmentRefs'?: { 'LatencyBandFragment': LatencyBandFragment } }, quality: { avgConfidenceScore: number | null, avgUserRating: number | null, acceptanceRate: number | null, rejectionRate: number | null }, primary: { metric: string, calls: number | string, value: number | null }, secondary: Array<{ metric: string, calls: number | string, value: number | null }>, guardrails: Array<{ metric: string, calls: number | string, value: number | null }> } & { ' $fragmentName'?: 'VariantResultRowFragment' };

export type VersionRowFragment = { id: string, label: string, description: string | null, status: ModelStatus, configuration: unknown, activatedAt: string | null, revision: number, createdAt: string, updatedAt: string } & { ' $fragmentName'?: 'VersionRowFragment' };

export type ViewerFactsFragment = { name: string, role: Role | null, clearance: Clearance, seesEveryTeam: boolean, permissions: Array<string>, teams: Array<{ id: string, slug: string, name: string }>, user: { id: string, email: string } | null } & { ' $fragmentName'?: 'ViewerFactsFragment' };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { acceptInvitation: { accessToken: string | null, expiresAt: string | null, refreshToken: string | null, viewer: { ' $fragmentRefs'?: { 'ViewerFactsFragment': ViewerFactsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type AcknowledgeAlertMutationVariables = Exact<{
  input: AcknowledgeAlertInput;
}>;


export type AcknowledgeAlertMutation = { acknowledgeAlert: { alert: (
      { acknowledgement: string | null }
      & { ' $fragmentRefs'?: { 'AlertRowFragment': AlertRowFragment } }
    ) | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type ActiveDeploymentsQueryVariables = Exact<{
  first?: number | null | undefined;
}>;


export type ActiveDeploymentsQuery = { eventCursor: string | null, deployments: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment } }> } };

export type AlertQueryVariables = Exact<{
  id: string;
}>;


export type AlertQuery = { eventCursor: string | null, alert: (
    { acknowledgement: string | null, rule: { ' $fragmentRefs'?: { 'AlertRuleRowFragment': AlertRuleRowFragment } } | null, timeline: Array<{ ' $fragmentRefs'?: { 'AlertEntryRowFragment': AlertEntryRowFragment } }> }
    & { ' $fragmentRefs'?: { 'AlertRowFragment': AlertRowFragment } }
  ) | null };

export type AlertChangedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type AlertChangedSubscription = { alertChanged: { cursor: string, occurredAt: string, kind: string, message: string | null, alert: { ' $fragmentRefs'?: { 'AlertRowFragment': AlertRowFragment } } | null } };

export type AlertChannelsQueryVariables = Exact<{
  filter?: AlertChannelFilter | null | undefined;
  orderBy?: AlertChannelOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AlertChannelsQuery = { alertChannels: { totalCount: number | null, nodes: Array<(
      { deliveries: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'DeliveryRowFragment': DeliveryRowFragment } }> } }
      & { ' $fragmentRefs'?: { 'ChannelRowFragment': ChannelRowFragment } }
    )>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type AlertRaisedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  severity?: Array<Severity> | Severity | null | undefined;
}>;


export type AlertRaisedSubscription = { alertRaised: { cursor: string, occurredAt: string, message: string | null, alert: { ' $fragmentRefs'?: { 'AlertRowFragment': AlertRowFragment } } | null } };

export type AlertRulesQueryVariables = Exact<{
  filter?: AlertRuleFilter | null | undefined;
  orderBy?: AlertRuleOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AlertRulesQuery = { alertRules: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'AlertRuleRowFragment': AlertRuleRowFragment;'AlertRuleSettingsFragment': AlertRuleSettingsFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type AlertsQueryVariables = Exact<{
  filter?: AlertFilter | null | undefined;
  orderBy?: AlertOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AlertsQuery = { eventCursor: string | null, alerts: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'AlertRowFragment': AlertRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type ArchiveExperimentMutationVariables = Exact<{
  input: ArchiveExperimentInput;
}>;


export type ArchiveExperimentMutation = { archiveExperiment: { experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment;'ExperimentPlanFragment': ExperimentPlanFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type ArchiveModelMutationVariables = Exact<{
  input: ArchiveModelInput;
}>;


export type ArchiveModelMutation = { archiveModel: { model: { ' $fragmentRefs'?: { 'ModelChangeFragment': ModelChangeFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type AuditEventRecordedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type AuditEventRecordedSubscription = { auditEventRecorded: { cursor: string, occurredAt: string, auditEvent: { ' $fragmentRefs'?: { 'AuditRowFragment': AuditRowFragment } } | null } };

export type CatalogQueryVariables = Exact<{
  query?: string | null | undefined;
  filter?: ModelFilter | null | undefined;
  orderBy?: ModelOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CatalogQuery = { eventCursor: string | null, models: { totalCount: number | null, didYouMean: string | null, nodes: Array<{ ' $fragmentRefs'?: { 'ModelCardFragment': ModelCardFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } }, appliedFilter: Array<{ path: string, field: string, operator: FilterOperator, values: Array<string> }>, facets: Array<{ field: FacetField, otherCount: number, values: Array<{ value: string, label: string, count: number | string, isSelected: boolean }> }> } };

export type CompareModelsQueryVariables = Exact<{
  ids: Array<string> | string;
  range: TimeRangeInput;
}>;


export type CompareModelsQuery = { nodes: Array<
    | (
      { prices: Array<{ ' $fragmentRefs'?: { 'PriceRowFragment': PriceRowFragment } }>, metrics: { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } } }
      & { ' $fragmentRefs'?: { 'ModelFactsFragment': ModelFactsFragment } }
    )
    | Record<PropertyKey, never>
   | null> };

export type CreateAlertRuleMutationVariables = Exact<{
  input: CreateAlertRuleInput;
}>;


export type CreateAlertRuleMutation = { createAlertRule: { alertRule: { ' $fragmentRefs'?: { 'AlertRuleRowFragment': AlertRuleRowFragment;'AlertRuleSettingsFragment': AlertRuleSettingsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type CreateChannelMutationVariables = Exact<{
  input: CreateChannelInput;
}>;


export type CreateChannelMutation = { createChannel: { secret: string | null, alertChannel: { ' $fragmentRefs'?: { 'ChannelRowFragment': ChannelRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type CreateDeploymentMutationVariables = Exact<{
  input: CreateDeploymentInput;
}>;


export type CreateDeploymentMutation = { createDeployment: { deployment: (
      { configuration: { ' $fragmentRefs'?: { 'DeploymentSettingsFragment': DeploymentSettingsFragment } } | null }
      & { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } }
    ) | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type CreateExperimentMutationVariables = Exact<{
  input: CreateExperimentInput;
}>;


export type CreateExperimentMutation = { createExperiment: { experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment;'ExperimentPlanFragment': ExperimentPlanFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type CreateSilenceMutationVariables = Exact<{
  input: CreateSilenceInput;
}>;


export type CreateSilenceMutation = { createSilence: { silence: { ' $fragmentRefs'?: { 'SilenceRowFragment': SilenceRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type DeleteAlertRuleMutationVariables = Exact<{
  input: DeleteAlertRuleInput;
}>;


export type DeleteAlertRuleMutation = { deleteAlertRule: { alertRule: { ' $fragmentRefs'?: { 'AlertRuleRowFragment': AlertRuleRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type DeleteChannelMutationVariables = Exact<{
  input: DeleteChannelInput;
}>;


export type DeleteChannelMutation = { deleteChannel: { alertChannel: { ' $fragmentRefs'?: { 'ChannelRowFragment': ChannelRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type DeleteDeploymentMutationVariables = Exact<{
  input: DeleteDeploymentInput;
}>;


export type DeleteDeploymentMutation = { deleteDeployment: { deployment: { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type DeploymentQueryVariables = Exact<{
  id: string;
  range: TimeRangeInput;
  granularity?: Granularity | null | undefined;
}>;


export type DeploymentQuery = { eventCursor: string | null, deployment: (
    { availability: number | null, uptimeSeconds: number | null, configuration: { ' $fragmentRefs'?: { 'DeploymentSettingsFragment': DeploymentSettingsFragment } } | null, metrics: (
      { series: { ' $fragmentRefs'?: { 'MetricsSeriesFragment': MetricsSeriesFragment } }, errors: Array<{ ' $fragmentRefs'?: { 'ErrorRowFragment': ErrorRowFragment } }> }
      & { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } }
    ) }
    & { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } }
  ) | null };

export type DeploymentLogsQueryVariables = Exact<{
  id: string;
  replica?: number | null | undefined;
  lines?: number;
}>;


export type DeploymentLogsQuery = { deployment: { id: string, logs: Array<{ slot: number, lines: Array<string>, updatedAt: string }> } | null };

export type DeploymentReplicasQueryVariables = Exact<{
  id: string;
}>;


export type DeploymentReplicasQuery = { eventCursor: string | null, deployment: (
    { replicaStates: Array<{ ' $fragmentRefs'?: { 'ReplicaRowFragment': ReplicaRowFragment } }> }
    & { ' $fragmentRefs'?: { 'DeploymentStatusFragment': DeploymentStatusFragment } }
  ) | null };

export type DeploymentRevisionsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeploymentRevisionsQuery = { deployment: { id: string, revisions: { nodes: Array<{ ' $fragmentRefs'?: { 'RevisionRowFragment': RevisionRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } } | null };

export type DeploymentStatusChangedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  deploymentId?: string | null | undefined;
  environment?: Environment | null | undefined;
}>;


export type DeploymentStatusChangedSubscription = { deploymentStatusChanged: { cursor: string, occurredAt: string, kind: string, message: string | null, deployment: { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } } | null } };

export type DeploymentTemplatesQueryVariables = Exact<{ [key: string]: never; }>;


export type DeploymentTemplatesQuery = { deploymentTemplates: Array<{ name: string }> };

export type DeploymentsQueryVariables = Exact<{
  filter?: DeploymentFilter | null | undefined;
  orderBy?: DeploymentOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeploymentsQuery = { eventCursor: string | null, deployments: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type EventCursorQueryVariables = Exact<{ [key: string]: never; }>;


export type EventCursorQuery = { eventCursor: string | null };

export type ExperimentQueryVariables = Exact<{
  id: string;
}>;


export type ExperimentQuery = { eventCursor: string | null, experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment;'ExperimentPlanFragment': ExperimentPlanFragment;'ExperimentFindingsFragment': ExperimentFindingsFragment } } | null };

export type ExperimentChangedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  experimentId?: string | null | undefined;
}>;


export type ExperimentChangedSubscription = { experimentChanged: { cursor: string, occurredAt: string, kind: string, experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment } } | null } };

export type ExperimentResultsChangedSubscriptionVariables = Exact<{
  experimentId: string;
}>;


export type ExperimentResultsChangedSubscription = { experimentResultsChanged: { cursor: string, occurredAt: string, experiment: { ' $fragmentRefs'?: { 'ExperimentFindingsFragment': ExperimentFindingsFragment } } | null } };

export type ExperimentsQueryVariables = Exact<{
  filter?: ExperimentFilter | null | undefined;
  orderBy?: ExperimentOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ExperimentsQuery = { eventCursor: string | null, experiments: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type ExpireSilenceMutationVariables = Exact<{
  input: ExpireSilenceInput;
}>;


export type ExpireSilenceMutation = { expireSilence: { silence: { ' $fragmentRefs'?: { 'SilenceRowFragment': SilenceRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type InferenceTokensSubscriptionVariables = Exact<{
  deploymentId: string;
  input: QuestionInput;
}>;


export type InferenceTokensSubscription = { inferenceTokens: { text: string, result: { ' $fragmentRefs'?: { 'TrialFindingsFragment': TrialFindingsFragment } } | null } };

export type InferencesQueryVariables = Exact<{
  range: TimeRangeInput;
  filter?: InferenceFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type InferencesQuery = { inferences: { nodes: Array<{ ' $fragmentRefs'?: { 'InferenceRowFragment': InferenceRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type ModelQueryVariables = Exact<{
  by: ModelLookup;
}>;


export type ModelQuery = { eventCursor: string | null, model: (
    { health: Health | null, viewerRating: { rating: number, comment: string | null, ratedAt: string } | null, versions: Array<{ ' $fragmentRefs'?: { 'VersionRowFragment': VersionRowFragment } }>, aliases: Array<{ ' $fragmentRefs'?: { 'AliasRowFragment': AliasRowFragment } }> }
    & { ' $fragmentRefs'?: { 'ModelFactsFragment': ModelFactsFragment } }
  ) | null };

export type ModelChangedSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ModelChangedSubscription = { modelChanged: { cursor: string, occurredAt: string, kind: string, message: string | null, model: { ' $fragmentRefs'?: { 'ModelChangeFragment': ModelChangeFragment } } | null } };

export type ModelDeploymentsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelDeploymentsQuery = { node:
    | { id: string, deployments: { nodes: Array<{ ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } }
    | Record<PropertyKey, never>
   | null };

export type ModelExperimentsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelExperimentsQuery = { node:
    | { id: string, experiments: { nodes: Array<{ ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } }
    | Record<PropertyKey, never>
   | null };

export type ModelHistoryQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelHistoryQuery = { node:
    | { id: string, transitions: { nodes: Array<{ ' $fragmentRefs'?: { 'TransitionRowFragment': TransitionRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } }
    | Record<PropertyKey, never>
   | null };

export type ModelMetricsChangedSubscriptionVariables = Exact<{
  modelId: string;
}>;


export type ModelMetricsChangedSubscription = { modelMetricsChanged: { cursor: string, occurredAt: string, model: { id: string, metrics: (
        { series: { ' $fragmentRefs'?: { 'MetricsSeriesFragment': MetricsSeriesFragment } } }
        & { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } }
      ) } | null } };

export type ModelPerformanceQueryVariables = Exact<{
  id: string;
  range: TimeRangeInput;
  granularity?: Granularity | null | undefined;
  environment?: Environment | null | undefined;
}>;


export type ModelPerformanceQuery = { node:
    | { id: string, metrics: (
        { previous: { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } }, series: { ' $fragmentRefs'?: { 'MetricsSeriesFragment': MetricsSeriesFragment } }, errors: Array<{ ' $fragmentRefs'?: { 'ErrorRowFragment': ErrorRowFragment } }>, insights: Array<{ ' $fragmentRefs'?: { 'InsightRowFragment': InsightRowFragment } }> }
        & { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } }
      ) }
    | Record<PropertyKey, never>
   | null };

export type ModelPricesQueryVariables = Exact<{
  id: string;
  asOf?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ModelPricesQuery = { node:
    | { id: string, prices: Array<{ ' $fragmentRefs'?: { 'PriceRowFragment': PriceRowFragment } }>, priceHistory: { nodes: Array<{ ' $fragmentRefs'?: { 'PriceRowFragment': PriceRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } }
    | Record<PropertyKey, never>
   | null };

export type ModelUsageQueryVariables = Exact<{
  id: string;
  range: TimeRangeInput;
}>;


export type ModelUsageQuery = { node:
    | { id: string, usage: { totalRequests: number | string, popularUseCases: Array<string>, totalCost: string | null, uniqueUsers: number | null } }
    | Record<PropertyKey, never>
   | null };

export type MoveModelAliasMutationVariables = Exact<{
  input: MoveModelAliasInput;
}>;


export type MoveModelAliasMutation = { moveModelAlias: { model: (
      { aliases: Array<{ ' $fragmentRefs'?: { 'AliasRowFragment': AliasRowFragment } }> }
      & { ' $fragmentRefs'?: { 'ModelChangeFragment': ModelChangeFragment } }
    ) | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type OverviewQueryVariables = Exact<{
  filter?: DashboardFilter | null | undefined;
}>;


export type OverviewQuery = { dashboard: { ' $fragmentRefs'?: { 'DashboardPanelsFragment': DashboardPanelsFragment } } | null };

export type OverviewChangedSubscriptionVariables = Exact<{
  filter?: DashboardFilter | null | undefined;
}>;


export type OverviewChangedSubscription = { dashboardChanged: { cursor: string, occurredAt: string, dashboard: { ' $fragmentRefs'?: { 'DashboardPanelsFragment': DashboardPanelsFragment } } | null } };

export type OverviewPerformanceQueryVariables = Exact<{
  range: TimeRangeInput;
  granularity?: Granularity | null | undefined;
  filter?: UsageFilter | null | undefined;
}>;


export type OverviewPerformanceQuery = { metrics: (
    { previous: { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } }, series: { ' $fragmentRefs'?: { 'MetricsSeriesFragment': MetricsSeriesFragment } } }
    & { ' $fragmentRefs'?: { 'MetricsFiguresFragment': MetricsFiguresFragment } }
  ) | null };

export type PauseDeploymentMutationVariables = Exact<{
  input: PauseDeploymentInput;
}>;


export type PauseDeploymentMutation = { pauseDeployment: { deployment: { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type ProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type ProvidersQuery = { providers: Array<{ ' $fragmentRefs'?: { 'ProviderBadgeFragment': ProviderBadgeFragment } }> };

export type RateModelMutationVariables = Exact<{
  input: RateModelInput;
}>;


export type RateModelMutation = { rateModel: { model: { id: string, rating: { average: number | null, count: number | string, distribution: Array<number> }, viewerRating: { rating: number, comment: string | null, ratedAt: string } | null } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type RecentChangesQueryVariables = Exact<{
  filter?: AuditEventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RecentChangesQuery = { eventCursor: string | null, auditEvents: { nodes: Array<{ ' $fragmentRefs'?: { 'AuditRowFragment': AuditRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type RefreshSessionMutationVariables = Exact<{
  input: RefreshSessionInput;
}>;


export type RefreshSessionMutation = { refreshSession: { accessToken: string | null, expiresAt: string | null, refreshToken: string | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type RegisterModelMutationVariables = Exact<{
  input: RegisterModelInput;
}>;


export type RegisterModelMutation = { registerModel: { model: { ' $fragmentRefs'?: { 'ModelFactsFragment': ModelFactsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type RegisterModelVersionMutationVariables = Exact<{
  input: RegisterModelVersionInput;
}>;


export type RegisterModelVersionMutation = { registerModelVersion: { modelVersion: { ' $fragmentRefs'?: { 'VersionRowFragment': VersionRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type ResumeDeploymentMutationVariables = Exact<{
  input: ResumeDeploymentInput;
}>;


export type ResumeDeploymentMutation = { resumeDeployment: { deployment: { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type RollbackDeploymentMutationVariables = Exact<{
  input: RollbackDeploymentInput;
}>;


export type RollbackDeploymentMutation = { rollbackDeployment: { deployment: (
      { configuration: { ' $fragmentRefs'?: { 'DeploymentSettingsFragment': DeploymentSettingsFragment } } | null }
      & { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } }
    ) | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type ScaleDeploymentMutationVariables = Exact<{
  input: ScaleDeploymentInput;
}>;


export type ScaleDeploymentMutation = { scaleDeployment: { deployment: { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type SetModelPriceMutationVariables = Exact<{
  input: SetModelPriceInput;
}>;


export type SetModelPriceMutation = { setModelPrice: { model: { id: string, revision: number, prices: Array<{ ' $fragmentRefs'?: { 'PriceRowFragment': PriceRowFragment } }> } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn: { accessToken: string | null, expiresAt: string | null, refreshToken: string | null, viewer: { ' $fragmentRefs'?: { 'ViewerFactsFragment': ViewerFactsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type SignOutMutationVariables = Exact<{
  input: SignOutInput;
}>;


export type SignOutMutation = { signOut: { session: { id: string, revokedAt: string | null } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type SilencesQueryVariables = Exact<{
  filter?: SilenceFilter | null | undefined;
  orderBy?: SilenceOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SilencesQuery = { silences: { totalCount: number | null, nodes: Array<{ ' $fragmentRefs'?: { 'SilenceRowFragment': SilenceRowFragment } }>, pageInfo: { ' $fragmentRefs'?: { 'PageFactsFragment': PageFactsFragment } } } };

export type SimulateAlertRuleQueryVariables = Exact<{
  rule: AlertRuleInput;
  range: TimeRangeInput;
  dailyBudgetUsd?: string | null | undefined;
}>;


export type SimulateAlertRuleQuery = { simulateAlertRule: { from: string, to: string, raised: number, firings: Array<{ pendingAt: string | null, raisedAt: string, resolvedAt: string | null, value: string | null, environment: Environment | null, model: { id: string, slug: string, name: string } | null, provider: { id: string, slug: string, name: string } | null, deployment: { id: string, name: string } | null, team: { id: string, slug: string, name: string } | null }> } | null };

export type StartExperimentMutationVariables = Exact<{
  input: StartExperimentInput;
}>;


export type StartExperimentMutation = { startExperiment: { experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment;'ExperimentPlanFragment': ExperimentPlanFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type StopExperimentMutationVariables = Exact<{
  input: StopExperimentInput;
}>;


export type StopExperimentMutation = { stopExperiment: { experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment;'ExperimentPlanFragment': ExperimentPlanFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type TagModelMutationVariables = Exact<{
  input: TagModelInput;
}>;


export type TagModelMutation = { tagModel: { model: { ' $fragmentRefs'?: { 'ModelChangeFragment': ModelChangeFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type TeamsQueryVariables = Exact<{
  first?: number | null | undefined;
}>;


export type TeamsQuery = { teams: { nodes: Array<{ id: string, slug: string, name: string }> } };

export type TestChannelMutationVariables = Exact<{
  input: TestChannelInput;
}>;


export type TestChannelMutation = { testChannel: { alertChannel: { ' $fragmentRefs'?: { 'ChannelRowFragment': ChannelRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type TestDeploymentMutationVariables = Exact<{
  input: TestDeploymentInput;
}>;


export type TestDeploymentMutation = { testDeployment: { result: { ' $fragmentRefs'?: { 'TrialFindingsFragment': TrialFindingsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type TransitionModelMutationVariables = Exact<{
  input: TransitionModelInput;
}>;


export type TransitionModelMutation = { transitionModel: { model: { ' $fragmentRefs'?: { 'ModelChangeFragment': ModelChangeFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UntagModelMutationVariables = Exact<{
  input: UntagModelInput;
}>;


export type UntagModelMutation = { untagModel: { model: { ' $fragmentRefs'?: { 'ModelChangeFragment': ModelChangeFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UpdateAlertRuleMutationVariables = Exact<{
  input: UpdateAlertRuleInput;
}>;


export type UpdateAlertRuleMutation = { updateAlertRule: { alertRule: { ' $fragmentRefs'?: { 'AlertRuleRowFragment': AlertRuleRowFragment;'AlertRuleSettingsFragment': AlertRuleSettingsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UpdateChannelMutationVariables = Exact<{
  input: UpdateChannelInput;
}>;


export type UpdateChannelMutation = { updateChannel: { secret: string | null, alertChannel: { ' $fragmentRefs'?: { 'ChannelRowFragment': ChannelRowFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UpdateDeploymentMutationVariables = Exact<{
  input: UpdateDeploymentInput;
}>;


export type UpdateDeploymentMutation = { updateDeployment: { deployment: (
      { configuration: { ' $fragmentRefs'?: { 'DeploymentSettingsFragment': DeploymentSettingsFragment } } | null }
      & { ' $fragmentRefs'?: { 'DeploymentRowFragment': DeploymentRowFragment;'DeploymentStatusFragment': DeploymentStatusFragment } }
    ) | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UpdateExperimentMutationVariables = Exact<{
  input: UpdateExperimentInput;
}>;


export type UpdateExperimentMutation = { updateExperiment: { experiment: { ' $fragmentRefs'?: { 'ExperimentRowFragment': ExperimentRowFragment;'ExperimentPlanFragment': ExperimentPlanFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UpdateModelMutationVariables = Exact<{
  input: UpdateModelInput;
}>;


export type UpdateModelMutation = { updateModel: { model: { ' $fragmentRefs'?: { 'ModelFactsFragment': ModelFactsFragment } } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type UsageQueryVariables = Exact<{
  groupBy: Array<UsageDimension> | UsageDimension;
  range: TimeRangeInput;
  granularity?: Granularity | null | undefined;
  filter?: UsageFilter | null | undefined;
  orderBy?: UsageOrder | null | undefined;
  first?: number;
}>;


export type UsageQuery = { usage: { from: string, to: string, granularity: Granularity, groupCount: number, total: { ' $fragmentRefs'?: { 'UsageCellFragment': UsageCellFragment } }, groups: Array<{ ' $fragmentRefs'?: { 'UsageRowFragment': UsageRowFragment } }> } | null };

export type ValidateModelMutationVariables = Exact<{
  input: ValidateModelInput;
}>;


export type ValidateModelMutation = { validateModel: { validation: { isValid: boolean, checks: Array<{ check: Check, outcome: CheckOutcome, reason: string }> } | null, errors: Array<
      | { ' $fragmentRefs'?: { 'FormError_DeploymentLimitExceeded_Fragment': FormError_DeploymentLimitExceeded_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ExperimentStatusForbids_Fragment': FormError_ExperimentStatusForbids_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidCondition_Fragment': FormError_InvalidCondition_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_InvalidInput_Fragment': FormError_InvalidInput_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_ModelAlreadyExists_Fragment': FormError_ModelAlreadyExists_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_Refusal_Fragment': FormError_Refusal_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_RevisionConflict_Fragment': FormError_RevisionConflict_Fragment } }
      | { ' $fragmentRefs'?: { 'FormError_TransitionNotAllowed_Fragment': FormError_TransitionNotAllowed_Fragment } }
    > } | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { ' $fragmentRefs'?: { 'ViewerFactsFragment': ViewerFactsFragment } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AlertEntryRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AlertEntryRow on AlertEntry {
  occurredAt
  kind
  fromState
  toState
  severity
  value
  message
  notice
  heldBy
  actor
  comment
}
    `, {"fragmentName":"AlertEntryRow"}) as unknown as TypedDocumentString<AlertEntryRowFragment, unknown>;
export const AlertRuleRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AlertRuleRow on AlertRule {
  id
  name
  description
  metric
  comparator
  threshold
  severity
  type
  windowMinutes
  forSeconds
  isEnabled
  isDefault
  owner
  evaluatedAt
  deletedAt
  revision
  createdAt
  updatedAt
}
    `, {"fragmentName":"AlertRuleRow"}) as unknown as TypedDocumentString<AlertRuleRowFragment, unknown>;
export const ChannelBadgeFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ChannelBadge on AlertChannel {
  id
  kind
  name
}
    `, {"fragmentName":"ChannelBadge"}) as unknown as TypedDocumentString<ChannelBadgeFragment, unknown>;
export const AlertRuleSettingsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AlertRuleSettings on AlertRule {
  keepFiringSeconds
  intervalSeconds
  groupBy
  condition
  noData
  cooldownSeconds
  scope {
    environments
    models {
      id
      slug
      name
    }
    providers {
      id
      slug
      name
    }
    deployments {
      id
      name
    }
    teams {
      id
      slug
      name
    }
  }
  channels {
    ...ChannelBadge
  }
  escalation {
    afterSeconds
    channels {
      ...ChannelBadge
    }
  }
}
    fragment ChannelBadge on AlertChannel {
  id
  kind
  name
}`, {"fragmentName":"AlertRuleSettings"}) as unknown as TypedDocumentString<AlertRuleSettingsFragment, unknown>;
export const AliasRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AliasRow on ModelAlias {
  name
  isProtected
  movedAt
  version {
    id
    label
  }
}
    `, {"fragmentName":"AliasRow"}) as unknown as TypedDocumentString<AliasRowFragment, unknown>;
export const AuditRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AuditRow on AuditEvent {
  id
  occurredAt
  action
  outcome
  reason
  actor
  actorName
  onBehalfOf
  resourceType
  resource
  before
  after
  address
  request
}
    `, {"fragmentName":"AuditRow"}) as unknown as TypedDocumentString<AuditRowFragment, unknown>;
export const ChannelRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ChannelRow on AlertChannel {
  id
  kind
  name
  host
  recipients
  digest
  isEnabled
  owner
  revision
  deletedAt
  createdAt
  updatedAt
}
    `, {"fragmentName":"ChannelRow"}) as unknown as TypedDocumentString<ChannelRowFragment, unknown>;
export const QuickStatsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment QuickStats on DashboardSummary {
  totalModels
  activeDeployments
  totalRequests
  requestsPerHour
  successRate
  unpricedRequests
  avgLatencyMs
  avgRating
  deprecatedModelsDeployed
  modelsWithoutOwner
  totalCost
  costPerDay
  costPerRequest
}
    `, {"fragmentName":"QuickStats"}) as unknown as TypedDocumentString<QuickStatsFragment, unknown>;
export const TopModelRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TopModelRow on TopModel {
  requests
  cost
  rating
  model {
    id
    slug
    name
    status
  }
}
    `, {"fragmentName":"TopModelRow"}) as unknown as TypedDocumentString<TopModelRowFragment, unknown>;
export const ActivityRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ActivityRow on Activity {
  occurredAt
  type
  message
  model {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
}
    `, {"fragmentName":"ActivityRow"}) as unknown as TypedDocumentString<ActivityRowFragment, unknown>;
export const AlertRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
    `, {"fragmentName":"AlertRow"}) as unknown as TypedDocumentString<AlertRowFragment, unknown>;
export const UnusualSpendRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment UnusualSpendRow on UnusualSpend {
  scope
  spent
  usual
  factor
  from
  to
  environment
  provider {
    id
    name
  }
  model {
    id
    slug
    name
  }
  team {
    id
    slug
    name
  }
}
    `, {"fragmentName":"UnusualSpendRow"}) as unknown as TypedDocumentString<UnusualSpendRowFragment, unknown>;
export const DashboardPanelsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment DashboardPanels on Dashboard {
  eventCursor
  summary {
    ...QuickStats
  }
  topModels {
    ...TopModelRow
  }
  recentActivity {
    ...ActivityRow
  }
  alerts {
    ...AlertRow
  }
  unusualSpend {
    ...UnusualSpendRow
  }
}
    fragment ActivityRow on Activity {
  occurredAt
  type
  message
  model {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
}
fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
fragment QuickStats on DashboardSummary {
  totalModels
  activeDeployments
  totalRequests
  requestsPerHour
  successRate
  unpricedRequests
  avgLatencyMs
  avgRating
  deprecatedModelsDeployed
  modelsWithoutOwner
  totalCost
  costPerDay
  costPerRequest
}
fragment TopModelRow on TopModel {
  requests
  cost
  rating
  model {
    id
    slug
    name
    status
  }
}
fragment UnusualSpendRow on UnusualSpend {
  scope
  spent
  usual
  factor
  from
  to
  environment
  provider {
    id
    name
  }
  model {
    id
    slug
    name
  }
  team {
    id
    slug
    name
  }
}`, {"fragmentName":"DashboardPanels"}) as unknown as TypedDocumentString<DashboardPanelsFragment, unknown>;
export const DeliveryRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment DeliveryRow on AlertDelivery {
  kind
  outcome
  attemptedAt
  attempt
  httpStatus
  reply
  tookMs
  nextAttemptAt
  notifications
  idempotencyKey
}
    `, {"fragmentName":"DeliveryRow"}) as unknown as TypedDocumentString<DeliveryRowFragment, unknown>;
export const DeploymentRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
    `, {"fragmentName":"DeploymentRow"}) as unknown as TypedDocumentString<DeploymentRowFragment, unknown>;
export const ConditionRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
    `, {"fragmentName":"ConditionRow"}) as unknown as TypedDocumentString<ConditionRowFragment, unknown>;
export const DeploymentStatusFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}`, {"fragmentName":"DeploymentStatus"}) as unknown as TypedDocumentString<DeploymentStatusFragment, unknown>;
export const ErrorRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ErrorRow on ErrorCount {
  code
  message
  count
  percentage
  lastOccurredAt
}
    `, {"fragmentName":"ErrorRow"}) as unknown as TypedDocumentString<ErrorRowFragment, unknown>;
export const LatencyBandFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
    `, {"fragmentName":"LatencyBand"}) as unknown as TypedDocumentString<LatencyBandFragment, unknown>;
export const VariantResultRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment VariantResultRow on VariantResult {
  variant {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
  units
  totalCost
  costPerRequest
  unpricedRequests
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
  primary {
    metric
    calls
    value
  }
  secondary {
    metric
    calls
    value
  }
  guardrails {
    metric
    calls
    value
  }
}
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}`, {"fragmentName":"VariantResultRow"}) as unknown as TypedDocumentString<VariantResultRowFragment, unknown>;
export const ExperimentFindingsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ExperimentFindings on Experiment {
  id
  status
  results {
    variants {
      ...VariantResultRow
    }
    winner {
      name
    }
  }
}
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment VariantResultRow on VariantResult {
  variant {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
  units
  totalCost
  costPerRequest
  unpricedRequests
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
  primary {
    metric
    calls
    value
  }
  secondary {
    metric
    calls
    value
  }
  guardrails {
    metric
    calls
    value
  }
}`, {"fragmentName":"ExperimentFindings"}) as unknown as TypedDocumentString<ExperimentFindingsFragment, unknown>;
export const ExperimentPlanFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
    `, {"fragmentName":"ExperimentPlan"}) as unknown as TypedDocumentString<ExperimentPlanFragment, unknown>;
export const ExperimentRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
    `, {"fragmentName":"ExperimentRow"}) as unknown as TypedDocumentString<ExperimentRowFragment, unknown>;
export const FormErrorFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
    `, {"fragmentName":"FormError"}) as unknown as TypedDocumentString<FormErrorFragment, unknown>;
export const InferenceRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment InferenceRow on Inference {
  id
  eventId
  occurredAt
  environment
  operation
  useCase
  status
  errorCode
  errorMessage
  latencyMs
  timeToFirstTokenMs
  tokensIn
  tokensOut
  tokensCached
  tokensReasoning
  cost
  costSource
  rating
  accepted
  confidence
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
  workflowRunId
}
    `, {"fragmentName":"InferenceRow"}) as unknown as TypedDocumentString<InferenceRowFragment, unknown>;
export const InsightRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment InsightRow on Insight {
  type
  rule
  severity
  message
  recommendation
  deployment {
    id
    name
  }
}
    `, {"fragmentName":"InsightRow"}) as unknown as TypedDocumentString<InsightRowFragment, unknown>;
export const MetricsFiguresFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MetricsFigures on PerformanceMetrics {
  from
  to
  granularity
  tokensPerSecond
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  tokens {
    total
    cached
    reasoning
    prompt {
      total
      avgPerRequest
      maxPerRequest
    }
    completion {
      total
      avgPerRequest
      maxPerRequest
    }
  }
  cost {
    total
    avgPerRequest
    costPer1kTokens
    unpricedRequests
    projectedMonthly {
      low
      expected
      high
    }
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
}
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}`, {"fragmentName":"MetricsFigures"}) as unknown as TypedDocumentString<MetricsFiguresFragment, unknown>;
export const MetricsSeriesFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MetricsSeries on Series {
  timestamps
  requests
  errors
  latencyAvgMs
  latencyP50Ms
  latencyP95Ms
  latencyP99Ms
  tokens
  costUsd
}
    `, {"fragmentName":"MetricsSeries"}) as unknown as TypedDocumentString<MetricsSeriesFragment, unknown>;
export const ProviderBadgeFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}
    `, {"fragmentName":"ProviderBadge"}) as unknown as TypedDocumentString<ProviderBadgeFragment, unknown>;
export const ModelCardFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ModelCard on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  status
  securityLevel
  owner
  contextWindow
  maxTokens
  latencyMs
  popularity
  retiresOn
  isArchived
  isDemo
  revision
  updatedAt
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
  }
  rating {
    average
    count
  }
  provider {
    ...ProviderBadge
  }
}
    fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"fragmentName":"ModelCard"}) as unknown as TypedDocumentString<ModelCardFragment, unknown>;
export const ModelChangeFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}
    `, {"fragmentName":"ModelChange"}) as unknown as TypedDocumentString<ModelChangeFragment, unknown>;
export const ModelFactsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ModelFacts on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  supportedTasks
  inputFormats
  outputFormats
  maxTokens
  contextWindow
  maxBatchSize
  supportedParameters
  license
  documentation
  status
  securityLevel
  compliance
  owner
  retiresOn
  lastValidatedAt
  source
  popularity
  latencyMs
  archivedAt
  isArchived
  revision
  isDemo
  createdAt
  updatedAt
  deployableTo
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
    avgTokensPerRequest
  }
  rating {
    average
    count
    distribution
  }
  provider {
    ...ProviderBadge
    description
  }
  replacement {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
}
    fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"fragmentName":"ModelFacts"}) as unknown as TypedDocumentString<ModelFactsFragment, unknown>;
export const PageFactsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
    `, {"fragmentName":"PageFacts"}) as unknown as TypedDocumentString<PageFactsFragment, unknown>;
export const PriceRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment PriceRow on Price {
  tokenClass
  usdPerMillion
  effectiveFrom
  effectiveTo
  recordedAt
  supersededAt
  source
  recordedBy
  reason
  conditions
}
    `, {"fragmentName":"PriceRow"}) as unknown as TypedDocumentString<PriceRowFragment, unknown>;
export const ReplicaRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ReplicaRow on DeploymentReplica {
  slot
  revision
  state
  pid
  port
  endpoint
  restarts
  cpuCores
  memoryBytes
  startedAt
  readyAt
  updatedAt
  lastExit {
    code
    reason
    exitedAt
  }
}
    `, {"fragmentName":"ReplicaRow"}) as unknown as TypedDocumentString<ReplicaRowFragment, unknown>;
export const DeploymentSettingsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}
    `, {"fragmentName":"DeploymentSettings"}) as unknown as TypedDocumentString<DeploymentSettingsFragment, unknown>;
export const RevisionRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment RevisionRow on DeploymentRevision {
  number
  cause
  restored
  isCurrent
  isPaused
  actor
  reason
  createdAt
  version {
    id
    label
  }
  configuration {
    ...DeploymentSettings
  }
}
    fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}`, {"fragmentName":"RevisionRow"}) as unknown as TypedDocumentString<RevisionRowFragment, unknown>;
export const SilenceRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment SilenceRow on Silence {
  id
  startsAt
  endsAt
  reason
  isActive
  author
  revision
  createdAt
  updatedAt
  matchers {
    label
    values
    isNegated
  }
}
    `, {"fragmentName":"SilenceRow"}) as unknown as TypedDocumentString<SilenceRowFragment, unknown>;
export const TransitionRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TransitionRow on LifecycleTransition {
  fromStatus
  toStatus
  actor
  reason
  occurredAt
}
    `, {"fragmentName":"TransitionRow"}) as unknown as TypedDocumentString<TransitionRowFragment, unknown>;
export const TrialFindingsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment TrialFindings on TrialResult {
  status
  fault
  message
  output
  finishReason
  attempts
  tokensIn
  tokensOut
  latencyMs
  timeToFirstTokenMs
  cost
  inference {
    id
    eventId
  }
}
    `, {"fragmentName":"TrialFindings"}) as unknown as TypedDocumentString<TrialFindingsFragment, unknown>;
export const UsageCellFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment UsageCell on UsageFigures {
  requests
  failed
  tokensIn
  tokensOut
  unpricedRequests
  cost
}
    `, {"fragmentName":"UsageCell"}) as unknown as TypedDocumentString<UsageCellFragment, unknown>;
export const UsageRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment UsageRow on UsageGroup {
  environment
  apiKey
  user
  useCase
  requestShare
  costShare
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  team {
    id
    slug
    name
  }
  figures {
    ...UsageCell
  }
  previous {
    ...UsageCell
  }
  series {
    timestamps
    requests
    tokens
    costUsd
  }
}
    fragment UsageCell on UsageFigures {
  requests
  failed
  tokensIn
  tokensOut
  unpricedRequests
  cost
}`, {"fragmentName":"UsageRow"}) as unknown as TypedDocumentString<UsageRowFragment, unknown>;
export const VersionRowFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment VersionRow on ModelVersion {
  id
  label
  description
  status
  configuration
  activatedAt
  revision
  createdAt
  updatedAt
}
    `, {"fragmentName":"VersionRow"}) as unknown as TypedDocumentString<VersionRowFragment, unknown>;
export const ViewerFactsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ViewerFacts on Viewer {
  name
  role
  clearance
  seesEveryTeam
  permissions
  teams {
    id
    slug
    name
  }
  user {
    id
    email
  }
}
    `, {"fragmentName":"ViewerFacts"}) as unknown as TypedDocumentString<ViewerFactsFragment, unknown>;
export const AcceptInvitationDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    accessToken
    expiresAt
    refreshToken
    viewer {
      ...ViewerFacts
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ViewerFacts on Viewer {
  name
  role
  clearance
  seesEveryTeam
  permissions
  teams {
    id
    slug
    name
  }
  user {
    id
    email
  }
}`, {"hash":"sha256:8f20574badebbb47bca7b6e2c6962bf7088138a7fcf192dfc75b0a2f598693bd"}) as unknown as TypedDocumentString<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const AcknowledgeAlertDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AcknowledgeAlert($input: AcknowledgeAlertInput!) {
  acknowledgeAlert(input: $input) {
    alert {
      ...AlertRow
      acknowledgement
    }
    errors {
      ...FormError
    }
  }
}
    fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:0df9e443f61858a989c920d32131554201c82151da463083d7a4b1523c0d138b"}) as unknown as TypedDocumentString<AcknowledgeAlertMutation, AcknowledgeAlertMutationVariables>;
export const ActiveDeploymentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ActiveDeployments($first: Int = 20) {
  eventCursor
  deployments(
    first: $first
    filter: {phase: {in: [CREATING, RUNNING, SCALING, FAILED]}}
    orderBy: {field: UPDATED_AT, direction: DESC}
  ) {
    totalCount
    nodes {
      ...DeploymentRow
    }
  }
}
    fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}`, {"hash":"sha256:10643806185229e5b0798c7369780c32f4846d3a05586c8744e183b20d87cb05"}) as unknown as TypedDocumentString<ActiveDeploymentsQuery, ActiveDeploymentsQueryVariables>;
export const AlertDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Alert($id: ID!) {
  eventCursor
  alert(id: $id) {
    ...AlertRow
    acknowledgement
    rule {
      ...AlertRuleRow
    }
    timeline {
      ...AlertEntryRow
    }
  }
}
    fragment AlertEntryRow on AlertEntry {
  occurredAt
  kind
  fromState
  toState
  severity
  value
  message
  notice
  heldBy
  actor
  comment
}
fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
fragment AlertRuleRow on AlertRule {
  id
  name
  description
  metric
  comparator
  threshold
  severity
  type
  windowMinutes
  forSeconds
  isEnabled
  isDefault
  owner
  evaluatedAt
  deletedAt
  revision
  createdAt
  updatedAt
}`, {"hash":"sha256:77a851d059260520fcead0ff2c723fe191694e2f5edd4e91cf6f0e3a7d03b29d"}) as unknown as TypedDocumentString<AlertQuery, AlertQueryVariables>;
export const AlertChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription AlertChanged($after: Cursor) {
  alertChanged(after: $after) {
    cursor
    occurredAt
    kind
    message
    alert {
      ...AlertRow
    }
  }
}
    fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}`, {"hash":"sha256:44afdb33eda89208a4c192e9694d4caa5e7ed6d350bb2a0a9dd15e5e7c12e557"}) as unknown as TypedDocumentString<AlertChangedSubscription, AlertChangedSubscriptionVariables>;
export const AlertChannelsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query AlertChannels($filter: AlertChannelFilter, $orderBy: AlertChannelOrder = {field: NAME, direction: ASC}, $first: Int = 20, $after: String) {
  alertChannels(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ...ChannelRow
      deliveries(first: 5) {
        nodes {
          ...DeliveryRow
        }
        totalCount
      }
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
  }
}
    fragment ChannelRow on AlertChannel {
  id
  kind
  name
  host
  recipients
  digest
  isEnabled
  owner
  revision
  deletedAt
  createdAt
  updatedAt
}
fragment DeliveryRow on AlertDelivery {
  kind
  outcome
  attemptedAt
  attempt
  httpStatus
  reply
  tookMs
  nextAttemptAt
  notifications
  idempotencyKey
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:dc98746405139b5af2efe1f8574f8f2e27b421af5c32c18f8e72a78d49b70aae"}) as unknown as TypedDocumentString<AlertChannelsQuery, AlertChannelsQueryVariables>;
export const AlertRaisedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription AlertRaised($after: Cursor, $severity: [Severity!]) {
  alertRaised(after: $after, severity: $severity) {
    cursor
    occurredAt
    message
    alert {
      ...AlertRow
    }
  }
}
    fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}`, {"hash":"sha256:de7d91d6bc7b2fcc0bb216e67b69d0ba5c18312d6617c3f701cbe5ae134f27bf"}) as unknown as TypedDocumentString<AlertRaisedSubscription, AlertRaisedSubscriptionVariables>;
export const AlertRulesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query AlertRules($filter: AlertRuleFilter, $orderBy: AlertRuleOrder = {field: NAME, direction: ASC}, $first: Int = 20, $after: String) {
  alertRules(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ...AlertRuleRow
      ...AlertRuleSettings
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
  }
}
    fragment AlertRuleRow on AlertRule {
  id
  name
  description
  metric
  comparator
  threshold
  severity
  type
  windowMinutes
  forSeconds
  isEnabled
  isDefault
  owner
  evaluatedAt
  deletedAt
  revision
  createdAt
  updatedAt
}
fragment AlertRuleSettings on AlertRule {
  keepFiringSeconds
  intervalSeconds
  groupBy
  condition
  noData
  cooldownSeconds
  scope {
    environments
    models {
      id
      slug
      name
    }
    providers {
      id
      slug
      name
    }
    deployments {
      id
      name
    }
    teams {
      id
      slug
      name
    }
  }
  channels {
    ...ChannelBadge
  }
  escalation {
    afterSeconds
    channels {
      ...ChannelBadge
    }
  }
}
fragment ChannelBadge on AlertChannel {
  id
  kind
  name
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:90b1cc6d73d00026a71f85878b8370c7dfb5022a1673d94d00be1a8289567f15"}) as unknown as TypedDocumentString<AlertRulesQuery, AlertRulesQueryVariables>;
export const AlertsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Alerts($filter: AlertFilter, $orderBy: AlertOrder = {field: CHANGED_AT, direction: DESC}, $first: Int = 20, $after: String) {
  eventCursor
  alerts(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ...AlertRow
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
  }
}
    fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:cc236808fbd9f0030b17a0bb0a2120fb9ade64d182e97e9b6debcd602180c0a2"}) as unknown as TypedDocumentString<AlertsQuery, AlertsQueryVariables>;
export const ArchiveExperimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ArchiveExperiment($input: ArchiveExperimentInput!) {
  archiveExperiment(input: $input) {
    experiment {
      ...ExperimentRow
      ...ExperimentPlan
    }
    errors {
      ...FormError
    }
  }
}
    fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:fd150c0401c1a8eff9ee2d89a9a9d22a695ad4d1e581b1065999819d7585c527"}) as unknown as TypedDocumentString<ArchiveExperimentMutation, ArchiveExperimentMutationVariables>;
export const ArchiveModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ArchiveModel($input: ArchiveModelInput!) {
  archiveModel(input: $input) {
    model {
      ...ModelChange
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}`, {"hash":"sha256:798c6d57a7d9640bb89282a803f083b13c1794973b8db8029dcec2c47aed2ffd"}) as unknown as TypedDocumentString<ArchiveModelMutation, ArchiveModelMutationVariables>;
export const AuditEventRecordedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription AuditEventRecorded($after: Cursor) {
  auditEventRecorded(after: $after) {
    cursor
    occurredAt
    auditEvent {
      ...AuditRow
    }
  }
}
    fragment AuditRow on AuditEvent {
  id
  occurredAt
  action
  outcome
  reason
  actor
  actorName
  onBehalfOf
  resourceType
  resource
  before
  after
  address
  request
}`, {"hash":"sha256:3086fe434d866afc78a1222a2e33e5a48caa0bd57db3640640ee0e4a3c749966"}) as unknown as TypedDocumentString<AuditEventRecordedSubscription, AuditEventRecordedSubscriptionVariables>;
export const CatalogDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Catalog($query: String, $filter: ModelFilter, $orderBy: ModelOrder, $first: Int = 20, $after: String) {
  eventCursor
  models(
    query: $query
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
  ) {
    nodes {
      ...ModelCard
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
    didYouMean
    appliedFilter {
      path
      field
      operator
      values
    }
    facets {
      field
      otherCount
      values {
        value
        label
        count
        isSelected
      }
    }
  }
}
    fragment ModelCard on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  status
  securityLevel
  owner
  contextWindow
  maxTokens
  latencyMs
  popularity
  retiresOn
  isArchived
  isDemo
  revision
  updatedAt
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
  }
  rating {
    average
    count
  }
  provider {
    ...ProviderBadge
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"hash":"sha256:5246aa8be0f11521d260dba220ecabc098a1a68c4cbfea0a0cbe6b8a80cf1482"}) as unknown as TypedDocumentString<CatalogQuery, CatalogQueryVariables>;
export const CompareModelsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query CompareModels($ids: [ID!]!, $range: TimeRangeInput!) {
  nodes(ids: $ids) {
    ... on Model {
      ...ModelFacts
      prices {
        ...PriceRow
      }
      metrics(range: $range) {
        ...MetricsFigures
      }
    }
  }
}
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment MetricsFigures on PerformanceMetrics {
  from
  to
  granularity
  tokensPerSecond
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  tokens {
    total
    cached
    reasoning
    prompt {
      total
      avgPerRequest
      maxPerRequest
    }
    completion {
      total
      avgPerRequest
      maxPerRequest
    }
  }
  cost {
    total
    avgPerRequest
    costPer1kTokens
    unpricedRequests
    projectedMonthly {
      low
      expected
      high
    }
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
}
fragment ModelFacts on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  supportedTasks
  inputFormats
  outputFormats
  maxTokens
  contextWindow
  maxBatchSize
  supportedParameters
  license
  documentation
  status
  securityLevel
  compliance
  owner
  retiresOn
  lastValidatedAt
  source
  popularity
  latencyMs
  archivedAt
  isArchived
  revision
  isDemo
  createdAt
  updatedAt
  deployableTo
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
    avgTokensPerRequest
  }
  rating {
    average
    count
    distribution
  }
  provider {
    ...ProviderBadge
    description
  }
  replacement {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
}
fragment PriceRow on Price {
  tokenClass
  usdPerMillion
  effectiveFrom
  effectiveTo
  recordedAt
  supersededAt
  source
  recordedBy
  reason
  conditions
}
fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"hash":"sha256:48a05671d3fad8eeea71cb243a639d859a36362c34aa0934a0d5082dbc39adf3"}) as unknown as TypedDocumentString<CompareModelsQuery, CompareModelsQueryVariables>;
export const CreateAlertRuleDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateAlertRule($input: CreateAlertRuleInput!) {
  createAlertRule(input: $input) {
    alertRule {
      ...AlertRuleRow
      ...AlertRuleSettings
    }
    errors {
      ...FormError
    }
  }
}
    fragment AlertRuleRow on AlertRule {
  id
  name
  description
  metric
  comparator
  threshold
  severity
  type
  windowMinutes
  forSeconds
  isEnabled
  isDefault
  owner
  evaluatedAt
  deletedAt
  revision
  createdAt
  updatedAt
}
fragment AlertRuleSettings on AlertRule {
  keepFiringSeconds
  intervalSeconds
  groupBy
  condition
  noData
  cooldownSeconds
  scope {
    environments
    models {
      id
      slug
      name
    }
    providers {
      id
      slug
      name
    }
    deployments {
      id
      name
    }
    teams {
      id
      slug
      name
    }
  }
  channels {
    ...ChannelBadge
  }
  escalation {
    afterSeconds
    channels {
      ...ChannelBadge
    }
  }
}
fragment ChannelBadge on AlertChannel {
  id
  kind
  name
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:6712b21db8bde0375448e81d07a4ad37663970148934c5d8b2e65fbd65abe1b2"}) as unknown as TypedDocumentString<CreateAlertRuleMutation, CreateAlertRuleMutationVariables>;
export const CreateChannelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateChannel($input: CreateChannelInput!) {
  createChannel(input: $input) {
    alertChannel {
      ...ChannelRow
    }
    secret
    errors {
      ...FormError
    }
  }
}
    fragment ChannelRow on AlertChannel {
  id
  kind
  name
  host
  recipients
  digest
  isEnabled
  owner
  revision
  deletedAt
  createdAt
  updatedAt
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:cf8528efc803ace1a89de4d2ee6acdf78172da0a19ffe1fb0a2af0404bc1a06e"}) as unknown as TypedDocumentString<CreateChannelMutation, CreateChannelMutationVariables>;
export const CreateDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateDeployment($input: CreateDeploymentInput!) {
  createDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
      configuration {
        ...DeploymentSettings
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:f135f33187186b60a1b2c714443b452d97950b9e61f8ecd3921a620ff1197986"}) as unknown as TypedDocumentString<CreateDeploymentMutation, CreateDeploymentMutationVariables>;
export const CreateExperimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateExperiment($input: CreateExperimentInput!) {
  createExperiment(input: $input) {
    experiment {
      ...ExperimentRow
      ...ExperimentPlan
    }
    errors {
      ...FormError
    }
  }
}
    fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:6a6432f5e19794c9e388c11be589c7f25fcb855a927be866bf07cb21d30ddb4f"}) as unknown as TypedDocumentString<CreateExperimentMutation, CreateExperimentMutationVariables>;
export const CreateSilenceDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateSilence($input: CreateSilenceInput!) {
  createSilence(input: $input) {
    silence {
      ...SilenceRow
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment SilenceRow on Silence {
  id
  startsAt
  endsAt
  reason
  isActive
  author
  revision
  createdAt
  updatedAt
  matchers {
    label
    values
    isNegated
  }
}`, {"hash":"sha256:c93ba30534c018f13f232c69327368a328c4b2cc576d8165f66fe4b264b48100"}) as unknown as TypedDocumentString<CreateSilenceMutation, CreateSilenceMutationVariables>;
export const DeleteAlertRuleDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteAlertRule($input: DeleteAlertRuleInput!) {
  deleteAlertRule(input: $input) {
    alertRule {
      ...AlertRuleRow
    }
    errors {
      ...FormError
    }
  }
}
    fragment AlertRuleRow on AlertRule {
  id
  name
  description
  metric
  comparator
  threshold
  severity
  type
  windowMinutes
  forSeconds
  isEnabled
  isDefault
  owner
  evaluatedAt
  deletedAt
  revision
  createdAt
  updatedAt
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:c04643bc28b6c18e8ea804f820ce17277f52f8ad65a9fcf6cd26c7a50a95d172"}) as unknown as TypedDocumentString<DeleteAlertRuleMutation, DeleteAlertRuleMutationVariables>;
export const DeleteChannelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteChannel($input: DeleteChannelInput!) {
  deleteChannel(input: $input) {
    alertChannel {
      ...ChannelRow
    }
    errors {
      ...FormError
    }
  }
}
    fragment ChannelRow on AlertChannel {
  id
  kind
  name
  host
  recipients
  digest
  isEnabled
  owner
  revision
  deletedAt
  createdAt
  updatedAt
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:381ab27fc48a313df0b32a499e35ab7849c65f5033f5d5a7ec14b48eefc5fb2e"}) as unknown as TypedDocumentString<DeleteChannelMutation, DeleteChannelMutationVariables>;
export const DeleteDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteDeployment($input: DeleteDeploymentInput!) {
  deleteDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:ab60e80ac11a5b537fccd22c2e45b83c3c283d39aacc614a785758734fbe1ae0"}) as unknown as TypedDocumentString<DeleteDeploymentMutation, DeleteDeploymentMutationVariables>;
export const DeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Deployment($id: ID!, $range: TimeRangeInput!, $granularity: Granularity) {
  eventCursor
  deployment(id: $id) {
    ...DeploymentRow
    ...DeploymentStatus
    availability
    uptimeSeconds
    configuration {
      ...DeploymentSettings
    }
    metrics(range: $range, granularity: $granularity) {
      ...MetricsFigures
      series {
        ...MetricsSeries
      }
      errors {
        ...ErrorRow
      }
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment ErrorRow on ErrorCount {
  code
  message
  count
  percentage
  lastOccurredAt
}
fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment MetricsFigures on PerformanceMetrics {
  from
  to
  granularity
  tokensPerSecond
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  tokens {
    total
    cached
    reasoning
    prompt {
      total
      avgPerRequest
      maxPerRequest
    }
    completion {
      total
      avgPerRequest
      maxPerRequest
    }
  }
  cost {
    total
    avgPerRequest
    costPer1kTokens
    unpricedRequests
    projectedMonthly {
      low
      expected
      high
    }
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
}
fragment MetricsSeries on Series {
  timestamps
  requests
  errors
  latencyAvgMs
  latencyP50Ms
  latencyP95Ms
  latencyP99Ms
  tokens
  costUsd
}`, {"hash":"sha256:0120e3fbea321acb932247aab6143ed8658995abd88c7ad127b469de9ddc5c93"}) as unknown as TypedDocumentString<DeploymentQuery, DeploymentQueryVariables>;
export const DeploymentLogsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query DeploymentLogs($id: ID!, $replica: Int, $lines: Int! = 100) {
  deployment(id: $id) {
    id
    logs(replica: $replica, lines: $lines) {
      slot
      lines
      updatedAt
    }
  }
}
    `, {"hash":"sha256:24a37cda9fbc699a239bf8c8dedaff67e719f5873325e4d8a922610c1900bc95"}) as unknown as TypedDocumentString<DeploymentLogsQuery, DeploymentLogsQueryVariables>;
export const DeploymentReplicasDocument = /*#__PURE__*/ new TypedDocumentString(`
    query DeploymentReplicas($id: ID!) {
  eventCursor
  deployment(id: $id) {
    ...DeploymentStatus
    replicaStates {
      ...ReplicaRow
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment ReplicaRow on DeploymentReplica {
  slot
  revision
  state
  pid
  port
  endpoint
  restarts
  cpuCores
  memoryBytes
  startedAt
  readyAt
  updatedAt
  lastExit {
    code
    reason
    exitedAt
  }
}`, {"hash":"sha256:1a8698e659b0a288a852a59ec014e29290d8def3379b5f1946762a56d6bb4401"}) as unknown as TypedDocumentString<DeploymentReplicasQuery, DeploymentReplicasQueryVariables>;
export const DeploymentRevisionsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query DeploymentRevisions($id: ID!, $first: Int = 20, $after: String) {
  deployment(id: $id) {
    id
    revisions(first: $first, after: $after) {
      nodes {
        ...RevisionRow
      }
      pageInfo {
        ...PageFacts
      }
    }
  }
}
    fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment RevisionRow on DeploymentRevision {
  number
  cause
  restored
  isCurrent
  isPaused
  actor
  reason
  createdAt
  version {
    id
    label
  }
  configuration {
    ...DeploymentSettings
  }
}`, {"hash":"sha256:412851a0d9481994cc5db61b16d615770b10b0e4f78d6ff074f21d827c735508"}) as unknown as TypedDocumentString<DeploymentRevisionsQuery, DeploymentRevisionsQueryVariables>;
export const DeploymentStatusChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription DeploymentStatusChanged($after: Cursor, $deploymentId: ID, $environment: Environment) {
  deploymentStatusChanged(
    after: $after
    deploymentId: $deploymentId
    environment: $environment
  ) {
    cursor
    occurredAt
    kind
    message
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}`, {"hash":"sha256:29090e024c5dec935381c7e11d9a0aab0f9fc1ee2aaac0863ef0fa9fafd5886a"}) as unknown as TypedDocumentString<DeploymentStatusChangedSubscription, DeploymentStatusChangedSubscriptionVariables>;
export const DeploymentTemplatesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query DeploymentTemplates {
  deploymentTemplates {
    name
  }
}
    `, {"hash":"sha256:befb8ea6ffa8f6b28a15976cbf0568f8dd201e85c0a8cede6899d438e15232a4"}) as unknown as TypedDocumentString<DeploymentTemplatesQuery, DeploymentTemplatesQueryVariables>;
export const DeploymentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Deployments($filter: DeploymentFilter, $orderBy: DeploymentOrder = {field: CREATED_AT, direction: DESC}, $first: Int = 20, $after: String) {
  eventCursor
  deployments(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ...DeploymentRow
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
  }
}
    fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:abe83edaf5a550fdbab0dc9f50a34ed5aeaeeb2327c1e35dd05756dd0398bc08"}) as unknown as TypedDocumentString<DeploymentsQuery, DeploymentsQueryVariables>;
export const EventCursorDocument = /*#__PURE__*/ new TypedDocumentString(`
    query EventCursor {
  eventCursor
}
    `, {"hash":"sha256:f0ca365305d74a838d44ad64fbf710a90a58e231473e9a5870abcaac0ff39e3b"}) as unknown as TypedDocumentString<EventCursorQuery, EventCursorQueryVariables>;
export const ExperimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Experiment($id: ID!) {
  eventCursor
  experiment(id: $id) {
    ...ExperimentRow
    ...ExperimentPlan
    ...ExperimentFindings
  }
}
    fragment ExperimentFindings on Experiment {
  id
  status
  results {
    variants {
      ...VariantResultRow
    }
    winner {
      name
    }
  }
}
fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment VariantResultRow on VariantResult {
  variant {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
  units
  totalCost
  costPerRequest
  unpricedRequests
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
  primary {
    metric
    calls
    value
  }
  secondary {
    metric
    calls
    value
  }
  guardrails {
    metric
    calls
    value
  }
}`, {"hash":"sha256:59480dbe3e07aac106f05d00ee2891d8f70a24f93cce4f706893c75a9118f3cc"}) as unknown as TypedDocumentString<ExperimentQuery, ExperimentQueryVariables>;
export const ExperimentChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ExperimentChanged($after: Cursor, $experimentId: ID) {
  experimentChanged(after: $after, experimentId: $experimentId) {
    cursor
    occurredAt
    kind
    experiment {
      ...ExperimentRow
    }
  }
}
    fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}`, {"hash":"sha256:45cbdeb63f3387d0a293a1011d65bef8fb86988c1bd844a453c969797c37cce7"}) as unknown as TypedDocumentString<ExperimentChangedSubscription, ExperimentChangedSubscriptionVariables>;
export const ExperimentResultsChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ExperimentResultsChanged($experimentId: ID!) {
  experimentResultsChanged(experimentId: $experimentId) {
    cursor
    occurredAt
    experiment {
      ...ExperimentFindings
    }
  }
}
    fragment ExperimentFindings on Experiment {
  id
  status
  results {
    variants {
      ...VariantResultRow
    }
    winner {
      name
    }
  }
}
fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment VariantResultRow on VariantResult {
  variant {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
  units
  totalCost
  costPerRequest
  unpricedRequests
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
  primary {
    metric
    calls
    value
  }
  secondary {
    metric
    calls
    value
  }
  guardrails {
    metric
    calls
    value
  }
}`, {"hash":"sha256:73fda301ee9ace0ae1a3747054d2e549637a9feba69b38cd8da119e6fcdee9e5"}) as unknown as TypedDocumentString<ExperimentResultsChangedSubscription, ExperimentResultsChangedSubscriptionVariables>;
export const ExperimentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Experiments($filter: ExperimentFilter, $orderBy: ExperimentOrder = {field: CREATED_AT, direction: DESC}, $first: Int = 20, $after: String) {
  eventCursor
  experiments(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ...ExperimentRow
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
  }
}
    fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:e78a69cb1335decc39eb5b178042e1213e44106fda00775316012fbfe4f32135"}) as unknown as TypedDocumentString<ExperimentsQuery, ExperimentsQueryVariables>;
export const ExpireSilenceDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ExpireSilence($input: ExpireSilenceInput!) {
  expireSilence(input: $input) {
    silence {
      ...SilenceRow
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment SilenceRow on Silence {
  id
  startsAt
  endsAt
  reason
  isActive
  author
  revision
  createdAt
  updatedAt
  matchers {
    label
    values
    isNegated
  }
}`, {"hash":"sha256:09628606b7668d5b5d6270e7cce9c047bf61caf00fe5b6539de97d75278e8f81"}) as unknown as TypedDocumentString<ExpireSilenceMutation, ExpireSilenceMutationVariables>;
export const InferenceTokensDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription InferenceTokens($deploymentId: ID!, $input: QuestionInput!) {
  inferenceTokens(deploymentId: $deploymentId, input: $input) {
    text
    result {
      ...TrialFindings
    }
  }
}
    fragment TrialFindings on TrialResult {
  status
  fault
  message
  output
  finishReason
  attempts
  tokensIn
  tokensOut
  latencyMs
  timeToFirstTokenMs
  cost
  inference {
    id
    eventId
  }
}`, {"hash":"sha256:ffe6251377c3e87954c45784058952601f0c339e7640722fb3f400ccc932384a"}) as unknown as TypedDocumentString<InferenceTokensSubscription, InferenceTokensSubscriptionVariables>;
export const InferencesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Inferences($range: TimeRangeInput!, $filter: InferenceFilter, $first: Int = 20, $after: String) {
  inferences(range: $range, filter: $filter, first: $first, after: $after) {
    nodes {
      ...InferenceRow
    }
    pageInfo {
      ...PageFacts
    }
  }
}
    fragment InferenceRow on Inference {
  id
  eventId
  occurredAt
  environment
  operation
  useCase
  status
  errorCode
  errorMessage
  latencyMs
  timeToFirstTokenMs
  tokensIn
  tokensOut
  tokensCached
  tokensReasoning
  cost
  costSource
  rating
  accepted
  confidence
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
  workflowRunId
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:7f741aedd8cb45e5064319894ccea50f592056d0c1bbf46f0635558f9fd2d29b"}) as unknown as TypedDocumentString<InferencesQuery, InferencesQueryVariables>;
export const ModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Model($by: ModelLookup!) {
  eventCursor
  model(by: $by) {
    ...ModelFacts
    health
    viewerRating {
      rating
      comment
      ratedAt
    }
    versions {
      ...VersionRow
    }
    aliases {
      ...AliasRow
    }
  }
}
    fragment AliasRow on ModelAlias {
  name
  isProtected
  movedAt
  version {
    id
    label
  }
}
fragment ModelFacts on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  supportedTasks
  inputFormats
  outputFormats
  maxTokens
  contextWindow
  maxBatchSize
  supportedParameters
  license
  documentation
  status
  securityLevel
  compliance
  owner
  retiresOn
  lastValidatedAt
  source
  popularity
  latencyMs
  archivedAt
  isArchived
  revision
  isDemo
  createdAt
  updatedAt
  deployableTo
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
    avgTokensPerRequest
  }
  rating {
    average
    count
    distribution
  }
  provider {
    ...ProviderBadge
    description
  }
  replacement {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
}
fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}
fragment VersionRow on ModelVersion {
  id
  label
  description
  status
  configuration
  activatedAt
  revision
  createdAt
  updatedAt
}`, {"hash":"sha256:78d727461892c250e053221e0486987e3aaada14441daaee93a8d9db170ea475"}) as unknown as TypedDocumentString<ModelQuery, ModelQueryVariables>;
export const ModelChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ModelChanged($after: Cursor) {
  modelChanged(after: $after) {
    cursor
    occurredAt
    kind
    message
    model {
      ...ModelChange
    }
  }
}
    fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}`, {"hash":"sha256:52549edac50dc2c1711a71c06c44467e1fa6a281fdc0d08a6d7135dad8dd6fe5"}) as unknown as TypedDocumentString<ModelChangedSubscription, ModelChangedSubscriptionVariables>;
export const ModelDeploymentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ModelDeployments($id: ID!, $first: Int = 20, $after: String) {
  node(id: $id) {
    ... on Model {
      id
      deployments(first: $first, after: $after) {
        nodes {
          ...DeploymentRow
        }
        pageInfo {
          ...PageFacts
        }
      }
    }
  }
}
    fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:60bce1e12593544ccf9d5ab2f4ed981164791fcb9b38c186eba872c2571e4fef"}) as unknown as TypedDocumentString<ModelDeploymentsQuery, ModelDeploymentsQueryVariables>;
export const ModelExperimentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ModelExperiments($id: ID!, $first: Int = 20, $after: String) {
  node(id: $id) {
    ... on Model {
      id
      experiments(first: $first, after: $after) {
        nodes {
          ...ExperimentRow
        }
        pageInfo {
          ...PageFacts
        }
      }
    }
  }
}
    fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:9f0094a9156ee8251bd0c5d408a91ec045f554e38b6b7f1d65f66575e87a3deb"}) as unknown as TypedDocumentString<ModelExperimentsQuery, ModelExperimentsQueryVariables>;
export const ModelHistoryDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ModelHistory($id: ID!, $first: Int = 20, $after: String) {
  node(id: $id) {
    ... on Model {
      id
      transitions(first: $first, after: $after) {
        nodes {
          ...TransitionRow
        }
        pageInfo {
          ...PageFacts
        }
      }
    }
  }
}
    fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment TransitionRow on LifecycleTransition {
  fromStatus
  toStatus
  actor
  reason
  occurredAt
}`, {"hash":"sha256:b505581d780f4d78f3fb7a89d8b6ba5551718665ed367bb9f751d01d0aaec233"}) as unknown as TypedDocumentString<ModelHistoryQuery, ModelHistoryQueryVariables>;
export const ModelMetricsChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ModelMetricsChanged($modelId: ID!) {
  modelMetricsChanged(modelId: $modelId) {
    cursor
    occurredAt
    model {
      id
      metrics(range: {preset: LAST_HOUR}, granularity: ONE_MINUTE) {
        ...MetricsFigures
        series {
          ...MetricsSeries
        }
      }
    }
  }
}
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment MetricsFigures on PerformanceMetrics {
  from
  to
  granularity
  tokensPerSecond
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  tokens {
    total
    cached
    reasoning
    prompt {
      total
      avgPerRequest
      maxPerRequest
    }
    completion {
      total
      avgPerRequest
      maxPerRequest
    }
  }
  cost {
    total
    avgPerRequest
    costPer1kTokens
    unpricedRequests
    projectedMonthly {
      low
      expected
      high
    }
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
}
fragment MetricsSeries on Series {
  timestamps
  requests
  errors
  latencyAvgMs
  latencyP50Ms
  latencyP95Ms
  latencyP99Ms
  tokens
  costUsd
}`, {"hash":"sha256:0ebc71c3f6d19a169fc96951d9203ba93a32632b66db974b557cfbda85617220"}) as unknown as TypedDocumentString<ModelMetricsChangedSubscription, ModelMetricsChangedSubscriptionVariables>;
export const ModelPerformanceDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ModelPerformance($id: ID!, $range: TimeRangeInput!, $granularity: Granularity, $environment: Environment) {
  node(id: $id) {
    ... on Model {
      id
      metrics(range: $range, granularity: $granularity, environment: $environment) {
        ...MetricsFigures
        previous {
          ...MetricsFigures
        }
        series {
          ...MetricsSeries
        }
        errors {
          ...ErrorRow
        }
        insights {
          ...InsightRow
        }
      }
    }
  }
}
    fragment ErrorRow on ErrorCount {
  code
  message
  count
  percentage
  lastOccurredAt
}
fragment InsightRow on Insight {
  type
  rule
  severity
  message
  recommendation
  deployment {
    id
    name
  }
}
fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment MetricsFigures on PerformanceMetrics {
  from
  to
  granularity
  tokensPerSecond
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  tokens {
    total
    cached
    reasoning
    prompt {
      total
      avgPerRequest
      maxPerRequest
    }
    completion {
      total
      avgPerRequest
      maxPerRequest
    }
  }
  cost {
    total
    avgPerRequest
    costPer1kTokens
    unpricedRequests
    projectedMonthly {
      low
      expected
      high
    }
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
}
fragment MetricsSeries on Series {
  timestamps
  requests
  errors
  latencyAvgMs
  latencyP50Ms
  latencyP95Ms
  latencyP99Ms
  tokens
  costUsd
}`, {"hash":"sha256:748ffa2ebe596d248110e8dafda3e921d819e81d5016d1a985ebac70a09cec8f"}) as unknown as TypedDocumentString<ModelPerformanceQuery, ModelPerformanceQueryVariables>;
export const ModelPricesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ModelPrices($id: ID!, $asOf: DateTime, $first: Int = 50, $after: String) {
  node(id: $id) {
    ... on Model {
      id
      prices(asOf: $asOf) {
        ...PriceRow
      }
      priceHistory(first: $first, after: $after) {
        nodes {
          ...PriceRow
        }
        pageInfo {
          ...PageFacts
        }
      }
    }
  }
}
    fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment PriceRow on Price {
  tokenClass
  usdPerMillion
  effectiveFrom
  effectiveTo
  recordedAt
  supersededAt
  source
  recordedBy
  reason
  conditions
}`, {"hash":"sha256:fa8b85baaf7df17b5b1b9dc67819e10085c5bdd0fbb41afb8b4f10cb4c77999c"}) as unknown as TypedDocumentString<ModelPricesQuery, ModelPricesQueryVariables>;
export const ModelUsageDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ModelUsage($id: ID!, $range: TimeRangeInput!) {
  node(id: $id) {
    ... on Model {
      id
      usage(range: $range) {
        totalRequests
        popularUseCases
        totalCost
        uniqueUsers
      }
    }
  }
}
    `, {"hash":"sha256:9eee6a649d0ab5dc64ee8687ca116296e09f0e735a5c2f8248763718153d6652"}) as unknown as TypedDocumentString<ModelUsageQuery, ModelUsageQueryVariables>;
export const MoveModelAliasDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation MoveModelAlias($input: MoveModelAliasInput!) {
  moveModelAlias(input: $input) {
    model {
      ...ModelChange
      aliases {
        ...AliasRow
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment AliasRow on ModelAlias {
  name
  isProtected
  movedAt
  version {
    id
    label
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}`, {"hash":"sha256:4f224e883468512b35f81a7ee010e8ce0ed67fc9429fc05b92d5b770d7e73c48"}) as unknown as TypedDocumentString<MoveModelAliasMutation, MoveModelAliasMutationVariables>;
export const OverviewDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Overview($filter: DashboardFilter) {
  dashboard(filter: $filter) {
    ...DashboardPanels
  }
}
    fragment ActivityRow on Activity {
  occurredAt
  type
  message
  model {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
}
fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
fragment DashboardPanels on Dashboard {
  eventCursor
  summary {
    ...QuickStats
  }
  topModels {
    ...TopModelRow
  }
  recentActivity {
    ...ActivityRow
  }
  alerts {
    ...AlertRow
  }
  unusualSpend {
    ...UnusualSpendRow
  }
}
fragment QuickStats on DashboardSummary {
  totalModels
  activeDeployments
  totalRequests
  requestsPerHour
  successRate
  unpricedRequests
  avgLatencyMs
  avgRating
  deprecatedModelsDeployed
  modelsWithoutOwner
  totalCost
  costPerDay
  costPerRequest
}
fragment TopModelRow on TopModel {
  requests
  cost
  rating
  model {
    id
    slug
    name
    status
  }
}
fragment UnusualSpendRow on UnusualSpend {
  scope
  spent
  usual
  factor
  from
  to
  environment
  provider {
    id
    name
  }
  model {
    id
    slug
    name
  }
  team {
    id
    slug
    name
  }
}`, {"hash":"sha256:3fdf864a68e4abf000ea761669f184d90913a37459bcdda6671ecc452191e4be"}) as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const OverviewChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription OverviewChanged($filter: DashboardFilter) {
  dashboardChanged(filter: $filter) {
    cursor
    occurredAt
    dashboard {
      ...DashboardPanels
    }
  }
}
    fragment ActivityRow on Activity {
  occurredAt
  type
  message
  model {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
}
fragment AlertRow on Alert {
  id
  state
  severity
  type
  message
  value
  environment
  occurredAt
  changedAt
  firedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  revision
  rule {
    id
    name
  }
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  deployment {
    id
    name
  }
  team {
    id
    slug
    name
  }
}
fragment DashboardPanels on Dashboard {
  eventCursor
  summary {
    ...QuickStats
  }
  topModels {
    ...TopModelRow
  }
  recentActivity {
    ...ActivityRow
  }
  alerts {
    ...AlertRow
  }
  unusualSpend {
    ...UnusualSpendRow
  }
}
fragment QuickStats on DashboardSummary {
  totalModels
  activeDeployments
  totalRequests
  requestsPerHour
  successRate
  unpricedRequests
  avgLatencyMs
  avgRating
  deprecatedModelsDeployed
  modelsWithoutOwner
  totalCost
  costPerDay
  costPerRequest
}
fragment TopModelRow on TopModel {
  requests
  cost
  rating
  model {
    id
    slug
    name
    status
  }
}
fragment UnusualSpendRow on UnusualSpend {
  scope
  spent
  usual
  factor
  from
  to
  environment
  provider {
    id
    name
  }
  model {
    id
    slug
    name
  }
  team {
    id
    slug
    name
  }
}`, {"hash":"sha256:0fb5ecc6bf5e2f8486d0eb92637b5a1b65619a8e3a10ee97d3859b50b0fc3018"}) as unknown as TypedDocumentString<OverviewChangedSubscription, OverviewChangedSubscriptionVariables>;
export const OverviewPerformanceDocument = /*#__PURE__*/ new TypedDocumentString(`
    query OverviewPerformance($range: TimeRangeInput!, $granularity: Granularity, $filter: UsageFilter) {
  metrics(range: $range, granularity: $granularity, filter: $filter) {
    ...MetricsFigures
    previous {
      ...MetricsFigures
    }
    series {
      ...MetricsSeries
    }
  }
}
    fragment LatencyBand on Latency {
  avgMs
  p50Ms
  p95Ms
  p99Ms
  minMs
  maxMs
  relativeErrorBound
}
fragment MetricsFigures on PerformanceMetrics {
  from
  to
  granularity
  tokensPerSecond
  requests {
    total
    successful
    failed
    successRate
    errorRate
  }
  latency {
    ...LatencyBand
  }
  timeToFirstToken {
    ...LatencyBand
  }
  tokens {
    total
    cached
    reasoning
    prompt {
      total
      avgPerRequest
      maxPerRequest
    }
    completion {
      total
      avgPerRequest
      maxPerRequest
    }
  }
  cost {
    total
    avgPerRequest
    costPer1kTokens
    unpricedRequests
    projectedMonthly {
      low
      expected
      high
    }
  }
  quality {
    avgConfidenceScore
    avgUserRating
    acceptanceRate
    rejectionRate
  }
}
fragment MetricsSeries on Series {
  timestamps
  requests
  errors
  latencyAvgMs
  latencyP50Ms
  latencyP95Ms
  latencyP99Ms
  tokens
  costUsd
}`, {"hash":"sha256:c737643ab0b7e804e12a5a03c6749bb7ce6806b16670d554cf627b1ad073dbc5"}) as unknown as TypedDocumentString<OverviewPerformanceQuery, OverviewPerformanceQueryVariables>;
export const PauseDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation PauseDeployment($input: PauseDeploymentInput!) {
  pauseDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:04ecd7d1678fff7df4e688071ada0a76a9c01182b7698fa30435499f1fb6a0d9"}) as unknown as TypedDocumentString<PauseDeploymentMutation, PauseDeploymentMutationVariables>;
export const ProvidersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Providers {
  providers {
    ...ProviderBadge
  }
}
    fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"hash":"sha256:574d58fe2e3b9ddcecf3f8a4d1879ecbfb92f2bb13007c7a0c88b5c43d9763a8"}) as unknown as TypedDocumentString<ProvidersQuery, ProvidersQueryVariables>;
export const RateModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RateModel($input: RateModelInput!) {
  rateModel(input: $input) {
    model {
      id
      rating {
        average
        count
        distribution
      }
      viewerRating {
        rating
        comment
        ratedAt
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:d6a362f3466294d19b70b99919b6d6ce6b14b1dbbeb7ea907a99eb4c9a3d4796"}) as unknown as TypedDocumentString<RateModelMutation, RateModelMutationVariables>;
export const RecentChangesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query RecentChanges($filter: AuditEventFilter, $first: Int = 20, $after: String) {
  eventCursor
  auditEvents(filter: $filter, first: $first, after: $after) {
    nodes {
      ...AuditRow
    }
    pageInfo {
      ...PageFacts
    }
  }
}
    fragment AuditRow on AuditEvent {
  id
  occurredAt
  action
  outcome
  reason
  actor
  actorName
  onBehalfOf
  resourceType
  resource
  before
  after
  address
  request
}
fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`, {"hash":"sha256:045bba0d5dade31b0e25d76f582c8e22686d060bb11ddd20e8e22c4e395f2595"}) as unknown as TypedDocumentString<RecentChangesQuery, RecentChangesQueryVariables>;
export const RefreshSessionDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    accessToken
    expiresAt
    refreshToken
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:66a1c3e3b468bb0eb8aba9c5374da78df46d33447ebcf5e221f2b2c0e59ed9cc"}) as unknown as TypedDocumentString<RefreshSessionMutation, RefreshSessionMutationVariables>;
export const RegisterModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RegisterModel($input: RegisterModelInput!) {
  registerModel(input: $input) {
    model {
      ...ModelFacts
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelFacts on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  supportedTasks
  inputFormats
  outputFormats
  maxTokens
  contextWindow
  maxBatchSize
  supportedParameters
  license
  documentation
  status
  securityLevel
  compliance
  owner
  retiresOn
  lastValidatedAt
  source
  popularity
  latencyMs
  archivedAt
  isArchived
  revision
  isDemo
  createdAt
  updatedAt
  deployableTo
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
    avgTokensPerRequest
  }
  rating {
    average
    count
    distribution
  }
  provider {
    ...ProviderBadge
    description
  }
  replacement {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
}
fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"hash":"sha256:a61360146c80429c133a678250d73a5a450f37795d282cf137b7694f8b6f96d8"}) as unknown as TypedDocumentString<RegisterModelMutation, RegisterModelMutationVariables>;
export const RegisterModelVersionDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RegisterModelVersion($input: RegisterModelVersionInput!) {
  registerModelVersion(input: $input) {
    modelVersion {
      ...VersionRow
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment VersionRow on ModelVersion {
  id
  label
  description
  status
  configuration
  activatedAt
  revision
  createdAt
  updatedAt
}`, {"hash":"sha256:d3ab3d79f79144fbeb0c27dd9d944f56e46fac8db45dc4a00f3f56a0af7ff889"}) as unknown as TypedDocumentString<RegisterModelVersionMutation, RegisterModelVersionMutationVariables>;
export const ResumeDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ResumeDeployment($input: ResumeDeploymentInput!) {
  resumeDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:b6f41966befc60b7eaa977bef51829384cff0d5ca77241b96a4e73e9a61a11da"}) as unknown as TypedDocumentString<ResumeDeploymentMutation, ResumeDeploymentMutationVariables>;
export const RollbackDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RollbackDeployment($input: RollbackDeploymentInput!) {
  rollbackDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
      configuration {
        ...DeploymentSettings
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:27af47ec49cea3e3f158d5029abcb22696037d956aa1f32e97abd178055bfc22"}) as unknown as TypedDocumentString<RollbackDeploymentMutation, RollbackDeploymentMutationVariables>;
export const ScaleDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ScaleDeployment($input: ScaleDeploymentInput!) {
  scaleDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:1fba2aa0521ba683d3dad9cf25f6ccd18d00ba6c25e1c6957f63561bc65b5296"}) as unknown as TypedDocumentString<ScaleDeploymentMutation, ScaleDeploymentMutationVariables>;
export const SetModelPriceDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetModelPrice($input: SetModelPriceInput!) {
  setModelPrice(input: $input) {
    model {
      id
      revision
      prices {
        ...PriceRow
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment PriceRow on Price {
  tokenClass
  usdPerMillion
  effectiveFrom
  effectiveTo
  recordedAt
  supersededAt
  source
  recordedBy
  reason
  conditions
}`, {"hash":"sha256:256f9dc6b18b71dd117c3382bc180ab60474643f4e15d76e85ddd8df59b0b0d2"}) as unknown as TypedDocumentString<SetModelPriceMutation, SetModelPriceMutationVariables>;
export const SignInDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    accessToken
    expiresAt
    refreshToken
    viewer {
      ...ViewerFacts
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ViewerFacts on Viewer {
  name
  role
  clearance
  seesEveryTeam
  permissions
  teams {
    id
    slug
    name
  }
  user {
    id
    email
  }
}`, {"hash":"sha256:03ced31dd5d6b0671bbd9e625b1f66cbc2001f0f3ce013bfee58da0a67318a30"}) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignOutDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignOut($input: SignOutInput!) {
  signOut(input: $input) {
    session {
      id
      revokedAt
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:8693824203b56dfb1032ed0622a4fe069a1ef0d3e78e526cf085f81f09e521be"}) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const SilencesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Silences($filter: SilenceFilter, $orderBy: SilenceOrder = {field: ENDS_AT, direction: DESC}, $first: Int = 20, $after: String) {
  silences(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ...SilenceRow
    }
    pageInfo {
      ...PageFacts
    }
    totalCount
  }
}
    fragment PageFacts on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment SilenceRow on Silence {
  id
  startsAt
  endsAt
  reason
  isActive
  author
  revision
  createdAt
  updatedAt
  matchers {
    label
    values
    isNegated
  }
}`, {"hash":"sha256:85d67a5aaed0928d81c02252787f1340be4e1cf1675f615f2e44147d86ec498b"}) as unknown as TypedDocumentString<SilencesQuery, SilencesQueryVariables>;
export const SimulateAlertRuleDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SimulateAlertRule($rule: AlertRuleInput!, $range: TimeRangeInput!, $dailyBudgetUsd: Decimal) {
  simulateAlertRule(rule: $rule, range: $range, dailyBudgetUsd: $dailyBudgetUsd) {
    from
    to
    raised
    firings {
      pendingAt
      raisedAt
      resolvedAt
      value
      environment
      model {
        id
        slug
        name
      }
      provider {
        id
        slug
        name
      }
      deployment {
        id
        name
      }
      team {
        id
        slug
        name
      }
    }
  }
}
    `, {"hash":"sha256:d57a29f1e5854cd9e9e7154eb87527e8972e00f42c6cb21e36e7704d80e3b515"}) as unknown as TypedDocumentString<SimulateAlertRuleQuery, SimulateAlertRuleQueryVariables>;
export const StartExperimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StartExperiment($input: StartExperimentInput!) {
  startExperiment(input: $input) {
    experiment {
      ...ExperimentRow
      ...ExperimentPlan
    }
    errors {
      ...FormError
    }
  }
}
    fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:da7e73a52f305fcbdee2ebe2edde533e0865840b8934c3223d1e05b0d6192b82"}) as unknown as TypedDocumentString<StartExperimentMutation, StartExperimentMutationVariables>;
export const StopExperimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StopExperiment($input: StopExperimentInput!) {
  stopExperiment(input: $input) {
    experiment {
      ...ExperimentRow
      ...ExperimentPlan
    }
    errors {
      ...FormError
    }
  }
}
    fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:cfe4250d12db68ed2ce9754571b9c049f3ba6e8f6ab2e31a3d7f6046cc439f4a"}) as unknown as TypedDocumentString<StopExperimentMutation, StopExperimentMutationVariables>;
export const TagModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TagModel($input: TagModelInput!) {
  tagModel(input: $input) {
    model {
      ...ModelChange
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}`, {"hash":"sha256:db40aa21e7141bd1fd75438416ff0269b67964f9658839989835fa57c46a434b"}) as unknown as TypedDocumentString<TagModelMutation, TagModelMutationVariables>;
export const TeamsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Teams($first: Int = 100) {
  teams(first: $first) {
    nodes {
      id
      slug
      name
    }
  }
}
    `, {"hash":"sha256:17ff8af62116abf3c9ad5614fb39864361f7f4bbe1844db0300c0f4ac3d71158"}) as unknown as TypedDocumentString<TeamsQuery, TeamsQueryVariables>;
export const TestChannelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TestChannel($input: TestChannelInput!) {
  testChannel(input: $input) {
    alertChannel {
      ...ChannelRow
    }
    errors {
      ...FormError
    }
  }
}
    fragment ChannelRow on AlertChannel {
  id
  kind
  name
  host
  recipients
  digest
  isEnabled
  owner
  revision
  deletedAt
  createdAt
  updatedAt
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:b26eeda6e14457d1c559f655062b167261ef6326072680bbaf9875017bdfd719"}) as unknown as TypedDocumentString<TestChannelMutation, TestChannelMutationVariables>;
export const TestDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TestDeployment($input: TestDeploymentInput!) {
  testDeployment(input: $input) {
    result {
      ...TrialFindings
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment TrialFindings on TrialResult {
  status
  fault
  message
  output
  finishReason
  attempts
  tokensIn
  tokensOut
  latencyMs
  timeToFirstTokenMs
  cost
  inference {
    id
    eventId
  }
}`, {"hash":"sha256:5a5842c99e56813ff3de94989ae5761c2251559654b91fda61acd755c0c7ab8f"}) as unknown as TypedDocumentString<TestDeploymentMutation, TestDeploymentMutationVariables>;
export const TransitionModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TransitionModel($input: TransitionModelInput!) {
  transitionModel(input: $input) {
    model {
      ...ModelChange
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}`, {"hash":"sha256:55ba606e8bf253e19d377bb0b25a3a1020ab7339f41392e11577086a5ad03313"}) as unknown as TypedDocumentString<TransitionModelMutation, TransitionModelMutationVariables>;
export const UntagModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UntagModel($input: UntagModelInput!) {
  untagModel(input: $input) {
    model {
      ...ModelChange
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelChange on Model {
  id
  slug
  name
  status
  securityLevel
  owner
  tags
  retiresOn
  isArchived
  revision
  updatedAt
  version {
    id
    label
  }
}`, {"hash":"sha256:d6161241b03e88f78a6aac0169eb5edd7574382f075584afbdb319b4fd5c33d5"}) as unknown as TypedDocumentString<UntagModelMutation, UntagModelMutationVariables>;
export const UpdateAlertRuleDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateAlertRule($input: UpdateAlertRuleInput!) {
  updateAlertRule(input: $input) {
    alertRule {
      ...AlertRuleRow
      ...AlertRuleSettings
    }
    errors {
      ...FormError
    }
  }
}
    fragment AlertRuleRow on AlertRule {
  id
  name
  description
  metric
  comparator
  threshold
  severity
  type
  windowMinutes
  forSeconds
  isEnabled
  isDefault
  owner
  evaluatedAt
  deletedAt
  revision
  createdAt
  updatedAt
}
fragment AlertRuleSettings on AlertRule {
  keepFiringSeconds
  intervalSeconds
  groupBy
  condition
  noData
  cooldownSeconds
  scope {
    environments
    models {
      id
      slug
      name
    }
    providers {
      id
      slug
      name
    }
    deployments {
      id
      name
    }
    teams {
      id
      slug
      name
    }
  }
  channels {
    ...ChannelBadge
  }
  escalation {
    afterSeconds
    channels {
      ...ChannelBadge
    }
  }
}
fragment ChannelBadge on AlertChannel {
  id
  kind
  name
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:780410430f325c7fe674eca13bd36ef461e7aca5600aba81585cd9634fcca7d1"}) as unknown as TypedDocumentString<UpdateAlertRuleMutation, UpdateAlertRuleMutationVariables>;
export const UpdateChannelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateChannel($input: UpdateChannelInput!) {
  updateChannel(input: $input) {
    alertChannel {
      ...ChannelRow
    }
    secret
    errors {
      ...FormError
    }
  }
}
    fragment ChannelRow on AlertChannel {
  id
  kind
  name
  host
  recipients
  digest
  isEnabled
  owner
  revision
  deletedAt
  createdAt
  updatedAt
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:19c018acad2d8dcf84c87312000f447b0f5229ece1fa1d626fc479271b1d6488"}) as unknown as TypedDocumentString<UpdateChannelMutation, UpdateChannelMutationVariables>;
export const UpdateDeploymentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateDeployment($input: UpdateDeploymentInput!) {
  updateDeployment(input: $input) {
    deployment {
      ...DeploymentRow
      ...DeploymentStatus
      configuration {
        ...DeploymentSettings
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment ConditionRow on Condition {
  type
  status
  reason
  message
  lastTransitionAt
}
fragment DeploymentRow on Deployment {
  id
  name
  environment
  runtime
  phase
  replicas
  endpoint
  isDemo
  createdAt
  updatedAt
  lastUsedAt
  model {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
  team {
    id
    slug
    name
  }
}
fragment DeploymentSettings on DeploymentConfig {
  runtime {
    replicas
    resources {
      cpu
      memory
      gpu
    }
    scaling {
      minReplicas
      maxReplicas
      targetCpuUtilization
      targetMemoryUtilization
    }
  }
  parameters {
    temperature
    maxTokens
    topP
    topK
    frequencyPenalty
    presencePenalty
    stopSequences
  }
  networking {
    port
    host
    path
    timeoutSeconds
    retries
  }
  monitoring {
    enableMetrics
    metricsIntervalSeconds
    enableTracing
    logLevel
  }
  security {
    authentication
    authorization
    rateLimiting {
      requestsPerMinute
      burstLimit
    }
  }
  process {
    template
  }
  external {
    baseUrl
    credential
  }
}
fragment DeploymentStatus on Deployment {
  id
  phase
  health
  isPaused
  replicas
  wantedReplicas
  endpoint
  generation
  observedGeneration
  lastHealthCheckAt
  updatedAt
  deletedAt
  conditions {
    ...ConditionRow
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:c302063c6e4a609292b1c0856036aa25ea592a0c9c36c38e73f4e1cc5e0ebfb2"}) as unknown as TypedDocumentString<UpdateDeploymentMutation, UpdateDeploymentMutationVariables>;
export const UpdateExperimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateExperiment($input: UpdateExperimentInput!) {
  updateExperiment(input: $input) {
    experiment {
      ...ExperimentRow
      ...ExperimentPlan
    }
    errors {
      ...FormError
    }
  }
}
    fragment ExperimentPlan on Experiment {
  variants {
    name
    weight
    isControl
    configuration
    model {
      id
      slug
      name
      status
    }
    version {
      id
      label
    }
  }
  traffic {
    type
    totalPercentage
    rules {
      condition
      variantName
    }
  }
  metrics {
    primary
    secondary
    guardrails
    confidenceLevel
  }
  audience {
    percentage
    filters
  }
}
fragment ExperimentRow on Experiment {
  id
  name
  description
  status
  owner
  revision
  archivedAt
  isDemo
  createdAt
  updatedAt
  team {
    id
    slug
    name
  }
  duration {
    startsAt
    endsAt
    startedAt
    endedAt
  }
  variants {
    name
    weight
    isControl
    model {
      id
      slug
      name
    }
  }
}
fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:6e2e62f4c27855345677832f98c33a6df76af6a2479b66bb214f61acdf87a06c"}) as unknown as TypedDocumentString<UpdateExperimentMutation, UpdateExperimentMutationVariables>;
export const UpdateModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateModel($input: UpdateModelInput!) {
  updateModel(input: $input) {
    model {
      ...ModelFacts
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}
fragment ModelFacts on Model {
  id
  slug
  name
  description
  modelType
  category
  tags
  capabilities
  supportedTasks
  inputFormats
  outputFormats
  maxTokens
  contextWindow
  maxBatchSize
  supportedParameters
  license
  documentation
  status
  securityLevel
  compliance
  owner
  retiresOn
  lastValidatedAt
  source
  popularity
  latencyMs
  archivedAt
  isArchived
  revision
  isDemo
  createdAt
  updatedAt
  deployableTo
  baselineMetrics {
    avgLatencyMs
    costPer1kTokens
    successRate
    avgTokensPerRequest
  }
  rating {
    average
    count
    distribution
  }
  provider {
    ...ProviderBadge
    description
  }
  replacement {
    id
    slug
    name
    status
  }
  version {
    id
    label
  }
}
fragment ProviderBadge on Provider {
  id
  slug
  name
  website
}`, {"hash":"sha256:a8028aa4eebc39817d8bd4a814a5e9f24666be0000eb8d917c21d0989ea0505b"}) as unknown as TypedDocumentString<UpdateModelMutation, UpdateModelMutationVariables>;
export const UsageDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Usage($groupBy: [UsageDimension!]!, $range: TimeRangeInput!, $granularity: Granularity, $filter: UsageFilter, $orderBy: UsageOrder, $first: Int! = 20) {
  usage(
    groupBy: $groupBy
    range: $range
    granularity: $granularity
    filter: $filter
    orderBy: $orderBy
    first: $first
  ) {
    from
    to
    granularity
    groupCount
    total {
      ...UsageCell
    }
    groups {
      ...UsageRow
    }
  }
}
    fragment UsageCell on UsageFigures {
  requests
  failed
  tokensIn
  tokensOut
  unpricedRequests
  cost
}
fragment UsageRow on UsageGroup {
  environment
  apiKey
  user
  useCase
  requestShare
  costShare
  model {
    id
    slug
    name
  }
  provider {
    id
    slug
    name
  }
  team {
    id
    slug
    name
  }
  figures {
    ...UsageCell
  }
  previous {
    ...UsageCell
  }
  series {
    timestamps
    requests
    tokens
    costUsd
  }
}`, {"hash":"sha256:94bc79dc878db284b34c8a4eb9022ba17facf3d27950881342c35d071ae362a3"}) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;
export const ValidateModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ValidateModel($input: ValidateModelInput!) {
  validateModel(input: $input) {
    validation {
      isValid
      checks {
        check
        outcome
        reason
      }
    }
    errors {
      ...FormError
    }
  }
}
    fragment FormError on UserError {
  __typename
  message
  code
  path
  details
  ... on RevisionConflict {
    currentRevision
  }
  ... on TransitionNotAllowed {
    allowed
  }
  ... on ModelAlreadyExists {
    existingModel {
      id
      slug
      name
    }
  }
  ... on ExperimentStatusForbids {
    status
    isArchived
  }
  ... on DeploymentLimitExceeded {
    limit
  }
  ... on InvalidCondition {
    position
  }
}`, {"hash":"sha256:f19dfa93cef16fc4cf71f1f59b836c8af455eddbab6cf6a6cc483459bdaef4b3"}) as unknown as TypedDocumentString<ValidateModelMutation, ValidateModelMutationVariables>;
export const ViewerDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Viewer {
  viewer {
    ...ViewerFacts
  }
}
    fragment ViewerFacts on Viewer {
  name
  role
  clearance
  seesEveryTeam
  permissions
  teams {
    id
    slug
    name
  }
  user {
    id
    email
  }
}`, {"hash":"sha256:4136d766700942467912e78fadb363f58852e097e483e3f1ec12cd254539286e"}) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
