"""Credentials at work: what is remembered of them, how soon it is forgotten, and acts that cross a change of rights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.authentication import Authentication
from app.identity.epoch import raise_epoch
from app.identity.rules import Role
from app.identity.tables import Principal
from app.identity.tokens import issue_development_token, issue_token
from app.kit.access import Actor, Permission
from app.kit.db import Database
from app.kit.errors import Forbidden, HubError, TokenExpired, Unauthorized
from app.kit.ids import new_id
from app.kit.journal import Origin, Writer
from app.kit.secrets import Keys
from tests.conftest import Api
from tests.identity.people import member, nobody, service_account, settle, signed_in, user
from tests.identity.test_rights import uid
from tests.kit.rows import execute, model, provider, put, select_rows, team

KEYS = Keys(b"s" * 32)


async def session_of(database: Database, who: Principal) -> UUID:
    """A session of somebody, straight in the table."""
    key = new_id()
    await execute(
        database,
        f"insert into session (id, principal_id, expires_at) values ('{key}', '{who.id}', now() + interval '1 day')",
    )
    return key


async def token_of(database: Database, who: Principal, **changed: Any) -> str:
    """An access token of somebody."""
    authentication = Authentication(database, KEYS)
    key = await session_of(database, who)
    return issue_token(KEYS, who.id, key, authentication.clock(), **changed)[0]


class TestMemory:
    async def test_nothing_is_believed_before_the_epoch_is_heard(self, database: Database) -> None:
        ann = user("ann")
        await put(database, ann)
        authentication, token = Authentication(database, KEYS), await token_of(database, ann)
        assert (await authentication.actor_of(token)).role == "VIEWER"
        await execute(database, "update principal set role = 'ADMIN'")
        assert (await authentication.actor_of(token)).role == "ADMIN"

    async def test_is_kept_for_an_epoch(self, database: Database) -> None:
        ann = user("ann")
        await put(database, ann)
        authentication, token = Authentication(database, KEYS), await token_of(database, ann)
        authentication.heard(1)
        await authentication.actor_of(token)
        before = database.statements
        await authentication.actor_of(token)
        assert database.statements == before
        await execute(database, "update principal set disabled_at = now()")
        authentication.heard(2)
        with pytest.raises(Unauthorized):
            await authentication.actor_of(token)

    async def test_what_was_read_before_a_change_is_not_kept_after_it(self, database: Database) -> None:
        """The row was read at epoch 1, and epoch 2 was heard of before it was remembered."""
        ann = user("ann")
        await put(database, ann)
        authentication, token = Authentication(database, KEYS), await token_of(database, ann)
        authentication.heard(2)
        await authentication.actor_of(token)
        await execute(database, "update principal set role = 'ADMIN'")
        assert (await authentication.actor_of(token)).role == "ADMIN"

    async def test_expiry_is_seen_though_it_is_remembered(self, database: Database) -> None:
        ann = user("ann")
        await put(database, ann)
        authentication, token = Authentication(database, KEYS), await token_of(database, ann)
        authentication.heard(1)
        await authentication.actor_of(token)
        now = authentication.clock()
        authentication.clock = lambda: now + timedelta(minutes=16)
        with pytest.raises(TokenExpired):
            await authentication.actor_of(token)

    async def test_token_is_of_its_own_principal(self, database: Database) -> None:
        ann, root = user("ann"), user("root", Role.ADMIN)
        await put(database, ann, root)
        key = await session_of(database, root)
        authentication = Authentication(database, KEYS)
        with pytest.raises(Unauthorized):
            await authentication.actor_of(issue_token(KEYS, ann.id, key, authentication.clock())[0])

    async def test_confined_token_does_no_more_than_its_scopes(self, database: Database) -> None:
        ann = user("ann", Role.ADMIN)
        await put(database, ann)
        token = await token_of(database, ann, scopes=frozenset({"models:read", "nothing"}))
        actor = await Authentication(database, KEYS).actor_of(token)
        assert actor.permissions == {Permission.MODELS_READ}

    async def test_development_tokens_are_refused_in_production(self, database: Database) -> None:
        token = issue_development_token(KEYS, Role.ADMIN)
        assert (await Authentication(database, KEYS).actor_of(token)).teams is None
        with pytest.raises(Unauthorized):
            await Authentication(database, KEYS, takes_development_tokens=False).actor_of(token)

    @pytest.mark.parametrize(
        "credential", ["", "x", "mhk_" + "x" * 43, "mhk_\r\n", "x" * 5000, "\ud800", "e30.e30.e30"]
    )
    async def test_others_are_refused(self, database: Database, credential: str) -> None:
        with pytest.raises(Unauthorized):
            await Authentication(database, KEYS).actor_of(credential)


class TestServiceAccount:
    async def test_has_what_it_and_its_owner_have(self, database: Database) -> None:
        red, blue = team("red"), team("blue")
        owner = user("owner", Role.MANAGER)
        robot = service_account("robot", owner, Role.ADMIN)
        places = [member(red, owner), member(red, robot), member(blue, robot)]
        await put(database, red, blue, owner, robot, *places)
        actor = await Authentication(database, KEYS).actor_of(await token_of(database, robot))
        assert (actor.clearance, actor.teams) == ("RESTRICTED", {red.id})
        assert Permission.MODELS_CREATE not in actor.permissions
        assert actor.on_behalf_of == "owner@example.com"


class TestRace:
    """A change of rights and an act: one is wholly before the other."""

    @staticmethod
    async def deployed(session: AsyncSession, actor: Actor, entered: asyncio.Event, go_on: asyncio.Event) -> str | None:
        entered.set()
        await go_on.wait()
        actor.require(Permission.MODELS_UPDATE)
        return actor.role

    async def test_change_waits_for_the_act_that_began_before(self, api: Api) -> None:
        ann, root = user("ann", Role.MANAGER), user("root", Role.ADMIN)
        await put(api.database, ann, root)
        caller, admin = await signed_in(api, ann), await signed_in(api, root)
        authentication: Authentication = api.app.state.hub.authentication
        actor = await authentication.actor_of(caller.access)
        entered, go_on = asyncio.Event(), asyncio.Event()
        writer = Writer(api.database, Origin(), confirm=authentication.confirm)
        act = asyncio.create_task(writer.write(actor, self.deployed, entered, go_on))
        await entered.wait()
        change = asyncio.create_task(admin.refusals("setRole", principalId=uid(ann), role="VIEWER"))
        done, _ = await asyncio.wait({change}, timeout=0.7)
        assert not done
        go_on.set()
        assert await act == "MANAGER"
        assert await change == []

    async def test_act_that_begins_after_the_change_is_refused_though_it_was_admitted_before(self, api: Api) -> None:
        ann, root = user("ann", Role.MANAGER), user("root", Role.ADMIN)
        await put(api.database, ann, root)
        caller, admin = await signed_in(api, ann), await signed_in(api, root)
        authentication: Authentication = api.app.state.hub.authentication
        admitted = await authentication.actor_of(caller.access)
        await admin.do("setRole", principalId=uid(ann), role="VIEWER")
        writer = Writer(api.database, Origin(), confirm=authentication.confirm)
        ready = asyncio.Event()
        ready.set()
        with pytest.raises(Forbidden):
            await writer.write(admitted, self.deployed, asyncio.Event(), ready)
        await admin.do("disableUser", principalId=uid(ann))
        with pytest.raises(Unauthorized):
            await writer.write(admitted, self.deployed, asyncio.Event(), ready)

    async def test_act_in_the_middle_of_the_change_waits_for_it(self, api: Api, database_url: str) -> None:
        ann = user("ann", Role.MANAGER)
        (caller,) = await settle(api, ann)
        acme = provider()
        one = model(acme, "one")
        await put(api.database, acme, one)
        from app.identity.standing import hold_alone
        from tests.kit.rows import gid

        async with api.database.transaction() as session:
            await hold_alone(session, ann.id)
            act = asyncio.create_task(caller.refusals("updateModel", modelId=gid(one), owner="me"))
            done, _ = await asyncio.wait({act}, timeout=0.7)
            assert not done
            found = await session.get(Principal, ann.id)
            assert found is not None
            found.role = "VIEWER"
        assert await act == ["FORBIDDEN"]
        (row,) = await select_rows(api.database, "select owner from model")
        assert row["owner"] is None

    async def test_rights_grow_with_the_next_request_and_not_within_one(self, database: Database) -> None:
        ann = user("ann")
        await put(database, ann)
        authentication, token = Authentication(database, KEYS), await token_of(database, ann)
        actor = await authentication.actor_of(token)
        await execute(database, "update principal set role = 'ADMIN'")
        async with database.transaction() as session:
            assert (await authentication.confirm(session, actor)).permissions == actor.permissions


class TestEpoch:
    @staticmethod
    async def epoch(api: Api) -> int:
        (row,) = await select_rows(api.database, "select value from authorisation_epoch")
        return row["value"]

    async def test_is_heard_of_within_a_second(self, api: Api) -> None:
        authentication: Authentication = api.app.state.hub.authentication
        await settle(api, user("ann"))
        async with api.database.transaction() as session:
            await raise_epoch(session)
        await asyncio.wait_for(wait_for_epoch(authentication, await self.epoch(api)), 1)

    async def test_is_heard_of_again_after_the_connection_was_lost(self, api: Api) -> None:
        authentication: Authentication = api.app.state.hub.authentication
        await asyncio.wait_for(wait_for_epoch(authentication, 1), 5)
        await execute(
            api.database,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()",
        )
        await execute(api.database, "update authorisation_epoch set value = 77 where id = 1")
        await asyncio.wait_for(wait_for_epoch(authentication, 77), 5)

    async def test_does_not_grow_when_the_change_is_undone(self, api: Api) -> None:
        before = await self.epoch(api)

        async def failing() -> None:
            async with api.database.transaction() as session:
                await raise_epoch(session)
                raise HubError("no")

        with pytest.raises(HubError):
            await failing()
        assert await self.epoch(api) == before

    async def test_grows_when_a_security_level_is_changed(self, api: Api) -> None:
        from tests.kit.rows import gid

        acme = provider()
        one = model(acme, "one")
        await put(api.database, acme, one)
        before = await self.epoch(api)
        update = """mutation ($input: UpdateModelInput!) { updateModel(input: $input) { errors { code } } }"""
        await api.data(update, input={"modelId": gid(one), "owner": "me"})
        assert await self.epoch(api) == before
        await api.data(update, input={"modelId": gid(one), "securityLevel": "CONFIDENTIAL"})
        assert await self.epoch(api) == before + 1


async def wait_for_epoch(authentication: Authentication, value: int) -> None:
    """Wait until a process has heard of an epoch."""
    while authentication.epoch != value:
        await asyncio.sleep(0.02)


class TestHeaders:
    @pytest.mark.parametrize(
        "value", ["Bearer", "Bearer ", "Basic x", "Bearer x y", "bearer \x7f", "Bearer " + "x" * 9000]
    )
    async def test_odd_ones_are_refused_or_nobody(self, api: Api, value: str) -> None:
        body = {"query": "{ viewer { name } }"}
        answer = await api.client.post("/graphql", json=body, headers={"authorization": value})
        codes = [error["extensions"]["code"] for error in answer.json()["errors"]]
        assert codes == ["UNAUTHORIZED"]
        assert answer.status_code in {200, 401}

    async def test_request_id_that_would_break_a_header_is_not_repeated(self, api: Api) -> None:
        for wrong in ("a b", "x" * 200, "a;b\tc"):
            answer = await api.client.get("/healthz", headers={"x-request-id": wrong})
            assert answer.headers["x-request-id"] != wrong


class TestOAuth:
    @asynccontextmanager
    async def client(self, api: Api) -> AsyncGenerator[tuple[str, str]]:
        """A service account's id, and one of its keys."""
        robot = service_account("robot", None)
        await put(api.database, robot)
        wanted = {"principalId": uid(robot), "name": "ci", "scopes": ["models:read", "deployments:read"]}
        from tests.identity.people import Caller

        payload = await Caller(api, api.token()).do("createApiKey", "secret", **wanted)
        yield uid(robot), payload["secret"]

    async def ask(self, api: Api, form: dict[str, str], **headers: str) -> Any:
        return await api.client.post("/oauth/token", data=form, headers=headers)

    async def test_gives_a_token_that_works_until_the_key_is_revoked(self, api: Api) -> None:
        from tests.identity.people import Caller

        async with self.client(api) as (name, secret):
            given = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
            answer = await self.ask(api, {**given, "scope": "models:read"})
            body = answer.json()
            assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 900)
            assert (body["scope"], answer.headers["cache-control"]) == ("models:read", "no-store")
            robot = Caller(api, body["access_token"])
            assert (await robot.data("{ viewer { permissions } }"))["viewer"]["permissions"] == ["models:read"]
            await execute(api.database, "update api_key set revoked_at = now()")
            async with api.database.transaction() as session:
                await raise_epoch(session)
            await asyncio.sleep(0.5)
            assert await robot.codes() == ["UNAUTHORIZED"]
            assert (await self.ask(api, given)).json()["error"] == "invalid_client"

    async def test_takes_basic_authentication(self, api: Api) -> None:
        async with self.client(api) as (name, secret):
            answer = await api.client.post(
                "/oauth/token", data={"grant_type": "client_credentials"}, auth=(name, secret)
            )
            assert answer.json()["scope"] == "deployments:read models:read"

    async def test_errors_are_those_of_the_protocol(self, api: Api) -> None:
        async with self.client(api) as (name, secret):
            good = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
            for changed, status, code in [
                ({"grant_type": "password"}, 400, "unsupported_grant_type"),
                ({"grant_type": ""}, 400, "invalid_request"),
                ({"client_secret": "x"}, 401, "invalid_client"),
                ({"client_secret": "mhk_" + "x" * 43}, 401, "invalid_client"),
                ({"client_secret": ""}, 401, "invalid_client"),
                ({"client_id": uid(user("ann"))}, 401, "invalid_client"),
                ({"client_id": "a\r\nx: y"}, 401, "invalid_client"),
                ({"scope": "models:read audit:read"}, 400, "invalid_scope"),
                ({"scope": " "}, 400, "invalid_scope"),
                ({"padding": "x" * 20_000}, 413, "invalid_request"),
            ]:
                answer = await self.ask(api, {**good, **changed})
                assert (answer.status_code, answer.json()["error"]) == (status, code), changed
                assert secret not in answer.text
            twice = "grant_type=client_credentials&grant_type=client_credentials"
            form = {"content-type": "application/x-www-form-urlencoded"}
            answer = await api.client.post("/oauth/token", content=twice, headers=form)
            assert answer.json()["error"] == "invalid_request"
            answer = await api.client.post("/oauth/token", json=good)
            assert answer.json()["error"] == "invalid_request"
            for header in ("Basic", "Basic !", "Basic eA==", "Bearer x"):
                answer = await self.ask(api, {"grant_type": "client_credentials"}, authorization=header)
                assert answer.json()["error"] == "invalid_client"
                assert answer.headers["www-authenticate"].startswith("Basic")
            assert (await api.client.get("/oauth/token")).status_code == 405
            assert await nobody(api).codes() == ["UNAUTHORIZED"]
