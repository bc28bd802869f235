"""The demo estate refers only to what exists, and fits the columns it is loaded into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import cast

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from app.catalog.vocabulary import ModelStatus
from app.demo.estate import LARKFIELD, Deployment, Experiment, Model
from app.deployments.vocabulary import ConditionStatus, Environment, Phase
from app.experiments.vocabulary import ExperimentStatus
from app.kit.access import Clearance

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LAST_OFFSET_DAYS = 14
MODELS = {model.slug: model for model in LARKFIELD.models}
IN_SOURCE = {f"{provider.id}/{model.id}": model for provider in get_snapshot().providers for model in provider.models}


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts(list(cast("dict[object, object]", value).items()))
    elif isinstance(value, list | tuple):
        for item in cast("list[object]", value):
            yield from texts(item)
    elif is_dataclass(value):
        yield from texts([getattr(value, field.name) for field in fields(value)])


def by_slug(model: Model) -> str:
    return model.slug


def by_name(made: Deployment | Experiment) -> str:
    return made.name


@pytest.mark.parametrize("model", [model for model in LARKFIELD.models if not model.in_house], ids=by_slug)
class TestModelsOfProviders:
    def test_is_in_the_source_and_current(self, model: Model) -> None:
        assert IN_SOURCE[model.slug].deprecated is None

    def test_input_has_a_price(self, model: Model) -> None:
        provider, _, name = model.slug.partition("/")
        usage = Usage(input_tokens=1000, output_tokens=0)
        price = calc_price(usage, model_ref=name, provider_id=provider, genai_request_timestamp=NOW)
        assert price.model.id == name
        assert price.total_price > 0


class TestModels:
    def test_one_is_our_own_and_not_in_the_source(self) -> None:
        assert [slug for slug in MODELS if slug not in IN_SOURCE] == ["neuroweaver/claims-extractor"]

    def test_aliases_point_to_versions(self) -> None:
        for model in LARKFIELD.models:
            assert set(model.aliases.values()) <= {version.label for version in model.versions}

    def test_the_deprecated_one_is_deployed_and_has_a_successor(self) -> None:
        [old] = [model for model in LARKFIELD.models if model.status is ModelStatus.DEPRECATED]
        assert old.retires_on
        assert old.replacement in MODELS
        assert any(made.model == old.slug and made.phase is Phase.RUNNING for made in LARKFIELD.deployments)

    def test_governance_is_visible(self) -> None:
        assert {model.security_level for model in LARKFIELD.models} == set(Clearance)
        assert any(model.owner is None for model in LARKFIELD.models)
        assert all((model.owner or "@example.com").endswith("@example.com") for model in LARKFIELD.models)


class TestDeployments:
    def test_each_has_a_known_model_version_team_and_use_case(self) -> None:
        use_cases = {team.slug: team.use_cases for team in LARKFIELD.teams}
        for made in LARKFIELD.deployments:
            assert made.version in {version.label for version in MODELS[made.model].versions}
            assert made.use_case in use_cases[made.team]

    def test_every_model_and_use_case_is_used(self) -> None:
        assert {made.model for made in LARKFIELD.deployments} == set(MODELS)
        used = {made.use_case for made in LARKFIELD.deployments}
        assert used == {use_case for team in LARKFIELD.teams for use_case in team.use_cases}

    def test_names_are_unique_and_all_environments_are_there(self) -> None:
        assert len({made.name for made in LARKFIELD.deployments}) == len(LARKFIELD.deployments)
        assert {made.environment for made in LARKFIELD.deployments} == set(Environment)

    def test_one_failed_one_stopped_one_degraded(self) -> None:
        phases = [made.phase for made in LARKFIELD.deployments]
        assert (phases.count(Phase.FAILED), phases.count(Phase.STOPPED)) == (1, 1)
        conditions = [condition for made in LARKFIELD.deployments for condition in made.conditions]
        assert any(each.type == "Degraded" and each.status is ConditionStatus.TRUE for each in conditions)

    @pytest.mark.parametrize("made", LARKFIELD.deployments, ids=by_name)
    def test_spec_is_json_in_the_five_parts_of_the_api(self, made: Deployment) -> None:
        spec = json.loads(json.dumps(made.size.spec))
        assert list(spec) == ["runtime", "parameters", "networking", "monitoring", "security"]
        assert spec["runtime"]["replicas"] == made.size.replicas <= spec["runtime"]["scaling"]["maxReplicas"]

    @pytest.mark.parametrize("made", LARKFIELD.deployments, ids=by_name)
    def test_scalings_lead_to_the_present_replicas(self, made: Deployment) -> None:
        steps = [step for step in LARKFIELD.scalings if step.deployment == made.name]
        assert all(earlier.after == later.before and earlier.when < later.when for earlier, later in pairwise(steps))
        assert not steps or steps[-1].after == made.size.replicas
        assert all(made.loads[0].since <= step.when and step.when.days < LAST_OFFSET_DAYS for step in steps)

    def test_scalings_are_of_known_deployments(self) -> None:
        assert {step.deployment for step in LARKFIELD.scalings} <= {made.name for made in LARKFIELD.deployments}

    def test_loads_are_in_order_of_time(self) -> None:
        for made in LARKFIELD.deployments:
            assert all(earlier.since < later.since for earlier, later in pairwise(made.loads))


class TestExperiments:
    def test_one_runs_and_one_is_completed(self) -> None:
        running, completed = LARKFIELD.experiments
        assert (running.status, running.ended) == (ExperimentStatus.RUNNING, None)
        assert completed.status is ExperimentStatus.COMPLETED
        assert completed.ended

    @pytest.mark.parametrize("experiment", LARKFIELD.experiments, ids=by_name)
    def test_weights_are_exactly_100_and_one_variant_is_the_control(self, experiment: Experiment) -> None:
        assert sum(variant.weight for variant in experiment.variants) == Decimal(100)
        assert [variant.is_control for variant in experiment.variants].count(True) == 1
        assert experiment.starts < experiment.ends
        assert 0 < experiment.confidence_level < 1

    @pytest.mark.parametrize("experiment", LARKFIELD.experiments, ids=by_name)
    def test_variants_are_different_models_in_one_use_case(self, experiment: Experiment) -> None:
        arms = [LARKFIELD.deployment(variant.deployment) for variant in experiment.variants]
        assert len({arm.model for arm in arms}) == len(arms)
        assert len({arm.use_case for arm in arms}) == 1
        assert {arm.team for arm in arms} == {experiment.team}


def test_texts_are_short() -> None:
    assert max(map(len, texts(LARKFIELD))) <= 200
