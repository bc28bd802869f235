"""Renewing the key of access tokens: no token that was given out is refused, and an old key ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from sqlalchemy import text

from app.identity.rules import Role
from app.identity.signing.keys import SigningKeys
from app.identity.signing.service import LEAD, OVERLAP, renew_signing_key
from app.identity.tokens import issue_development_token, issue_token, verify
from app.kit.access import SYSTEM, Actor
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.errors import Forbidden, Unauthorized
from app.kit.ids import new_id
from app.kit.journal import Writer
from app.kit.sealing import Unreadable, load_keyring
from app.kit.secrets import load_keys
from app.settings import Settings
from tests.conftest import Api

SECOND = timedelta(seconds=1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A process that signs and verifies, at the time of its clock."""

    def __init__(self, database: Database, settings: Settings, *, is_production: bool = True) -> None:
        self.database, self.clock, self.ring = database, Clock(), load_keyring(settings)
        derived = load_keys(settings.home, settings.secret)
        self.keys = SigningKeys(derived, self.ring, is_production, self.clock)

    async def renew(self) -> None:
        await Writer(self.database).write(SYSTEM, renew_signing_key, self.ring, self.clock.now)
        await self.keys.load(self.database)

    def token(self) -> str:
        """A token that is still in force when the test looks at it: what ends here are keys."""
        return issue_token(self.keys, new_id(), new_id(), utc_now())[0]

    def kid(self) -> str:
        return jwt.get_unverified_header(self.token())["kid"]

    def takes(self, token: str) -> bool:
        try:
            verify(self.keys, token)
        except Unauthorized:
            return False
        return True


@pytest.fixture
def desk(database: Database, settings: Settings) -> Desk:
    return Desk(database, settings)


class TestRenewal:
    async def test_new_key_signs_after_everybody_has_heard_of_it(self, desk: Desk) -> None:
        first = desk.kid()
        await desk.renew()
        assert desk.kid() == first
        desk.clock.now += LEAD
        assert desk.kid() != first
        assert desk.takes(desk.token())

    async def test_token_of_the_key_before_is_taken_until_it_ends(self, desk: Desk) -> None:
        token = desk.token()
        await desk.renew()
        desk.clock.now += LEAD
        last = desk.token()
        await desk.renew()
        desk.clock.now += LEAD - SECOND
        assert desk.kid() == jwt.get_unverified_header(last)["kid"]
        desk.clock.now += OVERLAP - LEAD
        assert desk.takes(last)
        desk.clock.now += 2 * SECOND
        assert not desk.takes(token)
        desk.clock.now += LEAD
        assert not desk.takes(last)
        assert desk.takes(desk.token())

    async def test_derived_key_goes_on_in_development(self, database: Database, settings: Settings) -> None:
        desk = Desk(database, settings, is_production=False)
        await desk.renew()
        desk.clock.now += LEAD + OVERLAP + SECOND
        assert desk.takes(issue_development_token(desk.keys.derived, Role.VIEWER))

    async def test_keys_that_ended_are_forgotten(self, desk: Desk) -> None:
        for _ in range(3):
            await desk.renew()
            desk.clock.now += LEAD + OVERLAP + SECOND
        async with desk.database.transaction() as session:
            rows = await session.execute(text("select ended_at is null from signing_key order by active_from"))
            assert rows.scalars().all() == [False, True]

    async def test_is_on_record_without_the_key(self, desk: Desk) -> None:
        await desk.renew()
        async with desk.database.transaction() as session:
            stored = (await session.execute(text("select private_key from signing_key"))).scalar_one()
            audits = (await session.execute(text("select action, after::text from audit_event"))).all()
        seed = desk.keys._added[0].private.private_bytes_raw()
        assert [row.action for row in audits] == ["signing_key.renewed"]
        assert seed not in stored
        assert seed.hex() not in audits[0].after

    async def test_needs_the_permission(self, desk: Desk) -> None:
        nobody = Actor(id=str(UUID(int=1)), name="x", permissions=frozenset())
        with pytest.raises(Forbidden):
            await Writer(desk.database).write(nobody, renew_signing_key, desk.ring, utc_now())

    async def test_not_read_without_the_encryption_key(
        self, desk: Desk, database: Database, settings: Settings, tmp_path: Path
    ) -> None:
        await desk.renew()
        elsewhere = Desk(database, settings.model_copy(update={"home": tmp_path / "other"}))
        with pytest.raises(Unreadable):
            await elsewhere.keys.load(database)


class TestServing:
    async def test_renewed_key_signs_tokens_of_the_api(self, api: Api, settings: Settings) -> None:
        hub = api.app.state.hub
        past = utc_now() - LEAD - SECOND
        await Writer(api.database).write(SYSTEM, renew_signing_key, load_keyring(settings), past)
        await hub.signing.load(api.database)
        assert len(list(hub.signing.verifying)) == 2
        assert hub.signing.signing is not hub.keys.signing
        assert "errors" not in await api.ask("{ models { totalCount } }")
