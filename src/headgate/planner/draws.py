"""Values of every input, drawn many times; kept by input, because bills share most of them."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from headgate.catalog.sources import Range
from headgate.planner.inputs import CAPITAL, Inputs, derived, drawn

DRAWS = 128
Column = Callable[[str], Sequence[float]]
"""For an input's id `DRAWS` numbers in (0, 1), each time the same ones."""


class Draws:
    """The inputs of one plan, drawn from their ranges (`inputs.drawn`)."""

    def __init__(self, inputs: Inputs, column: Column) -> None:
        """Draw every input that there is by now."""
        self._columns: dict[str, Sequence[float]] = {
            entry.id: _column(tuple(column(entry.id)), entry.range) for entry in inputs.entries
        }
        if "life_years" in self._columns:
            self._columns[CAPITAL] = self._capital()
        self._products: dict[tuple[str, ...], list[float]] = {(): [1.0] * DRAWS}

    def column(self, name: str) -> Sequence[float]:
        """One input's values, draw by draw."""
        return self._columns[name]

    def product(self, names: tuple[str, ...]) -> list[float]:
        """Several inputs multiplied, draw by draw; each product is made once."""
        known = self._products.get(names)
        if known is None:
            last = self._columns[names[-1]]
            before = self.product(names[:-1])
            known = [a * b for a, b in zip(before, last, strict=True)]
            self._products[names] = known
        return known

    def _capital(self) -> list[float]:
        names = ("life_years", "resale_share", "interest_rate_per_year")
        rows = zip(*(self._columns[name] for name in names), strict=True)
        return [derived(dict(zip(names, row, strict=True)))[CAPITAL] for row in rows]


@lru_cache(maxsize=4096)
def _column(shares: tuple[float, ...], span: Range) -> tuple[float, ...]:
    return tuple(drawn(share, span) for share in shares)
