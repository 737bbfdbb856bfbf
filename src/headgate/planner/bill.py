"""A monthly bill as a function of the volume, and of everything that is uncertain about it.

A bill is a sum of parts. Each part is linear in the tokens and in the number of units, times
the inputs it depends on; the number of units is a staircase in the tokens. So a cost at
another volume, another price or another speed is a few multiplications, and a line of the
bill is the same numbers that the chart and the draws use.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import ceil

from msgspec import Struct

from headgate.core.usage import Money

ROUNDING = 1e-9
"""Of a unit: 3.0000000001 units are 3."""

Values = Mapping[str, float]
"""Inputs by name."""


class Part(Struct, frozen=True, kw_only=True):
    """One line: `(fixed + per_token × tokens + per_unit × units) × the product of its inputs`."""

    id: str
    name: str
    formula: str
    """For people, with `{…}` for the inputs and for `tokens` and `units`."""
    inputs: tuple[str, ...] = ()
    fixed: float = 0.0
    per_token: float = 0.0
    per_unit: float = 0.0
    per_unit_beyond_first: float = 0.0
    """For a machine that is already there: the first costs nothing to have."""
    source: str | None = None
    """Of its figures, for the list of sources."""
    checked: str | None = None


class Bill(Struct, frozen=True, kw_only=True):
    """What one option costs in a month."""

    parts: tuple[Part, ...]
    unit_tokens: float | None = None
    """Tokens a month that one unit serves at this traffic's shape; `None`: no units."""
    speed_input: str | None = None
    """The uncertain factor on `unit_tokens`."""
    spare_units: int = 0

    def units(self, tokens: float, values: Values) -> int:
        """Units needed for so many tokens, spares included."""
        if self.unit_tokens is None:
            return 0
        unit = self.unit_tokens * (values[self.speed_input] if self.speed_input else 1.0)
        return max(1, ceil(tokens / unit - ROUNDING)) + self.spare_units

    def usd(self, tokens: float, values: Values) -> float:
        """Dollars a month at so many tokens."""
        units = self.units(tokens, values)
        return sum(part_usd(part, tokens, units, values) for part in self.parts)

    def lines(self, tokens: float, values: Values) -> list[tuple[Part, Money]]:
        """Each part with its dollars; their sum is the bill."""
        units = self.units(tokens, values)
        return [(part, money(part_usd(part, tokens, units, values))) for part in self.parts]

    def steps(self, low: float, high: float, values: Values, *, most: int) -> list[float]:
        """Volumes within which the number of units changes, ascending; at most `most`."""
        if self.unit_tokens is None:
            return []
        unit = self.unit_tokens * (values[self.speed_input] if self.speed_input else 1.0)
        first = max(1, ceil(low / unit))
        last = min(int(high / unit), first + most - 1)
        return [unit * count for count in range(first, last + 1)]


def part_usd(part: Part, tokens: float, units: int, values: Values) -> float:
    """Dollars of one part."""
    usd = part.fixed + part.per_token * tokens + part.per_unit * units
    if part.per_unit_beyond_first and units > 1:
        usd += part.per_unit_beyond_first * (units - 1)
    for name in part.inputs:
        usd *= values[name]
    return usd


def money(usd: float) -> Money:
    """Dollars to the millionth, without the noise of binary fractions."""
    amount = Decimal(repr(round(usd, 6)))
    text = f"{amount:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
