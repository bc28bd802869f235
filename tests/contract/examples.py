"""For every mutation an input that is taken and what must be there for it, and an input that is refused.

A mutation without an example fails the tests that walk the schema: add its function to `EXAMPLES`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.experiments.tables import Experiment
from app.kit.db import Base
from app.kit.ids import new_id
from tests.kit.rows import experiment, gid, model, provider, variant, version


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """How one mutation is used. `refused` are the fields that make the same input one that is refused."""

    rows: Sequence[Base]
    input: dict[str, Any]
    refused: dict[str, Any]


def transition_model() -> Example:
    """An active model goes into maintenance; it cannot be retired at once."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "to": "MAINTENANCE", "reason": "Its keys are rotated."},
        refused={"to": "RETIRED"},
    )


def set_model_price() -> Example:
    """A model gets a price; it cannot get one for what nobody charges for."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "prices": [{"tokenClass": "INPUT", "usdPerMillion": "1.5"}], "reason": "Agreed."},
        refused={"prices": [{"tokenClass": "SMILES", "usdPerMillion": "1.5"}]},
    )


def register_model() -> Example:
    """A model of a provider that is named with it; its slug must have two parts."""
    slug = f"acme-{new_id().hex}"
    return Example(
        rows=[],
        input={
            "slug": f"{slug}/one",
            "name": "One",
            "modelType": "TEXT",
            "provider": {"slug": slug, "name": "Acme"},
            "baselineMetrics": {"costPer1kTokens": "0.25"},
        },
        refused={"slug": slug},
    )


def update_model() -> Example:
    """A model gets an owner; it cannot lose its name."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "owner": "ml-platform", "lastValidatedAt": "2026-11-01T00:00:00Z"},
        refused={"name": None},
    )


def archive_model() -> Example:
    """A retired model leaves the lists."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one", status="RETIRED")
    return Example(rows=[acme, one], input={"modelId": gid(one)}, refused={"reason": " "})


def tag_model() -> Example:
    """A model gets a tag; a blank is none."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(rows=[acme, one], input={"modelId": gid(one), "tags": ["chat"]}, refused={"tags": [" "]})


def untag_model() -> Example:
    """A model loses a tag; a blank is none."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one", tags=["chat"])
    return Example(rows=[acme, one], input={"modelId": gid(one), "tags": ["chat"]}, refused={"tags": [" "]})


def register_model_version() -> Example:
    """A model gets a version; its label cannot be blank."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one],
        input={"modelId": gid(one), "label": "v2", "configuration": {"quantization": "int8"}},
        refused={"label": " "},
    )


def update_model_version() -> Example:
    """A version on trial is described; it cannot lose its label."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    trial = version(one, "v1", status="EXPERIMENTAL")
    return Example(
        rows=[acme, one, trial],
        input={"modelVersionId": gid(trial), "description": "Quantized."},
        refused={"label": None},
    )


def transition_model_version() -> Example:
    """A version on trial becomes active; it cannot go into maintenance at once."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    trial = version(one, "v1", status="EXPERIMENTAL")
    return Example(
        rows=[acme, one, trial],
        input={"modelVersionId": gid(trial), "to": "ACTIVE"},
        refused={"to": "MAINTENANCE"},
    )


def move_model_alias() -> Example:
    """A new alias; it cannot be called so."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    first = version(one, "v1")
    return Example(
        rows=[acme, one, first],
        input={"modelId": gid(one), "alias": "production", "modelVersionId": gid(first)},
        refused={"alias": "Production!"},
    )


def rate_model() -> Example:
    """A model is rated; six is too much."""
    acme = provider(f"acme-{new_id().hex}")
    one = model(acme, "one")
    return Example(
        rows=[acme, one], input={"modelId": gid(one), "rating": 4, "comment": "Fast."}, refused={"rating": 6}
    )


def create_experiment() -> Example:
    """Two models are compared for a week; weights that do not sum to 100 are refused."""
    acme = provider(f"acme-{new_id().hex}")
    one, two = model(acme, "one"), model(acme, "two")
    start = datetime.now(UTC) + timedelta(days=1)
    arms = [
        {"name": "a", "modelId": gid(one), "weight": "50", "isControl": True},
        {"name": "b", "modelId": gid(two), "weight": "50"},
    ]
    return Example(
        rows=[acme, one, two],
        input={
            "name": "One or two",
            "variants": arms,
            "duration": {"startsAt": start.isoformat(), "endsAt": (start + timedelta(days=7)).isoformat()},
            "metrics": {"primary": "user_rating"},
        },
        refused={"variants": [{**arms[0], "weight": "49.99"}, arms[1]]},
    )


def _drafted() -> tuple[Experiment, Sequence[Base]]:
    acme = provider(f"acme-{new_id().hex}")
    one, two = model(acme, "one"), model(acme, "two")
    start = datetime.now(UTC) + timedelta(days=1)
    trial = experiment(
        "trial", status="DRAFT", confidence_level=Decimal("0.95"), starts_at=start, ends_at=start + timedelta(days=7)
    )
    return trial, [
        acme,
        one,
        two,
        trial,
        variant(trial, one, "a", is_control=True),
        variant(trial, two, "b", position=1),
    ]


def update_experiment() -> Example:
    """A draft gets another name; a blank one is refused."""
    trial, rows = _drafted()
    return Example(rows=rows, input={"experimentId": gid(trial), "name": "Another"}, refused={"name": " "})


def archive_experiment() -> Example:
    """A draft is taken out of the lists; what it was like at another revision is not."""
    trial, rows = _drafted()
    return Example(rows=rows, input={"experimentId": gid(trial), "reason": "Dropped."}, refused={"expectedRevision": 7})


EXAMPLES: dict[str, Callable[[], Example]] = {
    "setModelPrice": set_model_price,
    "transitionModel": transition_model,
    "registerModel": register_model,
    "updateModel": update_model,
    "archiveModel": archive_model,
    "tagModel": tag_model,
    "untagModel": untag_model,
    "registerModelVersion": register_model_version,
    "updateModelVersion": update_model_version,
    "transitionModelVersion": transition_model_version,
    "moveModelAlias": move_model_alias,
    "rateModel": rate_model,
    "createExperiment": create_experiment,
    "updateExperiment": update_experiment,
    "archiveExperiment": archive_experiment,
}
"""By the name of the mutation; each call gives an example with rows of its own."""
