"""Every volume at which the cheapest option changes."""

from collections.abc import Mapping, Sequence
from math import inf

from msgspec import Struct, structs

from headgate.planner.bill import Cost

POINTS_PER_DECADE = 20
STEPS_LOOKED_AT = 100
"""Of one staircase. Beyond so many units a step is under a hundredth of the bill."""
PRECISION = 1e-9
JUST_ABOVE = 1 + 1e-8
LOOKS = 8
MATERIAL = 0.01
"""A saving below this share is within what anybody knows of their costs."""


class Change(Struct, frozen=True):
    """One crossover."""

    tokens: float
    below: str
    """Cheapest just below."""
    above: str
    """Cheapest just above."""
    saves_share: float = 0.0
    """The most that it saves, before the next change, of what was cheapest below."""


def grid(low: float, high: float, per_decade: int) -> list[float]:
    """Volumes at equal ratios, both ends included."""
    ratio = 10 ** (1 / per_decade)
    points = [low]
    while points[-1] * ratio < high * (1 - PRECISION):
        points.append(points[-1] * ratio)
    return [*points, high]


def cheapest_at(costs: Mapping[str, Cost], tokens: float) -> str:
    """The cheapest of `costs`; of equal ones the first."""
    found, least = "", inf
    for name, cost in costs.items():
        usd = cost.usd(tokens)
        if usd < least:
            found, least = name, usd
    return found


def changes(costs: Mapping[str, Cost], low: float, high: float) -> list[Change]:
    """All changes of the cheapest between two volumes, ascending.

    The cheapest is looked up on a fine grid and on both sides of every step of a staircase
    that can matter; between two points with different answers the change is bisected.
    """
    costs = _contenders(costs, grid(low, high, POINTS_PER_DECADE))
    points = _points(costs, low, high)
    winners = [cheapest_at(costs, point) for point in points]
    found: list[Change] = []
    for index in range(len(points) - 1):
        if winners[index] != winners[index + 1]:
            ends = (points[index], winners[index]), (points[index + 1], winners[index + 1])
            found += _between(costs, *ends)
    return _weighed(costs, found, high)


def _weighed(costs: Mapping[str, Cost], found: Sequence[Change], high: float) -> list[Change]:
    """Each change with what it comes to save, looked at in `LOOKS` places up to the next."""
    weighed = []
    for index, change in enumerate(found):
        end = found[index + 1].tokens if index + 1 < len(found) else high
        ratio = (end / change.tokens) ** (1 / LOOKS)
        places = [change.tokens * ratio**place for place in range(1, LOOKS)]
        saved = max(_saved(costs, change, place) for place in places)
        weighed.append(structs.replace(change, saves_share=saved))
    return weighed


def _saved(costs: Mapping[str, Cost], change: Change, tokens: float) -> float:
    before = costs[change.below].usd(tokens)
    return (before - costs[change.above].usd(tokens)) / before if before else 0.0


def _contenders(costs: Mapping[str, Cost], points: Sequence[float]) -> dict[str, Cost]:
    """Those that may be the cheapest somewhere.

    A cost never falls, so between two points it is at least what it is at the lower, and
    the cheapest is at most what it is at the higher.
    """
    usd = {name: [cost.usd(point) for point in points] for name, cost in costs.items()}
    best = [min(column) for column in zip(*usd.values(), strict=True)]
    return {
        name: costs[name]
        for name, each in usd.items()
        if any(least <= top for least, top in zip(each, best[1:], strict=False))
    }


def _points(costs: Mapping[str, Cost], low: float, high: float) -> list[float]:
    points = set(grid(low, high, POINTS_PER_DECADE))
    for cost in costs.values():
        for step in cost.steps(low, high, STEPS_LOOKED_AT):
            points.update((step, step * JUST_ABOVE))
    return sorted(point for point in points if low <= point <= high)


def _between(
    costs: Mapping[str, Cost], low: tuple[float, str], high: tuple[float, str]
) -> list[Change]:
    """The changes between two volumes that have different answers."""
    (start, below), (end, above) = low, high
    while end - start > PRECISION * end:
        middle = (start + end) / 2
        winner = cheapest_at(costs, middle)
        if winner == below:
            start = middle
        elif winner == above:
            end = middle
        else:
            between = (middle, winner)
            return _between(costs, (start, below), between) + _between(costs, between, (end, above))
    return [Change(end, below, above)]
