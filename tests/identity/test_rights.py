"""Nobody gives anybody more than he has: through roles, invitations, teams, service accounts and keys."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.identity.rules import Role
from app.identity.tables import Principal
from app.kit.ids import global_id, new_id
from tests.conftest import Api
from tests.identity.people import (
    PASSWORD,
    Caller,
    member,
    nobody,
    service_account,
    settle,
    signed_in,
    try_sign_in,
    user,
)
from tests.kit.rows import execute, gid, put, select_rows, team

ACCEPT = """mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    accessToken refreshToken viewer { name role teams { slug } user { id email } } errors { code path } } }"""


def uid(who: Principal) -> str:
    """The id by which the API knows a principal."""
    return global_id("User" if who.kind == "USER" else "ServiceAccount", who.id)


async def accepted(api: Api, token: str, **given: Any) -> dict[str, Any]:
    """The payload of taking an invitation."""
    whole = {"token": token, "name": "New", "password": PASSWORD, **given}
    return (await nobody(api).data(ACCEPT, input=whole))["acceptInvitation"]


class World:
    """A manager of the red team, another of the blue one, an administrator, and some users."""

    def __init__(self) -> None:
        self.red, self.blue = team("red"), team("blue")
        self.root, self.rita, self.bert = (
            user("root", Role.ADMIN),
            user("rita", Role.MANAGER),
            user("bert", Role.MANAGER),
        )
        self.ann, self.both, self.bob = user("ann"), user("both"), user("bob")
        self.boss = user("boss", Role.ADMIN)
        places = [(self.red, who) for who in (self.rita, self.ann, self.both, self.boss)]
        places += [(self.blue, who) for who in (self.bert, self.bob, self.both)]
        people = [self.root, self.rita, self.bert, self.ann, self.both, self.bob, self.boss]
        self.rows = [self.red, self.blue, *people, *(member(*place) for place in places)]


async def world(api: Api) -> World:
    """A world that is in the database."""
    made = World()
    await put(api.database, *made.rows)
    return made


class TestSetRole:
    async def test_within_ones_teams_and_rights(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        payload = await rita.do("setRole", "principal { role revision }", principalId=uid(made.ann), role="MANAGER")
        assert payload == {"principal": {"role": "MANAGER", "revision": 2}, "errors": []}

    async def test_beyond_them_is_refused(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        for who, role, code in [
            (made.ann, "ADMIN", "FORBIDDEN"),
            (made.boss, "VIEWER", "FORBIDDEN"),
            (made.both, "VIEWER", "FORBIDDEN"),
            (made.rita, "VIEWER", "CONFLICT"),
            (made.bob, "VIEWER", "NOT_FOUND"),
            (made.root, "VIEWER", "NOT_FOUND"),
        ]:
            assert await rita.refusals("setRole", principalId=uid(who), role=role) == [code], who.name
            if who is not made.ann:
                assert await rita.refusals("disableUser", principalId=uid(who)) == [code], who.name
        ann = await signed_in(api, made.ann)
        assert await ann.refusals("setRole", principalId=uid(made.ann), role="ADMIN") == ["FORBIDDEN"]

    async def test_who_is_hidden_is_as_if_he_did_not_exist(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        for name, given in [("setRole", {"role": "VIEWER"}), ("disableUser", {}), ("enableUser", {})]:
            hidden = await rita.do(name, principalId=uid(made.bob), **given)
            absent = await rita.do(name, principalId=global_id("User", new_id()), **given)
            assert hidden == absent
        node = "query ($id: ID!) { node(id: $id) { id } }"
        assert (await rita.data(node, id=uid(made.bob)))["node"] is None
        assert (await rita.data(node, id=uid(made.ann)))["node"] == {"id": uid(made.ann)}
        assert (await rita.data(node, id=global_id("ServiceAccount", made.ann.id)))["node"] is None
        assert (await rita.data(node, id=gid(made.blue)))["node"] is None

    async def test_holds_at_once_everywhere(self, api: Api) -> None:
        made = await world(api)
        root, rita = await signed_in(api, made.root), await signed_in(api, made.rita)
        assert await rita.codes("{ users { nodes { id } } }") == []
        await root.do("setRole", principalId=uid(made.rita), role="VIEWER")
        await asyncio.sleep(0.5)
        assert await rita.codes("{ users { nodes { id } } }") == ["FORBIDDEN"]

    async def test_last_administrator_stays(self, api: Api) -> None:
        one, other = user("one", Role.ADMIN), user("other", Role.ADMIN)
        first, second = await settle(api, one, other)
        tried = await asyncio.gather(
            first.refusals("setRole", principalId=uid(other), role="VIEWER"),
            second.refusals("setRole", principalId=uid(one), role="VIEWER"),
        )
        assert sorted(map(len, tried)) == [0, 1]
        (row,) = await select_rows(api.database, "select count(*) as n from principal where role = 'ADMIN'")
        assert row["n"] == 1

    async def test_last_administrator_cannot_be_taken_away_by_a_development_token(self, api: Api) -> None:
        one = user("one", Role.ADMIN)
        await put(api.database, one)
        root = Caller(api, api.token())
        assert await root.refusals("setRole", principalId=uid(one), role="VIEWER") == ["CONFLICT"]
        assert await root.refusals("disableUser", principalId=uid(one)) == ["CONFLICT"]


class TestDisable:
    async def test_ends_sessions_and_sign_in_until_enabled(self, api: Api) -> None:
        made = await world(api)
        root, ann = await signed_in(api, made.root), await signed_in(api, made.ann)
        assert await root.refusals("disableUser", principalId=uid(made.ann)) == []
        await asyncio.sleep(0.5)
        assert await ann.codes() == ["UNAUTHORIZED"]
        assert (await try_sign_in(api, "ann@example.com"))["errors"][0]["code"] == "UNAUTHORIZED"
        assert await root.refusals("enableUser", principalId=uid(made.ann)) == []
        await asyncio.sleep(0.5)
        assert await ann.codes() == ["UNAUTHORIZED"]
        assert await (await signed_in(api, made.ann)).codes() == []

    async def test_service_accounts_stop_with_their_owner(self, api: Api) -> None:
        made = await world(api)
        rita, root = await signed_in(api, made.rita), await signed_in(api, made.root)
        key = await key_of_new_account(rita, made)
        assert await key.codes("{ models { totalCount } }") == []
        await root.do("disableUser", principalId=uid(made.rita))
        await asyncio.sleep(0.5)
        assert await key.codes("{ models { totalCount } }") == ["UNAUTHORIZED"]


async def key_of_new_account(by: Caller, made: World, role: str = "DEVELOPER", *scopes: str) -> Caller:
    """Somebody's new service account in the red team, by its key."""
    show, teams = "serviceAccount { id }", [gid(made.red)]
    account = await by.do("createServiceAccount", show, name="robot", role=role, teamIds=teams)
    assert account["errors"] == []
    wanted = {"principalId": account["serviceAccount"]["id"], "name": "ci", "scopes": scopes or ["models:read"]}
    payload = await by.do("createApiKey", "secret apiKey { prefix }", **wanted)
    assert payload["errors"] == []
    assert payload["secret"].startswith(payload["apiKey"]["prefix"])
    return Caller(by.api, payload["secret"])


class TestInvitation:
    async def invited(self, by: Caller, **given: Any) -> dict[str, Any]:
        return await by.do("inviteUser", "token invitation { email role }", **given)

    async def test_makes_a_user_of_that_role_and_those_teams(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        given = {"email": "New@example.com", "role": "DEVELOPER", "teamIds": [gid(made.red)]}
        offer = await self.invited(rita, **given)
        payload = await accepted(api, offer["token"], email="other@example.com")
        assert payload["errors"] == []
        assert payload["viewer"]["role"] == "DEVELOPER"
        assert payload["viewer"]["teams"] == [{"slug": "red"}]
        assert payload["viewer"]["user"]["email"] == "New@example.com"
        assert (await try_sign_in(api, "new@example.com"))["errors"] == []

    async def test_offers_no_more_than_one_has(self, api: Api) -> None:
        made = await world(api)
        rita, ann = await signed_in(api, made.rita), await signed_in(api, made.ann)
        for given, code in [
            ({"role": "ADMIN", "teamIds": [gid(made.red)]}, "FORBIDDEN"),
            ({"role": "VIEWER", "teamIds": [gid(made.blue)]}, "NOT_FOUND"),
            ({"role": "VIEWER", "teamIds": [gid(made.red), gid(made.blue)]}, "NOT_FOUND"),
            ({"role": "VIEWER", "teamIds": []}, "MISSING_REQUIRED_FIELD"),
            ({"role": "VIEWER", "teamIds": [gid(made.red)], "email": "ann@example.com"}, "CONFLICT"),
        ]:
            assert await rita.refusals("inviteUser", **{"email": "x@example.com", **given}) == [code], given
        assert await ann.refusals("inviteUser", email="x@example.com", role="VIEWER") == ["FORBIDDEN"]

    async def test_does_not_tell_whether_a_hidden_user_exists(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        given = {"role": "VIEWER", "teamIds": [gid(made.red)]}
        offer = await self.invited(rita, email="bob@example.com", **given)
        assert offer["errors"] == []
        payload = await accepted(api, offer["token"])
        assert payload["errors"] == [{"code": "UNAUTHORIZED", "path": ["token"]}]
        assert payload["accessToken"] is None

    async def test_is_void_when_whoever_made_it_may_no_longer_do_so(self, api: Api) -> None:
        made = await world(api)
        rita, root = await signed_in(api, made.rita), await signed_in(api, made.root)
        offers = [
            await self.invited(rita, email=f"x{n}@example.com", role="MANAGER", teamIds=[gid(made.red)])
            for n in range(3)
        ]
        await root.do("setRole", principalId=uid(made.rita), role="DEVELOPER")
        assert (await accepted(api, offers[0]["token"]))["errors"] == [{"code": "UNAUTHORIZED", "path": ["token"]}]
        await root.do("setRole", principalId=uid(made.rita), role="MANAGER")
        await root.do("setTeamMembers", teamId=gid(made.red), remove=[uid(made.rita)])
        assert (await accepted(api, offers[1]["token"]))["errors"] != []
        await root.do("setTeamMembers", teamId=gid(made.red), add=[uid(made.rita)])
        assert (await accepted(api, offers[2]["token"]))["errors"] == []

    async def test_is_taken_once(self, api: Api) -> None:
        root = Caller(api, api.token())
        offer = await self.invited(root, email="x@example.com", role="VIEWER")
        taken = await asyncio.gather(*(accepted(api, offer["token"]) for _ in range(3)))
        assert sorted(len(payload["errors"]) for payload in taken) == [0, 1, 1]

    async def test_expires(self, api: Api) -> None:
        offer = await self.invited(Caller(api, api.token()), email="x@example.com", role="VIEWER")
        await execute(api.database, "update invitation set expires_at = now()")
        assert (await accepted(api, offer["token"]))["errors"][0]["code"] == "UNAUTHORIZED"

    @pytest.mark.parametrize("token", ["", "x", "mhi_" + "x" * 43, "mhr_" + "x" * 43, "mhi_\r\nx", "x" * 5000])
    async def test_wrong_token_is_always_the_same(self, api: Api, token: str) -> None:
        payload = await accepted(api, token)
        assert payload["errors"][0]["code"] in {"UNAUTHORIZED", "INVALID_PARAMETER"}

    async def test_what_is_given_is_checked_and_the_invitation_stays_open(self, api: Api) -> None:
        offer = await self.invited(Caller(api, api.token()), email="x@example.com", role="VIEWER")
        payload = await accepted(api, offer["token"], password="short", name=" ")
        assert [error["path"] for error in payload["errors"]] == [["name"], ["password"]]
        payload = await accepted(api, offer["token"], name="evil\r\nx: y")
        assert [error["path"] for error in payload["errors"]] == [["name"]]
        assert (await accepted(api, offer["token"]))["errors"] == []


class TestTeams:
    async def test_members_see_each_other_through_their_manager_only(self, api: Api) -> None:
        made = await world(api)
        rita, ann = await signed_in(api, made.rita), await signed_in(api, made.ann)
        query = "{ teams { totalCount nodes { slug members { totalCount nodes { name } } } } }"
        (red,) = (await rita.data(query))["teams"]["nodes"]
        assert red["members"]["totalCount"] == 4
        assert [node["name"] for node in red["members"]["nodes"]] == ["ann", "boss", "both", "rita"]
        (seen,) = (await ann.data(query))["teams"]["nodes"]
        assert seen["members"] == {"totalCount": 1, "nodes": [{"name": "ann"}]}
        assert await ann.codes("{ users { totalCount } }") == ["FORBIDDEN"]

    async def test_users_are_those_of_ones_teams(self, api: Api) -> None:
        made = await world(api)
        rita, root = await signed_in(api, made.rita), await signed_in(api, made.root)
        query = "query ($f: UserFilter) { users(filter: $f) { totalCount nodes { name teams { slug } } } }"
        users = (await rita.data(query))["users"]
        assert [node["name"] for node in users["nodes"]] == ["ann", "boss", "both", "rita"]
        assert users["nodes"][2]["teams"] == [{"slug": "red"}]
        assert (await root.data(query))["users"]["totalCount"] == 7
        chosen = {"teamId": gid(made.blue), "role": "VIEWER", "isDisabled": False}
        assert [node["name"] for node in (await root.data(query, f=chosen))["users"]["nodes"]] == ["bob", "both"]
        named = '{ teams(filter: {slug: "red"}) { totalCount nodes { name } } }'
        assert (await root.data(named))["teams"] == {"totalCount": 1, "nodes": [{"name": "Red"}]}
        newest = "{ teams(orderBy: {field: CREATED_AT, direction: DESC}, first: 1) { nodes { slug } } }"
        assert (await rita.data(newest))["teams"]["nodes"] == [{"slug": "red"}]
        foreign, absent = gid(made.blue), global_id("Team", new_id())
        hidden = [await rita.data(query, f={"teamId": key, "isDisabled": True}) for key in (foreign, absent)]
        assert hidden[0] == hidden[1]

    async def test_foreign_team_or_user_cannot_be_joined(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        for given, path in [
            ({"teamId": gid(made.blue), "add": [uid(made.rita)]}, ["teamId"]),
            ({"teamId": gid(made.red), "add": [uid(made.bob)]}, ["add", "0"]),
            ({"teamId": gid(made.red), "remove": [uid(made.ann), uid(made.root)]}, ["remove", "1"]),
        ]:
            payload = await rita.do("setTeamMembers", **given)
            assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_FOUND", path)]

    async def test_only_an_administrator_makes_one(self, api: Api) -> None:
        made = await world(api)
        rita, root = await signed_in(api, made.rita), await signed_in(api, made.root)
        assert await rita.refusals("createTeam", slug="green", name="Green") == ["FORBIDDEN"]
        assert await root.refusals("createTeam", slug="green", name="Green") == []
        assert await root.refusals("createTeam", slug="green", name="Green") == ["CONFLICT"]

    async def test_membership_holds_at_once(self, api: Api) -> None:
        made = await world(api)
        root, ann = await signed_in(api, made.root), await signed_in(api, made.ann)
        query = "{ viewer { teams { slug } seesEveryTeam } }"
        assert (await ann.data(query))["viewer"] == {"teams": [{"slug": "red"}], "seesEveryTeam": False}
        await root.do("setTeamMembers", teamId=gid(made.blue), add=[uid(made.ann)])
        await asyncio.sleep(0.5)
        assert (await ann.data(query))["viewer"]["teams"] == [{"slug": "blue"}, {"slug": "red"}]


class TestApiKeys:
    async def test_does_what_its_scopes_say_and_no_more(self, api: Api) -> None:
        made = await world(api)
        key = await key_of_new_account(await signed_in(api, made.rita), made, "DEVELOPER", "models:read")
        viewer = (await key.data("{ viewer { permissions role user { id } serviceAccount { name } } }"))["viewer"]
        account = {"name": "robot"}
        assert viewer == {"permissions": ["models:read"], "role": "DEVELOPER", "user": None, "serviceAccount": account}
        assert await key.codes("{ models { totalCount } }") == []
        assert await key.codes("{ deployments { totalCount } }") == ["FORBIDDEN"]

    async def test_scopes_beyond_ones_own_or_the_accounts_are_refused(self, api: Api) -> None:
        made = await world(api)
        robot = service_account("robot", made.rita, Role.DEVELOPER)
        await put(api.database, robot, member(made.red, robot))
        rita = await signed_in(api, made.rita)
        given = {"principalId": uid(robot), "name": "ci"}
        for scopes in (["models:create"], ["models:update"], ["models:read", "audit:read"], ["nothing"], []):
            assert await rita.refusals("createApiKey", **given, scopes=scopes) == ["INVALID_PARAMETER"], scopes
        own = {"name": "mine", "scopes": ["models:update", "audit:read"]}
        assert await rita.refusals("createApiKey", **own) == ["INVALID_PARAMETER"]
        assert await rita.refusals("createApiKey", name="mine", scopes=["models:update"]) == []

    async def test_shrinks_with_its_owner(self, api: Api) -> None:
        made = await world(api)
        rita, root = await signed_in(api, made.rita), await signed_in(api, made.root)
        key = await key_of_new_account(rita, made, "MANAGER", "models:read", "models:update", "users:manage")
        query = "{ viewer { permissions clearance teams { slug } } }"
        assert (await key.data(query))["viewer"]["permissions"] == ["models:read", "models:update", "users:manage"]
        await root.do("setRole", principalId=uid(made.rita), role="VIEWER")
        await asyncio.sleep(0.5)
        viewer = (await key.data(query))["viewer"]
        assert (viewer["permissions"], viewer["clearance"]) == (["models:read"], "INTERNAL")

    async def test_service_account_offers_no_more_than_it_has(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        key = await key_of_new_account(rita, made, "MANAGER", "models:read", "users:manage")
        offer = {"email": "x@example.com", "teamIds": [gid(made.red)]}
        assert await key.refusals("inviteUser", **offer, role="VIEWER") == ["FORBIDDEN"]
        assert await key.refusals("createServiceAccount", name="x", role="MANAGER") == ["FORBIDDEN"]
        assert await rita.refusals("createServiceAccount", name="x", role="ADMIN") == ["FORBIDDEN"]

    async def test_key_makes_no_key(self, api: Api) -> None:
        made = await world(api)
        key = await key_of_new_account(await signed_in(api, made.rita), made)
        assert await key.refusals("createApiKey", name="x", scopes=["models:read"]) == ["FORBIDDEN"]
        (node,) = (await key.data("{ viewer { apiKeys { nodes { id } } } }"))["viewer"]["apiKeys"]["nodes"]
        assert await key.refusals("rotateApiKey", apiKeyId=node["id"]) == ["FORBIDDEN"]

    async def test_user_gets_no_key_from_another(self, api: Api) -> None:
        made = await world(api)
        root = await signed_in(api, made.root)
        given = {"principalId": uid(made.ann), "name": "x", "scopes": ["models:read"]}
        assert await root.refusals("createApiKey", **given) == ["FORBIDDEN"]

    async def test_that_of_others_does_not_exist(self, api: Api) -> None:
        made = await world(api)
        rita, bert = await signed_in(api, made.rita), await signed_in(api, made.bert)
        await key_of_new_account(rita, made)
        (node,) = (await rita.data("{ viewer { apiKeys { nodes { id } } } }"))["viewer"]["apiKeys"]["nodes"]
        for name in ("revokeApiKey", "rotateApiKey"):
            hidden = await bert.do(name, apiKeyId=node["id"])
            assert hidden == await bert.do(name, apiKeyId=global_id("ApiKey", new_id()))
            assert [error["code"] for error in hidden["errors"]] == ["NOT_FOUND"]
        assert (await bert.data("query ($id: ID!) { node(id: $id) { id } }", id=node["id"]))["node"] is None

    async def test_is_revoked_at_once(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        key = await key_of_new_account(rita, made)
        query = "{ viewer { apiKeys { nodes { id prefix lastUsedAt revokedAt principal { name } } } } }"
        assert await key.codes("{ models { totalCount } }") == []
        (node,) = (await rita.data(query))["viewer"]["apiKeys"]["nodes"]
        assert node["lastUsedAt"].endswith(":00:00Z")
        assert await rita.refusals("revokeApiKey", apiKeyId=node["id"]) == []
        await asyncio.sleep(0.5)
        assert await key.codes("{ models { totalCount } }") == ["UNAUTHORIZED"]

    async def test_rotation_overlaps(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        old = await key_of_new_account(rita, made)
        (node,) = (await rita.data("{ viewer { apiKeys { nodes { id } } } }"))["viewer"]["apiKeys"]["nodes"]
        payload = await rita.do(
            "rotateApiKey", "secret apiKey { replaces { id expiresAt } }", apiKeyId=node["id"], overlapHours=1
        )
        new = Caller(api, payload["secret"])
        assert payload["apiKey"]["replaces"]["id"] == node["id"]
        assert [await key.codes("{ models { totalCount } }") for key in (old, new)] == [[], []]
        assert await rita.refusals("rotateApiKey", apiKeyId=node["id"]) == ["CONFLICT"]
        await execute(api.database, "update api_key set expires_at = now() where replaces_id is null")
        await execute(api.database, "update authorisation_epoch set value = value + 1")
        await asyncio.sleep(2.5)
        assert [await key.codes("{ models { totalCount } }") for key in (old, new)] == [["TOKEN_EXPIRED"], []]

    async def test_is_shown_once(self, api: Api) -> None:
        (ann,) = await settle(api, user("ann"))
        given = {"name": "mine", "scopes": ["models:read"], "clientMutationId": "once"}
        first = await ann.do("createApiKey", "secret apiKey { id }", **given)
        again = await ann.do("createApiKey", "secret apiKey { id }", **given)
        assert first["secret"]
        assert again == {**first, "secret": None}
        (row,) = await select_rows(api.database, "select string_agg(k::text, '') as all from api_key k")
        assert first["secret"] not in row["all"]


class TestViewer:
    async def test_can(self, api: Api) -> None:
        made = await world(api)
        rita = await signed_in(api, made.rita)
        query = "query ($a: String!, $id: ID) { viewer { can(action: $a, id: $id) } }"
        for action, key, expected in [
            ("models:read", None, True),
            ("audit:read", None, False),
            ("nothing", None, False),
            ("users:manage", uid(made.ann), True),
            ("users:manage", uid(made.bob), False),
            ("users:manage", "x\r\n", False),
        ]:
            assert (await rita.data(query, a=action, id=key))["viewer"]["can"] is expected, (action, key)

    async def test_development_token_is_nobody_of_record(self, api: Api) -> None:
        query = "{ viewer { name role seesEveryTeam user { id } teams { id } sessions { totalCount } } }"
        viewer = (await api.data(query))["viewer"]
        nothing = {"user": None, "teams": [], "sessions": {"totalCount": 0}}
        assert viewer == {"name": "development:admin", "role": "ADMIN", "seesEveryTeam": True, **nothing}

    async def test_needs_a_credential(self, api: Api) -> None:
        assert await nobody(api).codes() == ["UNAUTHORIZED"]
