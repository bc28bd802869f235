"""Where something new of a model may be deployed."""

from __future__ import annotations

import pytest

from tests.catalog.writing import one_model
from tests.conftest import Api
from tests.kit.rows import gid


@pytest.mark.parametrize(
    ("status", "where"),
    [
        ("EXPERIMENTAL", ["DEVELOPMENT", "STAGING"]),
        ("ACTIVE", ["DEVELOPMENT", "STAGING", "PRODUCTION"]),
        ("MAINTENANCE", []),
        ("DEPRECATED", []),
        ("RETIRED", []),
    ],
)
async def test_follows_from_the_status(api: Api, status: str, where: list[str]) -> None:
    made = await one_model(api, status=status)
    found = await api.data("query($id: ID!) { model(by: {id: $id}) { deployableTo } }", id=gid(made))
    assert found == {"model": {"deployableTo": where}}
