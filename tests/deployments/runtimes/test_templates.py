"""What operators allow to be started."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.deployments.runtimes.templates import BadTemplates, UnsafeValue, read_templates

VLLM = '[vllm]\ncommand = ["vllm", "serve", "{model}", "--port", "{port}"]\n'


class TestReadTemplates:
    def test_those_of_a_file_and_the_sample(self, tmp_path: Path) -> None:
        path = tmp_path / "templates.toml"
        path.write_text(VLLM)
        assert list(read_templates(path, with_sample=True)) == ["sample", "vllm"]
        assert list(read_templates(None, with_sample=False)) == []
        words = read_templates(path, with_sample=False)["vllm"].words(model="acme/anvil", port="1")
        assert words == ["vllm", "serve", "acme/anvil", "--port", "1"]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('[a]\ncommand = ["serve"]', "{port} must be in it"),
            ('[a]\ncommand = ["serve", "{port}", "{secret}"]', "there is no placeholder {secret}"),
            ("[a]\ncommand = []", "a.command"),
            ('[a]\ncommand = ["{port}"]\nshell = true', "a.shell"),
            ('[a]\ncommand = ["{port}"]\nhealth = "health"', "a.health"),
            ('[a]\ncommand = ["{port}"]\nprobe_seconds = 0', "a.probe_seconds"),
            ("[a", "MODELHUB_TEMPLATES"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, text: str, told: str) -> None:
        path = tmp_path / "templates.toml"
        path.write_text(text)
        with pytest.raises(BadTemplates) as refusal:
            read_templates(path, with_sample=False)
        assert told in refusal.value.message
        assert str(path) in refusal.value.message

    @pytest.mark.parametrize("name", ["-x", "--trust-remote-code", "a\nb"])
    def test_a_name_cannot_become_an_option(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / "templates.toml"
        path.write_text(VLLM)
        with pytest.raises(UnsafeValue):
            read_templates(path, with_sample=False)["vllm"].words(model=name, port="1")
