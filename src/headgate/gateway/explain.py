"""Why a recorded request went where it went: the decision is made again and compared."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from headgate.core.errors import OperatorError
from headgate.core.usage import Money, Usage
from headgate.estimate.cost import expected_usd
from headgate.ledger.queries import Inputs, RecordedDecision, find, inputs
from headgate.ledger.schema import PICO_PER_USD, from_pico_usd
from headgate.ledger.store import LedgerStore
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, Decision, RequestFacts, Rule
from headgate.policy.registry import version_of


class WouldCost(Struct, frozen=True, kw_only=True):
    """What the same answer would have cost elsewhere."""

    target: str
    model: str
    usd: Money | None
    """By the candidate's base prices as recorded, without cache discounts; `None` is unknown."""
    difference_usd: Money | None
    """More than was paid (less, where negative); `None` where either is unknown."""


class Explanation(Struct, frozen=True, kw_only=True):
    """Everything known about one decision."""

    recorded: RecordedDecision
    facts: RequestFacts
    decision: Decision
    """Made again, from what was recorded, by today's rules."""
    matches: bool
    """Whether it ranks the same targets in the same order as then."""
    note: str | None
    """What to make of it when it was, or could have been, different."""
    answer_usage: Usage | None
    """Of the attempt that served; what the alternatives are priced for."""
    alternatives: tuple[WouldCost, ...]
    """The other targets that were allowed, best first."""
    next_best: WouldCost | None
    """Where it would have gone without the target that served it."""


def explain(store: LedgerStore, decision_id: str, rules: Mapping[str, Rule]) -> Explanation:
    """Read one decision (the beginning of its id is enough) and make it again with `rules`.

    Raises:
        DecisionNotFound: The ledger has no such decision, or more than one.
        OperatorError: The decision is of a form we cannot read.
    """
    recorded = find(store, decision_id)
    facts, candidates = _decoded(recorded.id, inputs(store, recorded.id))
    decision = decide(facts, candidates, rules)
    matches = tuple(decision.order) == recorded.ranked
    served = next((a for a in reversed(recorded.attempts) if a.target == recorded.served_by), None)
    usage = None if served is None else served.usage
    paid = None if served is None else served.cost_usd
    by_name = {candidate.name: candidate for candidate in candidates}
    others = [by_name[n] for n in recorded.ranked if n != recorded.served_by and n in by_name]
    alternatives = tuple(_would_cost(candidate, usage, paid) for candidate in others)
    return Explanation(
        recorded=recorded,
        facts=facts,
        decision=decision,
        matches=matches,
        note=_note(matches, is_same_version=recorded.rules_version == version_of(rules)),
        answer_usage=usage,
        alternatives=alternatives,
        next_best=next(iter(alternatives), None),
    )


def _decoded(decision_id: str, stored: Inputs) -> tuple[RequestFacts, Sequence[Candidate]]:
    try:
        facts = msgspec.json.decode(stored.facts, type=RequestFacts)
        candidates = msgspec.json.decode(stored.candidates, type=tuple[Candidate, ...])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OperatorError(
            f"decision `{decision_id}` cannot be made again: {error}",
            hint="another version of Headgate recorded it; that one can explain it",
        ) from error
    return facts, candidates


def _note(matches: bool, *, is_same_version: bool) -> str | None:
    if matches:
        return None if is_same_version else "other rules made it, and decided the same"
    if is_same_version:
        return "the same rules decide differently now: this is a bug, or the ledger was changed"
    return "the rules have changed since, and would decide differently now"


def _would_cost(candidate: Candidate, usage: Usage | None, paid: Money | None) -> WouldCost:
    usd = None if usage is None else _usd(candidate, usage)
    return WouldCost(
        target=candidate.name,
        model=candidate.model,
        usd=usd,
        difference_usd=None if usd is None or paid is None else usd - paid,
    )


def _usd(candidate: Candidate, usage: Usage) -> Money | None:
    usd = expected_usd(
        candidate.usd_per_input_mtok,
        candidate.usd_per_output_mtok,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
    )
    # As exact as the ledger is; candidates carry their prices as floats.
    return None if usd is None else from_pico_usd(round(usd * PICO_PER_USD))
