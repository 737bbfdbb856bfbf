"""Budgets: how much may be paid, for whom, and what happens before it is spent."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from headgate.config.values import Amount, Name, NameOrEach, NotASwitch, Section

Share = Annotated[float, Field(gt=0, lt=1), NotASwitch]


class BudgetOf(Section):
    """Whose requests count: one of these."""

    key: NameOrEach | None = Field(default=None, description="Of the key with this name.")
    team: NameOrEach | None = Field(default=None, description="Of every key of this team.")
    route: NameOrEach | None = Field(default=None, description="Of this route.")
    target: NameOrEach | None = Field(default=None, description="Of this target.")
    tag: Name | None = Field(default=None, description="Of what carries this tag.")

    def said(self) -> Iterator[tuple[str, str]]:
        """Every scope that is given, with its name."""
        for scope in type(self).model_fields:
            if (name := getattr(self, scope)) is not None:
                yield scope, name


class BudgetBend(Section):
    """What a budget asks for before it is spent, from which share of it on."""

    tiers_down: Share | None = Field(
        default=None, description="Weaker tiers go first, then cheaper targets."
    )
    local_only: Share | None = Field(
        default=None,
        description="Only what nothing is paid for: own machines without a `price`, whatever "
        "their time costs, and models whose price is 0.",
    )


class Budget(Section):
    """How much may be paid in a day, a week or a month; what is paid for is refused then."""

    usd: Amount = Field(description="US dollars.")
    per: Literal["day", "week", "month"] = Field(
        description="After which it begins anew, at midnight; a week begins on Monday."
    )
    timezone: str = Field(
        default="UTC", min_length=1, description="Whose midnight: `Europe/Berlin`, say."
    )
    of: BudgetOf | None = Field(
        default=None,
        description="Whose requests count: one of `key`, `team`, `route`, `target` and `tag`; "
        '`"*"` gives each of them a budget of its own. All requests when absent.',
    )
    bend: BudgetBend = Field(
        default=BudgetBend(), description="What it asks for before it is spent."
    )

    @property
    def pico_usd(self) -> int:
        """The limit in whole pico-dollars."""
        return int(self.usd * Decimal(10**12))


def budget_in_words(budget: Budget) -> str:
    """How much, for whom, and how it bends."""
    return "; ".join(_words(budget))


def _words(budget: Budget) -> Iterator[str]:
    said = [] if budget.of is None else [(scope, name) for scope, name in budget.of.said()]
    whose = " and ".join(f"each {s}" if n == "*" else f"{s} `{n}`" for s, n in said)
    yield f"{budget.usd} USD a {budget.per} ({budget.timezone}) for {whose or 'everything'}"
    if budget.bend.tiers_down is not None:
        yield f"from {budget.bend.tiers_down:.0%} on weaker tiers first"
    if budget.bend.local_only is not None:
        yield f"from {budget.bend.local_only:.0%} on only what is not paid for"
    yield "then what is paid for is refused"
