"""A person finds a model in GraphiQL, enters one of their own, and moves an alias; the record tells of it all."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg

from app.embedded import urls
from app.kit.ids import new_id, parse_global_id
from tests.browser.chromium import Editor, Page, expect, open_with_token
from tests.conftest import RunningHub

BROWSE = (
    "query Browse { models(first: 5) { totalCount nodes { name provider { name } } "
    "facets { field values { value count } } } }"
)
FIND = (
    "query Find($query: String, $filter: ModelFilter) { models(query: $query, filter: $filter, first: 3) { "
    "totalCount didYouMean appliedFilter { path operator values } nodes { id name provider { slug } contextWindow } } }"
)
DETAILS = (
    "query Details($id: ID!) { model(by: {id: $id}) { name description capabilities status prices { tokenClass "
    "usdPerMillion } metrics { requests { total } latency { p95Ms } } deployments { totalCount } } }"
)
RECENT = "query Recent { dashboard { recentActivity { message type model { name } } } }"
DONE = [
    "model.registered",
    "model_version.registered",
    "model.priced",
    "model.transitioned",
    "model_alias.moved",
    "model_version.registered",
    "model_version.transitioned",
    "model_alias.moved",
]
"""What the person did, as the audit trail and subscribers are told."""


def mutation(name: str, shown: str) -> str:
    """A mutation with its input as a variable."""
    kind = name[0].upper() + name[1:]
    return f"mutation Act($input: {kind}Input!) {{ {name}(input: $input) {{ {shown} errors {{ message path }} }} }}"


def act(editor: Editor, name: str, shown: str, /, **given: Any) -> dict[str, Any]:
    """What was changed by a mutation that somebody types."""
    payload = editor.ask(mutation(name, shown), input=given)[name]
    assert payload["errors"] == []
    return payload


async def recorded(hub: RunningHub, model_id: str) -> tuple[list[str], list[str]]:
    """The actions of the audit trail and the kinds of events of a model, in the order in which they happened."""
    connection = await asyncpg.connect(urls(hub.home).database.replace("+asyncpg", ""))
    try:
        of_model = "payload ->> 'model_id' = $1"
        events = await connection.fetch(f"select kind from event where {of_model} order by position", model_id)
        audits = await connection.fetch(
            f"""select action from audit_event a where outcome = 'SUCCESS' and exists (
                select from event e where {of_model} and e.kind = a.action
                and e.payload ->> 'resource_id' = a.resource_id) order by occurred_at, id""",
            model_id,
        )
        return [row["action"] for row in audits], [row["kind"] for row in events]
    finally:
        await connection.close()


def discover(editor: Editor) -> None:
    """Browse, search with a slip of the pen, filter by use case, and look at one model closely."""
    seen = editor.ask(BROWSE)["models"]
    tasks = next(facet for facet in seen["facets"] if facet["field"] == "SUPPORTED_TASKS")["values"]
    misspelt = editor.ask(FIND, query="cluade sonet", filter={"minContextWindow": 100_000})["models"]
    assert misspelt["didYouMean"] == "claude sonnet"
    assert 0 < misspelt["totalCount"] < seen["totalCount"]
    assert all("Claude" in node["name"] and node["contextWindow"] >= 100_000 for node in misspelt["nodes"])
    fitting = editor.ask(FIND, filter={"supportedTasks": {"containsAll": [tasks[0]["value"]]}})["models"]
    assert fitting["totalCount"] == tasks[0]["count"]
    assert fitting["appliedFilter"][0]["values"] == [tasks[0]["value"]]
    found = fitting["nodes"][0]
    assert editor.ask(DETAILS, id=found["id"])["model"]["name"] == found["name"]


def enter(editor: Editor) -> str:
    """Register a model with an owner, a first version and a price, and make it active; its id."""
    given = {"name": "Anvil", "modelType": "TEXT", "owner": "ml-platform", "version": "v1"}
    provider = {"slug": "journey", "name": "Journey"}
    shown = "model { id status owner versions { id } }"
    model = act(editor, "registerModel", shown, slug=f"journey/{new_id().hex}", provider=provider, **given)["model"]
    assert (model["status"], model["owner"]) == ("EXPERIMENTAL", "ml-platform")
    prices = [{"tokenClass": "INPUT", "usdPerMillion": "3"}, {"tokenClass": "OUTPUT", "usdPerMillion": "15"}]
    cost = "model { baselineMetrics { costPer1kTokens } }"
    priced = act(editor, "setModelPrice", cost, modelId=model["id"], prices=prices)["model"]
    assert priced["baselineMetrics"] == {"costPer1kTokens": "0.006"}
    act(editor, "transitionModel", "model { status }", modelId=model["id"], to="ACTIVE", reason="Tried.")
    move_alias(editor, model["id"], model["versions"][0]["id"], "v1")
    return model["id"]


def renew(editor: Editor, model_id: str) -> None:
    """Register another version, make it active, and let `production` mean it."""
    shown = "modelVersion { id }"
    version = act(editor, "registerModelVersion", shown, modelId=model_id, label="v2")["modelVersion"]["id"]
    act(editor, "transitionModelVersion", shown, modelVersionId=version, to="ACTIVE")
    move_alias(editor, model_id, version, "v2")


def move_alias(editor: Editor, model_id: str, version_id: str, label: str) -> None:
    """Let `production` mean this version."""
    shown = "model { aliases { name version { label } } }"
    moved = act(editor, "moveModelAlias", shown, modelId=model_id, alias="production", modelVersionId=version_id)
    assert moved["model"]["aliases"] == [{"name": "production", "version": {"label": label}}]


class TestJourney:
    def test_from_browsing_to_an_alias_that_was_moved(self, page: Page, running_hub: RunningHub) -> None:
        open_with_token(page, running_hub)
        editor = Editor(page)
        discover(editor)
        model_id = enter(editor)
        renew(editor, model_id)
        told = editor.ask(RECENT)["dashboard"]["recentActivity"]
        mine = [entry["message"] for entry in told if entry["model"] == {"name": "Anvil"}]
        assert any("registered" in message for message in mine), told
        assert any("production" in message for message in mine), told
        key = parse_global_id(model_id)
        assert key
        with ThreadPoolExecutor() as elsewhere:  # the browser's library has a loop of its own here
            audits, events = elsewhere.submit(asyncio.run, recorded(running_hub, str(key[1]))).result()
        assert events == DONE
        assert audits == events

    def test_words_of_the_schema_are_explained(self, page: Page, running_hub: RunningHub) -> None:
        open_with_token(page, running_hub)
        page.get_by_role("button", name="Show Documentation Explorer").click()
        explorer = page.locator(".graphiql-doc-explorer")
        explorer.get_by_role("link", name="Mutation", exact=True).click()
        explorer.get_by_role("link", name="moveModelAlias", exact=True).click()
        expect(explorer).to_contain_text("alias")
        expect(explorer).to_contain_text("Needs models:")
