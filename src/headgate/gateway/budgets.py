"""Budgets of a running gateway: money is kept for a request before it is sent.

Between two awaits nobody else runs, so what fits a lease is kept at once, without a lock and
without the disk. Only when the lease is used up does a request wait for the bank, with all
others that wait for the same account.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from msgspec import Struct
from sqlalchemy.exc import DBAPIError

from headgate.core.errors import BudgetSpent, NoTarget
from headgate.core.ports import Clock
from headgate.gateway.leases import Leases
from headgate.gateway.target import Target
from headgate.gateway.worst_case import most_pico, spent_pico
from headgate.ledger.entry import AttemptEntry
from headgate.ledger.metrics import BudgetCounts
from headgate.ledger.schema import PICO_PER_USD, from_pico_usd
from headgate.policy.budget.account import LEVELS, Account, Level, tightest
from headgate.policy.budget.terms import EACH, BudgetTerms
from headgate.policy.decision import Bend, RequestFacts

SYNC_S = 0.5
LOOK_S = 5.0
"""How often accounts are looked at that nothing happens to here."""
COME_AGAIN_S = 1.0
"""When reservations of others stand in the way, they are settled about so soon."""
_LEVELS_SAID: dict[Level, str] = {
    "tiers_down": "weaker tiers and cheaper targets go first",
    "local_only": "only what is not paid for is used",
    "refuse": "what is paid for is refused",
}
_log = logging.getLogger(__name__)


class Hold(Struct, frozen=True, gc=False):
    """Money kept for one attempt."""

    accounts: tuple[Account, ...]
    amount: int


@dataclass(slots=True, eq=False, kw_only=True)
class Budgets:
    """All budgets of a gateway. `start()` and `stop()` them."""

    terms: Sequence[BudgetTerms]
    leases: Leases
    clock: Clock
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict, init=False)
    """Of the periods that run, by budget and whose they are."""
    _ended: list[Account] = field(default_factory=list, init=False)
    """Of periods that are over, until no request of them is under way."""
    _keeping: "asyncio.Task[None] | None" = field(default=None, init=False)
    _synced: float = field(default=0.0, init=False)
    _looked: float = field(default=0.0, init=False)

    async def start(self) -> None:
        """See what has been spent already, and go on seeing."""
        now = self.clock.now()
        for terms in self.terms:
            found = [terms.who]
            if terms.who == EACH:
                found = list(await self.leases.names(terms, terms.period(now)))
            for who in found:
                await self.leases.look(self._account(terms, who, now))
        self._speak()
        self._synced = self._looked = self.clock.monotonic()
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Give back what is left of every lease."""
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        await self.leases.give_back([*self.accounts.values(), *self._ended])

    def bend(self, facts: RequestFacts) -> Bend | None:
        """The tightest budget that `facts` count against, if it bends."""
        bends = []
        now = self.clock.now()
        for terms in self.terms:
            if terms.scope == "target" or (who := terms.counts(facts, "")) is None:
                continue
            if bend := self._bend(terms, who, now):
                bends.append(bend)
        return tightest(bends) if bends else None

    def bend_of_target(self, name: str) -> Bend | None:
        """The same of budgets for a target."""
        now = self.clock.now()
        found = (
            self._bend(terms, name, now)
            for terms in self.terms
            if terms.scope == "target" and terms.who in {EACH, name}
        )
        return tightest([bend for bend in found if bend is not None])

    def counted_by(self, target: Target, facts: RequestFacts) -> str | None:
        """A budget that a request to `target` counts against, in words; `None` for none."""
        if target.is_unbilled:
            return None
        for terms in self.terms:
            if (who := terms.counts(facts, target.name)) is not None:
                return terms.said_of(who)
        return None

    async def reserve(
        self, target: Target, model: str, facts: RequestFacts, *, at: float
    ) -> Hold | None:
        """Keep the most that a request may cost at `target`; `None` where nobody counts it.

        Raises:
            BudgetSpent: It may cost more than a budget has left.
            NoTarget: Nobody knows what it may cost, or what is left.
        """
        if target.is_unbilled:
            return None
        accounts = self._counting(facts, target.name, at)
        if not accounts:
            return None
        amount = most_pico(target, model, facts, at)
        if amount is None:
            raise _unpriced(target, model, accounts[0])
        if amount == 0:
            return None
        while (short := _short(accounts, amount)) is not None:
            await self._extend(short, amount)
        for account in accounts:
            account.reserve(amount)
        return Hold(accounts, amount)

    def settle(self, hold: Hold, entry: AttemptEntry) -> None:
        """Count what an attempt cost instead of what was kept for it."""
        try:
            spent = spent_pico(entry, hold.amount)
        except Exception:
            # An edge: whatever is odd about an answer, what was kept for it is not kept for ever.
            _log.exception("what an attempt cost could not be made sense of")
            spent = hold.amount
        for account in hold.accounts:
            account.settle(hold.amount, spent)

    def release(self, hold: Hold) -> None:
        """Nothing was sent after all, or nobody will ever say what it cost."""
        for account in hold.accounts:
            account.settle(hold.amount, 0)

    def hold_nothing(self, target: Target, facts: RequestFacts, *, at: float) -> Hold | None:
        """For what was sent without asking here: it counts once it is known."""
        if target.is_unbilled:
            return None
        accounts = self._counting(facts, target.name, at)
        return Hold(accounts, 0) if accounts else None

    def counts(self) -> list[BudgetCounts]:
        """The fullest account of each budget, for the metrics."""
        fullest: dict[str, Account] = {}
        for account in list(self.accounts.values()):
            name = account.terms.name
            if name not in fullest or account.used > fullest[name].used:
                fullest[name] = account
        return [_counts(account) for account in fullest.values()]

    async def sync(self) -> None:
        """Tell the bank what was spent, and hear what others have."""
        now = self.clock.monotonic()
        elapsed_s, self._synced = now - self._synced, now
        if now - self._looked >= LOOK_S:
            self._looked = now
            due = [*self.accounts.values()]
        else:
            due = [each for each in self.accounts.values() if each.is_stirring]
        await self.leases.sync([*due, *self._ended], max(elapsed_s, 1e-3))
        self._ended = [each for each in self._ended if each.reserved]
        self._speak()

    async def _keep(self) -> None:
        is_failing = False
        while True:
            await asyncio.sleep(SYNC_S)
            try:
                await self.sync()
                is_failing = False
            except DBAPIError as error:
                if not is_failing:
                    _log.warning("cannot write what budgets have spent: %s", error.orig)
                is_failing = True
            except Exception:
                # The edge of this task: a bug here must not end all accounting.
                _log.exception("budgets could not be written")

    def _counting(self, facts: RequestFacts, target: str, at: float) -> tuple[Account, ...]:
        return tuple(
            self._account(terms, who, at)
            for terms in self.terms
            if (who := terms.counts(facts, target)) is not None
        )

    def _account(self, terms: BudgetTerms, who: str, at: float) -> Account:
        key = (terms.name, who)
        account = self.accounts.get(key)
        if account is not None and at < account.period.ends_at:
            return account
        if account is not None:
            self._ended.append(account)
        account = self.accounts[key] = Account(terms, who, terms.period(at))
        return account

    def _bend(self, terms: BudgetTerms, who: str, now: float) -> Bend | None:
        account = self.accounts.get((terms.name, who))
        if account is None or now >= account.period.ends_at:
            return None
        return account.bend()

    async def _extend(self, account: Account, amount: int) -> None:
        """A larger lease, so that `amount` may fit.

        Raises:
            NoTarget: There is none.
        """
        if not self.leases.is_dry(account):
            account.wanted += amount
            try:
                is_asked = await self.leases.fill(account)
            finally:
                account.wanted -= amount
            if not is_asked:
                name = account.terms.name
                raise NoTarget(f"budget `{name}` cannot be counted: the ledger cannot be written")
        if not account.fits(amount) and self.leases.is_dry(account):
            raise _refused(account, amount)

    def _speak(self) -> None:
        """Say once that a budget has begun to bend."""
        for account in self.accounts.values():
            level = account.current_level()
            if LEVELS.index(level) > LEVELS.index(account.level):
                terms, period = account.terms, account.period
                _log.warning(
                    "%s is used to %.0f %%: %s until %s",
                    terms.said_of(account.who),
                    account.used / terms.limit_pico * 100,
                    _LEVELS_SAID[level],
                    period.resets,
                )
                account.level = level


def _counts(account: Account) -> BudgetCounts:
    spent = account.spent_elsewhere + account.spent
    limit, name = account.terms.limit_pico, account.terms.name
    return BudgetCounts(
        name, limit / PICO_PER_USD, spent / PICO_PER_USD, (account.used - spent) / PICO_PER_USD
    )


def _short(accounts: Sequence[Account], amount: int) -> Account | None:
    return next((each for each in accounts if not each.fits(amount)), None)


def _unpriced(target: Target, model: str, account: Account) -> NoTarget:
    why = (
        f"the price of `{model}` at `{target.name}` is unknown, and "
        f"{account.terms.said_of(account.who)} counts it: set `price` on the target"
    )
    return NoTarget(why, reasons={target.name: why})


def _refused(account: Account, amount: int) -> BudgetSpent:
    terms, resets = account.terms, account.period.resets
    left = max(0, terms.limit_pico - account.spent_elsewhere - account.spent)
    most, said = from_pico_usd(amount), terms.said_of(account.who)
    if left >= amount:
        why = f"{said} has ${from_pico_usd(left)} left, kept for requests under way"
        return BudgetSpent(why, retry_after_s=COME_AGAIN_S)
    why = (
        f"{said} has ${from_pico_usd(left)} of ${from_pico_usd(terms.limit_pico)} left until "
        f"{resets}, and the request may cost ${most}"
    )
    error = BudgetSpent(why)
    error.hint = "the fewer tokens it may be answered with, the less is kept for a request"
    return error
