"""The README's "Deploy", block by block, by somebody who follows it in GraphiQL: deployed, tried, scaled, killed,
healed, updated, rolled back and deleted, while another tab watches."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.browser.chromium import Editor, Page, RunningHub, expect, open_with_token, run
from tests.browser.test_graphiql import README

WITHIN = 20.0
"""Seconds for what is wanted to come true."""


def blocks() -> list[str]:
    """What the README says under "Deploy", each block in one line: GraphiQL indents what is typed in several."""
    (section,) = re.findall(r"\n## Deploy\n(.*?)\n## ", README.read_text(), re.DOTALL)
    return [" ".join(block.split()) for block in re.findall(r"```graphql\n(.*?)\n```", section, re.DOTALL)]


@dataclass
class Watching:
    """What another tab hears."""

    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def listen(self, page: Page) -> None:
        """Take down what comes over its sockets."""
        page.on("websocket", lambda socket: socket.on("framereceived", self._note))

    def _note(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "next" and "deploymentStatusChanged" in message["payload"]["data"]:
            self.told.append(message["payload"]["data"]["deploymentStatusChanged"])

    def heard(self, page: Page, text: str) -> None:
        """Wait until something was told, and take what was told so far off the list."""
        until(page, lambda: any(text in one["message"] for one in self.told))
        self.told.clear()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page go on until something holds."""
    end = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def write(page: Page, operation: str) -> None:
    """Put operations into the editor, and give GraphiQL the moment it takes to know their names."""
    Editor(page).write("")
    page.keyboard.insert_text(operation)
    page.wait_for_timeout(700)


@dataclass(frozen=True, slots=True)
class Choice:
    """Several operations in the editor, of which GraphiQL asks which to send."""

    page: Page

    def send(self, name: str) -> Any:
        """The data of the answer to the operation of that name."""
        run(self.page)
        with self.page.expect_response(lambda answer: _is_named(answer, name)) as answered:
            self.page.get_by_role("menuitem", name=name, exact=True).click()
        answer = answered.value.json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        assert payload.get("errors", []) == []
        return payload.get("deployment", payload)


def _is_named(answer: Any, name: str) -> bool:
    return json.loads(answer.request.post_data or "{}").get("operationName") == name


def test_the_readme_s_deploy_as_it_is_written(page: Page, running_hub: RunningHub) -> None:
    register, listen, create, ask, rest = blocks()
    other, watching = page.context.new_page(), Watching()
    watching.listen(other)
    for one in (page, other):
        open_with_token(one, running_hub)
    write(other, listen)
    run(other)
    expect(other.get_by_role("button", name=re.compile("stop query", re.IGNORECASE))).to_be_visible()
    page.bring_to_front()
    editor = Editor(page)
    model = editor.ask(register)["registerModel"]["model"]["id"]
    key = editor.ask(create.replace("…", model))["createDeployment"]["deployment"]["id"]
    watching.heard(other, "parrot in development is running")
    result = editor.ask(ask.replace("…", key))["testDeployment"]["result"]
    assert result["status"] == "OK"
    assert "Hello, who are you?" in result["output"]
    write(page, rest.replace("…", key))
    choice = Choice(page)
    follow(choice, watching, other)


def follow(choice: Choice, watching: Watching, other: Page) -> None:
    """What comes after the first answer."""

    def states() -> list[tuple[str, int]]:
        return [(each["state"], each["restarts"]) for each in choice.send("Look")["replicaStates"]]

    choice.send("More")
    until(other, lambda: states() == [("READY", 0)] * 3)
    watching.told.clear()
    os.kill(choice.send("Look")["replicaStates"][0]["pid"], signal.SIGKILL)
    watching.heard(other, "Replica 0 ended by signal 9")
    until(other, lambda: states() == [("READY", 1), ("READY", 0), ("READY", 0)])
    assert choice.send("Warmer")["generation"] == 3
    assert choice.send("Back") == {"generation": 4, "wantedReplicas": 3}
    assert choice.send("Away")["deletedAt"]
    watching.heard(other, "parrot in development is stopped")
