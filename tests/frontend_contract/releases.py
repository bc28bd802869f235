"""What clients of released versions rely on, and what a schema breaks of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import GraphQLSchema, build_schema, parse, validate
from graphql.utilities import BreakingChangeType, find_breaking_changes

from tests.frontend_contract.contract import ROOT

LINES = 2
"""So many major releases keep working: the last one and the one before."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version with its schema and its documents by id."""

    version: str
    sdl: str
    manifest: dict[str, str]

    @property
    def line(self) -> tuple[int, ...]:
        """Within it nothing breaks: the major version, before 1.0 with the minor one."""
        return line_of(self.version)


def line_of(version: str) -> tuple[int, ...]:
    """The line of a version."""
    major, minor, _ = map(int, version.split("."))
    return (major,) if major else (major, minor)


def releases() -> list[Release]:
    """Those of the lines that must keep working, the oldest first."""
    folders = [path for path in (ROOT / "released").iterdir() if path.is_dir()]
    found = sorted(map(_release, sorted(path.name for path in folders)), key=lambda each: each.line)
    lines = sorted({each.line for each in found})[-LINES:]
    return [each for each in found if each.line in lines]


def _release(version: str) -> Release:
    folder = ROOT / "released" / version
    manifest = json.loads((folder / "persisted-operations.json").read_text(encoding="utf-8"))
    return Release(version, (folder / "schema.graphql").read_text(encoding="utf-8"), manifest)


def current() -> str:
    """The version of the contract."""
    return json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["version"]


def broken(kept: Sequence[Release], version: str, schema: GraphQLSchema) -> Iterator[str]:
    """What a schema breaks: documents of any of these releases, and the schemas of those in the line of a version."""
    for release in kept:
        for key, text in release.manifest.items():
            yield from (f"{release.version} {key}: {error.message}" for error in validate(schema, parse(text)))
        if release.line == line_of(version):
            yield from (f"{release.version}: {change}" for change in _changes(release.sdl, schema))


def _changes(sdl: str, schema: GraphQLSchema) -> Iterator[str]:
    """Breaking changes; a field whose end was announced may go, if no document that counts asks for it."""
    before = build_schema(sdl)
    for change in find_breaking_changes(before, schema):
        if change.type is not BreakingChangeType.FIELD_REMOVED or not _is_deprecated(before, change.description):
            yield change.description


def _is_deprecated(schema: GraphQLSchema, description: str) -> bool:
    """Whether the field that was removed, as `Type.field` in the description, was deprecated."""
    named = re.search(r"(\w+)\.(\w+)", description)
    fields = getattr(schema.type_map.get(named[1]), "fields", {}) if named else {}
    return bool(named and named[2] in fields and fields[named[2]].deprecation_reason)
