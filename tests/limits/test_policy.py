"""The file of limits: what it says holds, and what it says wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.limits.policy import ADDRESS, PRINCIPAL, BadPolicy, read_policy
from app.limits.rules import Unit, Window


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "limits.toml"
    path.write_text(text)
    return path


class TestReading:
    def test_without_a_file_the_built_in_limits_hold(self) -> None:
        policy = read_policy(None)
        assert policy.principal.model_dump() == PRINCIPAL
        assert policy.address.model_dump() == ADDRESS
        assert policy.operations["signIn"].requests_per_minute == 60

    def test_what_it_says_holds_and_the_rest_is_built_in(self, tmp_path: Path) -> None:
        policy = read_policy(
            written(
                tmp_path,
                """
                [principal]
                requests_per_minute = 100
                requests_per_day = "unlimited"
                [principals.gateway]
                burst_limit = 5000
                [operations.registerModel]
                burst_limit = 2
                """,
            )
        )
        assert (policy.of("anybody").requests_per_minute, policy.of("anybody").burst_limit) == (100, 500)
        assert (policy.of("gateway").requests_per_minute, policy.of("gateway").burst_limit) == (100, 5000)
        assert policy.operations["registerModel"].windows == (Window(Unit.REQUESTS, 1, 2),)
        assert {window.seconds for window in policy.principal.windows} == {1, 60, 3600}
        assert "signIn" in policy.operations

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[principal]\nrequests_per_minute = 0", "principal.requests_per_minute"),
            ("[principal]\nrequests_per_minute = 1.5", "principal.requests_per_minute"),
            ("[principal]\nrequests_per_minute = 'many'", "principal.requests_per_minute"),
            ("[principal]\nrequests_per_minit = 5", "principal.requests_per_minit"),
            ("[address]\ncost_per_minute = 4999", "address.cost_per_minute"),
            ("[principals.x]\nburst_limit = -1", "principals.x.burst_limit"),
            ("[operations.signIn]\nrequests_per_day = 1", "operations.signIn.requests_per_day"),
            ("[everybody]\nburst_limit = 1", "everybody"),
            ("principal = 5", "principal"),
            ("principals = [1]", "principals"),
            ("[principals]\nx = 1", "x"),
            ("= nonsense", "line 1"),
        ],
    )
    def test_what_it_says_wrong_is_named(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(BadPolicy, match="MODELHUB_LIMITS") as refusal:
            read_policy(written(tmp_path, text))
        assert said in refusal.value.message

    def test_a_file_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(BadPolicy, match="No such file"):
            read_policy(tmp_path / "nothing.toml")
