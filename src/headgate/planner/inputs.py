"""Everything uncertain about a plan: each input's range, and what is derived from inputs."""

from collections.abc import Iterable, Mapping
from math import expm1, log1p

from msgspec import Struct

from headgate.catalog.sources import Range

CAPITAL = "capital_per_month"
"""Derived: dollars a month for each dollar of purchase."""
MONTHS_PER_YEAR = 12


class Input(Struct, frozen=True, kw_only=True):
    """One number nobody knows to a point."""

    id: str
    name: str
    unit: str
    range: Range
    source: str | None = None
    checked: str | None = None


class Inputs:
    """The inputs of one plan, by id; the first to name one says what it is."""

    def __init__(self, entries: Iterable[Input] = ()) -> None:
        """Begin with `entries`."""
        self._by_id: dict[str, Input] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Input) -> str:
        """Its id; one that is already there stays as it is."""
        self._by_id.setdefault(entry.id, entry)
        return entry.id

    def __getitem__(self, name: str) -> Input:
        """One of them."""
        return self._by_id[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_id

    @property
    def entries(self) -> tuple[Input, ...]:
        """All, in the order they were added."""
        return tuple(self._by_id.values())

    def usual(self) -> dict[str, float]:
        """Every input at its usual value, with what is derived."""
        return derived({name: entry.range.usual for name, entry in self._by_id.items()})

    def changed(self, name: str, value: float) -> dict[str, float]:
        """The usual values with one changed."""
        values = {each: entry.range.usual for each, entry in self._by_id.items()}
        return derived({**values, name: value})


def derived(values: dict[str, float]) -> dict[str, float]:
    """`values` with what follows from them."""
    if "life_years" in values:
        values[CAPITAL] = capital_per_month(values)
    return values


def capital_per_month(values: Mapping[str, float]) -> float:
    """Dollars a month for each dollar of purchase: write-off and interest.

        (1 − s × v) × r / (1 − v),   v = (1 + r)^−n

    The annuity that repays a price over `n` months at a monthly rate `r`, when the share
    `s` of it comes back at the end (capital recovery with salvage value; with r = 0 it is
    (1 − s) / n).
    """
    months = values["life_years"] * MONTHS_PER_YEAR
    rate = values["interest_rate_per_year"] / MONTHS_PER_YEAR
    resale = values["resale_share"]
    if rate == 0:
        return (1 - resale) / months
    # `1 − v` loses its digits for a small rate.
    repaid = -expm1(-months * log1p(rate))
    return (1 - resale * (1 - repaid)) * rate / repaid


def point(value: float) -> Range:
    """A figure that is known."""
    return Range(low=value, usual=value, high=value)


def drawn(share: float, span: Range) -> float:
    """The value below which a share of the draws lies.

    Half lie below the usual value and half above, on either side in a triangle that is
    highest at the usual value: however lopsided a range is, its median is the usual value.
    """
    if share < 0.5:
        return span.low + (span.usual - span.low) * float((2 * share) ** 0.5)
    return span.high - (span.high - span.usual) * float((2 * (1 - share)) ** 0.5)
