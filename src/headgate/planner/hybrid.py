"""Own hardware for the trough, an API for the peak.

With `n` units that serve `s` tokens a month when they run flat out, and a load that is
`load_i` times the mean `v` for the share `share_i` of the time, the machines keep

    kept(n) = Σ share_i × min(load_i × v, n × s)

and the rest is spilled. `kept` is concave in `n`, so the cheapest `n` is where one more unit
would no longer be busy often enough to pay for itself, rounded down or up. Without any unit
it is the API alone, with enough for the peak the machines alone: never dearer than either.
No spare is held: when a unit fails, its share is spilled.
"""

from math import ceil, floor

from msgspec import Struct, structs

from headgate.estimate.traffic import LoadStep
from headgate.planner.bill import Bill, BillLine, Staircase, Values, lines


class Split(Struct, frozen=True, gc=False):
    """How a month's tokens are divided."""

    units: int
    kept_tokens: float
    usd: float


class HybridCost(Struct, frozen=True):
    """A hybrid with every input fixed."""

    own: Staircase
    api: Staircase
    curve: tuple[LoadStep, ...]
    flat_out_tokens: float
    """Of one unit that runs all month at its rate."""

    def usd(self, tokens: float) -> float:
        """Dollars a month at so many tokens, with the best number of units."""
        return self.split(tokens).usd

    def steps(self, low: float, high: float, most: int) -> list[float]:
        """Where the own machines alone would need another."""
        return self.own.steps(low, high, most)

    def split(self, tokens: float) -> Split:
        """The best division of so many tokens."""
        best = self._units_that_pay(tokens)
        tried = [self._with(count, tokens) for count in {floor(best), ceil(best)} if count]
        all_own = Split(self.own.units(tokens), tokens, self.own.usd(tokens))
        all_api = Split(0, 0.0, self.api.usd(tokens))
        return min((all_api, all_own, *tried), key=lambda each: each.usd)

    def _units_that_pay(self, tokens: float) -> float:
        saved = self.flat_out_tokens * (self.api.per_token - self.own.per_token)
        price = self.own.per_unit + self.own.per_unit_beyond_first
        busy, level = 0.0, 0.0
        if saved <= 0:
            return 0.0
        for step in self.curve:
            busy += step.share
            if busy * saved >= price:
                level = step.load
                break
        return level * tokens / self.flat_out_tokens

    def _with(self, units: int, tokens: float) -> Split:
        most = units * self.flat_out_tokens
        kept = sum(step.share * min(step.load * tokens, most) for step in self.curve)
        own, api = self.own, self.api
        usd = own.fixed + own.per_unit * units + own.per_unit_beyond_first * (units - 1)
        usd += own.per_token * kept + api.fixed + api.per_token * (tokens - kept)
        return Split(units, kept, usd)


class HybridBill(Struct, frozen=True, kw_only=True):
    """The bill of a hybrid."""

    own: Bill
    api: Bill
    curve: tuple[LoadStep, ...]
    """The load of the month, busiest first."""
    peak: float
    """Its busiest load, which `own.unit_tokens` is for."""

    def at(self, values: Values) -> HybridCost:
        """With every input at one value."""
        own = self.own.at(values)
        assert own.unit_tokens is not None
        return HybridCost(own, self.api.at(values), self.curve, own.unit_tokens * self.peak)

    def lines(self, tokens: float, values: Values) -> list[BillLine]:
        """The machines' lines for what they keep, the API's for what is spilled."""
        split = self.at(values).split(tokens)
        own = lines(self.own.parts, split.kept_tokens, split.units, values)
        api = lines(self.api.parts, tokens - split.kept_tokens, 0, values)
        return [
            *([_named(line, "Own") for line in own] if split.units else []),
            *([_named(line, "API") for line in api] if split.kept_tokens < tokens else []),
        ]


def _named(line: BillLine, side: str) -> BillLine:
    part = structs.replace(
        line.part, id=f"{side.lower()}_{line.part.id}", name=f"{side}: {line.part.name}"
    )
    return structs.replace(line, part=part)
