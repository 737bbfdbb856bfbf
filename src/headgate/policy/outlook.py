"""What was to be expected of each candidate when a decision was made."""

from collections.abc import Iterable

from msgspec import Struct

from headgate.estimate.cost import expected_usd
from headgate.policy.decision import Candidate, Decision, RequestFacts


class Outlook(Struct, frozen=True, kw_only=True):
    """Cost and time of one candidate, as far as they were known; `None` is unknown."""

    target: str
    usd: float | None
    """By estimated tokens and base prices, without cache discounts."""
    wait_ms: float | None
    """Until a slot is free and the model is loaded."""
    ttft_ms: float | None
    """With the wait; on average, as measured then."""
    p95_ttft_ms: float | None
    """Of prompts about as long, with the wait."""
    total_ms: float | None
    """To the end of the answer."""


def outlook(facts: RequestFacts, candidate: Candidate) -> Outlook:
    """For the request that `facts` tell of."""
    output_tokens = facts.expected_output_tokens * facts.choices
    wait_ms = _wait_ms(candidate)
    ttft_ms, p95_ms = candidate.ttft_ms, candidate.p95_ttft_ms
    return Outlook(
        target=candidate.name,
        usd=expected_usd(
            candidate.usd_per_input_mtok,
            candidate.usd_per_output_mtok,
            input_tokens=facts.input_tokens,
            output_tokens=output_tokens,
        ),
        wait_ms=wait_ms,
        ttft_ms=_sum(wait_ms, ttft_ms),
        p95_ttft_ms=_sum(wait_ms, p95_ms),
        total_ms=total_ms(candidate, facts.expected_output_tokens),
    )


def outlooks(facts: RequestFacts, decision: Decision) -> tuple[Outlook, ...]:
    """Of every candidate, best first, then those refused."""
    items: Iterable[Candidate] = (item.candidate for item in (*decision.ranked, *decision.refused))
    return tuple(outlook(facts, candidate) for candidate in items)


def total_ms(candidate: Candidate, output_tokens: int) -> float | None:
    """From the request to the end of an answer of so many tokens."""
    start_ms = _sum(_wait_ms(candidate), candidate.ttft_ms)
    if start_ms is None or not candidate.output_tokens_per_s:
        return None
    return start_ms + output_tokens * 1000 / candidate.output_tokens_per_s


def _wait_ms(candidate: Candidate) -> float | None:
    slots = candidate.max_concurrency
    if slots is not None and candidate.in_flight >= slots:
        return _sum(candidate.wait_ms, candidate.load_ms or 0.0)
    return (candidate.wait_ms or 0.0) + (candidate.load_ms or 0.0)


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
