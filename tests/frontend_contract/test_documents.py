"""The documents of the contract: valid, one in a file of its name, and what is generated from them is up to date."""

from __future__ import annotations

import json
import re

import pytest
from graphql import parse, validate

from app.kit.errors import ErrorCode
from app.web.trusted import document_id_of
from tests.frontend_contract.contract import ROOT, SDL, definitions, operations, schema, sources
from tests.frontend_contract.stamping import digest, stamp

AGAIN = "stale: run `make contract`"
ROW = re.compile(r"^\| ((?:`[A-Z_]+` ?)+)\| `(\w+)` \|", re.MULTILINE)


class TestSources:
    @pytest.mark.parametrize("folder", ["fragments", "operations"])
    def test_each_file_defines_what_it_is_named_after(self, folder: str) -> None:
        for name, found in definitions(folder).items():
            assert [node.name and f"{folder}/{node.name.value}.graphql" for node in found] == [name]

    def test_each_says_what_it_is_for(self) -> None:
        unexplained = [name for name, text in sources() if name.startswith("operations/") and not text.startswith("# ")]
        assert unexplained == []

    def test_each_fragment_is_used(self) -> None:
        texts = "".join(text for _, text in sources())
        assert [name for name in _names("fragments") if f"...{name}\n" not in texts] == []

    def test_every_subscription_is_there(self) -> None:
        root = schema().subscription_type
        assert root
        assert {each.field for each in operations().values() if each.kind.value == "subscription"} == {*root.fields}


class TestGenerated:
    def test_schema_is_that_of_the_code(self) -> None:
        assert (ROOT / "schema.graphql").read_bytes() == SDL.read_bytes(), "stale: run `make schema`"

    def test_files_are_made_from_these_sources(self) -> None:
        stamped = json.loads((ROOT / "src/generated/stamp.json").read_text(encoding="utf-8"))
        assert stamped == stamp(stamped["files"]), AGAIN
        made = {path.relative_to(ROOT).as_posix() for path in (ROOT / "src/generated").iterdir()}
        assert made == {*stamped["files"], "src/generated/stamp.json"} - {"persisted-operations.json"}, AGAIN

    def test_lockfile_names_no_host(self) -> None:
        assert "://" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


class TestManifest:
    def test_has_each_operation_by_its_hash(self) -> None:
        assert {*_names("operations")} == {*operations()}
        for each in operations().values():
            assert each.id == f"sha256:{digest(each.text)}"
            assert document_id_of({"documentId": each.id}) == each.id

    def test_every_operation_is_valid(self) -> None:
        for each in operations().values():
            assert validate(schema(), parse(each.text)) == [], each.name

    def test_every_operation_has_an_example(self) -> None:
        assert {path.stem for path in (ROOT / "examples").glob("*.json")} == {*operations()}


class TestErrors:
    def test_every_code_has_a_reaction(self) -> None:
        text = (ROOT / "src/errors.ts").read_text(encoding="utf-8")
        assert _reactions() == dict(re.findall(r"^  ([A-Z_]+): '(\w+)',$", text, re.MULTILINE))

    def test_the_codes_are_those_of_the_server(self) -> None:
        assert {*_reactions()} == {code.value for code in ErrorCode}


def _names(folder: str) -> list[str]:
    return [node.name.value for found in definitions(folder).values() for node in found if node.name]


def _reactions() -> dict[str, str]:
    """What errors.md says must be done for each code."""
    rows: list[tuple[str, str]] = ROW.findall((ROOT / "errors.md").read_text(encoding="utf-8"))
    return {code: reaction for codes, reaction in rows for code in re.findall("[A-Z_]+", codes)}
