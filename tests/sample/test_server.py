"""The sample server as a process: what it says, how fast it starts, and how it misbehaves when it is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from tests.sample.serving import sample

HELLO: Any = [{"role": "user", "content": "Hello, how are you?"}]


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """One without options."""
    with sample() as url:
        yield url


def _client(url: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=5)


def _exit(*options: str, told: signal.Signals | None = None) -> tuple[int, float]:
    """With what status it ends, and after how many seconds."""
    command = [sys.executable, "-m", "app.sample", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        process.stderr.readline()
        begun = time.monotonic()
        if told:
            process.send_signal(told)
        return process.wait(5), time.monotonic() - begun
    finally:
        process.kill()
        process.communicate()


def test_openai_s_own_client_understands_it() -> None:
    with sample("--model", "parrot") as url, _client(url) as client:
        one, again = (client.chat.completions.create(model="parrot", messages=HELLO) for _ in range(2))
        assert one == again
        said = one.choices[0].message.content or ""
        assert said.startswith("parrot heard: Hello, how are you?")
        assert one.usage
        assert one.usage.total_tokens == one.usage.prompt_tokens + one.usage.completion_tokens
        stream = client.chat.completions.create(
            model="parrot", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == said
        assert chunks[-1].usage == one.usage
        assert [model.id for model in client.models.list()] == ["parrot"]


def test_an_answer_ends_where_it_is_told_to(plain: str) -> None:
    with _client(plain) as client:
        cut = client.chat.completions.create(model="sample", messages=HELLO, max_tokens=3).choices[0]
        assert (cut.finish_reason, cut.message.content) == ("length", "sample heard:")
        stopped = client.chat.completions.create(model="sample", messages=HELLO, stop=[" how"]).choices[0]
        assert (stopped.finish_reason, stopped.message.content) == ("stop", "sample heard: Hello,")


def test_embeddings_are_alike_for_texts_that_are(plain: str) -> None:
    with _client(plain) as client:
        given = ["the cat sat on the mat", "the cat sat on a mat", "quarterly revenue"]
        answer = client.embeddings.create(model="sample", input=given, dimensions=32)
        one, near, far = (each.embedding for each in answer.data)
        unpacked = client.embeddings.create(model="sample", input=given, dimensions=32, encoding_format="float")
        assert unpacked.data[0].embedding == pytest.approx(one)
        assert _alike(one, one) == pytest.approx(1)
        assert _alike(one, near) > _alike(one, far)


def _alike(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        ({"model": "another", "messages": HELLO}, openai.NotFoundError),
        ({"model": "sample", "messages": []}, openai.BadRequestError),
        ({"model": "sample", "messages": HELLO, "n": 2}, openai.BadRequestError),
        ({"model": "sample", "messages": HELLO, "max_tokens": -1}, openai.BadRequestError),
        ({"model": "sample", "messages": [{"role": "user", "content": "word " * 9_000}]}, openai.BadRequestError),
    ],
)
def test_what_it_does_not_take_is_refused_as_openai_does(plain: str, asked: Any, failure: type[Exception]) -> None:
    with _client(plain) as client, pytest.raises(failure):
        client.chat.completions.create(**asked)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"model": "sample"}'])
def test_bodies_that_are_no_request_are_refused(plain: str, body: bytes) -> None:
    assert httpx2.post(f"{plain}/v1/chat/completions", content=body).status_code == 400
    assert httpx2.post(f"{plain}/v1/nothing", content=b"{}").status_code == 404


def test_starts_in_a_moment_and_ends_when_it_is_told_to() -> None:
    begun = time.monotonic()
    with sample() as url:
        assert httpx2.get(f"{url}/health").json() == {"status": "ok"}
        assert time.monotonic() - begun < 2
    status, seconds = _exit(told=signal.SIGTERM)
    assert status == 0
    assert seconds < 1


def test_misbehaves_as_it_is_told_to() -> None:
    with sample("--unhealthy", "--fails", "429") as url, _client(url) as client:
        assert httpx2.get(f"{url}/health").status_code == 503
        with pytest.raises(openai.RateLimitError) as refusal:
            client.chat.completions.create(model="sample", messages=HELLO)
        assert refusal.value.response.headers["retry-after"] == "7"
    with sample("--hangs") as url, pytest.raises(httpx2.ReadTimeout):
        httpx2.get(f"{url}/health", timeout=0.2)
    assert _exit("--exit-after", "0.3", "--exit-code", "9")[0] == 9
    assert _exit("--ignores-term", "--exit-after", "0.5", told=signal.SIGTERM)[0] == 1


def test_asks_for_the_key_it_was_given() -> None:
    with sample("--key-env", "KEY", env={"KEY": "s3cret"}) as url:
        with _client(url, "s3cret") as client:
            assert client.models.list().data
        with _client(url, "wrong") as client, pytest.raises(openai.AuthenticationError):
            client.models.list()
