"""The words of alerts as GraphQL enums."""

from __future__ import annotations

from app.alerts.vocabulary import (
    AlertLabel,
    AlertMetric,
    AlertOrderField,
    AlertRuleOrderField,
    AlertState,
    AlertType,
    ChannelKind,
    Comparator,
    DigestPeriod,
    EntryKind,
    HeldBy,
    NoData,
    Notice,
    SilenceLabel,
    SilenceOrderField,
)
from app.kit.enums import graphql_enum

graphql_enum(
    AlertState,
    "Where an alert is. New values may be added.",
    INACTIVE="What its rule demands does not hold, and did not hold for long enough.",
    PENDING="It holds, but not yet for as long as its rule demands.",
    FIRING="It holds.",
    RESOLVED="It held, and does no more.",
    ERROR="Its rule cannot be evaluated.",
)
graphql_enum(
    AlertType,
    "What an alert is about. New values may be added.",
    PERFORMANCE="How fast and how reliably something answers.",
    COST="What is spent.",
    QUALITY="How good answers are.",
    SECURITY="What should not happen.",
)
graphql_enum(
    Comparator,
    "How a value is compared with a threshold. New values may be added.",
    GT="Above it.",
    GTE="At or above it.",
    LT="Below it.",
    LTE="At or below it.",
)
graphql_enum(
    NoData,
    "What it means that a metric has no value, as nothing was called. New values may be added.",
    OK="All is well: what fires is resolved.",
    KEEP="Nothing: the state stays.",
    ALERT="The same as if the comparison held.",
)
graphql_enum(
    AlertLabel,
    "By what a rule is divided into alerts. New values may be added.",
    MODEL="The model.",
    PROVIDER="The provider of the model.",
    DEPLOYMENT="The deployment.",
    ENVIRONMENT="The environment.",
    TEAM="The team that calls, or that has the deployment where deployments are counted.",
)
graphql_enum(
    AlertMetric,
    "What a rule watches, over its window where nothing else is said. New values may be added.",
    REQUESTS="Calls.",
    FAILED_REQUESTS="Calls that failed.",
    ERROR_RATE="Failed of all calls, 0 to 1; no value without calls.",
    SUCCESS_RATE="Successful of all calls, 0 to 1; no value without calls.",
    LATENCY_AVG_MS="Average latency in milliseconds.",
    LATENCY_P50_MS="Median latency in milliseconds.",
    LATENCY_P95_MS="95th percentile of latency in milliseconds.",
    LATENCY_P99_MS="99th percentile of latency in milliseconds.",
    LATENCY_MIN_MS="Shortest latency in milliseconds.",
    LATENCY_MAX_MS="Longest latency in milliseconds.",
    TIME_TO_FIRST_TOKEN_AVG_MS="Average time to the first token in milliseconds.",  # noqa: S106 - a description
    TIME_TO_FIRST_TOKEN_P95_MS="95th percentile of the time to the first token in milliseconds.",  # noqa: S106 - ditto
    TOKENS="Tokens, input and output.",
    TOKENS_PER_REQUEST="Tokens per call, input and output.",
    TOKENS_PER_SECOND="Output tokens per second of generation.",
    COST="US dollars of priced calls.",
    COST_PER_REQUEST="US dollars per priced call.",
    UNPRICED_REQUESTS="Calls whose price is unknown.",
    USER_RATING="Average rating by users, 1 to 5.",
    CONFIDENCE_SCORE="Average confidence, 0 to 1.",
    ACCEPTANCE_RATE="Accepted of those judged, 0 to 1.",
    SPEND_TODAY="US dollars of priced calls of the day so far, in UTC.",
    DAILY_BUDGET_USED="Share of `DAILY_BUDGET_USD` that was spent today, 0 upwards; no value if that is not set.",
    UNUSUAL_SPEND="How many times the usual was spent in the whole hours of today; 0 if that is nothing unusual.",
    INGEST_AGE_SECONDS="Seconds since the newest call; no value if it is older than a day.",
    FAILED_DEPLOYMENTS="Deployments that have failed now.",
    DATABASE_LATENCY_MS="How long the database takes for the simplest question now, in milliseconds.",
    REDIS_AVAILABLE="Whether Redis answers the worker now: 1 or 0.",
    WORKER_LAG_SECONDS="How many seconds roll-ups are behind now.",
    EVALUATION_LAG_SECONDS="For how many seconds another rule has waited for its evaluation now.",
)
graphql_enum(
    EntryKind,
    "What an entry of an alert's history tells. New values may be added.",
    TRANSITION="It came to another state.",
    ACKNOWLEDGEMENT="Somebody has taken it on.",
)
graphql_enum(
    Notice,
    "What became of telling channels. New values may be added.",
    NONE="There was nothing to tell.",
    SENT="They are told.",
    HELD="They will be told if it is still so when nothing holds it back any more.",
    DROPPED="They are not told: it was over before, or they never heard of it.",
)
graphql_enum(
    HeldBy,
    "Why channels are not told yet. New values may be added.",
    SILENCE="A silence.",
    INHIBITION="A graver alert about the same metric, of the same or of more, fires.",
    COOLDOWN="They were told just now that it fires.",
)
graphql_enum(
    ChannelKind,
    "Where notifications go. New values may be added.",
    DASHBOARD="To whoever looks: by live events.",
    WEBHOOK="To a URL.",
    SLACK="To a Slack channel.",
    EMAIL="To people's mailboxes.",
)
graphql_enum(
    SilenceLabel,
    "What a matcher looks at. New values may be added.",
    RULE="The id of the rule.",
    SEVERITY="The severity, such as `HIGH`.",
    TYPE="What it is about, such as `COST`.",
    METRIC="What its rule watches, such as `ERROR_RATE`.",
    MODEL="The id of the model.",
    PROVIDER="The id of the provider.",
    DEPLOYMENT="The id of the deployment.",
    ENVIRONMENT="The environment, such as `PRODUCTION`.",
    TEAM="The id of the team.",
)
graphql_enum(
    AlertOrderField,
    "What alerts are sorted by.",
    CHANGED_AT="When they came to their state.",
    CREATED_AT="When there first was something to tell of the same rule and labels.",
)
graphql_enum(
    AlertRuleOrderField,
    "What rules are sorted by.",
    NAME="The name, ignoring case.",
    CREATED_AT="When they were made.",
)
graphql_enum(
    SilenceOrderField,
    "What silences are sorted by.",
    ENDS_AT="When they end.",
    CREATED_AT="When they were made.",
)
graphql_enum(
    DigestPeriod,
    "How often a channel is told of everything at once. New values may be added.",
    HOURLY="At every full hour.",
    DAILY="At midnight, UTC.",
    WEEKLY="At midnight before each Monday, UTC.",
)
