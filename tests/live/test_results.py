"""What an experiment found is told at once, and anew when calls of it come in or it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.conftest import Api
from tests.experiments.drafting import desk
from tests.live.listening import heard, listening, served, silent
from tests.metrics.receiving.sending import report

CHANGES = """subscription ($id: ID!) { experimentResultsChanged(experimentId: $id) { experiment {
    status results { variants { units requests { total } primary { value } } } } } }"""


def told(status: str, *counts: int, value: float | None = None) -> dict[str, object]:
    """What is told: calls of each variant by as many users."""
    values = (value, *[None] * (len(counts) - 1))
    variants = [
        {"units": calls, "requests": {"total": calls}, "primary": {"value": value}}
        for calls, value in zip(counts, values, strict=True)
    ]
    return {"experiment": {"status": status, "results": {"variants": variants}}}


async def test_results_are_told_as_calls_come_in_and_when_it_ends(api: Api) -> None:
    at = await desk(api)
    key = await at.created()
    assert not (await at.perform("startExperiment", experimentId=key))["errors"]
    async with served(api) as address, listening(address, api.token(), CHANGES, {"id": key}) as talk:
        assert await heard(talk) == told("RUNNING", 0, 0)
        now = datetime.now(UTC).isoformat()
        call = {"eventId": "1", "occurredAt": now, "provider": "acme", "model": "one", "user": "u", "rating": 4}
        await report(api, {**call, "experimentId": key, "variantId": "a"})
        assert await heard(talk) == told("RUNNING", 1, 0, value=4)
        await report(api, {**call, "eventId": "2"})
        assert await silent(talk, 0.6), "a call of no experiment changes nothing"
        assert not (await at.perform("stopExperiment", experimentId=key))["errors"]
        assert await heard(talk) == told("STOPPED", 1, 0, value=4)
