"""How unevenly requests arrive, from counts in buckets of time.

Hardware is sized for the busy buckets. A bucket must be short enough to show a rush and
long enough that chance does not look like one: of 20 requests in a bucket a fifth more or
less is chance. So buckets are minutes for up to two days and hours beyond, and wider where
few requests come. Bursts inside a bucket are the simulation's business, not the curve's.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil

from headgate.estimate.traffic import LoadStep

BUCKETS_S = (60, 300, 900, 3600)
MINUTES_UP_TO_S = 2 * 86_400
EXPECTED_REQUESTS = 20
"""A bucket is widened until it holds this many in the mean."""
MOST_STEPS = 24
BUSIEST_SHARE = 0.01
"""Of the buckets; a step of their own."""
STEADY = (LoadStep(share=1.0, load=1.0),)
"""Where nothing is known."""


def bucket_s(requests: int, span_s: float) -> int:
    """How long the buckets of a log should be, in seconds."""
    allowed = BUCKETS_S if span_s < MINUTES_UP_TO_S else BUCKETS_S[-1:]
    enough = (width for width in allowed if requests * width >= EXPECTED_REQUESTS * span_s)
    return next(enough, allowed[-1])


def load_curve(counts: Mapping[int, int], *, width_s: float, span_s: float) -> tuple[LoadStep, ...]:
    """The curve of requests counted by bucket since the first of them, busiest first.

    Buckets that are not in `counts` were idle. The last bucket ends with the span; one
    that would be shorter than half a bucket belongs to the one before it.
    """
    buckets = max(1, round(span_s / width_s))
    if buckets == 1 or not counts:
        return STEADY
    requests = [0] * buckets
    for number, count in counts.items():
        requests[min(number, buckets - 1)] += count
    durations = [width_s] * (buckets - 1) + [span_s - width_s * (buckets - 1)]
    pairs = list(zip(requests, durations, strict=True))
    pairs.sort(key=lambda pair: pair[0] / pair[1], reverse=True)
    return _steps(pairs, sum(requests), span_s)


def _steps(
    pairs: Sequence[tuple[int, float]], requests: int, span_s: float
) -> tuple[LoadStep, ...]:
    steps = []
    for begin, end in _groups(len(pairs)):
        group = pairs[begin:end]
        share = sum(duration for _, duration in group) / span_s
        load = sum(count for count, _ in group) / requests / share
        steps.append(LoadStep(share=share, load=load))
    return tuple(steps)


def _groups(buckets: int) -> list[tuple[int, int]]:
    if buckets <= MOST_STEPS:
        return [(place, place + 1) for place in range(buckets)]
    busiest = ceil(buckets * BUSIEST_SHARE)
    rest, groups = buckets - busiest, MOST_STEPS - 1
    ends = [busiest + rest * group // groups for group in range(groups + 1)]
    return [(0, busiest), *pairwise(ends)]
