"""Which configurations can be taken, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import get_named_type

from app.deployments.desired.configuration import CHECKS, HELD_TO, faults_of_configuration, leaves, patched
from app.deployments.desired.quantities import fault_of_cpu, fault_of_gpu, fault_of_memory
from app.deployments.desired.rules import complete, fault_of_name, faults_of_scaling, rolled_back
from app.deployments.vocabulary import Runtime
from tests.contract.acting import GRAPH

PROCESS = {"process": {"template": "sample"}}
EXTERNAL = {"external": {"baseUrl": "https://a.example/v1"}}


class TestQuantities:
    @pytest.mark.parametrize("text", ["1", "2", "0.5", ".5", "500m", "1m", "1024", "2."])
    def test_processors(self, text: str) -> None:
        assert fault_of_cpu(text) is None

    @pytest.mark.parametrize(
        "text",
        ["", "0", "0m", "0.0001", "1025", "-1", "+1", "1e3", "2 ", "2k", "500M", "1Gi", "٢", "1,5", "NaN", "9" * 40],
    )
    def test_no_processors(self, text: str) -> None:
        assert fault_of_cpu(text)

    @pytest.mark.parametrize("text", ["1Mi", "512Mi", "4Gi", "1.5Gi", "2G", "1048576", "64Ti", "2048Ki"])
    def test_memory(self, text: str) -> None:
        assert fault_of_memory(text) is None

    @pytest.mark.parametrize("text", ["", "0", "4", "500m", "4gi", "4GiB", "4GB", "1Ki", "65Ti", "1Ei", "-4Gi", "Gi"])
    def test_no_memory(self, text: str) -> None:
        assert fault_of_memory(text)

    @pytest.mark.parametrize("text", ["1", "64", "nvidia-tesla-t4", "NVIDIA-A100-SXM4-80GB", "t4", "8xH100"])
    def test_accelerators(self, text: str) -> None:
        assert fault_of_gpu(text) is None

    @pytest.mark.parametrize("text", ["", "0", "65", "-1", "1.5", "-t4", "t4-", "a b", "t" * 64, "²"])
    def test_no_accelerators(self, text: str) -> None:
        assert fault_of_gpu(text)


def paths(spec: dict[str, Any], runtime: Runtime = Runtime.PROCESS) -> list[str]:
    """Where something is wrong with a configuration."""
    return [".".join(fault.path) for fault in faults_of_configuration(spec, runtime, frozenset({"sample"}))]


WHOLE: dict[str, Any] = {
    "runtime": {
        "replicas": 2,
        "resources": {"cpu": "1", "memory": "1Gi", "gpu": "1"},
        "scaling": {
            "minReplicas": 1, "maxReplicas": 4, "targetCpuUtilization": 70, "targetMemoryUtilization": 80,
        },
    },
    "parameters": {
        "temperature": 0.2, "maxTokens": 100, "topP": 1, "topK": 3, "frequencyPenalty": -2, "presencePenalty": 2,
        "stopSequences": ["."],
    },
    "networking": {"port": 8443, "host": "x.example", "path": "/v1", "timeoutSeconds": 0.5, "retries": 0},
    "monitoring": {
        "enableMetrics": True, "metricsIntervalSeconds": 15, "enableTracing": False, "logLevel": "info",
    },
    "security": {
        "authentication": False, "authorization": [], "rateLimiting": {"requestsPerMinute": 1, "burstLimit": 1},
    },
    "process": {"template": "sample"},
    "external": {"baseUrl": "https://a.example/v1", "credential": "KEY"},
}  # fmt: skip


class TestConfiguration:
    def test_smallest(self) -> None:
        assert paths(PROCESS) == paths(EXTERNAL, Runtime.EXTERNAL) == []

    @pytest.mark.parametrize("runtime", list(HELD_TO))
    def test_what_is_not_enforced_is_refused_and_the_rest_is_fine(self, runtime: Runtime) -> None:
        unheld = {
            ".".join(path)
            for path, _ in leaves(WHOLE)
            if not any(path[:n] in HELD_TO[runtime] for n in range(1, len(path) + 1))
        }
        of_replicas = ["runtime.replicas"] if runtime is Runtime.EXTERNAL else []
        assert sorted(paths(WHOLE, runtime)) == sorted([*unheld, *of_replicas])

    def test_every_value_has_its_bounds(self) -> None:
        unbounded = {path for path, value in leaves(WHOLE) if not isinstance(value, bool)} - CHECKS.keys()
        assert unbounded == {("process", "template")}

    @pytest.mark.parametrize(
        ("path", "values"),
        [
            ("runtime.replicas", [-1, 101, 2**31 - 1]),
            ("parameters.temperature", [-0.1, 2.1]),
            ("parameters.maxTokens", [0, 10_000_001]),
            ("parameters.topP", [-0.1, 1.1]),
            ("parameters.topK", [0]),
            ("parameters.frequencyPenalty", [-2.1, 2.1]),
            ("parameters.presencePenalty", [-2.1, 2.1]),
            ("parameters.stopSequences", [[""], ["x" * 201]]),
            ("networking.port", [0, 80, 65_536]),
            ("networking.timeoutSeconds", [0, 601]),
            ("networking.retries", [-1, 11]),
            ("process.template", ["other", "", "sample; rm"]),
        ],
    )
    def test_what_lies_outside(self, path: str, values: list[Any]) -> None:
        first, second = path.split(".")
        for value in values:
            assert set(paths({**PROCESS, first: {second: value}})) == {path}, value

    @pytest.mark.parametrize(
        "url", ["", "x", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example?x", "https://a b"]
    )
    def test_no_url(self, url: str) -> None:
        assert paths({"external": {"baseUrl": url}}, Runtime.EXTERNAL) == ["external.baseUrl"]

    @pytest.mark.parametrize("name", ["", "sk-abc", "A KEY", "1KEY", "K" * 201])
    def test_no_name_of_a_credential(self, name: str) -> None:
        spec = {"external": {**EXTERNAL["external"], "credential": name}}
        assert paths(spec, Runtime.EXTERNAL) == ["external.credential"]

    def test_bounds_of_scaling(self) -> None:
        def scaled(least: int, most: int, replicas: int) -> list[str]:
            scaling = {"minReplicas": least, "maxReplicas": most}
            return paths({**PROCESS, "runtime": {"replicas": replicas, "scaling": scaling}})

        assert scaled(1, 3, 1) == scaled(1, 3, 3) == []
        assert scaled(1, 3, 0) == scaled(1, 3, 4) == ["runtime.replicas"]
        assert scaled(3, 1, 2) == ["runtime.scaling.minReplicas"]

    def test_each_runtime_needs_to_know_what(self) -> None:
        assert paths({}) == ["process.template"]
        assert paths({}, Runtime.EXTERNAL) == ["external.baseUrl"]


class TestSpec:
    def test_patches_change_what_they_name(self) -> None:
        spec = {"a": {"x": 1, "y": {"z": 2}}, "b": 3}
        assert patched(spec, {}) == spec
        assert patched(spec, {"a": {"x": None, "w": 4}, "b": 5}) == {"a": {"y": {"z": 2}, "w": 4}, "b": 5}
        assert patched(spec, {"a": {"y": {"z": None}}}) == {"a": {"x": 1}, "b": 3}
        assert patched(spec, {"a": None, "c": None, "d": {}}) == {"b": 3}
        assert spec == {"a": {"x": 1, "y": {"z": 2}}, "b": 3}

    def test_one_replica_or_as_many_as_there_must_be(self) -> None:
        assert complete({})["runtime"] == {"replicas": 1}
        assert complete({"runtime": {"scaling": {"minReplicas": 3}}})["runtime"]["replicas"] == 3
        assert complete({"runtime": {"replicas": 0}})["runtime"]["replicas"] == 0

    def test_rolling_back_keeps_how_much_runs(self) -> None:
        older = {"runtime": {"replicas": 1, "scaling": {"minReplicas": 2, "maxReplicas": 4}}, "paused": True, "x": 1}

        def back(replicas: int) -> int:
            return rolled_back({"runtime": {"replicas": replicas}, "paused": False}, older)["runtime"]["replicas"]

        assert [back(replicas) for replicas in (0, 3, 9)] == [2, 3, 4]
        assert rolled_back({"paused": False}, older)["paused"] is False

    def test_scaling_keeps_within_bounds(self) -> None:
        spec = {"runtime": {"scaling": {"maxReplicas": 2}}}
        assert [len(list(faults_of_scaling(spec, Runtime.PROCESS, n))) for n in (-1, 0, 2, 3)] == [1, 0, 0, 1]
        assert [len(list(faults_of_scaling({}, Runtime.EXTERNAL, n))) for n in (0, 1, 2)] == [1, 0, 1]

    @pytest.mark.parametrize("name", ["a", "a1", "claims-triage", "x" * 63])
    def test_names(self, name: str) -> None:
        assert fault_of_name(name) is None

    @pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a b", "a.b", "a\n", "x" * 64, "ä", "--help"])
    def test_no_names(self, name: str) -> None:
        assert fault_of_name(name)


class TestDescriptions:
    @pytest.mark.parametrize("root", ["DeploymentConfigInput", "DeploymentConfig"])
    def test_say_of_each_value_whether_anything_holds_to_it(self, root: str) -> None:
        held = {path for paths in HELD_TO.values() for path in paths}
        described = dict(descriptions(GRAPH.type_map[root]))
        assert described.keys() >= CHECKS.keys()
        for path, description in described.items():
            is_held = any(path[:length] in held for length in range(1, len(path) + 1))
            assert ("refused for PROCESS and EXTERNAL" in description) is not is_held, path
            words = ("Model Hub", "worker", "runtime", "called", "for PROCESS")
            assert any(word in description for word in words), path


def descriptions(kind: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The descriptions of all values within a type, by their paths."""
    for name, told in kind.fields.items():
        within = get_named_type(told.type)
        if hasattr(within, "fields"):
            yield from descriptions(within, *path, name)
        else:
            yield (*path, name), told.description or ""
