"""People for tests, and the API as they use it: with the tokens they really get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher

from app.identity.rules import Role
from app.identity.tables import Principal, Team, TeamMember
from app.identity.vocabulary import PrincipalKind
from app.kit.ids import new_id
from tests.conftest import Api
from tests.kit.rows import put

PASSWORD = "correct horse battery"
_HASH = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1).hash(PASSWORD)

SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) {
    accessToken refreshToken expiresAt viewer { name role user { id email } }
    errors { code message path details } } }"""
REFRESH = """mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
    accessToken refreshToken viewer { name } errors { code message } } }"""


def user(name: str, role: Role = Role.VIEWER, **columns: Any) -> Principal:
    """A user whose password is `PASSWORD`."""
    given = {"id": new_id(), "kind": PrincipalKind.USER, "email": f"{name}@example.com", "password_hash": _HASH}
    return Principal(**{**given, "name": name, "role": role, **columns})


def service_account(name: str, owner: Principal | None, role: Role = Role.DEVELOPER, **columns: Any) -> Principal:
    """A service account."""
    given = {"id": new_id(), "kind": PrincipalKind.SERVICE_ACCOUNT, "owner_id": owner and owner.id}
    return Principal(**{**given, "name": name, "role": role, **columns})


def member(of: Team, who: Principal) -> TeamMember:
    """A place in a team."""
    return TeamMember(team_id=of.id, principal_id=who.id)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the API, by a credential."""

    api: Api
    access: str
    refresh: str = ""

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        headers = {"authorization": f"Bearer {self.access}"} if self.access else {}
        body = {"query": query, "variables": variables}
        return (await self.api.client.post("/graphql", json=body, headers=headers)).json()

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def codes(self, query: str = "{ viewer { name } }", **variables: Any) -> list[str]:
        """The codes of the errors."""
        return [error["extensions"]["code"] for error in (await self.ask(query, **variables)).get("errors", [])]

    async def do(self, mutation: str, show: str = "", /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation; what is refused altogether shows as `errors` with its codes alone."""
        title = mutation[0].upper() + mutation[1:]
        fields = f"{show} errors {{ code path message }}"
        document = f"mutation ($input: {title}Input!) {{ {mutation}(input: $input) {{ {fields} }} }}"
        answer = await self.ask(document, input=given)
        if answer.get("errors"):
            return {"errors": [{"code": error["extensions"]["code"], "path": None} for error in answer["errors"]]}
        return answer["data"][mutation]

    async def refusals(self, mutation: str, /, **given: Any) -> list[str]:
        """The codes with which a mutation is refused; none if it was done."""
        return [error["code"] for error in (await self.do(mutation, **given))["errors"]]


def nobody(api: Api) -> Caller:
    """Somebody without a credential."""
    return Caller(api, "")


async def try_sign_in(api: Api, email: str, password: str = PASSWORD) -> dict[str, Any]:
    """The payload of a sign-in."""
    return (await nobody(api).data(SIGN_IN, input={"email": email, "password": password}))["signIn"]


async def signed_in(api: Api, who: Principal) -> Caller:
    """Somebody who gave his password."""
    payload = await try_sign_in(api, who.email or "")
    assert payload["errors"] == []
    return Caller(api, payload["accessToken"], payload["refreshToken"])


async def settle(api: Api, *people: Principal) -> list[Caller]:
    """Put people into the database and sign them in."""
    await put(api.database, *people)
    return [await signed_in(api, who) for who in people]


async def refreshed(api: Api, token: str) -> dict[str, Any]:
    """The payload of a refresh."""
    return (await nobody(api).data(REFRESH, input={"refreshToken": token}))["refreshSession"]


def codes_of(payload: dict[str, Any]) -> list[str]:
    """The codes of a payload's errors."""
    return [error["code"] for error in payload["errors"]]


def keys(*rows: Any) -> list[UUID]:
    """The keys of rows."""
    return [row.id for row in rows]
