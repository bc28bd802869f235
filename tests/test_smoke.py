from __future__ import annotations

from tests.conftest import Api


async def test_smoke(api: Api) -> None:
    assert await api.data("{ models { totalCount nodes { slug } } }") == {"models": {"totalCount": 0, "nodes": []}}
