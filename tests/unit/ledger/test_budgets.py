"""Leases in the database: never more than there is, whoever asks, and nothing forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headgate.ledger.budgets import LOST_AFTER_S, AccountKey, BudgetBank, Report, Standing, sums
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.budget.terms import BudgetTerms
from support.entries import AT, attempt_entry, decision_entry

TERMS = BudgetTerms(name="b", limit_pico=1000, per="month", scope="team", who="search")
KEY = AccountKey(TERMS, "search", TERMS.period(AT))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    yield store
    store.close()


def test_grants_go_as_far_as_the_limit(store: LedgerStore) -> None:
    one, other = BudgetBank(store, "one"), BudgetBank(store, "other")
    assert one.grant(KEY, 600, AT) == Standing(600, 0, 0)
    assert other.grant(KEY, 600, AT) == Standing(400, 600, 0)
    assert one.grant(KEY, 1, AT) == Standing(0, 400, 0)


def test_what_is_given_back_can_be_had(store: LedgerStore) -> None:
    one, other = BudgetBank(store, "one"), BudgetBank(store, "other")
    one.grant(KEY, 1000, AT)
    assert one.sync([Report(KEY, -700, 250)], AT) == [Standing(0, 0, 0)]
    assert other.grant(KEY, 1000, AT) == Standing(700, 300, 250)


def test_what_was_spent_beyond_the_limit_is_known(store: LedgerStore) -> None:
    one, other = BudgetBank(store, "one"), BudgetBank(store, "other")
    one.grant(KEY, 1000, AT)
    one.sync([Report(KEY, 500, 1500)], AT)
    assert other.grant(KEY, 1, AT) == Standing(0, 1500, 1500)


def test_a_process_that_ends_leaves_what_it_spent(store: LedgerStore) -> None:
    one = BudgetBank(store, "one")
    one.grant(KEY, 500, AT)
    one.give_back([Report(KEY, 0, 120)], AT)
    assert BudgetBank(store, "next").look(KEY, AT) == Standing(0, 120, 120)


def test_a_process_that_was_killed_leaves_its_whole_lease(store: LedgerStore) -> None:
    BudgetBank(store, "killed").grant(KEY, 500, AT)
    following = BudgetBank(store, "next")
    assert following.look(KEY, AT + LOST_AFTER_S) == Standing(0, 500, 0)
    assert following.look(KEY, AT + LOST_AFTER_S + 1) == Standing(0, 500, 500)
    with store.engine.connect() as connection:
        found = sums(connection, KEY, AT + LOST_AFTER_S + 1)
    assert found is not None
    assert (found.spent, found.reserved) == (500, 0)


def test_a_period_begins_with_nothing_and_a_new_budget_with_what_the_ledger_knows(
    store: LedgerStore, tmp_path: Path
) -> None:
    writer = LedgerWriter(LedgerStore.open(tmp_path / "ledger.sqlite3"))
    writer.record(attempt_entry("d1"))
    writer.record(decision_entry("d1"))
    writer.close()
    everything = BudgetTerms(name="all", limit_pico=10**12, per="month", who="all")
    key = AccountKey(everything, "all", everything.period(AT))
    assert BudgetBank(store, "one").look(key, AT) == Standing(0, 10**9, 10**9)
    later = AccountKey(everything, "all", everything.period(AT + 40 * 86_400))
    assert BudgetBank(store, "one").look(later, AT) == Standing(0, 0, 0)
    # Looked at again, it is not counted again.
    assert BudgetBank(store, "other").look(key, AT) == Standing(0, 10**9, 10**9)


@pytest.mark.parametrize("ends", [False, True])
def test_what_was_spent_without_asking_is_added_to_what_the_ledger_knows(
    store: LedgerStore, tmp_path: Path, ends: bool
) -> None:
    writer = LedgerWriter(LedgerStore.open(tmp_path / "ledger.sqlite3"))
    writer.record(attempt_entry("d1"))
    writer.record(decision_entry("d1"))
    writer.close()
    everything = BudgetTerms(name="all", limit_pico=10**12, per="month", who="all")
    key = AccountKey(everything, "all", everything.period(AT))
    one = BudgetBank(store, "one")
    if ends:
        one.give_back([Report(key, 0, 5)], AT)
    else:
        one.sync([Report(key, 5, 5)], AT)
    assert BudgetBank(store, "other").look(key, AT) == Standing(0, 10**9 + 5, 10**9 + 5)


def test_many_who_ask_at_once_get_no_more_than_there_is(tmp_path: Path) -> None:
    stores = [LedgerStore.open(tmp_path / "ledger.sqlite3") for _ in range(4)]
    banks = [BudgetBank(store, f"p{n}") for n, store in enumerate(stores)]

    def ask(number: int) -> int:
        return banks[number % 4].grant(KEY, 7, AT).granted

    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(ask, range(300)))
    for store in stores:
        store.close()
    assert sum(granted) == 1000
    assert set(granted) <= {0, 6, 7}


def test_names_are_those_who_spend(store: LedgerStore) -> None:
    each = BudgetTerms(name="b", limit_pico=1000, per="month", scope="key", who="*")
    bank = BudgetBank(store, "one")
    for who in ("alice", "bob"):
        bank.grant(AccountKey(each, who, each.period(AT)), 1, AT)
    bank.grant(KEY, 1, AT)
    assert sorted(bank.names(each, each.period(AT))) == ["alice", "bob"]
    assert bank.names(each, each.period(AT + 40 * 86_400)) == []
