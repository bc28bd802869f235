"""The examples of docs/search.md are answered as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.kit.db import Database
from tests.conftest import Api

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "search.md").read_text()
EXAMPLES = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
async def test_example_is_answered(api: Api, real: Database, example: str) -> None:
    assert "models" in await api.data(example)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3
