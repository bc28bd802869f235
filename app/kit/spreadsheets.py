"""CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as lines, every cell in quotes."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def shown(text: str) -> str:
    """Text as a spreadsheet is to show it: what it would compute begins with an apostrophe."""
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text
