"""A monthly bill as a function of the volume, and of everything that is uncertain about it.

A bill is a sum of parts. Each part is linear in the tokens and in the number of units, times
the inputs it depends on; the number of units is a staircase in the tokens. So a cost at
another volume, another price or another speed is a few multiplications, and a line of the
bill is the same numbers that the chart and the draws use.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import Protocol

from msgspec import Struct

from headgate.core.usage import Money
from headgate.planner.draws import DRAWS, Draws

ROUNDING = 1e-9
"""Of a unit: 3.0000000001 units are 3."""

Values = Mapping[str, float]
"""Inputs by name."""


class Cost(Protocol):
    """Dollars a month by volume, with every input fixed."""

    def usd(self, tokens: float) -> float:
        """At so many tokens a month."""
        ...

    def steps(self, low: float, high: float, most: int) -> list[float]:
        """Volumes within which it jumps, ascending; at most `most`."""
        ...


class Costed(Protocol):
    """Anything with a bill."""

    def at(self, values: Values) -> Cost:
        """With every input at one value."""
        ...

    def at_each(self, draws: Draws) -> Sequence[Cost]:
        """With the inputs as they are drawn, once for each draw."""
        ...

    def lines(self, tokens: float, values: Values) -> "list[BillLine]":
        """The bill; its sum is the cost, to the millionth."""
        ...


class Part(Struct, frozen=True, kw_only=True):
    """One line: `(fixed + per_token × tokens + per_unit × units) × the product of its inputs`."""

    id: str
    name: str
    formula: str
    """For people; `{0}` is the first of `inputs`, `{tokens}`, `{units}` and plain names work."""
    inputs: tuple[str, ...] = ()
    fixed: float = 0.0
    per_token: float = 0.0
    per_unit: float = 0.0
    per_unit_beyond_first: float = 0.0
    """For a machine that is already there: the first costs nothing to have."""
    source: str | None = None
    """Of its figures, for the list of sources."""
    checked: str | None = None

    def usd(self, tokens: float, units: int, values: Values) -> float:
        """Its dollars."""
        amount = self.fixed + self.per_token * tokens + self.per_unit * units
        amount += self.per_unit_beyond_first * max(0, units - 1)
        for name in self.inputs:
            amount *= values[name]
        return amount

    def in_words(self, tokens: float, units: int, values: Values) -> str:
        """Its formula with the numbers filled in."""
        known = {name: value for name, value in values.items() if name.isidentifier()}
        given = [values[name] for name in self.inputs]
        return self.formula.format(*given, tokens=f"{tokens:,.0f}", units=units, **known)


class BillLine(Struct, frozen=True, kw_only=True):
    """A part with its dollars."""

    part: Part
    usd: Money
    formula: str


class Staircase(Struct, frozen=True, gc=False):
    """A bill with every input fixed."""

    fixed: float
    per_token: float
    per_unit: float
    per_unit_beyond_first: float
    unit_tokens: float | None
    spare_units: int

    def units(self, tokens: float) -> int:
        """Units needed for so many tokens, spares included."""
        if self.unit_tokens is None:
            return 0
        return max(1, ceil(tokens / self.unit_tokens - ROUNDING)) + self.spare_units

    def usd(self, tokens: float) -> float:
        """Dollars a month at so many tokens."""
        usd = self.fixed + self.per_token * tokens
        if self.unit_tokens is None:
            return usd
        units = (ceil(tokens / self.unit_tokens - ROUNDING) or 1) + self.spare_units
        return usd + self.per_unit * units + self.per_unit_beyond_first * (units - 1)

    def steps(self, low: float, high: float, most: int) -> list[float]:
        """Volumes within which the number of units changes, ascending; at most `most`."""
        unit = self.unit_tokens
        if unit is None:
            return []
        first = max(1, ceil(low / unit))
        last = min(int(high / unit), first + most - 1)
        return [unit * count for count in range(first, last + 1)]


class Bill(Struct, frozen=True, kw_only=True, dict=True):
    """What one option costs in a month."""

    parts: tuple[Part, ...]
    unit_tokens: float | None = None
    """Tokens a month that one unit serves at this traffic's shape; `None`: no units."""
    speed_input: str | None = None
    """The uncertain factor on `unit_tokens`."""
    spare_units: int = 0

    def at(self, values: Values) -> Staircase:
        """With every input at one value."""
        fixed = per_token = per_unit = beyond = 0.0
        for inputs, its_fixed, its_per_token, its_per_unit, its_beyond in self._grouped:
            product = 1.0
            for name in inputs:
                product *= values[name]
            fixed += its_fixed * product
            per_token += its_per_token * product
            per_unit += its_per_unit * product
            beyond += its_beyond * product
        speed = values[self.speed_input] if self.speed_input else 1.0
        unit = None if self.unit_tokens is None else self.unit_tokens * speed
        return Staircase(fixed, per_token, per_unit, beyond, unit, self.spare_units)

    def at_each(self, draws: Draws) -> list[Staircase]:
        """With the inputs as they are drawn: `at`, but each product of inputs is made once."""
        sums = [[0.0] * DRAWS for _ in range(4)]
        for inputs, *amounts in self._grouped:
            product = draws.product(inputs)
            for place, amount in enumerate(amounts):
                if amount:
                    added = zip(sums[place], product, strict=True)
                    sums[place] = [total + amount * each for total, each in added]
        columns = zip(*sums, self._unit_tokens(draws), strict=True)
        return [Staircase(f, t, u, b, unit, self.spare_units) for f, t, u, b, unit in columns]

    def _unit_tokens(self, draws: Draws) -> Sequence[float | None]:
        if self.unit_tokens is None or self.speed_input is None:
            return [self.unit_tokens] * DRAWS
        return [self.unit_tokens * speed for speed in draws.column(self.speed_input)]

    def working_units(self, tokens: float) -> int:
        """Units that share the work, in the usual case: without the spares."""
        assert self.unit_tokens is not None
        return max(1, ceil(tokens / self.unit_tokens - ROUNDING))

    def lines(self, tokens: float, values: Values) -> list[BillLine]:
        """Each part with its dollars; their sum is the bill."""
        units = self.at(values).units(tokens)
        return lines(self.parts, tokens, units, values)

    @cached_property
    def _grouped(self) -> tuple[tuple[tuple[str, ...], float, float, float, float], ...]:
        """The parts' amounts, those with the same inputs added up."""
        by_inputs: dict[tuple[str, ...], list[Part]] = {}
        for part in self.parts:
            by_inputs.setdefault(part.inputs, []).append(part)
        return tuple(
            (
                inputs,
                sum(part.fixed for part in parts),
                sum(part.per_token for part in parts),
                sum(part.per_unit for part in parts),
                sum(part.per_unit_beyond_first for part in parts),
            )
            for inputs, parts in by_inputs.items()
        )


def lines(parts: tuple[Part, ...], tokens: float, units: int, values: Values) -> list[BillLine]:
    """Parts as lines of a bill."""
    return [
        BillLine(
            part=part,
            usd=money(part.usd(tokens, units, values)),
            formula=part.in_words(tokens, units, values),
        )
        for part in parts
    ]


def monthly_fee(part: str, name: str, amount: str) -> Part:
    """A line that is the input `amount`, whatever the volume."""
    return Part(id=part, name=name, formula="a month's fee", inputs=(amount,), fixed=1.0)


def money(usd: float) -> Money:
    """Dollars to the millionth, without the noise of binary fractions."""
    text = f"{Decimal(repr(round(usd, 6))):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
