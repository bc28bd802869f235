"""Variables that look like settings and are none: a slip of the pen that nobody would notice."""

from __future__ import annotations

from collections.abc import Iterable

NOT_SETTINGS = {"MODELHUB_DEBUG"}


def unknown_variables(given: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each `MODELHUB_…` variable that is no setting, with the setting that was probably meant."""
    names = set(known) | NOT_SETTINGS
    strange = sorted(name for name in given if name.startswith("MODELHUB_") and name not in names)
    return [f"{name} is not a setting.{_suggestion(name, names)}" for name in strange]


def _suggestion(name: str, known: set[str]) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    nearest = process.extractOne(name, sorted(known), scorer=DamerauLevenshtein.distance, score_cutoff=len(name) // 4)
    return f" Did you mean {nearest[0]}?" if nearest else ""
