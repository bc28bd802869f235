"""No field to which events lead asks who listens, unless it is marked as personal: one answer is told to many."""

from __future__ import annotations

from graphql import get_named_type

from app.live.personal import personal_fields
from app.live.scope import Listeners
from tests.conftest import Api
from tests.contract.journeys import ANSWERING, ask, object_types, selected, somebody
from tests.contract.questions import FAR, TOLD_TO_ALL
from tests.contract.worlds import whole
from tests.kit.rows import team

ROOTS = ("models", "deployments", "experiments", "auditEvents", "dashboard")
"""What subscriptions tell of is also found by these."""
PARTS, SHALLOW = 6, ("",) * 4
"""In how many documents, and how many types less within each other: a document has its limit of tokens."""
NAMES = personal_fields(ANSWERING._operations.schema)
PERSONAL = {f"{kind}.{name}" for kind, told in object_types().items() for name in told.fields.keys() & NAMES}


def documents(root: str) -> list[str]:
    """All that a root field leads to, in as many documents as that takes."""
    kind = get_named_type(object_types()["Query"].fields[root].type).name
    if kind == "Dashboard":
        return _in_parts(f"{{ {root}", kind, (kind, *SHALLOW), "}")
    return _in_parts(f"{{ {root} {{ nodes", kind.removesuffix("Connection"), (kind, *SHALLOW), "} }")


def _in_parts(begin: str, kind: str, seen: tuple[str, ...], end: str) -> list[str]:
    parts = list(selected(kind, FAR, TOLD_TO_ALL | PERSONAL, seen))
    return [f"{begin} {{ {' '.join(parts[first::PARTS])} }} {end}" for first in range(PARTS)]


async def test_nobody_in_particular_is_answered(api: Api) -> None:
    """Were a personal field not marked, nobody would be told what somebody else was answered."""
    await whole("acme", of=team("red")).put(api.database)
    nobody = Listeners.like(somebody())
    for document in (one for root in ROOTS for one in documents(root)):
        answer = await ask(api, nobody, document)
        assert answer.data
        assert "INTERNAL_ERROR" not in answer.codes(), answer.errors
    refused = await ask(api, nobody, "{ models { nodes { viewerRating { rating } } } }")
    assert refused.codes() == {"INTERNAL_ERROR"}
