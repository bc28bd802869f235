"""Who may send which documents: those that were agreed on by id, others by permission."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import get_introspection_query

from app.identity.rules import Role
from app.settings import FreeDocuments, Settings
from app.web.trusted import TrustedDocuments, UnknownDocument, document_id_of
from tests.conftest import Api, answering

ME = "query Me { viewer { role } }"
MODELS = "query Models($first: Int, $by: ModelOrder) { models(first: $first, orderBy: $by) { nodes { name } } }"
SIGN_IN = 'mutation { signIn(input: {email: "a@example.com", password: "wrong"}) { accessToken errors { code } } }'


def digest(text: str) -> str:
    """The hash of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def manifest(folder: Path, content: Any, name: str = "app.json") -> Path:
    """A file of the folder."""
    path = folder / name
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With one manifest of each format."""
    made = tmp_path / "documents"
    made.mkdir()
    entry = {"id": digest(ME), "name": "Me", "type": "query", "body": ME}
    manifest(made, {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [entry]}, "apollo.json")
    manifest(made, {f"sha256:{digest(MODELS)}": MODELS, "an-id-of-a-compiler": ME}, "relay.json")
    return made


@asynccontextmanager
async def taking(settings: Settings, free: FreeDocuments, folder: Path | None) -> AsyncGenerator[Api]:
    """The API that takes documents of their own from these."""
    async with answering(settings.model_copy(update={"free_documents": free, "documents": folder})) as api:
        yield api


async def post(api: Api, body: dict[str, Any], role: Role | None = Role.VIEWER) -> dict[str, Any]:
    """The answer to a body."""
    headers = {"authorization": f"Bearer {api.token(role)}"} if role else {}
    return (await api.client.post("/graphql", json=body, headers=headers)).json()


def codes(answer: dict[str, Any]) -> list[str]:
    """Of its errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


class TestById:
    @pytest.mark.parametrize(
        "body",
        [
            {"documentId": f"sha256:{digest(ME)}"},
            {"documentId": digest(ME)},
            {"documentId": "an-id-of-a-compiler"},
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(ME)}}},
        ],
    )
    async def test_is_answered_whoever_asks(self, settings: Settings, folder: Path, body: dict[str, Any]) -> None:
        for free in FreeDocuments:
            async with taking(settings, free, folder) as api:
                assert (await post(api, body))["data"] == {"viewer": {"role": "VIEWER"}}

    async def test_takes_variables(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.NOBODY, folder) as api:
            body = {"documentId": digest(MODELS), "variables": {"first": 2}}
            assert (await post(api, body))["extensions"]["cost"]["requested"] == 3

    async def test_unknown_one_is_said_in_the_word_clients_wait_for(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.ANYONE, folder) as api:
            for body in ({"documentId": f"sha256:{'0' * 64}"}, {"documentId": ""}):
                assert codes(await post(api, body)) == ["PERSISTED_QUERY_NOT_FOUND"]

    async def test_hash_that_is_not_that_of_the_document_is_refused(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.ANYONE, folder) as api:
            persisted = {"version": 1, "sha256Hash": digest(MODELS)}
            assert codes(await post(api, {"query": ME, "extensions": {"persistedQuery": persisted}})) == [
                "INVALID_REQUEST"
            ]

    async def test_a_request_needs_one_or_the_other(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.ANYONE, folder) as api:
            assert codes(await post(api, {"variables": {}})) == ["INVALID_REQUEST"]


class TestFree:
    async def test_are_taken_from_those_with_the_permission(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.PERMITTED, folder) as api:
            free = {"query": "{ viewer { name } }"}
            assert codes(await post(api, free, Role.DEVELOPER)) == []
            refused = await post(api, free, Role.ANALYST)
            assert codes(refused) == ["FORBIDDEN"]
            assert refused["errors"][0]["extensions"]["details"] == {"permission": "documents:write"}

    async def test_are_taken_from_nobody(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.NOBODY, folder) as api:
            assert codes(await post(api, {"query": "{ viewer { name } }"}, Role.ADMIN)) == ["FORBIDDEN"]
            assert codes(await post(api, {"query": SIGN_IN}, None)) == ["UNAUTHORIZED"]

    async def test_the_text_of_a_trusted_one_is_no_free_one(self, settings: Settings, folder: Path) -> None:
        async with taking(settings, FreeDocuments.NOBODY, folder) as api:
            assert codes(await post(api, {"query": ME})) == []
            assert codes(await post(api, {"query": f"{ME} "})) == ["FORBIDDEN"]

    @pytest.mark.parametrize("role", [Role.VIEWER, None])
    async def test_nothing_is_told_of_the_schema(self, settings: Settings, folder: Path, role: Role | None) -> None:
        asked = [
            get_introspection_query(),
            "{ modells { nam } }",
            "{ viewer { nam } }",
            "{",
            '{ __type(name: "X") { name } }',
        ]
        async with taking(settings, FreeDocuments.PERMITTED, folder) as api:
            answers = [await post(api, {"query": one}, role) for one in asked]
            told = {json.dumps([error["message"] for error in one["errors"]]) for one in answers}
            assert len(told) == 1
            assert {code for one in answers for code in codes(one)} == {"FORBIDDEN" if role else "UNAUTHORIZED"}

    async def test_suggestions_are_for_those_who_may_write(self, settings: Settings, folder: Path) -> None:
        body = {"documentId": digest(MODELS), "variables": {"by": {"field": "NAMES"}}}
        async with taking(settings, FreeDocuments.PERMITTED, folder) as api:
            [open_error] = (await post(api, body, Role.DEVELOPER))["errors"]
            [shut_error] = (await post(api, body, Role.VIEWER))["errors"]
            assert "Did you mean" in open_error["message"]
            assert "Did you mean" not in shut_error["message"]
            assert "NAMES" in shut_error["message"]

    async def test_signing_in_needs_none(self, settings: Settings, folder: Path) -> None:
        more = SIGN_IN.replace("accessToken", "query { models { nodes { name } } }")
        seen = SIGN_IN.replace("accessToken", "viewer { teams { name } }")
        async with taking(settings, FreeDocuments.PERMITTED, folder) as api:
            assert (await post(api, {"query": SIGN_IN}, None))["data"]["signIn"]["errors"] == [{"code": "UNAUTHORIZED"}]
            assert [codes(await post(api, {"query": one}, None)) for one in (more, seen)] == [["UNAUTHORIZED"]] * 2
            assert codes(await post(api, {"query": more}, Role.VIEWER)) == ["FORBIDDEN"]

    async def test_graphiql_is_not_where_nobody_may_write(self, settings: Settings, folder: Path) -> None:
        found: dict[FreeDocuments, bool] = {}
        for free in FreeDocuments:
            async with taking(settings, free, folder) as api:
                answer = await api.client.get("/graphql", headers={"accept": "text/html"})
                found[free] = answer.status_code == 200 and "html" in answer.headers["content-type"]
        assert found == {FreeDocuments.ANYONE: True, FreeDocuments.PERMITTED: True, FreeDocuments.NOBODY: False}

    def test_production_takes_them_by_permission(self) -> None:
        assert Settings.model_fields["free_documents"].default is FreeDocuments.ANYONE
        given = {
            "MODELHUB_MODE": "production",
            "MODELHUB_PUBLIC_URL": "https://hub.example.com",
            "MODELHUB_SECRET": hashlib.sha256(b"x").hexdigest(),
        }
        assert Settings.model_validate(given).free_documents is FreeDocuments.PERMITTED


@pytest_asyncio.fixture
async def documents(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TrustedDocuments]:
    """Of a folder that is looked at each time."""
    monkeypatch.setattr("app.web.trusted.LOOK_EVERY", -1.0)
    yield TrustedDocuments(folder)


class TestFolder:
    async def test_what_comes_and_goes_is_noticed(self, documents: TrustedDocuments, folder: Path) -> None:
        with pytest.raises(UnknownDocument):
            await documents.named(digest("{ a }"))
        path = manifest(folder, {digest("{ a }"): "{ a }"}, "new.json")
        assert await documents.named(digest("{ a }")) == "{ a }"
        assert await documents.has("{ a }")
        path.unlink()
        with pytest.raises(UnknownDocument):
            await documents.named(digest("{ a }"))
        assert await documents.named(digest(ME)) == ME

    @pytest.mark.parametrize(
        "content",
        ["{", "[1]", '{"operations": [{"id": 1, "body": "{ a }"}]}', '{"operations": [{}]}', '{"a": 5}', "\xff"],
    )
    async def test_a_manifest_that_is_none_is_left_out_and_said(
        self, documents: TrustedDocuments, folder: Path, content: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        (folder / "bad.json").write_bytes(content.encode("latin-1"))
        with caplog.at_level(logging.WARNING):
            assert await documents.named(digest(ME)) == ME
        assert "bad.json" in caplog.text

    async def test_a_document_under_the_hash_of_another_is_left_out(
        self, documents: TrustedDocuments, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        manifest(folder, {digest("{ a }"): "{ b }", digest("{ c }"): "{ c }"}, "forged.json")
        for name in (digest("{ a }"), digest("{ b }")):
            with pytest.raises(UnknownDocument):
                await documents.named(name)
        assert await documents.named(digest("{ c }")) == "{ c }"
        assert "forged.json" in caplog.text

    async def test_a_folder_that_is_gone_forgets_nothing(
        self, documents: TrustedDocuments, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert await documents.named(digest(ME)) == ME
        folder.rename(folder.with_name("elsewhere"))
        assert await documents.named(digest(ME)) == ME
        assert "cannot be read" in caplog.text

    async def test_without_a_folder_there_are_none(self) -> None:
        with pytest.raises(UnknownDocument):
            await TrustedDocuments().named(digest(ME))


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"documentId": None},
        {"extensions": None},
        {"extensions": {"persistedQuery": 5}},
        {"extensions": {"persistedQuery": {}}},
    ],
)
def test_what_names_no_document(parameters: dict[str, Any]) -> None:
    assert document_id_of(parameters) is None
