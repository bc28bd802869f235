"""The public audit of GraphQL over HTTP (npm `graphql-http`), whole."""

from __future__ import annotations

from app.settings import HttpStatuses, Settings
from tests.clients.node import run
from tests.conftest import Api, answering
from tests.serving import serving

OF_THE_NEW_EDITION = {"47DE", "80D8", "572B", "FDE2", "7B9B", "74FF", "86EE"}
"""What the audit expects otherwise than the edition of September 2026."""


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
    assert set(found) <= OF_THE_NEW_EDITION, found
