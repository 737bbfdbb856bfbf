"""How sure a plan is: the same inputs drawn for every option, and what matters most.

Every input is drawn from its range (`inputs.drawn`), all options with the same draws, so
that what they share (the volume, the wage) does not blur which is cheaper.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from headgate.catalog.sources import Range
from headgate.planner.bill import Cost, Costed
from headgate.planner.draws import Draws
from headgate.planner.inputs import Input, Inputs

VOLUME = "volume"
BISECTIONS = 24
LIKELY = (0.1, 0.9)
"""Ends of the band that is shown."""


def volume_input(error: float) -> Input:
    """How far the volume may be off."""
    return Input(
        id=VOLUME,
        name="Volume",
        unit="factor",
        range=Range(low=1 - error, usual=1.0, high=1 + error),
        source="your figure",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the draws say of one option."""

    p_cheapest: float
    mean_usd: float
    regret_usd: float
    """Mean above the cheapest of each draw."""
    low_usd: float
    high_usd: float
    costs: tuple[Cost, ...]
    """One for each draw."""


def outcomes(options: Mapping[str, Costed], tokens: float, drawn: Draws) -> dict[str, Outcome]:
    """What the draws say of each option at a volume."""
    costs = {name: tuple(each.at_each(drawn)) for name, each in options.items()}
    volumes = [tokens * factor for factor in drawn.column(VOLUME)]
    usd = {
        name: [cost.usd(volume) for cost, volume in zip(each, volumes, strict=True)]
        for name, each in costs.items()
    }
    cheapest = [min(column) for column in zip(*usd.values(), strict=True)]
    wins = _wins(usd, cheapest)
    return {name: _outcome(wins[name], each, cheapest, costs[name]) for name, each in usd.items()}


def _wins(usd: Mapping[str, Sequence[float]], cheapest: Sequence[float]) -> dict[str, int]:
    """How often each is the cheapest; of equal ones the first."""
    wins = dict.fromkeys(usd, 0)
    for index, least in enumerate(cheapest):
        wins[next(name for name, each in usd.items() if each[index] == least)] += 1
    return wins


def _outcome(
    wins: int, usd: Sequence[float], cheapest: Sequence[float], costs: tuple[Cost, ...]
) -> Outcome:
    low, high = _likely(usd)
    mean = sum(usd) / len(usd)
    return Outcome(
        p_cheapest=wins / len(usd),
        mean_usd=mean,
        regret_usd=mean - sum(cheapest) / len(cheapest),
        low_usd=low,
        high_usd=high,
        costs=costs,
    )


def band(costs: Sequence[Cost], volumes: Sequence[float]) -> tuple[list[float], list[float]]:
    """The ends of the band over the volume, the volume itself taken as known."""
    ends = [_likely([cost.usd(volume) for cost in costs]) for volume in volumes]
    return [low for low, _ in ends], [high for _, high in ends]


def _likely(usd: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(usd)
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in LIKELY)
    return low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What one input does to the recommended option's advantage over the others."""

    input: Input
    at_low_usd: float
    at_high_usd: float
    flips_at: float | None
    flips_to: str | None

    @property
    def size(self) -> float:
        """How much of a difference the input makes."""
        return abs(self.at_high_usd - self.at_low_usd)


def swings(
    chosen: str, options: Mapping[str, Costed], tokens: float, inputs: Inputs
) -> list[Swing]:
    """Every input that makes a difference, the largest first."""
    if len(options) < 2:
        return []
    found = [_swing(chosen, options, tokens, inputs, entry) for entry in inputs.entries]
    return sorted((each for each in found if each.size > 0.005), key=lambda each: -each.size)


def _swing(
    chosen: str, options: Mapping[str, Costed], tokens: float, inputs: Inputs, entry: Input
) -> Swing:
    def advantage(value: float) -> tuple[float, str]:
        values = inputs.changed(entry.id, value)
        volume = tokens * values[VOLUME]
        usd = {name: each.at(values).usd(volume) for name, each in options.items()}
        rival = min((name for name in usd if name != chosen), key=lambda name: usd[name])
        return usd[rival] - usd[chosen], rival

    span = entry.range
    at_low, at_high = advantage(span.low)[0], advantage(span.high)[0]
    flip = None
    if advantage(span.usual)[0] >= 0 > min(at_low, at_high):
        flip = _flip(advantage, span.usual, span.low if at_low < at_high else span.high)
    return Swing(
        input=entry,
        at_low_usd=at_low,
        at_high_usd=at_high,
        flips_at=flip,
        flips_to=None if flip is None else advantage(flip)[1],
    )


def _flip(advantage: Callable[[float], tuple[float, str]], good: float, bad: float) -> float:
    """The value between a good and a bad one where the advantage is lost."""
    for _ in range(BISECTIONS):
        middle = (good + bad) / 2
        if advantage(middle)[0] >= 0:
            good = middle
        else:
            bad = middle
    return bad
