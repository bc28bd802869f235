"""Rating models through the API."""

from __future__ import annotations

import asyncio
from typing import Any

from app.catalog.ratings import service
from app.identity.rules import Role
from app.kit.access import Actor, Clearance, Permission
from app.kit.journal import Writer
from tests.catalog.writing import act, journal, one_model, refused, traces
from tests.conftest import Api
from tests.kit.rows import gid, select_rows

SHOWN = "model { revision rating { average count distribution } viewerRating { rating comment } }"


def reader(name: str) -> Actor:
    """A principal who may read."""
    return Actor(id=name, name=name, permissions=frozenset({Permission.MODELS_READ}), clearance=Clearance.INTERNAL)


class TestRate:
    async def test_replaces_ones_earlier_rating(self, api: Api) -> None:
        made = await one_model(api)
        await act(api, "rateModel", role=Role.VIEWER, modelId=gid(made), rating=2)
        payload = await act(api, "rateModel", SHOWN, modelId=gid(made), rating=5, comment=" Fast. ")
        assert payload["model"] == {
            "revision": 1,
            "rating": {"average": 3.5, "count": 2, "distribution": [0, 1, 0, 0, 1]},
            "viewerRating": {"rating": 5, "comment": "Fast."},
        }
        payload = await act(api, "rateModel", SHOWN, modelId=gid(made), rating=4)
        assert payload["model"]["rating"] == {"average": 3, "count": 2, "distribution": [0, 1, 0, 1, 0]}
        told = await journal(api)
        assert told[-1]["kind"] == "model.rated"
        assert told[-1]["before"] == {"rating": 5, "comment": "Fast."}
        assert told[-1]["after"] == {"rating": 4, "comment": None}

    async def test_the_same_again_changes_nothing(self, api: Api) -> None:
        made = await one_model(api)
        for _ in range(2):
            assert await refused(api, "rateModel", modelId=gid(made), rating=4, comment="Fast.") == []
        assert await traces(api) == 2

    async def test_refuses_what_cannot_be(self, api: Api) -> None:
        made = await one_model(api)
        cases: list[tuple[dict[str, Any], str]] = [
            ({"rating": 0}, "rating"),
            ({"rating": 6}, "rating"),
            ({"rating": 1, "comment": " "}, "comment"),
            ({"rating": 1, "comment": "x" * 1001}, "comment"),
        ]
        for given, path in cases:
            assert await refused(api, "rateModel", modelId=gid(made), **given) == [("INVALID_PARAMETER", path)]
        assert await traces(api) == 0

    async def test_twenty_at_once_are_counted_exactly(self, api: Api) -> None:
        made = await one_model(api)
        writer = Writer(api.database)
        opinions = [(reader(f"r{n}"), service.Opinion(model_id=made.id, rating=1 + n % 5)) for n in range(20)]
        await asyncio.gather(*(writer.write(who, service.rate_model, said) for who, said in opinions))
        found = await select_rows(api.database, "select rating_average, rating_count, revision from model")
        assert [(float(row["rating_average"]), row["rating_count"], row["revision"]) for row in found] == [(3.0, 20, 1)]

    async def test_of_nobody_is_empty(self, api: Api) -> None:
        made = await one_model(api)
        asked = (
            "query($id: ID!) { model(by: {id: $id}) { rating { average count distribution } viewerRating { rating } } }"
        )
        found = (await api.data(asked, id=gid(made)))["model"]
        assert found == {"rating": {"average": None, "count": 0, "distribution": [0] * 5}, "viewerRating": None}
