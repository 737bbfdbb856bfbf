"""Budgets from their settings."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from functools import partial
from socket import gethostname
from uuid import uuid4
from zoneinfo import ZoneInfo

from headgate.config.budgets import Budget
from headgate.config.schema import Settings
from headgate.core.ports import Clock
from headgate.gateway.budgets import Budgets
from headgate.gateway.leases import Leases
from headgate.gateway.target import Target
from headgate.ledger.budgets import BudgetBank
from headgate.ledger.store import LedgerStore
from headgate.policy.budget.terms import ALL, BudgetTerms


def budget_terms(settings: Settings) -> tuple[BudgetTerms, ...]:
    """Every budget of the configuration."""
    return tuple(_terms(name, budget) for name, budget in settings.budgets.items())


async def start_budgets(
    settings: Settings, store: LedgerStore | None, targets: Mapping[str, Target], clock: Clock
) -> Budgets | None:
    """The budgets of a gateway, and what was spent of them already; `None` where there are none."""
    terms = budget_terms(settings)
    if not terms or store is None:
        return None
    bank = BudgetBank(store, f"{gethostname()}-{uuid4().hex}")
    budgets = Budgets(terms=terms, leases=Leases(bank=bank, clock=clock), clock=clock)
    if any(each.scope == "target" for each in terms):
        for name, target in targets.items():
            target.bend = partial(budgets.bend_of_target, name)
    await budgets.start()
    return budgets


def _terms(name: str, budget: Budget) -> BudgetTerms:
    scope, who = next(budget.of.said()) if budget.of is not None else (None, ALL)
    return BudgetTerms(
        name=name,
        limit_pico=budget.pico_usd,
        per=budget.per,
        zone=_zone(budget.timezone),
        scope=scope,  # type: ignore[arg-type]
        who=who,
        tiers_down=budget.bend.tiers_down,
        local_only=budget.bend.local_only,
    )


def _zone(name: str) -> tzinfo:
    # The one zone that needs no database.
    return UTC if name == "UTC" else ZoneInfo(name)
