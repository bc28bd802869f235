"""The people of the demo: one of each role, in teams of the estate, gone with it."""

from __future__ import annotations

from app.demo import people, service
from app.identity.passwords import hash_password, is_password
from app.identity.rules import Role
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.secrets import Keys
from tests.identity.people import member, user
from tests.kit.rows import execute, put, select_rows, team

KEYS = Keys(b"s" * 32)


async def settled(database: Database) -> None:
    """The people in the database, with the password of this installation."""
    await Writer(database).write(SYSTEM, people.settle, await hash_password(people.password_of(KEYS)))


async def test_there_is_one_of_each_role_and_the_estate_has_their_teams() -> None:
    assert {person.role for person in people.PEOPLE} == set(Role)
    assert {slug for person in people.PEOPLE for slug in person.teams} <= {t.slug for t in service.LARKFIELD.teams}
    assert all(person.teams or person.role is Role.ADMIN for person in people.PEOPLE)


async def test_password_is_that_of_the_installation(database: Database) -> None:
    await settled(database)
    (row,) = await select_rows(database, "select distinct password_hash from principal")
    assert await is_password(people.password_of(KEYS), row["password_hash"])
    assert people.password_of(Keys(b"x" * 32)) != people.password_of(KEYS)


async def test_they_come_into_their_teams_once(database: Database) -> None:
    await put(database, team("claims"), team("customer-care"))
    for _ in range(2):
        await settled(database)
    rows = await select_rows(database, "select p.role, t.slug from team_member m join team t on t.id = m.team_id "
                             "join principal p on p.id = m.principal_id order by 1, 2")  # fmt: skip
    assert [(row["role"], row["slug"]) for row in rows] == [
        ("ANALYST", "claims"),
        ("ANALYST", "customer-care"),
        ("MANAGER", "claims"),
        ("MANAGER", "customer-care"),
        ("VIEWER", "customer-care"),
    ]


async def test_they_leave_with_all_that_is_theirs_and_others_stay(database: Database) -> None:
    red = team("red")
    await put(database, red)
    await settled(database)
    ann = user("ann")
    await put(database, ann, member(red, ann))
    await execute(
        database,
        "insert into team_member (team_id, principal_id) select t.id, p.id from team t, principal p where p.is_demo",
        "insert into session (id, principal_id, expires_at) select gen_random_uuid(), id, now() from principal",
    )
    async with database.transaction() as session:
        await people.leave(session)
    rows = await select_rows(database, "select p.name, count(s.id) as n from principal p join session s on "
                             "s.principal_id = p.id group by 1")  # fmt: skip
    assert [(row["name"], row["n"]) for row in rows] == [("ann", 1)]
    assert not await Writer(database).write(SYSTEM, people.are_settled)
