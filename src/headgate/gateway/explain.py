"""Why a recorded request went where it went: the decision is made again and compared."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from headgate.core.errors import OperatorError
from headgate.core.usage import Money, Usage
from headgate.estimate.cost import expected_usd
from headgate.ledger.entry import Role
from headgate.ledger.queries import Inputs, RecordedAttempt, RecordedDecision, find, inputs
from headgate.ledger.schema import PICO_PER_USD, from_pico_usd
from headgate.ledger.store import LedgerStore
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, Decision, RequestFacts, Rule
from headgate.policy.outlook import Outlook, outlooks, total_ms
from headgate.policy.registry import version_of
from headgate.policy.words import in_words


class WouldCost(Struct, frozen=True, kw_only=True):
    """What the same answer would have cost elsewhere."""

    target: str
    model: str
    usd: Money | None
    """By the candidate's base prices as recorded, without cache discounts; `None` is unknown."""
    difference_usd: Money | None
    """More than was paid (less, where negative); `None` where either is unknown."""
    expected_ms: float | None = None
    """To the end of the same answer, by the speed and the wait of that moment."""


class RoleTotal(Struct, frozen=True, kw_only=True):
    """What attempts for one purpose came to."""

    role: Role
    attempts: int
    answered: int
    known_cost_usd: Money
    unknown_costs: int


class Actual(Struct, frozen=True, kw_only=True):
    """What the answer cost and how long it took, beside what was expected of its target."""

    target: str
    expected: Outlook | None
    """`None` where the target was no candidate, as it may be in a cascade."""
    usd: Money | None
    """Of the attempt that served; all others are in `beside_usd`."""
    ttft_ms: float | None
    """From when the request came."""
    total_ms: float
    input_tokens: int | None
    output_tokens: int | None


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
    words: tuple[str, ...] = ()
    """What beside the rules made the decision: gain, conditions, budget, patience."""
    outlook: tuple[Outlook, ...] = ()
    """What was expected of every candidate, in the order of the decision."""
    actual: Actual | None = None
    """`None` when nothing served."""
    by_role: tuple[RoleTotal, ...] = ()
    beside_usd: Money = Decimal(0)
    """Known cost of everything but the attempt that served: what care and failures cost."""
    beside_unknown: int = 0
    """Of those attempts, the ones whose cost is not in that sum."""


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
    served = _served(recorded)
    usage = None if served is None else served.usage
    paid = None if served is None else served.cost_usd
    by_name = {candidate.name: candidate for candidate in candidates}
    others = [by_name[n] for n in recorded.ranked if n != recorded.served_by and n in by_name]
    alternatives = tuple(_would_cost(candidate, usage, paid) for candidate in others)
    expected = outlooks(facts, decision)
    beside = [each for each in recorded.attempts if each is not served]
    known = [each.cost_usd for each in beside if each.cost_usd is not None]
    return Explanation(
        recorded=recorded,
        facts=facts,
        decision=decision,
        matches=matches,
        note=_note(matches, is_same_version=recorded.rules_version == version_of(rules)),
        answer_usage=usage,
        alternatives=alternatives,
        next_best=next(iter(alternatives), None),
        words=in_words(facts),
        outlook=expected,
        actual=None if served is None else _actual(recorded, served, expected),
        by_role=_by_role(recorded.attempts),
        beside_usd=sum(known, Decimal(0)),
        beside_unknown=len(beside) - len(known),
    )


def _served(recorded: RecordedDecision) -> RecordedAttempt | None:
    """The attempt that the client has its answer from; others at the same target may follow."""
    at_target = [each for each in recorded.attempts if each.target == recorded.served_by]
    last_first = sorted(at_target, key=_likelihood, reverse=True)
    return next(iter(last_first), None)


def _likelihood(attempt: RecordedAttempt) -> tuple[bool, bool, int]:
    is_copy = attempt.role in {"judge", "mirror"}
    return not is_copy, attempt.outcome == "answered", attempt.number


def _actual(
    recorded: RecordedDecision, served: RecordedAttempt, expected: Sequence[Outlook]
) -> Actual:
    before_ms = max(served.started_at - recorded.at, 0.0) * 1000
    usage = served.usage
    return Actual(
        target=served.target,
        expected=next((each for each in expected if each.target == served.target), None),
        usd=served.cost_usd,
        ttft_ms=None if served.ttft_ms is None else before_ms + served.ttft_ms,
        total_ms=recorded.duration_ms,
        input_tokens=None if usage is None else usage.input_tokens,
        output_tokens=None if usage is None else usage.output_tokens,
    )


def _by_role(attempts: Sequence[RecordedAttempt]) -> tuple[RoleTotal, ...]:
    """In the order in which roles first came up."""
    roles = dict.fromkeys(each.role for each in attempts)
    return tuple(_role_total(role, [a for a in attempts if a.role == role]) for role in roles)


def _role_total(role: Role, attempts: Sequence[RecordedAttempt]) -> RoleTotal:
    known = [each.cost_usd for each in attempts if each.cost_usd is not None]
    return RoleTotal(
        role=role,
        attempts=len(attempts),
        answered=sum(each.outcome == "answered" for each in attempts),
        known_cost_usd=sum(known, Decimal(0)),
        unknown_costs=len(attempts) - len(known),
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
        expected_ms=None if usage is None else total_ms(candidate, usage.output_tokens),
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
