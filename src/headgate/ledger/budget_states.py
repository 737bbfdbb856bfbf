"""How every budget stands, over all processes, and where it is going. Reads the ledger."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection

from headgate.core.usage import Money
from headgate.ledger.budget_history import spent_before, spent_by_hour
from headgate.ledger.budgets import AccountKey, Sums, names_of, sums
from headgate.ledger.schema import from_pico_usd
from headgate.ledger.store import LedgerStore
from headgate.policy.budget.forecast import LOOKS_BACK_S, Forecast, forecast
from headgate.policy.budget.period import Per
from headgate.policy.budget.terms import EACH, BudgetTerms, Scope

Standing = Literal["even", "tiers_down", "local_only", "spent"]


class BudgetState(Struct, frozen=True, kw_only=True):
    """One account of a budget in the period that runs."""

    budget: str
    scope: Scope | None
    who: str
    per: Per
    resets: str
    usd: Money
    """The limit."""
    spent_usd: Money
    reserved_usd: Money
    """Kept for requests under way, and leased ahead."""
    left_usd: Money
    """Of the limit, less both."""
    used: float
    """Share of the limit, both included."""
    standing: Standing
    bends: dict[str, float]
    """From which share on it asks for what."""
    forecast: Forecast | None
    """At the end of the period; `None` where too little is known."""


def everybody(scope: Scope | None, who: str) -> bool:
    """Any account."""
    return True


def budget_states(
    store: LedgerStore,
    budgets: Sequence[BudgetTerms],
    now: float,
    *,
    shown: Callable[[Scope | None, str], bool] = everybody,
) -> list[BudgetState]:
    """Every account that was used in its period; of budgets for one, used or not.

    Each reads what the last weeks cost, which takes a while in a large ledger: `shown` says
    by scope and name which accounts are wanted.
    """
    with store.engine.connect() as connection:
        return [
            _state(connection, AccountKey(terms, who, terms.period(now)), now)
            for terms in budgets
            for who in _whos(connection, terms, now)
            if shown(terms.scope, who)
        ]


def _whos(connection: Connection, terms: BudgetTerms, now: float) -> Iterable[str]:
    if terms.who != EACH:
        return [terms.who]
    return sorted(names_of(connection, terms, terms.period(now)))


def _state(connection: Connection, key: AccountKey, now: float) -> BudgetState:
    terms, period = key.terms, key.period
    found = sums(connection, key, now)
    if found is None:
        found = Sums(spent_before(connection, terms, key.who, period), 0)
    spent = from_pico_usd(found.spent)
    used = (found.spent + found.reserved) / terms.limit_pico
    since = now - LOOKS_BACK_S
    by_hour = spent_by_hour(connection, terms, key.who, since, now)
    return BudgetState(
        budget=terms.name,
        scope=terms.scope,
        who=key.who,
        per=terms.per,
        resets=period.resets,
        usd=from_pico_usd(terms.limit_pico),
        spent_usd=spent,
        reserved_usd=from_pico_usd(found.reserved),
        left_usd=from_pico_usd(max(0, terms.limit_pico - found.spent - found.reserved)),
        used=used,
        standing=_standing(terms, found, used),
        bends=_bends(terms),
        forecast=forecast(float(spent), by_hour, period, terms.zone, now),
    )


def _bends(terms: BudgetTerms) -> dict[str, float]:
    shares = {"tiers_down": terms.tiers_down, "local_only": terms.local_only}
    return {how: share for how, share in shares.items() if share is not None}


def _standing(terms: BudgetTerms, found: Sums, used: float) -> Standing:
    if found.spent >= terms.limit_pico:
        return "spent"
    if terms.local_only is not None and used >= terms.local_only:
        return "local_only"
    if terms.tiers_down is not None and used >= terms.tiers_down:
        return "tiers_down"
    return "even"
