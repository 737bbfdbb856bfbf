"""The most that a request may cost at a target, and what it has cost: what budgets count."""

from datetime import UTC, datetime
from functools import lru_cache

from msgspec.structs import replace

from headgate.core.inbound import Operation
from headgate.core.usage import Usage
from headgate.estimate.cost import price_attempt
from headgate.gateway.target import Target
from headgate.ledger.entry import AttemptEntry, Outcome, Pricing
from headgate.ledger.rows import cost_of
from headgate.ledger.schema import to_pico_usd
from headgate.policy.decision import RequestFacts
from headgate.policy.known import known_of

UNBOUNDED_OUTPUT_TOKENS = 16_384
"""Of an answer that neither the client, nor the configuration, nor the catalogue bounds."""
INPUT_MARGIN = 1.25
"""Our estimate of dense text is a sixth too low (see `estimate.tokens`)."""
INPUT_TOKENS_PER_SEARCH_UNIT = 1000
"""A unit is up to 100 documents; shorter ones than ten tokens are rare."""
COSTS_NOTHING: frozenset[Outcome] = frozenset({"unavailable", "rejected", "engine"})
"""Nobody charges for a request that was not taken, or answered with an error."""
MTOK = 1_000_000
_PLAIN, _SEARCH, _CACHED, _HEARD = "plain", "search", "cached", "heard"
_WAYS: dict[Operation, tuple[str, ...]] = {"rerank": (_SEARCH, _PLAIN)}


def most_pico(target: Target, model: str, facts: RequestFacts, at: float) -> int | None:
    """Pico-dollars; `None` where no price is known.

    Beyond the tokens, what a provider does for an answer and charges apart (searches of the
    web) is not foreseen: it is counted once it is known.
    """
    if facts.operation == "count_tokens":
        return 0
    moment = datetime.fromtimestamp(at, UTC)
    limit_s = target.timeouts.total_s or 0.0
    read = int(facts.input_tokens * INPUT_MARGIN) + 1
    written = _most_output_tokens(target, model, facts) * facts.choices
    way = _dearest(target.pricing, model, facts.operation, "audio" in facts.needs, moment.date())
    if way is None:
        return None
    cost = price_attempt(
        target.pricing,
        _used(way, read, written),
        model=model,
        response_model=None,
        duration_s=limit_s,
        at=moment,
    )
    return None if cost.usd is None else to_pico_usd(cost.usd)


def spent_pico(entry: AttemptEntry, reserved: int) -> int:
    """Pico-dollars of a finished attempt; all that was reserved where nobody knows."""
    if entry.usage is None:
        return 0 if entry.outcome in COSTS_NOTHING else reserved
    cost = cost_of(entry)
    return reserved if cost.usd is None else to_pico_usd(cost.usd)


def _most_output_tokens(target: Target, model: str, facts: RequestFacts) -> int:
    if facts.operation not in {"chat", "completion"}:
        return 0
    known = known_of(target.catalog, model, target.has)
    of_model = target.max_output_tokens or (known.max_output_tokens if known else None)
    bounds = [bound for bound in (facts.max_output_tokens, of_model) if bound is not None]
    return min(bounds, default=UNBOUNDED_OUTPUT_TOKENS)


@lru_cache(maxsize=1024)
def _dearest(
    pricing: Pricing, model: str, operation: Operation, is_heard: bool, day: object
) -> str | None:
    """The dearest way in which such a request may be charged, of those with a price."""
    ways = _WAYS.get(operation, (_PLAIN, _CACHED, _HEARD) if is_heard else (_PLAIN, _CACHED))
    at = datetime.combine(day, datetime.min.time(), UTC)  # type: ignore[arg-type]
    written = MTOK if operation in {"chat", "completion"} else 0
    costs = {}
    for way in ways:
        # Of the length of a usual request: longer ones may have rates of their own.
        usage = _used(way, MTOK // 1000, written // 1000)
        found = price_attempt(
            pricing, usage, model=model, response_model=None, duration_s=1.0, at=at
        )
        if found.usd is not None:
            costs[way] = found.usd
    return max(costs, key=lambda way: costs[way], default=None)


def _used(way: str, read: int, written: int) -> Usage:
    usage = Usage(input_tokens=read, output_tokens=written)
    if way == _CACHED:
        return replace(usage, cache_write_tokens=read)
    if way == _HEARD:
        return replace(usage, audio_input_tokens=read, audio_output_tokens=written)
    if way == _SEARCH:
        return Usage(search_units=1 + read // INPUT_TOKENS_PER_SEARCH_UNIT)
    return usage
