"""What a process has taken from its budgets: grown, shrunk and given back through the bank.

A lease grows in the database first and here second, and shrinks the other way round, so that
the database never knows of less than may be spent here.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from headgate.core.ports import Clock
from headgate.ledger.budgets import AccountKey, BudgetBank, Report, Standing
from headgate.policy.budget.account import Account
from headgate.policy.budget.period import Period
from headgate.policy.budget.terms import BudgetTerms

DRY_S = 0.25
"""How long the bank is not asked again after it had less than was asked for."""
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False, kw_only=True)
class Leases:
    """Of one process. Belongs to the event loop."""

    bank: BudgetBank
    clock: Clock
    _filling: "dict[Account, asyncio.Task[bool]]" = field(default_factory=dict, init=False)
    _dry: dict[Account, float] = field(default_factory=dict, init=False)
    # One thread: what one process asks of the bank is done in the order asked.
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "headgate-budgets"), init=False
    )

    async def fill(self, account: Account) -> bool:
        """Ask for what is missing, once for all who wait; whether the bank could be asked."""
        task = self._filling.get(account)
        if task is None:
            task = self._filling[account] = asyncio.create_task(self._fill(account))
        # Not cancelled with who waits: what is granted must not be forgotten.
        return await asyncio.shield(task)

    def is_dry(self, account: Account) -> bool:
        """Whether the bank had nothing left a moment ago."""
        dry_at = self._dry.get(account)
        return dry_at is not None and self.clock.monotonic() - dry_at < DRY_S

    async def names(self, terms: BudgetTerms, period: Period) -> Sequence[str]:
        """Whose accounts were used."""
        return await self._run(self.bank.names, terms, period)

    async def look(self, account: Account) -> None:
        """See how it stands."""
        standing = await self._run(self.bank.look, key_of(account), self.clock.now())
        _stands(account, standing)

    async def sync(self, accounts: Sequence[Account], elapsed_s: float) -> None:
        """Write down what was spent, give back what is not needed, see what others spent."""
        reports = []
        for account in accounts:
            account.measure(elapsed_s)
            change = account.change()
            account.granted += min(0, change)
            reports.append(Report(key_of(account), change, account.spent))
        try:
            standings = await self._run(self.bank.sync, reports, self.clock.now())
        except DBAPIError:
            for account, report in zip(accounts, reports, strict=True):
                account.granted -= min(0, report.change)
            raise
        for account, report, standing in zip(accounts, reports, standings, strict=True):
            # What was spent beyond the lease is the database's to know, whatever the limit.
            account.granted += max(0, report.change)
            _stands(account, standing)

    async def give_back(self, accounts: Sequence[Account]) -> None:
        """End them; reservations of requests that are still under way count as spent."""
        await asyncio.gather(*self._filling.values(), return_exceptions=True)
        reports = [Report(key_of(each), 0, each.spent + each.reserved) for each in accounts]
        try:
            await self._run(self.bank.give_back, reports, self.clock.now())
        except DBAPIError as error:
            _log.warning("budgets are not given back, all that was leased counts: %s", error.orig)
        self._thread.shutdown(wait=False)

    async def _fill(self, account: Account) -> bool:
        asked = account.missing()
        try:
            standing = await self._run(self.bank.grant, key_of(account), asked, self.clock.now())
        except DBAPIError as error:
            _log.warning("cannot take from budget `%s`: %s", account.terms.name, error.orig)
            return False
        finally:
            del self._filling[account]
        account.granted += standing.granted
        _stands(account, standing)
        if standing.granted < asked:
            self._dry[account] = self.clock.monotonic()
        else:
            self._dry.pop(account, None)
        return True

    async def _run(self, function: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)


def key_of(account: Account) -> AccountKey:
    """What the bank knows it by."""
    return AccountKey(account.terms, account.who, account.period)


def _stands(account: Account, standing: Standing) -> None:
    account.elsewhere = standing.elsewhere
    account.spent_elsewhere = standing.spent_elsewhere
