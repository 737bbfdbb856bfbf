"""What becomes of one past request when other targets are asked, or the same in another order."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from headgate.core.usage import Money, Usage
from headgate.estimate.cost import Pricing, price_attempt
from headgate.planner.replay.past import Past, Tried
from headgate.planner.replay.policy import Seat
from headgate.planner.replay.speeds import Random, Speeds, Took

ZERO = Decimal(0)


class Course(Struct, frozen=True, gc=False, kw_only=True):
    """What became of one request."""

    served_by: str | None
    is_local: bool = False
    known_usd: Money = ZERO
    unknown_costs: int = 0
    ttft_ms: float | None = None
    total_ms: float | None = None
    occupied: tuple[tuple[str, float], ...] = ()
    """Targets that were kept busy, with the seconds each was."""


def as_recorded(past: Past) -> Course:
    """What the ledger says."""
    answer = _answer(past)
    attempts = past.attempts
    known_usd, unknown = _sum([each.usd for each in attempts])
    return Course(
        served_by=past.served_by,
        is_local=answer is not None and answer.is_local,
        known_usd=known_usd,
        unknown_costs=unknown,
        ttft_ms=None if answer is None else _seen_ttft_ms(past, answer),
        total_ms=past.duration_ms if answer is not None else None,
        occupied=tuple([(each.target, each.duration_ms / 1000) for each in attempts]),
    )


def same_course(past: Past, recorded: Course, seats: Mapping[str, Seat]) -> Course:
    """The same attempts again, at the prices of the policy."""
    known_usd, unknown = _sum(
        [
            _attempt_usd(seats[each.target].pricing, each) if each.target in seats else each.usd
            for each in past.attempts
        ]
    )
    return Course(
        served_by=recorded.served_by,
        is_local=recorded.is_local,
        known_usd=known_usd,
        unknown_costs=unknown,
        ttft_ms=recorded.ttft_ms,
        total_ms=recorded.total_ms,
        occupied=recorded.occupied,
    )


def _sum(costs: Sequence[Money | None]) -> tuple[Money, int]:
    """Of what is known, and how many are not."""
    if len(costs) == 1:
        return (ZERO, 1) if costs[0] is None else (costs[0], 0)
    known = [usd for usd in costs if usd is not None]
    return sum(known, ZERO), len(costs) - len(known)


def other_course(
    past: Past, ranked: Mapping[str, tuple[Seat, bool, str]], speeds: Speeds, random: Random
) -> Course:
    """The first target of `ranked` that did not fail the request then; its answer is as long.

    `ranked` gives the seat, whether it is local, and the model it is asked for.
    """
    failed = {each.target for each in past.attempts if each.has_failed}
    served = next((name for name in ranked if name not in failed), None)
    if served is None:
        return Course(served_by=None, unknown_costs=len(ranked))
    seat, is_local, model = ranked[served]
    answer = _answer(past)
    took: Took | None
    if answer is not None and (answer.target, answer.model) == (served, model):
        usd, took = _attempt_usd(seat.pricing, answer), _took(answer)
    elif past.usage is None:
        return Course(served_by=served, is_local=is_local, unknown_costs=1)
    else:
        took = _drawn(past.usage, speeds, served, random)
        usd = _moved_usd(seat.pricing, past, model, took)
    return Course(
        served_by=served,
        is_local=is_local,
        known_usd=ZERO if usd is None else usd,
        unknown_costs=1 if usd is None else 0,
        ttft_ms=None if took is None or took.ttft_s is None else took.ttft_s * 1000,
        total_ms=None if took is None else took.total_s * 1000,
        occupied=() if took is None else ((served, took.total_s),),
    )


def _answer(past: Past) -> Tried | None:
    for each in past.attempts:
        if each.is_answer:
            return each
    return None


def _seen_ttft_ms(past: Past, answer: Tried) -> float | None:
    """From when the request came, whatever was tried before."""
    if answer.ttft_ms is None:
        return None
    return max(answer.started_at - past.at, 0.0) * 1000 + answer.ttft_ms


def _took(answer: Tried) -> Took:
    ttft_s = None if answer.ttft_ms is None else answer.ttft_ms / 1000
    return Took(ttft_s, answer.duration_ms / 1000)


def _drawn(usage: Usage, speeds: Speeds, target: str, random: Random) -> Took | None:
    speed = speeds.get(target)
    if speed is None:
        return None
    return speed.take(usage.input_tokens, usage.output_tokens, random)


def _attempt_usd(pricing: Pricing, tried: Tried) -> Money | None:
    return price_attempt(
        replace(pricing, is_batch=True) if tried.role == "batch" else pricing,
        tried.usage,
        model=tried.model,
        response_model=tried.response_model,
        duration_s=tried.duration_ms / 1000,
        at=datetime.fromtimestamp(tried.started_at, UTC),
    ).usd


def _moved_usd(pricing: Pricing, past: Past, model: str, took: Took | None) -> Money | None:
    """Elsewhere nothing is cached, and nobody has said what it charges."""
    assert past.usage is not None
    if pricing.usd_per_busy_hour is not None and took is None:
        return None
    plain = Usage(
        input_tokens=past.usage.input_tokens,
        output_tokens=past.usage.output_tokens,
        search_units=past.usage.search_units,
    )
    return price_attempt(
        pricing,
        plain,
        model=model,
        response_model=None,
        duration_s=0.0 if took is None else took.total_s,
        at=datetime.fromtimestamp(past.at if past.priced_at is None else past.priced_at, UTC),
    ).usd
