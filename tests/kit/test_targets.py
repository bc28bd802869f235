"""Whom addresses that people name may lead to, and that they lead nowhere else, by real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any

import httpx2
import pytest

from app.kit import outgoing as room
from app.kit.outgoing import Unreadable, outgoing
from app.kit.targets import TargetRefused, Targets, fault_of_url, is_public
from app.settings.addresses import networks

LOOPBACK = Targets(networks("127.0.0.0/8, ::1/128"))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.31.255.255", "169.254.169.254", "100.100.100.200", "0.0.0.0", "::",
     "::1", "fe80::1", "fd00:ec2::254", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::ffff:10.0.0.1",
     "64:ff9b::a00:1", "2002:a00:1::1", "2002:7f00:1::", "168.63.129.16", "192.0.0.192", "198.18.0.1", "ff02::1"],
)  # fmt: skip
def test_what_is_not_the_internet_at_large_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Targets().admits(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_the_internet_at_large_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_what_the_operator_allows_is_admitted_however_it_is_written() -> None:
    allowed = Targets(networks("10.0.0.0/8"))
    admitted = {one: allowed.admits(ip_address(one)) for one in ("10.1.2.3", "::ffff:10.1.2.3", "192.168.0.1")}
    assert admitted == {"10.1.2.3": True, "::ffff:10.1.2.3": True, "192.168.0.1": False}


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.com/v1",
        "http://10.0.0.7:8000",
        "https://[2001:db8::1]:8443/v1/",
        "http://ollama:11434/v1",
    ],
)
def test_a_base_url_can_be_written_so(url: str) -> None:
    assert fault_of_url(url) is None


@pytest.mark.parametrize(
    "url",
    ["", "models.example.com", "ftp://example.com", "https://", "https:///v1", "https://u:p@example.com", "https://u@example.com",
     "https://example.com/v1?key=1", "https://example.com/#a", "https://example.com:99999", "https://example.com:0",
     "https://exam ple.com", "https://example.com\\@evil", "https://exämple.com", "http://[::1", "file:///etc/passwd",
     "https://example.com/" + "a" * 2_000, "https://example.com/\n"],
)  # fmt: skip
def test_a_base_url_cannot_be_written_so(url: str) -> None:
    assert fault_of_url(url) is not None


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncGenerator[tuple[str, list[bytes]]]:
    """A server that answers each request with the next of these bytes, and what it was asked."""
    heard: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(left.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}", heard
    finally:
        server.close()
        await server.wait_closed()


def _answer(body: bytes = b"hello", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers, b"Connection: close", b"", b""]
    return b"\r\n".join(lines) + body


async def test_a_private_address_is_called_only_if_it_is_allowed() -> None:
    async with answering(_answer()) as (url, heard):
        async with outgoing(Targets(), 2) as client:
            with pytest.raises(TargetRefused):
                await client.get(url)
        assert heard == []
        async with outgoing(LOOPBACK, 2) as client:
            assert (await client.get(url)).text == "hello"
        assert len(heard) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0"])
async def test_no_other_way_to_write_this_machine_helps(host: str) -> None:
    async with outgoing(Targets(), 2) as client:
        with pytest.raises((TargetRefused, httpx2.ConnectError)) as refusal:
            await client.get(f"http://{host}:9/")
    assert isinstance(refusal.value, TargetRefused) or "not known" in str(refusal.value)


async def test_a_name_that_comes_to_mean_another_address_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver says something public first and this machine afterwards: what was looked at is what is called."""
    asked: list[str] = []
    called: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    class _Backend:
        async def connect_tcp(self, host: str, *_: Any) -> Any:
            called.append(host)
            raise room.httpcore2.ConnectError("nobody there")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(room.httpcore2, "AnyIOBackend", _Backend)
    async with outgoing(Targets(), 2) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("http://rebinding.example/")
        with pytest.raises(TargetRefused):
            await client.get("http://rebinding.example/")
    assert (asked, called) == (["rebinding.example"] * 2, ["8.8.8.8"])


async def test_a_host_with_one_address_that_may_not_be_called_is_not_called_at_all() -> None:
    with pytest.raises(TargetRefused):
        Targets().require(["8.8.8.8", "10.0.0.1"])


async def test_redirects_are_not_followed() -> None:
    moved = _answer(b"", b"Location: http://169.254.169.254/", status=b"302 Found")
    async with answering(moved) as (url, _), outgoing(LOOPBACK, 2) as client:
        assert (await client.get(url)).status_code == 302


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_BYTES", 10)
    async with answering(_answer(b"x" * 11), _answer(b"x" * 10)) as (url, _), outgoing(LOOPBACK, 2) as client:
        with pytest.raises(Unreadable):
            await client.get(url)
        assert len((await client.get(url)).content) == 10


async def test_a_compressed_answer_is_not_taken() -> None:
    async with answering(_answer(b"\x1f\x8b", b"Content-Encoding: gzip")) as (url, heard):
        async with outgoing(LOOPBACK, 2) as client:
            with pytest.raises(Unreadable):
                await client.get(url)
        assert b"accept-encoding: identity" in heard[0].lower()


async def test_no_proxy_of_the_environment_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with answering(_answer()) as (url, _), outgoing(LOOPBACK, 2) as client:
        assert (await client.get(url)).text == "hello"
