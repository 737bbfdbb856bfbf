"""Cost over the volume, as points to draw."""

from collections.abc import Mapping, Sequence

from headgate.planner.bill import Cost
from headgate.planner.crossover import JUST_ABOVE, grid
from headgate.planner.report import Curves, Line
from headgate.planner.uncertainty import Outcome, band

LOW, HIGH = 1e6, 1e12
"""Tokens a month: the seed's slider and a thousand times on."""
POINTS_PER_DECADE = 12
STEPS_DRAWN = 24
BAND_DRAWS = 48


def span(tokens: float) -> tuple[float, float]:
    """Volumes that are charted: the usual ones, and always the workload's own."""
    return min(LOW, tokens / 10), max(HIGH, tokens * 10)


def curves(
    costs: Mapping[str, Cost], chosen: str | None, outcome: Outcome | None, tokens: float
) -> Curves:
    """A line for each option, and the band around the recommended one."""
    low, high = span(tokens)
    volumes = grid(low, high, POINTS_PER_DECADE)
    lows, highs = band(outcome.costs[:BAND_DRAWS], volumes) if outcome else ([], [])
    return Curves(
        tokens=_rounded(volumes),
        lines=tuple(_line(name, cost, volumes) for name, cost in costs.items()),
        band_option=chosen,
        band_low_usd=_rounded(lows),
        band_high_usd=_rounded(highs),
    )


def _line(name: str, cost: Cost, volumes: Sequence[float]) -> Line:
    steps = cost.steps(volumes[0], volumes[-1], STEPS_DRAWN)
    if not steps:
        return Line(option=name, usd=_rounded([cost.usd(volume) for volume in volumes]))
    upright = {volume for step in steps for volume in (step, step * JUST_ABOVE)}
    own = sorted({*volumes, *upright})
    return Line(
        option=name,
        usd=_rounded([cost.usd(volume) for volume in own]),
        own_tokens=tuple(float(f"{volume:.10g}") for volume in own),
    )


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    """Five digits: more than a chart can show."""
    return tuple(float(f"{value:.5g}") for value in values)
