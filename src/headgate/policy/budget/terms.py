"""What a budget is, and whose requests count against it."""

from datetime import UTC, tzinfo
from typing import Literal

from msgspec import Struct

from headgate.policy.budget.period import Per, Period, period_of
from headgate.policy.decision import RequestFacts

Scope = Literal["key", "team", "route", "target", "tag"]
EACH = "*"
"""Each key, team, … has a budget of its own."""
ALL = "all"
"""Who a budget without a scope is of."""


class BudgetTerms(Struct, frozen=True, kw_only=True):
    """One budget of the configuration. Money is in whole pico-dollars, so that sums are exact."""

    name: str
    limit_pico: int
    per: Per
    zone: tzinfo = UTC
    scope: Scope | None = None
    """`None` counts every request."""
    who: str = EACH
    tiers_down: float | None = None
    """Share of the limit from which weaker tiers are preferred."""
    local_only: float | None = None
    """Share of the limit from which nothing is paid any more."""

    def counts(self, facts: RequestFacts, target: str) -> str | None:
        """Whose account a request to `target` counts against; `None` for nobody's."""
        if self.scope is None:
            return ALL
        if self.scope == "target":
            return self._wanted(target)
        if self.scope == "tag":
            return self.who if self.who in facts.tags else None
        return self._wanted(getattr(facts, self.scope))

    def period(self, at: float) -> Period:
        """The period that `at` lies in."""
        return period_of(at, self.per, self.zone)

    def said_of(self, who: str) -> str:
        """The budget in a sentence."""
        return (
            f"budget `{self.name}` of `{who}`"
            if self.who == EACH and self.scope
            else (f"budget `{self.name}`")
        )

    def _wanted(self, name: str | None) -> str | None:
        return name if self.who in {EACH, name} else None
