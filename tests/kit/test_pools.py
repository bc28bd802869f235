"""Whether the database can be reached is told when it changes, once."""

from __future__ import annotations

import pytest

from app.kit.errors import Conflict, Unavailable
from app.kit.pools import Reachability


def away(cause: Exception) -> Unavailable:
    """As a transaction ends when the database is away."""
    error = Unavailable("away")
    error.__cause__ = cause
    return error


def end(reachability: Reachability, error: Exception | None = None) -> None:
    """A transaction that ends like this."""
    with reachability.watched():
        if error:
            raise error


class TestReachability:
    def test_outage_is_two_lines_whatever_happens_during_it(self, caplog: pytest.LogCaptureFixture) -> None:
        reachability = Reachability()
        end(reachability)
        for _ in range(3):
            with pytest.raises(Unavailable):
                end(reachability, away(OSError("refused\nand more")))
        end(reachability)
        reachability.found()
        assert [record.getMessage() for record in caplog.records] == [
            "the database cannot be reached: refused", "the database is back after 0 s",
        ]  # fmt: skip

    def test_other_failures_say_nothing_of_it(self, caplog: pytest.LogCaptureFixture) -> None:
        with pytest.raises(Conflict):
            end(Reachability(), Conflict("changed"))
        assert caplog.records == []

    def test_failure_without_words_is_named(self, caplog: pytest.LogCaptureFixture) -> None:
        Reachability().lost(TimeoutError())
        assert caplog.records[0].getMessage() == "the database cannot be reached: TimeoutError"
