"""Quality and cost as more and more prompts go to the strong model.

APGR and CPT as RouteLLM defines them (arXiv:2406.18665): the share of the gap between the weak
and the strong model that is recovered, on average over all strong shares, and the strong share
that recovers a given part of it. A cascade may begin above the weak model, by serving the
better of several cheap answers; it is measured from the weak model all the same.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from msgspec import Struct


class Outcome(Struct, frozen=True, kw_only=True):
    """One prompt, both ways."""

    worth: float
    """How much it is worth sending to the strong model: the highest goes first."""
    cheap: float
    """Quality of the cheap answer that would be served."""
    strong: float
    cheap_usd: float
    """Spent before the decision; also where the strong model answers after that."""
    extra_usd: float
    """What sending it to the strong model adds; negative is a saving."""
    strong_usd: float = 1.0
    """What the strong model's answer costs by itself."""


class Point(Struct, frozen=True):
    """A strong share, and what it brings and costs on average a prompt."""

    share: float
    quality: float
    usd: float


def curve(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """A point for every prompt that goes to the strong model; equal worths in no order."""
    count = len(outcomes)
    quality = sum(each.cheap for each in outcomes) / count
    usd = sum(each.cheap_usd for each in outcomes) / count
    points = [Point(0.0, quality, usd)]
    for group in _by_worth(outcomes):
        gain = sum(each.strong - each.cheap for each in group) / len(group) / count
        cost = sum(each.extra_usd for each in group) / len(group) / count
        for _ in group:
            quality, usd = quality + gain, usd + cost
            points.append(Point(len(points) / count, quality, usd))
    return tuple(points)


def apgr(points: Sequence[Point], weak: float, strong: float) -> float | None:
    """Average performance gap recovered; `None` where the strong model is no better."""
    if strong <= weak:
        return None
    mean = sum((one.quality + other.quality) / 2 for one, other in pairwise(points))
    return (mean / (len(points) - 1) - weak) / (strong - weak)


def share_to_recover(
    part: float, points: Sequence[Point], weak: float, strong: float
) -> float | None:
    """CPT: the smallest strong share that recovers `part` of the gap; `None` if none does."""
    if strong <= weak:
        return None
    wanted = weak + part * (strong - weak)
    # Sums of fractions: a last digit must not cost a whole prompt.
    return next((point.share for point in points if point.quality >= wanted - 1e-9), None)


def quality_at(usd: float, points: Sequence[Point]) -> float | None:
    """The quality that `usd` a prompt buys; `None` where it does not reach the first point."""
    if usd < points[0].usd:
        return None
    place = bisect_left(points, usd, key=lambda point: point.usd)
    if place == 0 or place == len(points):
        return points[min(place, len(points) - 1)].quality
    before, after = points[place - 1], points[place]
    part = (usd - before.usd) / (after.usd - before.usd)
    return before.quality + part * (after.quality - before.quality)


def _by_worth(outcomes: Sequence[Outcome]) -> Iterator[list[Outcome]]:
    ranked = sorted(outcomes, key=lambda each: -each.worth)
    for _, group in groupby(ranked, key=lambda each: each.worth):
        yield list(group)
