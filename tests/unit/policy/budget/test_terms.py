"""Whose account a request counts against."""

import pytest

from headgate.policy.budget.terms import ALL, EACH, BudgetTerms, Scope
from support.decisions import facts

ASKED = facts(key="alice", team="search", tags=frozenset({"nightly", "demo"}))


def terms(scope: Scope | None, who: str = ALL) -> BudgetTerms:
    return BudgetTerms(name="b", limit_pico=1, per="day", scope=scope, who=who)


@pytest.mark.parametrize(
    ("scope", "who", "expected"),
    [
        (None, ALL, ALL),
        ("key", "alice", "alice"),
        ("key", "bob", None),
        ("key", EACH, "alice"),
        ("team", "search", "search"),
        ("team", "ads", None),
        ("route", "r", "r"),
        ("route", EACH, "r"),
        ("target", "gpt", "gpt"),
        ("target", "azure", None),
        ("target", EACH, "gpt"),
        ("tag", "nightly", "nightly"),
        ("tag", "weekly", None),
    ],
)
def test_a_request_counts_against_the_account_it_belongs_to(scope, who, expected) -> None:
    assert terms(scope, who).counts(ASKED, "gpt") == expected


@pytest.mark.parametrize("scope", ["key", "team"])
def test_who_has_no_key_has_no_account(scope: Scope) -> None:
    assert terms(scope, EACH).counts(facts(), "gpt") is None


def test_an_account_of_its_own_is_named() -> None:
    assert terms("key", EACH).said_of("alice") == "budget `b` of `alice`"
    assert terms("key", "alice").said_of("alice") == "budget `b`"
    assert terms(None).said_of(ALL) == "budget `b`"
