"""How budgets stand, over every process that spends from them."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headgate.ledger.budget_states import BudgetState, budget_states
from headgate.ledger.budgets import AccountKey, BudgetBank, Report
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.budget.terms import BudgetTerms
from support.entries import AT, attempt_entry, decision_entry

USD = 10**12
BOB = ("key", "bob")


def terms(**more: Any) -> BudgetTerms:
    known: dict[str, Any] = {"name": "b", "limit_pico": USD, "per": "month", "who": "all"}
    return BudgetTerms(**(known | more))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    yield store
    store.close()


def use(store: LedgerStore, budget: BudgetTerms, who: str, *, granted: int, spent: int) -> None:
    key = AccountKey(budget, who, budget.period(AT))
    bank = BudgetBank(store, f"p{granted}")
    bank.grant(key, granted, AT)
    bank.sync([Report(key, 0, spent)], AT)


def the_state(store: LedgerStore, budget: BudgetTerms) -> BudgetState:
    (found,) = budget_states(store, [budget], AT)
    return found


def test_an_unused_budget_of_one_is_shown_and_of_each_is_not(store: LedgerStore) -> None:
    state = the_state(store, terms())
    assert (state.spent_usd, state.left_usd, state.standing) == (0, 1, "even")
    assert state.forecast is None
    assert budget_states(store, [terms(scope="key", who="*")], AT) == []


def test_all_processes_count(store: LedgerStore) -> None:
    budget = terms(scope="key", who="*")
    use(store, budget, "alice", granted=USD // 2, spent=USD // 10)
    use(store, budget, "alice", granted=USD // 4, spent=USD // 5)
    use(store, budget, "bob", granted=USD // 8, spent=0)
    alice, bob = budget_states(store, [budget], AT)
    assert (alice.who, alice.spent_usd) == ("alice", Decimal("0.3"))
    assert (alice.reserved_usd, alice.left_usd) == (Decimal("0.45"), Decimal("0.25"))
    assert alice.used == pytest.approx(0.75)
    assert (bob.who, bob.spent_usd) == ("bob", 0)
    (shown,) = budget_states(store, [budget], AT, shown=lambda scope, who: (scope, who) == BOB)
    assert shown == bob


@pytest.mark.parametrize(
    ("granted", "spent", "standing"),
    [
        (USD // 2 - 1, 0, "even"),
        (USD // 2, 0, "tiers_down"),
        (USD * 9 // 10, 0, "local_only"),
        (USD, USD - 1, "local_only"),
        (USD, USD, "spent"),
    ],
)
def test_it_says_what_the_budget_asks_for(
    store: LedgerStore, granted: int, spent: int, standing: str
) -> None:
    budget = terms(tiers_down=0.5, local_only=0.9)
    use(store, budget, "all", granted=granted, spent=spent)
    state = the_state(store, budget)
    assert state.standing == standing
    assert state.bends == {"tiers_down": 0.5, "local_only": 0.9}


def test_a_budget_that_is_new_knows_what_the_ledger_knows(
    store: LedgerStore, tmp_path: Path
) -> None:
    writer = LedgerWriter(LedgerStore.open(tmp_path / "ledger.sqlite3"))
    for day in range(10):
        at = AT - day * 86_400 - 60
        writer.record(decision_entry(f"d{day}", at=at))
        writer.record(attempt_entry(f"d{day}", started_at=at))
    writer.close()
    state = the_state(store, terms())
    assert state.spent_usd == Decimal("0.01")
    assert state.forecast is not None
    # A request a day for seven and a half days more.
    assert 0.014 < state.forecast.usd < 0.02
    assert state.forecast.low_usd is not None
