"""Whether a model will do for a use case, as far as the catalog can tell. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.catalog.rules import is_deployable
from app.deployments.vocabulary import Environment
from app.kit.errors import HubError, Invalid
from app.metrics.validating.vocabulary import Check, CheckOutcome

MAX_USE_CASE, MAX_WORDS, MAX_WORD, MAX_CONTEXT = 200, 20, 100, 1_000_000_000
_P, _F, _U = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCase:
    """What a use case needs of a model; None and nothing are no need."""

    model_id: UUID
    name: str
    environment: Environment
    capabilities: Sequence[str] = ()
    compliance: Sequence[str] = ()
    context_tokens: int | None = None
    most_per_1k: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a check, and why, in a sentence for people."""

    check: Check
    outcome: CheckOutcome
    reason: str


def faults_of(wanted: UseCase) -> list[HubError]:
    """Everything that is wrong with what is asked."""
    return [*_faults(wanted)]


def _faults(wanted: UseCase) -> Iterator[HubError]:
    if not 1 <= len(wanted.name.strip()) <= MAX_USE_CASE:
        yield Invalid(f"This must have 1 to {MAX_USE_CASE} characters.", "useCase")
    for name, words in (("capabilities", wanted.capabilities), ("compliance", wanted.compliance)):
        if len(words) > MAX_WORDS:
            yield Invalid(f"There may be {MAX_WORDS} at most.", name)
        for place, word in enumerate(words):
            if not 1 <= len(word.strip()) <= MAX_WORD:
                yield Invalid(f"This must have 1 to {MAX_WORD} characters.", name, place)
    if wanted.context_tokens is not None and not 1 <= wanted.context_tokens <= MAX_CONTEXT:
        yield Invalid(f"This must be 1 to {MAX_CONTEXT:,}.", "contextTokens")
    if wanted.most_per_1k is not None and not 0 <= wanted.most_per_1k <= MAX_CONTEXT:
        yield Invalid(f"This must be 0 to {MAX_CONTEXT:,}.", "maxCostPer1kTokens")


def findings(model: Mapping[str, Any], wanted: UseCase, today: date) -> list[Finding]:
    """What the catalog says; needs that nobody has are not checked, but for the status."""
    found = [_status(model, wanted, today)]
    if wanted.capabilities:
        found.append(_words(Check.CAPABILITIES, wanted.capabilities, model["capabilities"]))
    if wanted.context_tokens is not None:
        found.append(_context(wanted.context_tokens, model["context_window"]))
    if wanted.most_per_1k is not None:
        found.append(_price(wanted.most_per_1k, model["baseline_cost_per_1k_tokens"]))
    if wanted.compliance:
        found.append(_words(Check.COMPLIANCE, wanted.compliance, model["compliance"]))
    return found


def is_valid(found: Sequence[Finding]) -> bool:
    """Whether nothing speaks against it: what nobody knows does not."""
    return all(finding.outcome is not _F for finding in found)


def _status(model: Mapping[str, Any], wanted: UseCase, today: date) -> Finding:
    status, ends = model["status"], model["retires_on"]
    if model["archived_at"] is not None:
        return Finding(Check.STATUS, _F, "It is archived.")
    if ends is not None and ends < today:
        return Finding(Check.STATUS, _F, f"It was to be used until {ends}.")
    is_open = is_deployable(status, to_production=wanted.environment is Environment.PRODUCTION)
    where = f"in {wanted.environment.lower()}"
    told = f"It is {status}: it {'may' if is_open else 'must not'} be deployed anew {where}."
    return Finding(Check.STATUS, _P if is_open else _F, told)


def _words(check: Check, wanted: Sequence[str], known: Sequence[str]) -> Finding:
    """Every word that is wanted must be there, whatever its case."""
    if not known:
        return Finding(check, _U, "Nobody has said.")
    has = {word.casefold() for word in known}
    missing = [word for word in wanted if word.strip().casefold() not in has]
    told = f"It lacks {', '.join(missing)}." if missing else "It has all of them."
    return Finding(check, _F if missing else _P, told)


def _context(wanted: int, window: int | None) -> Finding:
    if window is None:
        return Finding(Check.CONTEXT, _U, "Nobody has said how much it takes.")
    return Finding(Check.CONTEXT, _P if wanted <= window else _F, f"It takes {window:,} tokens.")


def _price(most: Decimal, price: Decimal | None) -> Finding:
    if price is None:
        return Finding(Check.PRICE, _U, "Its price is unknown.")
    return Finding(Check.PRICE, _P if price <= most else _F, f"1,000 tokens cost {price.normalize():f} US dollars.")


PROBED: Final = "Are you there? Answer in one word."
"""What a deployment is asked."""
