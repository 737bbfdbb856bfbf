"""One account of a budget in one period, as one process sees it.

The process may spend what it was granted: a lease on the budget that is written down before
any of it is used. So whoever else spends from the same budget, and whoever counts after this
process was killed, knows the most that it can have spent.

    spent + reserved <= granted        at every reservation
    all that was granted <= limit      kept by the bank

Only a request that costs more than the most it was reserved for can break the second line.
"""

from typing import Literal

from headgate.policy.budget.period import Period
from headgate.policy.budget.terms import BudgetTerms
from headgate.policy.decision import Bend, BendHow

Level = Literal["even", "tiers_down", "local_only", "refuse"]
LEVELS: tuple[Level, ...] = ("even", "tiers_down", "local_only", "refuse")
LEASE_S = 2.0
"""A lease lasts about so long at the rate at which money is being reserved."""
RESERVATIONS_PER_LEASE = 4
MOST_LEASED = 64
"""One part in so many of the limit is leased ahead at most: what a killed process takes along."""
WEIGHT_OF_NEWEST = 0.5


class Account:
    """Belongs to the event loop. Amounts are pico-dollars."""

    __slots__ = (
        "elsewhere",
        "granted",
        "level",
        "local_only_from",
        "period",
        "reserved",
        "spent",
        "spent_elsewhere",
        "terms",
        "tiers_down_from",
        "turnover",
        "turnover_per_s",
        "wanted",
        "who",
    )

    def __init__(self, terms: BudgetTerms, who: str, period: Period) -> None:
        """Nothing granted, nothing spent."""
        self.terms, self.who, self.period = terms, who, period
        self.granted = self.spent = self.reserved = 0
        self.wanted = 0
        """Of reservations that wait for a grant."""
        self.elsewhere = self.spent_elsewhere = 0
        """Granted to others, and spent by them, when the bank was last asked."""
        self.turnover = 0
        """Reserved since the rate was last measured."""
        self.turnover_per_s = 0.0
        self.level: Level = "even"
        """The last one that was spoken of."""
        self.tiers_down_from = _from(terms, terms.tiers_down)
        self.local_only_from = _from(terms, terms.local_only)

    @property
    def used(self) -> int:
        """Spent or reserved, here and elsewhere."""
        return self.elsewhere + self.spent + self.reserved

    @property
    def is_spent(self) -> bool:
        """Nothing is left, whatever becomes of requests under way."""
        return self.spent_elsewhere + self.spent >= self.terms.limit_pico

    @property
    def is_stirring(self) -> bool:
        """Something is kept, leased or in motion: the bank should hear of it."""
        return bool(self.reserved or self.turnover_per_s >= 1 or self.turnover or self.change())

    def fits(self, amount: int) -> bool:
        """Whether the lease is enough for it."""
        return self.spent + self.reserved + amount <= self.granted

    def reserve(self, amount: int) -> None:
        """Keep it for a request that `fits`."""
        self.reserved += amount
        self.turnover += amount

    def settle(self, reserved: int, spent: int) -> None:
        """Give a reservation up for what the request cost."""
        self.reserved -= reserved
        self.spent += spent

    def missing(self) -> int:
        """How much more to ask the bank for: what waits, and a little ahead."""
        ahead = max(self._ahead(), min(RESERVATIONS_PER_LEASE * self.wanted, self._most_ahead()))
        return self.spent + self.reserved + self.wanted + ahead - self.granted

    def change(self) -> int:
        """By how much the lease should grow or shrink without being asked for.

        It shrinks by what is not needed; it grows only by what was spent beyond it.
        """
        used = self.spent + self.reserved
        return max(used - self.granted, min(0, used + self.wanted + self._ahead() - self.granted))

    def measure(self, elapsed_s: float) -> None:
        """Take the reservations of the last `elapsed_s` into the rate."""
        per_s = self.turnover / elapsed_s
        self.turnover = 0
        self.turnover_per_s += WEIGHT_OF_NEWEST * (per_s - self.turnover_per_s)

    def current_level(self) -> Level:
        """How the budget bends now."""
        if self.is_spent:
            return "refuse"
        used = self.used
        if self.local_only_from is not None and used >= self.local_only_from:
            return "local_only"
        if self.tiers_down_from is not None and used >= self.tiers_down_from:
            return "tiers_down"
        return "even"

    def bend(self) -> Bend | None:
        """What it asks of requests now; `None` for nothing."""
        level = self.current_level()
        if level == "even":
            return None
        how: BendHow = level
        return Bend(
            budget=self.terms.name,
            how=how,
            spent=self.used / self.terms.limit_pico,
            resets=self.period.resets,
        )

    def _ahead(self) -> int:
        return min(int(self.turnover_per_s * LEASE_S), self._most_ahead())

    def _most_ahead(self) -> int:
        return self.terms.limit_pico // MOST_LEASED


def _from(terms: BudgetTerms, share: float | None) -> int | None:
    return None if share is None else round(share * terms.limit_pico)


def tightest(bends: "list[Bend]") -> Bend | None:
    """The one that allows least, of those the one that is used most."""
    return max(bends, key=lambda each: (LEVELS.index(each.how), each.spent), default=None)
