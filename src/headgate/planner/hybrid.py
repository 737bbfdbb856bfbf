"""Own hardware for the trough, an API for the peak.

With `n` units that serve `s` tokens a month when they run flat out, and a load that is
`load_i` times the mean `v` for the share `share_i` of the time, the machines keep

    kept(n) = Σ share_i × min(load_i × v, n × s)

and the rest is spilled. `kept` is concave in `n`, so the cheapest `n` is where one more unit
would no longer be busy often enough to pay for itself, rounded down or up. Without any unit
it is the API alone, with enough for the peak the machines alone: never dearer than either.
No spare is held: when a unit fails, its share is spilled.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from msgspec import Struct, structs

from headgate.estimate.traffic import LoadStep
from headgate.planner.bill import Bill, BillLine, Staircase, Values, lines
from headgate.planner.draws import Draws


class Split(Struct, frozen=True, gc=False):
    """How a month's tokens are divided."""

    units: int
    kept_tokens: float
    is_mix: bool
    """Both halves are there, be it that the API only stands in when a machine fails."""


class Curve:
    """A load curve, with the sums that `kept` needs."""

    def __init__(self, steps: Sequence[LoadStep]) -> None:
        """`steps` in any order; shares add up to 1, and shares times loads do."""
        ordered = sorted(steps, key=lambda step: -step.load)
        self.loads = [-step.load for step in ordered]
        """Negated, because `bisect` wants them ascending."""
        self.shares = [0.0, *accumulate(step.share for step in ordered)]
        self.below = [*_backwards(step.share * step.load for step in ordered)]

    def kept(self, tokens: float, most: float) -> float:
        """Tokens served by machines that serve at most `most` a month."""
        above = bisect_left(self.loads, -most / tokens)
        return self.shares[above] * most + self.below[above] * tokens

    def level(self, share: float) -> float:
        """The highest load that is reached or passed for so much of the time; 0 for none."""
        index = bisect_left(self.shares, share) - 1
        return -self.loads[max(index, 0)] if index < len(self.loads) else 0.0


class HybridCost(Struct, frozen=True):
    """A hybrid with every input fixed."""

    own: Staircase
    api: Staircase
    curve: Curve
    flat_out_tokens: float
    """Of one unit that runs all month at its rate."""
    level: float
    """The load up to which a unit is busy often enough to pay."""

    def usd(self, tokens: float) -> float:
        """Dollars a month at so many tokens, with the best number of units."""
        best = min(self.own.usd(tokens), self.api.usd(tokens))
        # A loop, because this is most of the work of a plan.
        for units in self._tries(tokens):
            usd = self._usd_with(units, tokens)
            best = min(best, usd)
        return best

    def steps(self, low: float, high: float, most: int) -> list[float]:
        """Where the own machines alone would need another."""
        return self.own.steps(low, high, most)

    def split(self, tokens: float) -> Split:
        """The best division of so many tokens; of equal ones the simplest."""
        best = self.usd(tokens)
        if self.api.usd(tokens) <= best:
            return Split(0, 0.0, False)
        if self.own.usd(tokens) <= best:
            return Split(self.own.units(tokens), tokens, False)
        units = next(each for each in self._tries(tokens) if self._usd_with(each, tokens) <= best)
        return Split(units, self.curve.kept(tokens, units * self.flat_out_tokens), True)

    def _tries(self, tokens: float) -> tuple[int, ...]:
        """Numbers of units of which one is the best: the first may be cheaper than the others."""
        low = int(self.level * tokens / self.flat_out_tokens)
        return (1, low, low + 1) if low > 1 else (1, low + 1) if low else (1,)

    def _usd_with(self, units: int, tokens: float) -> float:
        kept = self.curve.kept(tokens, units * self.flat_out_tokens)
        own, api = self.own, self.api
        usd = own.fixed + own.per_unit * units + own.per_unit_beyond_first * (units - 1)
        return usd + own.per_token * kept + api.fixed + api.per_token * (tokens - kept)


class HybridBill(Struct, frozen=True, kw_only=True):
    """The bill of a hybrid."""

    own: Bill
    api: Bill
    curve: Curve
    """The load of the month."""
    peak: float
    """Its busiest load, which `own.unit_tokens` is for."""

    def at(self, values: Values) -> HybridCost:
        """With every input at one value."""
        return self._cost(self.own.at(values), self.api.at(values))

    def at_each(self, draws: Draws) -> list[HybridCost]:
        """With the inputs as they are drawn."""
        pairs = zip(self.own.at_each(draws), self.api.at_each(draws), strict=True)
        return [self._cost(own, api) for own, api in pairs]

    def _cost(self, own: Staircase, api: Staircase) -> HybridCost:
        assert own.unit_tokens is not None
        flat_out = own.unit_tokens * self.peak
        saved = flat_out * (api.per_token - own.per_token)
        price = own.per_unit + own.per_unit_beyond_first
        level = self.curve.level(price / saved) if saved > price else 0.0
        return HybridCost(own, api, self.curve, flat_out, level)

    def lines(self, tokens: float, values: Values) -> list[BillLine]:
        """The machines' lines for what they keep, the API's for what is spilled."""
        split = self.at(values).split(tokens)
        own = lines(self.own.parts, split.kept_tokens, split.units, values)
        api = lines(self.api.parts, tokens - split.kept_tokens, 0, values)
        return [
            *([_named(line, "Own") for line in own] if split.units else []),
            *([_named(line, "API") for line in api] if split.is_mix or not split.units else []),
        ]


def _backwards(values: Iterable[float]) -> Iterator[float]:
    """Sums from each place to the end, and 0 at the end."""
    sums = [0.0, *accumulate(reversed(list(values)))]
    return reversed(sums)


def _named(line: BillLine, side: str) -> BillLine:
    part = structs.replace(
        line.part, id=f"{side.lower()}_{line.part.id}", name=f"{side}: {line.part.name}"
    )
    return structs.replace(line, part=part)
