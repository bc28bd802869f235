"""Marked secrets are brought in through every door; then they are looked for in everything that comes out or stays."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import websockets
from argon2 import PasswordHasher
from graphql import GraphQLInputObjectType, get_named_type

from app.identity.vocabulary import Role
from app.settings import LogFormat, Settings
from app.telemetry.logs import formatter
from tests.conftest import Api, answering
from tests.contract.acting import GRAPH, contents, document, input_of, mutations
from tests.identity.people import SIGN_IN, Caller, user
from tests.identity.people import refreshed as refresh
from tests.kit.rows import put
from tests.serving import serving
from tests.telemetry.test_traces import Collector, collector

__all__ = ["collector"]


def marked(what: str) -> str:
    """A secret that is found again wherever it gets to."""
    return f"Zq7-{what}-{secrets.token_hex(16)}"


SETTINGS = {
    "MODELHUB_SECRET": marked("installation"),
    "MODELHUB_METRICS_TOKEN": marked("metrics"),
    "MODELHUB_ENCRYPTION_KEYS": secrets.token_hex(32),
}


@dataclass
class House:
    """An installation whose every word is kept."""

    api: Api
    log: io.StringIO
    planted: list[str] = field(default_factory=lambda: list(SETTINGS.values()))
    told: list[str] = field(default_factory=list[str])

    def plant(self, what: str) -> str:
        """A new secret to look for."""
        self.planted.append(marked(what))
        return self.planted[-1]

    async def send(self, path: str = "/graphql", **request: Any) -> Any:
        """A request whose answer must not repeat a secret."""
        answer = await self.api.client.request("POST", path, **request)
        self.told.append(f"{answer.headers} {answer.text}")
        return answer

    async def traces_left(self) -> str:
        """Everything that was told, logged, measured or stored."""
        token = SETTINGS["MODELHUB_METRICS_TOKEN"]
        page = await self.api.client.get("/metrics", headers={"authorization": f"Bearer {token}"})
        assert page.status_code == 200
        stored = [row for rows in (await contents(self.api.database)).values() for row in rows]
        return "\n".join([*self.told, self.log.getvalue(), page.text, *stored])


def forms(secret: str) -> Iterator[str]:
    """How a secret may look where it was encoded."""
    raw = secret.encode()
    yield from (secret, raw.hex(), base64.b64encode(raw).decode().rstrip("=")[:-2])
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")[:-2]


def found_in(text: str, planted: Sequence[str]) -> list[str]:
    """Of what was planted, what can be read."""
    return [secret for secret in planted if any(form in text for form in forms(secret))]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line that our loggers write, as it is written."""
    stream = io.StringIO()
    handlers = [logging.StreamHandler(stream) for _ in LogFormat]
    ours, root = logging.getLogger("modelhub"), logging.getLogger()
    level = ours.level
    for handler, of in zip(handlers, LogFormat, strict=True):
        handler.setFormatter(formatter(of))
        root.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    yield stream
    ours.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


@asynccontextmanager
async def opened(settings: Settings, log: io.StringIO) -> AsyncGenerator[House]:
    url = settings.database_url or ""
    password = marked("database")
    with_password = url.replace("modelhub@", f"modelhub:{password}@")
    assert password in with_password
    given = {
        "DATABASE_URL": with_password,
        "REDIS_URL": settings.redis_url,
        "MODELHUB_HOME": settings.home,
        "DEMO": False,
        "OTEL_EXPORTER_OTLP_ENDPOINT": settings.otlp_endpoint,
        **SETTINGS,
    }
    made = Settings.model_validate(given)
    async with answering(made) as api:
        house = House(api, log, [*SETTINGS.values(), password])
        house.told += [repr(made), made.model_dump_json(include={"secret", "metrics_token", "encryption_keys"})]
        yield house


def secret_fields(name: str) -> list[str]:
    """The fields of a mutation's input that take secrets."""
    kind = GRAPH.type_map[input_of(name)]
    assert isinstance(kind, GraphQLInputObjectType)
    return [name for name, found in kind.fields.items() if get_named_type(found.type).name == "Secret"]


TAKING = [name for name in mutations() if secret_fields(name)]
"""The mutations that take secrets."""


def bad_inputs(house: House, name: str) -> Iterator[Any]:
    """Inputs with a secret in them, of which none can be taken."""
    kind = GRAPH.type_map[input_of(name)]
    assert isinstance(kind, GraphQLInputObjectType)
    fields = secret_fields(name)

    def full() -> dict[str, Any]:
        return {field: house.plant(name) if field in fields else "x@example.com" for field in kind.fields}

    yield full()
    yield {**full(), "strange": 1}
    yield {**full(), f"{fields[0]}s": 1}
    yield {field: house.plant(name) for field in fields[:1]}
    yield house.plant(name)
    yield [house.plant(name)]
    for spoil in ([house.plant(name)], {"x": house.plant(name)}, house.plant(name) * 300, house.plant(name) + "\0"):
        yield {**full(), fields[0]: spoil}


class TestInputs:
    def test_passwords_and_tokens_are_taken_as_secrets(self) -> None:
        assert {"signIn", "refreshSession", "acceptInvitation", "changePassword"} <= set(TAKING)
        plain = {
            f"{name}.{field}"
            for name, kind in GRAPH.type_map.items()
            if isinstance(kind, GraphQLInputObjectType)
            for field, found in kind.fields.items()
            if field.lower().endswith(("password", "token", "secret")) and get_named_type(found.type).name == "String"
        }
        assert plain == set()

    @pytest.mark.parametrize("name", TAKING)
    async def test_bad_ones_are_not_repeated(self, settings: Settings, log: io.StringIO, name: str) -> None:
        async with opened(settings, log) as house:
            for given in bad_inputs(house, name):
                body = {"query": document(name), "variables": {"input": given}}
                await house.send(json=body)
                await house.send(json=body, headers={"authorization": f"Bearer {house.api.token()}"})
            written = house.plant(name)
            await house.send(
                json={"query": f'mutation {{ {name}(input: {{x: "{written}"}}) {{ errors {{ code }} }} }}'}
            )
            left = await house.traces_left()
        assert found_in(left, house.planted) == []
        assert "GRAPHQL_VALIDATION_FAILED" in left


async def greeted(url: str, payload: Any, document: str = "{ models { totalCount } }") -> str:
    """Everything that a socket says to a first message with this payload, and to an operation after it."""
    protocol: Any = ["graphql-transport-ws"]
    said: list[str] = []
    async with websockets.connect(url, subprotocols=protocol) as socket:
        with suppress(websockets.ConnectionClosed, TimeoutError):
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))
            while not said or '"complete"' not in said[-1]:
                said.append(str(await asyncio.wait_for(socket.recv(), 2)))
                if '"error"' in said[-1]:
                    break
    return " ".join([*said, str(socket.close_code), str(socket.close_reason)])


class TestRequests:
    async def test_credentials_of_every_kind(self, settings: Settings, log: io.StringIO) -> None:
        async with opened(settings, log) as house:
            query = {"query": "{ models { totalCount } }"}
            for scheme in ("Bearer", "Basic", "bearer mhk_", "Digest", ""):
                await house.send(json=query, headers={"authorization": f"{scheme} {house.plant('header')}"})
            jwt = f"eyJhbGciOiJub25lIn0.{house.plant('jwt')}.x"
            await house.send(json=query, headers={"authorization": f"Bearer {jwt}"})
            await house.send(json=query, headers={"cookie": f"session={house.plant('cookie')}"})
            await house.send(json=query, headers={"x-api-key": house.plant("key")})
            await house.send(f"/graphql?token={house.plant('url')}", json=query)
            await house.send(f"/nowhere?token={house.plant('url')}")
            await house.send(content='{"query": "{ models', headers={"x-secret": house.plant("broken")})
            await house.send(json={"query": f"{{ models }} # {house.plant('comment')}"})
            await house.send("/oauth/token", data={"grant_type": "x", "client_secret": house.plant("form")})
            basic = base64.b64encode(f"client:{house.plant('basic')}".encode()).decode()
            grant = {"grant_type": "client_credentials"}
            await house.send("/oauth/token", data=grant, headers={"authorization": f"Basic {basic}"})
            left = await house.traces_left()
        assert found_in(left, house.planted) == []
        assert '"logger":"modelhub.web"' in left

    async def test_first_messages_of_sockets(self, settings: Settings, log: io.StringIO) -> None:
        async with opened(settings, log) as house, serving(house.api.app) as address:
            url = f"ws://{address}/graphql"
            for scheme in ("Bearer", "Bearer mhk_", "Basic", ""):
                house.told.append(await greeted(url, {"authorization": f"{scheme} {house.plant('init')}".strip()}))
            house.told.append(await greeted(url, {"token": house.plant("other"), "headers": [house.plant("deep")]}))
            house.told.append(await greeted(url, house.plant("payload")))
            house.told.append(await greeted(f"{url}?token={house.plant('url')}", {}))
            token = house.api.token()
            document = f"{{ models {{ totalCount }} }} # {house.plant('comment')}"
            house.told.append(await greeted(url, {"authorization": f"Bearer {token}"}, document))
            given = f'{{email: "x", password: "{house.plant("password")}"}}'
            signing_in = f"mutation {{ signIn(input: {given}) {{ errors {{ message }} }} }}"
            house.told.append(await greeted(url, {}, signing_in))
            left = await house.traces_left()
        assert found_in(left, house.planted) == []
        assert "4403" in left
        assert "totalCount" in left
        assert "is wrong" in left

    async def test_defects_do_not_tell_what_they_met(
        self, settings: Settings, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise RuntimeError(_)

        monkeypatch.setattr("app.identity.sessions.schema.signing_in.sign_in", fail)
        async with opened(settings, log) as house:
            given = {"email": "ada@example.com", "password": house.plant("password")}
            answer = await house.send(json={"query": SIGN_IN, "variables": {"input": given}})
            left = await house.traces_left()
        assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
        assert "RuntimeError" in left
        assert found_in(left, house.planted) == []


class TestLife:
    async def test_of_passwords_tokens_and_keys(
        self, settings: Settings, log: io.StringIO, collector: Collector
    ) -> None:
        traced = settings.model_copy(update={"otlp_endpoint": collector.url})
        async with opened(traced, log) as house:
            house.planted += await live(house)
            left = await house.traces_left()
        exported = b"".join(each.SerializeToString() for each in collector.received).decode(errors="replace")
        assert "mutation" in exported
        assert "user.signed_in" in left
        assert found_in(left + exported, house.planted) == []


async def live(house: House) -> list[str]:
    """Sign in, renew, invite, make and use a key, change the password; gives the secrets that came into being."""
    first, second = house.plant("password"), house.plant("password")
    ada = user("ada", Role.ADMIN, password_hash=PasswordHasher(time_cost=1, memory_cost=8192).hash(first))
    await put(house.api.database, ada)
    signed = await Caller(house.api, "").data(SIGN_IN, input={"email": "ada@example.com", "password": first})
    renewed = await refresh(house.api, signed["signIn"]["refreshToken"])
    caller = Caller(house.api, renewed["accessToken"])
    invited = await caller.do("inviteUser", "token", email="bob@example.com", role="VIEWER", teamIds=[])
    key = await caller.do("createApiKey", "secret", name="k", scopes=["models:read"])
    await Caller(house.api, key["secret"]).data("{ models { totalCount } }")
    changed = await caller.do("changePassword", "user { id }", currentPassword=first, newPassword=second)
    assert changed["errors"] == invited["errors"] == key["errors"] == []
    opened = (signed["signIn"], renewed)
    return [*(one[name] for one in opened for name in ("accessToken", "refreshToken")), invited["token"], key["secret"]]
