"""A gateway whose budgets can be looked into."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from headgate.gateway.budgets import Budgets
from support.gateways import Rig, config, gateway

PRICE = {"input_usd_per_mtok": 10, "output_usd_per_mtok": 1000}
ALL = {"usd": 1, "per": "month"}


def usd_of(input_tokens: int, output_tokens: int) -> Decimal:
    """What so many tokens cost."""
    return Decimal(10 * input_tokens + 1000 * output_tokens) / 10**6


def with_budgets(
    folder: Path,
    targets: Mapping[str, Mapping[str, Any]],
    budgets: Mapping[str, Any] | None = None,
    **route: Any,
) -> dict[str, Any]:
    """One route, `chat`, and budgets; by default one of a dollar for everything."""
    return {
        **config(targets, **route),
        "ledger": {"path": str(folder / "ledger.sqlite3")},
        "budgets": budgets or {"everything": ALL},
    }


@asynccontextmanager
async def spending(data: Mapping[str, Any]) -> AsyncIterator[tuple[Rig, Budgets]]:
    """A gateway with budgets; when the test is done nothing may be kept any more."""
    async with gateway(data) as rig:
        budgets = rig.gateway.budgets
        assert budgets is not None
        budgets.clock = budgets.leases.clock = rig.clock
        yield rig, budgets
        for account in budgets.accounts.values():
            assert account.reserved == 0, f"`{account.who}` has money kept for ever"
            assert account.wanted == 0


def spent(budgets: Budgets, budget: str = "everything", who: str = "all") -> Decimal:
    """Dollars of one account."""
    return Decimal(budgets.accounts[budget, who].spent) / 10**12
