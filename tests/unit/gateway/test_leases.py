"""Leases grow and shrink through the bank, and no cancellation loses what was granted."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from headgate.gateway.leases import DRY_S, Leases, key_of
from headgate.ledger.budgets import BudgetBank
from headgate.ledger.store import LedgerStore
from headgate.policy.budget.account import Account
from headgate.policy.budget.terms import BudgetTerms
from support.gateways import ManualClock

pytestmark = pytest.mark.anyio
TERMS = BudgetTerms(name="b", limit_pico=10_000, per="month", who="all")


class SlowBank(BudgetBank):
    """Grants once it may, and counts how often it was asked."""

    def __init__(self, store: LedgerStore, holder: str) -> None:
        super().__init__(store, holder)
        self.may_grant = threading.Event()
        self.may_grant.set()
        self.grants = 0

    def grant(self, *asked: Any) -> Any:
        self.grants += 1
        assert self.may_grant.wait(5)
        return super().grant(*asked)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[SlowBank]:
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    yield SlowBank(store, "one")
    store.close()


def leases_of(bank: BudgetBank) -> tuple[Leases, Account]:
    clock = ManualClock()
    return Leases(bank=bank, clock=clock), Account(TERMS, "all", TERMS.period(clock.now()))


def in_database(bank: BudgetBank, account: Account) -> int:
    """Granted to everybody, as another process sees it."""
    other = BudgetBank(bank._store, "other")
    return other.look(key_of(account), ManualClock().now()).elsewhere


async def test_who_waits_for_the_same_account_asks_once(bank: SlowBank) -> None:
    leases, account = leases_of(bank)
    account.wanted = 300
    assert await asyncio.gather(*(leases.fill(account) for _ in range(20))) == [True] * 20
    assert bank.grants == 1
    assert account.granted == in_database(bank, account) >= 300
    await leases.give_back([account])


async def test_what_is_granted_to_somebody_who_left_is_not_lost(bank: SlowBank) -> None:
    leases, account = leases_of(bank)
    account.wanted = 300
    bank.may_grant.clear()
    waiting = asyncio.create_task(leases.fill(account))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    bank.may_grant.set()
    await leases.fill(account)
    assert account.granted == in_database(bank, account)
    await leases.give_back([account])


async def test_an_empty_bank_is_not_asked_for_a_moment(bank: SlowBank) -> None:
    leases, account = leases_of(bank)
    account.wanted = 20_000
    await leases.fill(account)
    assert account.granted == 10_000
    assert leases.is_dry(account)
    leases.clock.seconds += DRY_S  # type: ignore[attr-defined]
    assert not leases.is_dry(account)
    await leases.give_back([account])


async def test_a_lease_that_nobody_uses_is_given_back(bank: SlowBank) -> None:
    leases, account = leases_of(bank)
    account.wanted = 5000
    await leases.fill(account)
    account.wanted = 0
    account.reserve(4000)
    account.settle(4000, 100)
    for _ in range(100):
        await leases.sync([account], 0.5)
    assert account.granted == in_database(bank, account) == 100
    await leases.give_back([account])


async def test_a_bank_that_fails_changes_nothing(
    bank: SlowBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases, account = leases_of(bank)
    account.wanted = 5000
    await leases.fill(account)
    account.wanted = 0
    before = account.granted

    def fail(*_: Any) -> None:
        raise OperationalError("UPDATE", {}, Exception("the disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(BudgetBank, "sync", fail)
        with pytest.raises(OperationalError):
            await leases.sync([account], 0.5)
        patched.setattr(bank, "grant", fail)
        assert not await leases.fill(account)
    assert account.granted == before == in_database(bank, account)
    await leases.give_back([account])


async def test_what_is_under_way_in_the_end_counts_as_spent(bank: SlowBank) -> None:
    leases, account = leases_of(bank)
    account.wanted = 5000
    await leases.fill(account)
    account.reserve(700)
    account.settle(400, 150)
    await leases.give_back([account])
    assert in_database(bank, account) == 450
