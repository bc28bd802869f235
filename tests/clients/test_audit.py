"""The public audit of GraphQL over HTTP (npm `graphql-http`), whole."""

from __future__ import annotations

from app.settings import HttpStatuses, Settings
from tests.clients.node import run
from tests.conftest import Api, answering
from tests.serving import serving

NOT_WELL_FORMED = {"3E3A", "423L", *(f"{kind}{n}" for kind in ("476", "58B", "6C0", "LKJ") for n in range(4))}
TRUE_STATUS_FOR_PLAIN_JSON = {"572B", "FDE2", "7B9B"}
COERCION = {"86EE"}
NEW_MEDIA_TYPE_BY_DEFAULT = {"47DE", "80D8"}


async def failed(api: Api) -> dict[str, str]:
    """What the audit does not find as it should be, by its number."""
    async with serving(api.app) as address:
        results = await run("audit.mjs", url=f"http://{address}/graphql")
    assert len(results) > 60
    return {result["id"]: result["reason"] for result in results if result["status"] != "ok"}


async def test_every_must_should_and_may(api: Api) -> None:
    assert await failed(api) == {}


async def test_new_edition_differs_where_it_means_to(settings: Settings) -> None:
    new = settings.model_copy(update={"http_statuses": HttpStatuses.EDITION_2026})
    async with answering(new) as api:
        found = await failed(api)
    differing = NOT_WELL_FORMED | TRUE_STATUS_FOR_PLAIN_JSON | COERCION | NEW_MEDIA_TYPE_BY_DEFAULT
    assert set(found) == differing, found
