"""docs/operations.md tells of every setting and every metric, and of none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from app.settings import Settings
from app.telemetry.metrics import AlertMetrics, JobMetrics
from tests.conftest import Api
from tests.kit.rows import add_usage, model, provider, put

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "operations.md").read_text()
ROWS = [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in TEXT.splitlines() if "|" in line]
SETTINGS = {row[0]: row[1] for row in ROWS if row and re.fullmatch(r"[A-Z][A-Z0-9_]+", row[0])}
METRICS = {
    row[0]: set(re.findall(r"\w+", row[1])) for row in ROWS if row and row[0].startswith("modelhub_") and len(row) == 3
}


def shown(default: Any) -> str:
    return "not set" if default in {None, ()} else str(default)


class TestSettings:
    def test_every_one_is_in_the_table_with_its_default(self) -> None:
        fields = {str(field.validation_alias): field for field in Settings.model_fields.values()}
        assert set(SETTINGS) == set(fields)
        told = {name: shown(field.default) for name, field in fields.items() if field.default_factory is None}
        assert {name: SETTINGS[name] for name in told} == told


class TestMetrics:
    async def test_every_one_is_in_the_table_with_its_labels(self, api: Api) -> None:
        acme = provider()
        used = model(acme, "m")
        await put(api.database, acme, used)
        await add_usage(api.database, used, api.app.state.hub.clock().replace(second=0, microsecond=0), requests=1)
        await api.ask("{ nonsense }")
        await api.client.post("/ingest/inferences", json=[{}], headers={"authorization": f"Bearer {api.token()}"})
        answer = await api.client.get("/metrics", headers={"authorization": f"Bearer {api.token()}"})
        jobs = CollectorRegistry()
        JobMetrics(jobs).note("test", 1, succeeded=True)
        AlertMetrics(jobs).note_lag(1)
        samples = re.findall(r"^(modelhub_\w+)(?:\{(.*)\})? ", answer.text, re.MULTILINE)
        found = {name: set(re.findall(r'(\w+)="', labels)) for name, labels in samples}
        found |= {sample.name: set(sample.labels) for family in jobs.collect() for sample in family.samples}
        parts = re.compile(r"_(bucket|sum|count|created)$")
        real = {name: labels for name, labels in found.items() if not parts.search(name)}
        real |= {parts.sub("", name): labels - {"le"} for name, labels in found.items() if name.endswith("_bucket")}
        assert real == METRICS

    @pytest.mark.parametrize("key", ["scrape_configs", "groups"])
    def test_examples_are_yaml_and_speak_of_real_metrics(self, key: str) -> None:
        blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
        assert [block for block in blocks if key in block]
        named = set(re.findall(r"modelhub_\w+", "".join(re.findall(r"```.*?```", TEXT, re.DOTALL))))
        assert {re.sub(r"_bucket$", "", name) for name in named} <= set(METRICS)
