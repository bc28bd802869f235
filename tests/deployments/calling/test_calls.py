"""Calls of a real server over real sockets: what they bring, and what becomes of all that can go wrong."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.deployments.calling import calls as room
from app.deployments.calling.calls import Calls
from app.deployments.calling.credentials import Credentials
from app.deployments.calling.questions import CallFault, Endpoint, Outcome, Question, Speaker, parameters_of
from app.kit.targets import Targets
from app.secret import Secret
from app.settings.addresses import networks
from tests.sample.serving import sample

LOOPBACK = Targets(networks("127.0.0.0/8"))


def _question(text: str = "Hello", seconds: float = 5, retries: int = 0, **parameters: Any) -> Question:
    return Question(messages=((Speaker.USER, text),), parameters=parameters, seconds=seconds, retries=retries)


def _endpoint(url: str, **more: Any) -> Endpoint:
    given: dict[str, Any] = {"base_url": f"{url}/v1", "model": "sample", "is_ours": True, **more}
    return Endpoint(**given)


async def _asked(endpoint: Endpoint, question: Question, targets: Targets = LOOPBACK) -> tuple[list[str], Outcome]:
    calls = Calls(targets, Credentials({}))
    try:
        told = [each async for each in calls.ask(endpoint, question)]
    finally:
        await calls.close()
    outcome = told.pop()
    assert isinstance(outcome, Outcome)
    return [each for each in told if isinstance(each, str)], outcome


async def test_an_answer_comes_piece_by_piece_and_is_counted() -> None:
    with sample("--token-delay", "0.005") as url:
        pieces, outcome = await _asked(_endpoint(url), _question(max_tokens=20))
    assert (outcome.fault, outcome.finish_reason, outcome.attempts) == (None, "length", 1)
    assert "".join(pieces) == outcome.text
    assert len(pieces) == 20
    assert outcome.usage is not None
    assert outcome.usage.tokens_out == 20
    assert outcome.ttft_us is not None
    assert outcome.latency_us is not None
    assert outcome.ttft_us < outcome.latency_us
    assert outcome.latency_us >= 19 * 5_000  # the first may come late here, when others have come already


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--fails", "429"), CallFault.RATE_LIMITED),
        (("--fails", "500"), CallFault.SERVER_ERROR),
        (("--fails", "400"), CallFault.QUESTION_REFUSED),
        (("--fails", "302"), CallFault.UNREADABLE),
        (("--model", "another"), CallFault.MODEL_UNKNOWN),
    ],
)
async def test_what_a_server_refuses_has_a_word(options: tuple[str, ...], fault: CallFault) -> None:
    with sample(*options) as url:
        pieces, outcome = await _asked(_endpoint(url), _question())
    assert (pieces, outcome.fault, outcome.usage) == ([], fault, None)
    assert outcome.latency_us


async def test_the_credential_is_sent_and_never_told() -> None:
    with sample("--key-env", "KEY", env={"KEY": "s3cret"}) as url:
        assert (await _asked(_endpoint(url, key=Secret("s3cret")), _question()))[1].fault is None
        assert (await _asked(_endpoint(url), _question()))[1].fault is CallFault.CREDENTIAL_REFUSED


async def test_the_first_call_of_a_process_holds_nobody_up_while_the_sdk_is_imported() -> None:
    """What is imported in the thread of the event loop keeps everybody waiting."""
    with sample() as url:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", FIRST, f"{url}/v1", stdout=subprocess.PIPE)
        told, _ = await asyncio.wait_for(child.communicate(), 20)
    assert told.decode().split() == ["None", "openai"]


FIRST = """
import asyncio, sys, threading
from app.deployments.calling.calls import Calls
from app.deployments.calling.credentials import Credentials
from app.deployments.calling.questions import Endpoint, Question, Speaker
from app.kit.targets import Targets

def note(kind, arguments):
    if kind == "import" and arguments[0].partition(".")[0] in {"openai", "httpx2", "httpcore2"}:
        seen[threading.current_thread() is threading.main_thread()].add(arguments[0].partition(".")[0])

async def ask():
    question = Question(messages=((Speaker.USER, "Hello"),), parameters={})
    async for told in calls.ask(Endpoint(base_url=sys.argv[1], model="sample", is_ours=True), question):
        pass
    print(told.fault)

seen, calls = {False: set(), True: set()}, Calls(Targets(), Credentials({}))
sys.addaudithook(note)
asyncio.run(ask())
assert not seen[True], seen[True]
print(*seen[False] & {"openai"})
"""
"""Prints what went wrong with the call, and what of the SDK was imported elsewhere."""


async def test_nothing_of_this_process_s_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "ours")
    heard: list[bytes] = []
    async with _saying(EVENTS, heard=heard) as url:
        await _asked(_endpoint(url), _question())
    assert heard
    assert b"ours" not in heard[0]
    assert b"authorization" not in heard[0].lower()


async def test_an_answer_that_takes_too_long_is_given_up_in_time() -> None:
    with sample("--token-delay", "0.1") as url:
        begun = time.monotonic()
        pieces, outcome = await _asked(_endpoint(url), _question(seconds=0.55))
        assert time.monotonic() - begun < 10
    assert outcome.fault is CallFault.TIMEOUT
    assert len(pieces) <= 5
    assert "".join(pieces) == outcome.text


async def test_nobody_there_is_tried_again_as_often_as_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PAUSE", 0.01)
    outcome = (await _asked(_endpoint("http://127.0.0.1:9"), _question(retries=2)))[1]
    assert (outcome.fault, outcome.attempts) == (CallFault.UNREACHABLE, 3)


async def test_a_private_target_of_somebody_else_is_refused() -> None:
    with sample() as url:
        theirs = _endpoint(url, is_ours=False)
        assert (await _asked(theirs, _question(), Targets()))[1].fault is CallFault.TARGET_REFUSED
        assert (await _asked(theirs, _question()))[1].fault is None


async def test_an_answer_is_cut_off_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_ANSWER", 10)
    with sample() as url:
        outcome = (await _asked(_endpoint(url), _question()))[1]
    assert (outcome.text, outcome.finish_reason, outcome.fault) == ("sample hea", "length", None)


@asynccontextmanager
async def _saying(*said: bytes, heard: list[bytes] | None = None) -> AsyncGenerator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(asked)
        for each in said:
            writer.write(each)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
        EVENTS + b"data: {not json\n\n",
        EVENTS + b'data: {"choices": [{"index": 0}]}\n\n',
        EVENTS + b'data: {"error": {"message": "out of memory"}}\n\n',
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ndata: ",
    ],
)
async def test_nonsense_is_an_outcome_and_no_defect(said: bytes) -> None:
    async with _saying(said) as url:
        outcome = (await _asked(_endpoint(url), _question()))[1]
    assert outcome.fault in {CallFault.UNREADABLE, CallFault.UNREACHABLE, CallFault.SERVER_ERROR}


def test_what_is_asked_overrides_what_the_deployment_says() -> None:
    spec = {"parameters": {"temperature": 0.2, "maxTokens": 9_999, "topK": 40, "stopSequences": [], "topP": None}}
    assert parameters_of(spec, {"temperature": 0.0}) == {
        "temperature": 0.0, "max_tokens": 4_096, "extra_body": {"top_k": 40}
    }  # fmt: skip
    assert parameters_of({}, {}) == {"max_tokens": 512}
