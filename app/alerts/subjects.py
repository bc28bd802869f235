"""Whether an alert is about a part of the estate: SQL over `alert` and `alert_rule`, by the fields of a `Subject`."""

from __future__ import annotations

from app.metrics.reads import Subject

ESTATE = Subject("estate")
"""All of it."""


def _named(scope: str, ids: str) -> str:
    """The rule is confined to one of these."""
    return f"exists (select from {ids} where alert_rule.scope -> '{scope}' ? id::text)"


_MODELS = "unnest(cast(:models as uuid[])) as id"
_PROVIDERS = "(select id from provider where slug = any(cast(:providers as text[]))) as own"
_TEAMS = "(select id from team where slug = any(cast(:teams as text[]))) as own"

ABOUT = {
    "models": f"""(alert.model_id = any(cast(:models as uuid[])) or {_named("models", _MODELS)} or exists (
        select from deployment d where d.id = alert.deployment_id and d.model_id = any(cast(:models as uuid[]))))""",
    "providers": f"""({_named("providers", _PROVIDERS)} or exists (select from {_PROVIDERS}
        where own.id = alert.provider_id
        or own.id = (select m.provider_id from model m where m.id = coalesce(
            alert.model_id, (select d.model_id from deployment d where d.id = alert.deployment_id)))))""",
    "environments": """(alert.environment = any(cast(:environments as text[]))
        or alert_rule.scope -> 'environments' ?| cast(:environments as text[])
        or exists (select from deployment d
            where d.id = alert.deployment_id and d.environment = any(cast(:environments as text[]))))""",
    "teams": f"""({_named("teams", _TEAMS)} or exists (select from {_TEAMS} where own.id = alert.team_id
        or own.id = (select d.team_id from deployment d where d.id = alert.deployment_id)))""",
}
