"""Mutations of the catalog as tests send them, and what they leave behind."""

from __future__ import annotations

from typing import Any

from app.catalog.tables import Model
from app.identity.rules import Role
from tests.conftest import Api
from tests.kit.rows import model, provider, put, select_rows


async def act(api: Api, name: str, shown: str = "", /, *, role: Role = Role.ADMIN, **given: Any) -> dict[str, Any]:
    """The payload of a mutation: its errors, and what is `shown` of it."""
    kind = name[0].upper() + name[1:]
    asked = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {shown}
        errors {{ __typename code path message details }} }} }}"""
    return (await api.data(asked, role=role, input=given))[name]


async def refused(api: Api, name: str, /, **given: Any) -> list[tuple[str, str]]:
    """The codes and paths of what is wrong."""
    payload = await act(api, name, **given)
    return [(error["code"], ".".join(error["path"] or ())) for error in payload["errors"]]


async def one_model(api: Api, **columns: Any) -> Model:
    """A model in the database."""
    acme = provider()
    made = model(acme, "anvil", **columns)
    await put(api.database, acme, made)
    return made


async def journal(api: Api) -> list[dict[str, Any]]:
    """What was recorded, in order: kind, resource, message, and what the audit trail says."""
    told = """
        select e.kind, a.resource_type, a.resource_id, a.before, a.after, a.reason, e.payload
        from (select *, row_number() over (partition by action, resource_id order by occurred_at, id) as n
              from audit_event) a
        join (select *, row_number() over (partition by kind, payload->>'resource_id' order by position) as n
              from event) e on e.kind = a.action and e.payload->>'resource_id' = a.resource_id and e.n = a.n
        order by e.position
    """
    return await select_rows(api.database, told)


async def traces(api: Api) -> int:
    """How many audit rows and events there are."""
    counted = "select (select count(*) from audit_event) + (select count(*) from event) as n"
    return (await select_rows(api.database, counted))[0]["n"]
