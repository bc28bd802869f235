"""What docs/ingest.md tells people to type is run as it is written."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal

import pytest

from tests.metrics.receiving.sending import stored
from tests.sdks.conftest import ROOT, Place, python_of
from tests.sdks.test_sdks import COST, add_prices, assert_nothing_was_said, tokens

PAGE = (ROOT / "docs" / "ingest.md").read_text()
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")}


def blocks(section: str, language: str) -> list[str]:
    """The blocks of code of a section."""
    return re.findall(rf"```{language}\n(.*?)```", SECTIONS[section], re.DOTALL)


def program(section: str) -> str:
    """What a section says, as one script: its variables, then its program."""
    return "\n".join(["set -eu", *blocks(section, "sh"), "python - <<'PROGRAM'", *blocks(section, "python"), "PROGRAM"])


async def run(place: Place, script: str, environment: str | None = None) -> str:
    """Run a script with the two variables that the page assumes, and OpenAI's address."""
    given = {"MODELHUB_URL": place.hub, "MODELHUB_KEY": place.key, "OPENAI_BASE_URL": f"{place.openai}/v1"}
    given |= {"OPENAI_API_KEY": "sk-dummy", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    if environment:
        given["PATH"] = f"{python_of(environment).parent}:/usr/local/bin:/usr/bin:/bin"
    return await place.run("bash", "-c", script, environment=given)


@pytest.mark.parametrize(
    ("section", "environment", "where"),
    [
        ("OpenTelemetry SDKs", "opentelemetry", ("claims", "PRODUCTION")),
        ("LiteLLM", "litellm", ("claims", "PRODUCTION")),
        ("Langfuse's SDK", "opentelemetry", (None, "STAGING")),
    ],
)
async def test_program_reports_its_call(
    place: Place, section: str, environment: str, where: tuple[str | None, str]
) -> None:
    await add_prices(place)
    await run(place, program(section), environment)
    (row,) = await stored(place.api)
    assert (row["model"], row["failed"], (row["team"], row["environment"])) == ("openai/gpt-5", False, where)
    assert (tokens(row), row["cost"]) == ((37, 8, 24, 3), COST)
    await assert_nothing_was_said(place)


async def test_curl(place: Place) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    report, rate = blocks("Plain curl", "sh")
    (told,) = blocks("Plain curl", "json")
    assert (await run(place, report)).replace(" ", "") == told.strip().replace(" ", "")
    assert await run(place, rate)
    good, failed = await stored(place.api)
    assert (tokens(good), good["team"], good["user_key"]) == ((1200, 80, 1000, 0), "claims", "u42")
    assert (good["rating"], good["accepted"], good["latency_us"]) == (4, True, 930_000)
    assert (failed["failed"], failed["error_code"], failed["cost"]) == (True, "timeout", None)
    assert good["cost"] is None or good["cost"] > Decimal(0)


def test_the_other_libraries_that_the_page_names_are_those_that_are_tried() -> None:
    for module in ("opentelemetry.instrumentation.openai", "openinference.instrumentation.openai"):
        assert f"from {module} import OpenAIInstrumentor" in SECTIONS["OpenTelemetry SDKs"]
