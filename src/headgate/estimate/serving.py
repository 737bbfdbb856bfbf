"""What one replica of a model on some hardware can serve, and how fast.

The interface that the planner stands on. The method behind it is a roofline (documented in
docs/concepts/performance-model.md); a physical model may replace it behind these names.
"""

from typing import Literal

from msgspec import Struct

from headgate.estimate.accuracy import basis_of
from headgate.estimate.basis import Basis
from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.efficiency import efficiency
from headgate.estimate.memory import misfit, place
from headgate.estimate.placement import choose_deployment
from headgate.estimate.queueing import MOST_LOAD, busy_share, crowd
from headgate.estimate.replica import HALVINGS, Replica

__all__ = [
    "Capacity",
    "Deployment",
    "Lengths",
    "Speed",
    "Targets",
    "capacity",
    "choose_deployment",
    "speed",
]

MOST_UTILISATION = 0.95
"""Of the highest throughput: beyond it a queue of random arrivals does not come to rest."""
Z_95 = 1.645
"""Standard deviations to the 95th percentile of a normal distribution."""

Target = Literal["ttft", "tokens_per_s"]


class Targets(Struct, frozen=True, kw_only=True):
    """What the replica must keep to while it serves; `None` is no limit."""

    ttft_p95_s: float | None = None
    tokens_per_s: float | None = None
    """Of each answer."""


class Capacity(Struct, frozen=True, kw_only=True):
    """The most that a replica serves within its targets."""

    requests_per_s: float
    """0 when the targets cannot be met, or the model does not fit."""
    concurrency: int
    limited_by: Literal["memory", "ttft", "tokens_per_s", "compute", "nothing fits"]
    problem: str | None = None
    """A sentence when it is 0: what does not fit or cannot be met, with the figures."""
    basis: Basis


class Speed(Struct, frozen=True, kw_only=True):
    """How a replica answers at one rate of requests."""

    ttft_p50_s: float
    ttft_p95_s: float
    tpot_p50_s: float
    """Seconds per output token."""
    tpot_p95_s: float
    e2e_p50_s: float
    e2e_p95_s: float
    utilisation: float
    """Share of time in which the replica computes."""
    basis: Basis


def capacity(deployment: Deployment, lengths: Lengths, targets: Targets) -> Capacity:
    """The highest rate that a replica sustains within the targets."""
    basis = basis_of(deployment, "capacity")
    problem = misfit(deployment, lengths.context_tokens)
    if problem is not None:
        return _nothing("nothing fits", problem, basis)
    replica = Replica.of(deployment, lengths)
    alone = _broken(replica, targets, 0.0)
    if alone is not None:
        return _nothing(alone, _too_slow(deployment, replica, targets, alone), basis)
    ceiling = replica.batch(MOST_UTILISATION * replica.most_rate)
    batch, limit = _largest_batch(replica, targets, ceiling)
    return Capacity(
        requests_per_s=replica.rate(batch),
        concurrency=max(1, int(batch)),
        limited_by=limit or _ceiling_of(deployment, replica),
        basis=basis,
    )


def speed(deployment: Deployment, lengths: Lengths, requests_per_s: float) -> Speed:
    """Latencies of a replica at a rate; above its capacity they are those just below it.

    Raises:
        ValueError: the model does not fit.
    """
    problem = misfit(deployment, lengths.context_tokens)
    if problem is not None:
        raise ValueError(problem)
    replica = Replica.of(deployment, lengths)
    rate = min(requests_per_s, MOST_LOAD * replica.most_rate)
    batch = replica.batch(rate)
    busy = crowd(batch, Z_95, replica.places)
    ttft_p50_s = replica.ttft_s(batch, rate, 0.5)
    ttft_p95_s = replica.ttft_s(busy, rate, 0.95)
    tpot_p50_s, tpot_p95_s = replica.tpot_s(batch, rate), replica.tpot_s(busy, rate)
    following = max(0.0, lengths.output_tokens - 1)
    return Speed(
        ttft_p50_s=ttft_p50_s,
        ttft_p95_s=ttft_p95_s,
        tpot_p50_s=tpot_p50_s,
        tpot_p95_s=tpot_p95_s,
        e2e_p50_s=ttft_p50_s + following * tpot_p50_s,
        e2e_p95_s=ttft_p95_s + following * tpot_p95_s,
        utilisation=busy_share(batch, replica.places),
        basis=basis_of(deployment, "speed"),
    )


def _broken(replica: Replica, targets: Targets, batch: float) -> Target | None:
    """The first target that is missed with so many in work."""
    rate = replica.rate(batch)
    busy = crowd(batch, Z_95, replica.places)
    if targets.tokens_per_s and replica.tpot_s(busy, rate) * targets.tokens_per_s > 1:
        return "tokens_per_s"
    if targets.ttft_p95_s is None or replica.ttft_s(busy, rate, 0.95) <= targets.ttft_p95_s:
        return None
    return "ttft"


def _largest_batch(
    replica: Replica, targets: Targets, ceiling: float
) -> tuple[float, Target | None]:
    """The most in work within the targets, and the target that more would miss."""
    limit = _broken(replica, targets, ceiling)
    if limit is None:
        return ceiling, None
    low, high = 0.0, ceiling
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        broken = _broken(replica, targets, middle)
        if broken is None:
            low = middle
        else:
            high, limit = middle, broken
    return low, limit


def _ceiling_of(deployment: Deployment, replica: Replica) -> Literal["memory", "compute"]:
    full = replica.places == efficiency(deployment.hardware).most_sequences
    return "compute" if full else "memory"


def _too_slow(
    deployment: Deployment,
    replica: Replica,
    targets: Targets,
    broken: Target,
) -> str:
    alone = f"`{deployment.model.name}` on {place(deployment)}, even with one request at a time,"
    if broken == "tokens_per_s":
        rate = 1 / replica.tpot_s(1, 0)
        return f"{alone} writes {rate:,.1f} tokens/s, wanted: {targets.tokens_per_s:g}"
    return f"{alone} starts after {replica.ttft_alone_s(1):,.2f} s, wanted: {targets.ttft_p95_s:g}"


def _nothing(limit: Target | Literal["nothing fits"], problem: str, basis: Basis) -> Capacity:
    return Capacity(
        requests_per_s=0.0, concurrency=0, limited_by=limit, problem=problem, basis=basis
    )
