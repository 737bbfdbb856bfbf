"""Whatever happens, and in whatever order: no account is overspent, and no money is lost."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.budget.account import MOST_LEASED, Account, tightest
from headgate.policy.budget.period import period_of
from headgate.policy.budget.terms import BudgetTerms
from headgate.policy.decision import Bend

LIMIT = 100_000


def account(**terms: float) -> Account:
    made = BudgetTerms(name="b", limit_pico=LIMIT, per="day", **terms)
    return Account(made, "all", period_of(0.0, "day", UTC))


class Bank:
    """Grants up to the limit; `granted` is by account."""

    def __init__(self, accounts: list[Account]) -> None:
        self.granted = dict.fromkeys(accounts, 0)

    def fill(self, account: Account) -> None:
        left = LIMIT - sum(self.granted.values())
        more = max(0, min(account.missing(), left))
        self.granted[account] += more
        account.granted += more

    def sync(self, account: Account) -> None:
        account.measure(0.5)
        change = account.change()
        account.granted += change
        self.granted[account] += change


steps = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "ask", "settle", "sync"]),
        st.integers(0, 2),
        st.integers(1, LIMIT // 5),
        st.floats(0, 1),
    ),
    max_size=60,
)


@given(steps)
def test_processes_together_never_spend_more_than_the_limit(steps) -> None:
    accounts = [account() for _ in range(3)]
    bank, held, spent = Bank(accounts), {each: [] for each in accounts}, 0
    for what, number, amount, share in steps:
        each = accounts[number]
        if what == "ask":
            if not each.fits(amount):
                each.wanted += amount
                bank.fill(each)
                each.wanted -= amount
            if each.fits(amount):
                each.reserve(amount)
                held[each].append(amount)
        elif what == "settle" and held[each]:
            kept = held[each].pop()
            cost = int(kept * share)
            each.settle(kept, cost)
            spent += cost
        elif what == "sync":
            bank.sync(each)
        assert each.spent + each.reserved <= each.granted == bank.granted[each]
        assert sum(bank.granted.values()) <= LIMIT
    assert sum(each.spent for each in accounts) == spent
    assert sum(each.reserved for each in accounts) == sum(sum(each) for each in held.values())


@given(st.integers(1, LIMIT), st.integers(0, 3 * LIMIT))
def test_what_is_spent_beyond_the_lease_is_told_to_the_bank(kept: int, cost: int) -> None:
    each = account()
    bank = Bank([each])
    each.wanted = kept
    bank.fill(each)
    each.wanted = 0
    each.reserve(kept)
    each.settle(kept, cost)
    for _ in range(200):
        bank.sync(each)
    # Idle for long: no more is leased than was spent.
    assert each.granted == bank.granted[each] == cost


def test_a_lease_is_a_little_ahead_and_never_much() -> None:
    each = account()
    each.wanted = 10
    assert each.missing() == 10 + 40
    each.wanted = LIMIT // 2
    assert each.missing() == LIMIT // 2 + LIMIT // MOST_LEASED
    each.wanted = 0
    each.granted = LIMIT
    each.reserve(LIMIT // 2)
    each.settle(LIMIT // 2, 0)
    each.measure(0.5)
    assert each.change() == LIMIT // MOST_LEASED - LIMIT


def test_it_bends_in_order_and_says_until_when() -> None:
    each = account(tiers_down=0.5, local_only=0.8)
    each.granted = LIMIT
    seen = []
    for used in (49_999, 1, 29_999, 1, 19_999, 1):
        each.reserve(used)
        each.settle(used, used)
        bend = each.bend()
        seen.append(bend and bend.how)
    assert seen == [None, "tiers_down", "tiers_down", "local_only", "local_only", "refuse"]
    assert each.bend() == Bend(budget="b", how="refuse", spent=1.0, resets="1970-01-02T00:00+00:00")


def test_reservations_bend_it_but_only_spending_spends_it() -> None:
    each = account(tiers_down=0.5, local_only=0.8)
    each.granted = LIMIT
    each.reserve(LIMIT)
    assert each.current_level() == "local_only"
    each.settle(LIMIT, 0)
    assert each.current_level() == "even"


def test_what_others_spend_counts() -> None:
    each = account(tiers_down=0.5)
    each.elsewhere = LIMIT // 2
    assert each.current_level() == "tiers_down"
    each.elsewhere = each.spent_elsewhere = LIMIT
    assert each.current_level() == "refuse"


@pytest.mark.parametrize(
    ("bends", "budget"),
    [
        ([], None),
        ([("a", "tiers_down", 0.9), ("b", "local_only", 0.8)], "b"),
        ([("a", "refuse", 1.0), ("b", "local_only", 1.2)], "a"),
        ([("a", "tiers_down", 0.7), ("b", "tiers_down", 0.8)], "b"),
    ],
)
def test_the_tightest_is_what_allows_least(bends, budget) -> None:
    found = tightest([Bend(budget=name, how=how, spent=spent) for name, how, spent in bends])
    assert (found and found.budget) == budget
