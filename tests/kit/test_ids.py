"""Global ids."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.errors import ErrorCode, InvalidParameter
from app.kit.ids import global_id, key_of, new_id, parse_global_id


class TestNewId:
    def test_keys_are_of_version_7_and_rise(self) -> None:
        made = [new_id() for _ in range(2000)]
        assert {key.version for key in made} == {7}
        assert made == sorted(set(made))


class TestGlobalId:
    @given(st.sampled_from(["Model", "Team", "ModelVersion"]), st.uuids())
    def test_round_trip(self, type_name: str, key: UUID) -> None:
        text = global_id(type_name, key)
        assert parse_global_id(text) == (type_name, key)
        assert key_of(text, type_name, argument="id") == key
        assert text.replace("-", "").replace("_", "").isalnum()

    @given(st.text())
    def test_garbage_is_never_an_exception(self, text: str) -> None:
        parsed = parse_global_id(text)
        assert parsed is None or global_id(*parsed) == text

    @pytest.mark.parametrize("noise", ["{}=", "{}==", "{}!", " {}", "{}\n", "!{}", "{}\u0000"])
    def test_id_with_something_added_is_none_of_ours(self, noise: str) -> None:
        assert parse_global_id(noise.format(global_id("Model", new_id()))) is None

    @pytest.mark.parametrize("text", ["", "x", "äöü", "Model:1", "TW9kZWw", global_id("Team", UUID(int=1))])
    def test_malformed_and_foreign_ids_are_refused_by_name_of_the_argument(self, text: str) -> None:
        with pytest.raises(InvalidParameter) as refused:
            key_of(text, "Model", argument="by.id")
        assert refused.value.code == ErrorCode.INVALID_PARAMETER
        assert refused.value.details == {"argument": "by.id"}
