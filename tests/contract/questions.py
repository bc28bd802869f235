"""Everything that can be asked, with and without arguments that name what is hidden; and which arguments those are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLInputObjectType, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, visit
from strawberry.utils.str_converters import to_camel_case

from app.alerts.tables import Alert, Channel, Rule
from app.catalog.tables import Model, Provider
from app.deployments.tables import Deployment
from app.experiments.tables import Experiment
from app.identity.tables import Team
from app.kit.ids import global_id
from app.kit.paging import Cursors, Order, Position
from tests.contract.acting import GRAPH
from tests.contract.journeys import asked, divided, everything, object_types
from tests.contract.places import HARMLESS, QUERY
from tests.contract.worlds import LISTS, NOW, Estate, call_of, entities, id_of
from tests.kit.rows import gid

FAR = {
    "Query.usage": "(groupBy: [MODEL, PROVIDER, TEAM, ENVIRONMENT, USE_CASE], orderBy: REQUESTS, first: 100)",
    "Model.aliasAt": f'(name: "production", at: "{NOW.isoformat()}")',
    "Viewer.can": '(action: "models:read")',
}
ELSEWHERE = frozenset(
    {f"Alert.{edge}" for edge in ("rule", "model", "provider", "deployment", "team")}
    | {f"AlertScope.{edge}" for edge in ("models", "providers", "deployments", "teams")}
)
"""Edges that would make the documents too long: they are asked for by themselves."""
TOLD_TO_ALL = frozenset({"Dashboard.eventCursor", "Query.eventCursor"})
"""How far the log of events has come is no secret; what is in it is."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """What everybody sees, and what is hidden from members of `ours` with a low clearance."""

    ours: Team
    seen: Estate
    unseen: Estate


def questions(worlds: Worlds, cursors: Cursors) -> Iterator[str]:
    """Every query, with and without arguments that name what is hidden."""
    yield from _plain()
    yield from _divided(worlds)
    yield from _called(worlds)
    yield from _by_key(worlds, cursors)
    yield from _filtered(worlds)
    yield from _searched(worlds)
    yield from _alerted(worlds)
    yield from _simulated(worlds)


def _alerted(worlds: Worlds) -> Iterator[str]:
    """Alerts, rules and silences, by what hidden ones have."""
    rule, one = worlds.unseen.all(Rule)[0], worlds.unseen.all(Alert)[0]
    yield f'{{ alert(id: "{gid(one)}") {{ id message timeline {{ message }} }} }}'
    yield "{ alerts { nodes { rule { id } model { id } provider { id } deployment { id } team { id } } } }"
    named = "models { id } providers { id } deployments { id } teams { id }"
    yield f"{{ alertRules {{ nodes {{ scope {{ {named} }} }} }} }}"
    of_alerts = "state: {eq: FIRING}", "severity: {in: [HIGH]}", "type: {eq: QUALITY}", f'rule: {{eq: "{gid(rule)}"}}'
    of_rules = "severity: {eq: HIGH}", "type: {in: [QUALITY]}", "isEnabled: true"
    of_channels = ("kind: {in: [DASHBOARD, WEBHOOK]}",)
    listed = ("alertRules", of_rules), ("silences", ("isActive: true",)), ("alertChannels", of_channels)
    for field, filters in (("alerts", of_alerts), *listed):
        for given in filters:
            yield f"{{ {field}(filter: {{{given}}}) {{ totalCount nodes {{ id }} }} }}"


def _simulated(worlds: Worlds) -> Iterator[str]:
    """A rule that names what is hidden, tried on history."""
    ids = {kind.__name__: gid(worlds.unseen.all(kind)[0]) for kind in (Model, Provider, Team, Channel)}
    served = gid(worlds.unseen.all(Deployment)[0])
    said = 'name: "x", metric: REQUESTS, comparator: GT, threshold: "0", severity: LOW, type: QUALITY'
    more = 'description: "x", windowMinutes: 5, forSeconds: 0, keepFiringSeconds: 0, intervalSeconds: 60, noData: OK'
    further = 'condition: "metrics.requests > 0", cooldownSeconds: 0, isEnabled: true, groupBy: [MODEL]'
    for given in (
        f'scope: {{models: ["{ids["Model"]}"]}}', f'scope: {{providers: ["{ids["Provider"]}"]}}',
        f'scope: {{teams: ["{ids["Team"]}"]}}',
        f'scope: {{deployments: ["{served}"], environments: [PRODUCTION]}}', f'channelIds: ["{ids["Channel"]}"]',
        f'escalation: [{{afterSeconds: 60, channelIds: ["{ids["Channel"]}"]}}]',
    ):  # fmt: skip
        rule = f"{{{said}, {more}, {further}, {given}}}"
        shown = "raised firings { raisedAt model { id } }"
        yield f'{{ simulateAlertRule(rule: {rule}, dailyBudgetUsd: "1", range: {{preset: LAST_HOUR}}) {{ {shown} }} }}'


@cache
def _plain() -> tuple[str, ...]:
    return tuple(_everywhere())


def _everywhere() -> Iterator[str]:
    root = object_types()["Query"]
    for field in QUERY:
        step, kind = asked("Query", field, root.fields[field], FAR), get_named_type(root.fields[field].type).name
        if step is not None and f"Query.{field}" not in TOLD_TO_ALL:
            yield from divided(f"{{ {step} {{ {everything(kind, FAR, without=TOLD_TO_ALL | ELSEWHERE)} }} }}")


def _called(worlds: Worlds) -> Iterator[str]:
    """Single calls, by everything that hidden ones have."""
    for of, columns in worlds.unseen.used:
        event, own = call_of(of, columns), global_id("Inference", call_of(of, columns))
        yield f'{{ inference(eventId: "{event}") {{ id errorCode }} node(id: "{own}") {{ id }} }}'
    one, blue = worlds.unseen.all(Model)[0], worlds.unseen.all(Team)[0]
    texts = {"errorCode": "E", "workflowRunId": "run", "useCase": "case", "user": "user"}
    for given in (
        f'model: {{eq: "{gid(one)}"}}', f'model: {{in: ["{gid(one)}"]}}, status: {{eq: ERROR}}',
        f'deployment: {{eq: "{gid(worlds.unseen.all(Deployment)[-1])}"}}', f'team: {{eq: "{blue.slug}"}}',
        'team: {contains: "lu"}', "environment: {eq: PRODUCTION}",
        *(f'{name}: {{eq: "{word} of {one.id}"}}' for name, word in texts.items()),
        *(f'{name}: {{startsWith: "{word} of"}}' for name, word in texts.items()),
    ):  # fmt: skip
        shown = "totalCount nodes { id eventId errorCode errorMessage useCase workflowRunId model { id } team { id } }"
        yield f"{{ inferences(filter: {{{given}}}) {{ {shown} }} }}"


def _divided(worlds: Worlds) -> Iterator[str]:
    """Usage by everything that it can be divided by, of what is hidden, too."""
    one, own, blue = worlds.unseen.all(Model)[0], worlds.unseen.all(Provider)[0], worlds.unseen.all(Team)[0]
    slugs = f'"{blue.slug}", "{worlds.ours.slug}"'
    groups = "groupCount total { requests } groups { user apiKey useCase team { id } figures { requests } }"
    for label in ("API_KEY", "USER", "USE_CASE"):
        yield f"{{ usage(groupBy: [{label}, TEAM], orderBy: TOKENS) {{ {groups} }} }}"
    for given in (f'models: ["{gid(one)}"]', f'providers: ["{own.slug}"]', f"teams: [{slugs}]",
                  "environments: [PRODUCTION]"):  # fmt: skip
        yield f"{{ usage(groupBy: [MODEL], filter: {{{given}}}) {{ {groups} }} }}"


def _by_key(worlds: Worlds, cursors: Cursors) -> Iterator[str]:
    one = worlds.unseen.all(Model)[0]
    for lookup in (f'{{id: "{gid(one)}"}}', f'{{slug: "{one.slug}"}}', f'{{slug: "{one.slug.upper()}"}}'):
        yield _of(f"model(by: {lookup})", "Model")
    for own in map(id_of, entities(worlds.unseen)):
        yield f'{{ node(id: "{own}") {{ __typename id }} nodes(ids: ["{own}", "x"]) {{ __typename id }} }}'
        yield f'{{ viewer {{ can(action: "models:read", id: "{own}") }} }}'
    for row in worlds.unseen.all(Deployment, Experiment):
        kind = type(row).__name__
        yield _of(f'{kind.lower()}(id: "{gid(row)}")', kind)
        yield _of(f'{kind.lower()}s(first: 3, after: "{_cursor(cursors, row)}")', f"{kind}Connection")


def _filtered(worlds: Worlds) -> Iterator[str]:
    one, own, blue = worlds.unseen.all(Model)[0], worlds.unseen.all(Provider)[0], worlds.unseen.all(Team)[0]
    slugs = f'"{blue.slug}", "{worlds.ours.slug}"'
    of_teams = f"team: {{in: [{slugs}]}}"
    wide = 'createdAt: {gte: "2020-01-01T00:00:00Z", lt: "2200-01-01T00:00:00Z"}'
    of_model, named = f'model: {{eq: "{gid(one)}"}}', f'"{own.slug}"'
    narrowed = {
        "deployments": (of_model, f'model: {{in: ["{gid(one)}"]}}', f'team: {{eq: "{blue.slug}"}}', of_teams,
                        "environment: {eq: PRODUCTION}, phase: {in: [RUNNING]}"),
        "experiments": (of_model, of_teams, 'team: {contains: "lu"}', wide, "status: {eq: RUNNING}",
                        'isArchived: true, owner: {startsWith: "a"}'),
        "models": (f"provider: {{eq: {named}}}", f"provider: {{in: [{named}]}}", *_of_models(one)),
        "dashboard": (f'models: ["{gid(one)}"]', f"providers: [{named}]", f"teams: [{slugs}]",
                      "environments: [PRODUCTION]"),
        "metrics": (f'models: ["{gid(one)}"]', f"providers: [{named}]", f"teams: [{slugs}]",
                    "environments: [PRODUCTION]"),
        "teams": (f'slug: "{blue.slug}"',),
        "users": (f'teamId: "{gid(blue)}"', f'teamId: "{gid(worlds.ours)}", isDisabled: false'),
        "serviceAccounts": (f'teamId: "{gid(blue)}"', "role: VIEWER"),
        "auditEvents": (f'resource: {{eq: "{gid(one)}"}}',),
    }  # fmt: skip
    root = object_types()["Query"].fields
    for field, filters in narrowed.items():
        for given in filters:
            yield _of(f"{field}(filter: {{{given}}})", get_named_type(root[field].type).name)


def _of_models(one: Model) -> Iterator[str]:
    """Conditions that a hidden model fulfils, one for each field of the filter."""
    values = {"name": one.name, "slug": one.slug, "category": "chat", "owner": "ann"}
    yield from (
        f'{name}: {{eq: "{value}"}}, or: [{{{name}: {{contains: "{value[1:]}"}}}}]' for name, value in values.items()
    )
    yield from (f'{to_camel_case(name)}: {{containsAny: ["x", "y"]}}' for name in LISTS)
    yield "modelType: {eq: TEXT}, status: {in: [ACTIVE]}, source: {in: [REGISTERED, DISCOVERED, IMPORTED]}"
    yield f"securityLevel: {{eq: {one.security_level}}}"
    yield "not: {securityLevel: {eq: INTERNAL}}"
    yield 'createdAt: {gte: "2020-01-01T00:00:00Z"}, updatedAt: {gte: "2020-01-01T00:00:00Z"}, isOwned: true'
    yield 'retiresOn: {gte: "2020-01-01"}, retiresBefore: "2199-01-01"'
    yield 'minRating: 0, maxCostPer1kTokens: "1000"'
    yield "maxLatencyMs: 100000, minContextWindow: 0"
    yield "and: [{isArchived: true}]"


def _searched(worlds: Worlds) -> Iterator[str]:
    """What hidden models are called, also misspelt, and text that fits everything."""
    one = worlds.unseen.all(Model)[0]
    misspelt = one.description.replace("h", "", 1)
    for text in (one.name, one.slug, one.description, misspelt, f"-{misspelt}", "t"):
        yield _of(f'models(query: "{text}")', "ModelConnection")


def _of(field: str, kind: str) -> str:
    """A field with what tells its objects apart, and how many there are."""
    shown = {"Dashboard": "summary { totalModels activeDeployments totalRequests } topModels { requests model { id } } "
             "recentActivity { message }"}  # fmt: skip
    shown["PerformanceMetrics"] = "requests { total } errors { code } insights { message }"
    page = "totalCount pageInfo { endCursor hasNextPage } nodes { id }"
    shown["ModelConnection"] = f"{page} didYouMean facets {{ field otherCount values {{ value count }} }}"
    return f"{{ {field} {{ {shown.get(kind, page if kind.endswith('Connection') else 'id')} }} }}"


def _cursor(cursors: Cursors, row: Any) -> str:
    order = Order("CREATED_AT", descending=True, of=f"{type(row).__name__}Row")
    return cursors.write(order, Position(NOW, row.id))


COMPARATORS = {"eq", "in", "contains", "startsWith", "containsAll", "containsAny", "gte", "lt", "field", "direction"}
"""What a comparator, or an order, consists of."""


ACTING = {"Mutation", "Subscription"}
"""Roots that are no questions."""


def nameable() -> set[str]:
    """Every argument of a field that queries reach, and every input field in it, but for those that name nothing."""
    names = set[str]()
    for kind in object_types().values():
        for field, told in kind.fields.items():
            if kind.name not in ACTING:
                names |= {f"{kind.name}.{field}.{argument}" for argument in told.args}
    left = [
        get_named_type(argument.type)
        for kind in object_types().values()
        for told in (kind.fields.values() if kind.name not in ACTING else ())
        for argument in told.args.values()
    ]
    seen = set[str]()
    while left:
        given = left.pop()
        is_filter = isinstance(given, GraphQLInputObjectType) and not given.fields.keys() <= COMPARATORS
        if is_filter and given.name not in seen:
            seen.add(given.name)
            names |= {f"{given.name}.{field}" for field in given.fields}
            left += [get_named_type(field.type) for field in given.fields.values()]
    return {name for name in names if not HARMLESS & set(name.split(".")) and not name.startswith("AuditEventFilter")}


def named_in(query: str) -> set[str]:
    """The arguments and input fields that a document uses."""
    found, types = set[str](), TypeInfo(GRAPH)

    class Names(Visitor):
        def enter_argument(self, node: Any, *_: Any) -> None:
            parent: Any = types.get_parent_type()
            name = next(n for n, f in parent.fields.items() if f is types.get_field_def())
            found.add(f"{parent.name}.{name}.{node.name.value}")

        def enter_object_field(self, node: Any, *_: Any) -> None:
            parent: Any = get_named_type(types.get_parent_input_type())
            found.add(f"{parent.name}.{node.name.value}")

    visit(parse(query), TypeInfoVisitor(types, Names()))
    return found
