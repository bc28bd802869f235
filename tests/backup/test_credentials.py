"""What a restore does not bring back: sessions, invitations, and keys and people that were shut out meanwhile."""

from __future__ import annotations

from pathlib import Path

from app.backup.archive import Archive, open_archive
from app.backup.restoring import restore
from app.backup.taking import back_up
from app.identity.rules import Role
from app.identity.tables import Principal
from app.settings import Settings
from app.setup import invite_administrator
from tests.conftest import Api, answering
from tests.identity.people import Caller, codes_of, refreshed, service_account, settle, try_sign_in, user
from tests.identity.test_rights import accepted, uid
from tests.kit.rows import execute, put, select_rows

MODELS = "{ models { totalCount } }"


async def new_key(by: Caller, of: Principal) -> tuple[str, str]:
    """A key of a service account, and its id."""
    wanted = {"principalId": uid(of), "name": "ci", "scopes": ["models:read"]}
    made = await by.do("createApiKey", "secret apiKey { id }", **wanted)
    return made["secret"], made["apiKey"]["id"]


async def backed_up(settings: Settings, folder: Path) -> Archive:
    """A backup of an installation."""
    await back_up(settings.database_url or "", folder / "hub.backup")
    return open_archive(folder / "hub.backup")


async def codes(api: Api, *credentials: str) -> list[list[str]]:
    """With which codes each credential is refused."""
    return [await Caller(api, credential).codes(MODELS) for credential in credentials]


class TestRestore:
    async def test_ends_sessions_and_invitations(self, settings: Settings, tmp_path: Path) -> None:
        async with answering(settings) as api:
            (ann,) = await settle(api, user("ann"))
        invitation = await invite_administrator(settings)
        assert invitation is not None
        archive = await backed_up(settings, tmp_path)
        ended = await restore(settings.database_url or "", archive)
        assert ended.told() == {"sessions": 1, "invitations": 1, "api_keys": 0, "disabled": 0}
        async with answering(settings) as api:
            assert await codes(api, ann.access) == [["UNAUTHORIZED"]]
            assert codes_of(await refreshed(api, ann.refresh)) == ["UNAUTHORIZED"]
            taken = await accepted(api, invitation.reveal(), email="eve@example.com")
            assert codes_of(taken) == ["UNAUTHORIZED"]
            assert codes_of(await try_sign_in(api, "ann@example.com")) == []
            (told,) = await select_rows(api.database, "select after from audit_event where action = 'backup.restored'")
        assert told["after"]["ended"] == ended.told()

    async def test_what_was_revoked_or_disabled_meanwhile_stays_so(self, settings: Settings, tmp_path: Path) -> None:
        bob, robot = user("bob"), service_account("robot", None)
        async with answering(settings) as api:
            await put(api.database, bob, robot)
            root = Caller(api, api.token())
            keys = [await new_key(root, robot) for _ in range(3)]
            archive = await backed_up(settings, tmp_path)
            assert await root.refusals("revokeApiKey", apiKeyId=keys[1][1]) == []
            assert await root.refusals("rotateApiKey", apiKeyId=keys[2][1], overlapHours=0) == []
            assert await root.refusals("disableUser", principalId=uid(bob)) == []
        ended = await restore(settings.database_url or "", archive)
        assert (ended.api_keys, ended.disabled) == (1, 1)
        async with answering(settings) as api:
            told = await codes(api, *(secret for secret, _ in keys))
            assert told == [[], ["UNAUTHORIZED"], ["TOKEN_EXPIRED"]]
            assert codes_of(await try_sign_in(api, "bob@example.com")) == ["UNAUTHORIZED"]

    async def test_into_an_empty_database_keys_are_void_unless_they_are_to_be_kept(
        self, settings: Settings, empty_url: str, tmp_path: Path
    ) -> None:
        robot = service_account("robot", None, Role.VIEWER)
        async with answering(settings) as api:
            await put(api.database, robot)
            secret, _ = await new_key(Caller(api, api.token()), robot)
        archive = await backed_up(settings, tmp_path)
        there = settings.model_copy(update={"database_url": empty_url})
        assert (await restore(empty_url, archive)).api_keys == 1
        async with answering(there) as api:
            assert await codes(api, secret) == [["UNAUTHORIZED"]]
            await execute(api.database, "delete from api_key")
        assert (await restore(empty_url, archive, keep_keys=True)).api_keys == 0
        async with answering(there) as api:
            assert await codes(api, secret) == [[]]
