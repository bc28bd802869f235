"""A page of Chromium for each test; without the library or the browser the tests are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.chromium import Page


@pytest.fixture
def page() -> Iterator[Page]:
    """A page that nobody used before."""
    from tests.browser.chromium import chromium

    with chromium() as page:
        yield page
