"""Who can sign in to the demo: one user of each role. They go with the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.service import join
from app.identity.tables import Principal, Team
from app.identity.vocabulary import PrincipalKind, Role
from app.kit.access import Actor
from app.kit.ids import new_id
from app.kit.secrets import Keys
from app.secret import Secret


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the demo, in these teams."""

    name: str
    role: Role
    teams: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """What he signs in with: his role at the demo's company."""
        return f"{self.role.lower()}@larkfield.example"


PEOPLE: Final = (
    Person("Ada Admin", Role.ADMIN),
    Person("Mia Manager", Role.MANAGER, ("claims", "customer-care")),
    Person("Dev Developer", Role.DEVELOPER, ("engineering",)),
    Person("Ana Analyst", Role.ANALYST, ("claims", "underwriting", "customer-care")),
    Person("Vic Viewer", Role.VIEWER, ("customer-care",)),
)


def password_of(keys: Keys) -> Secret[str]:
    """The password of everybody in the demo: another one in every installation, and the same at every start."""
    return Secret(keys.derive("demo-password").hex()[:16])


async def settle(session: AsyncSession, _: Actor, password_hash: str) -> None:
    """Let the people of the demo sign in with the password of this hash. An address that is taken stays its owner's."""
    for person in PEOPLE:
        row: dict[str, Any] = {"id": new_id(), "kind": PrincipalKind.USER, "name": person.name, "email": person.email}
        new = insert(Principal).values(**row, role=person.role, password_hash=password_hash, is_demo=True)
        if await session.scalar(new.on_conflict_do_nothing().returning(Principal.id)) is not None:
            teams = await session.scalars(select(Team.id).where(Team.slug.in_(person.teams)))
            await join(session, row["id"], list(teams))


async def are_settled(session: AsyncSession, _: Actor) -> bool:
    """Whether the people of the demo are there."""
    return await session.scalar(select(Principal.id).where(Principal.is_demo).limit(1)) is not None


async def leave(session: AsyncSession) -> None:
    """Remove the people of the demo, with their sessions and keys and the service accounts they answer for."""
    await session.execute(delete(Principal).where(Principal.is_demo))
