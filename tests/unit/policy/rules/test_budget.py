"""What a budget that bends prefers and refuses, and that nothing it refuses is ever tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.decide import decide
from headgate.policy.decision import Bend, Penalty, Veto
from headgate.policy.registry import all_rules
from support.decisions import candidate, facts, steps

ALL = all_rules()
RULE = ALL["budget"]
RESETS = "2026-12-01T00:00+01:00"
FREE = {"usd_per_input_mtok": 0.0, "usd_per_output_mtok": 0.0}
PAID = {"usd_per_input_mtok": 1.0, "usd_per_output_mtok": 4.0, "is_local": False}
UNPRICED = {"usd_per_input_mtok": None, "usd_per_output_mtok": None, "is_local": False}
OWN = {"is_unbilled": True, "usd_per_input_mtok": 0.0, "usd_per_output_mtok": 3.0}


def bend(how: str, spent: float = 0.93) -> Bend:
    return Bend(budget="search", how=how, spent=spent, resets=RESETS)


def test_an_even_budget_has_no_opinion() -> None:
    assert steps(RULE.judge(facts(), candidate(**PAID))) == 0


@pytest.mark.parametrize("how", ["local_only", "refuse"])
@pytest.mark.parametrize("of", ["request", "target"])
@pytest.mark.parametrize(
    ("target", "is_refused"),
    [
        (OWN, False),
        (OWN | UNPRICED, False),
        (FREE | {"is_local": False}, False),
        (PAID, True),
        (PAID | {"is_local": True}, True),
        (UNPRICED, True),
        (FREE | {"usd_per_output_mtok": None}, True),
    ],
)
def test_only_what_is_paid_for_is_refused(how, of, target, is_refused) -> None:
    asked = facts(bend=bend(how)) if of == "request" else facts()
    target = target if of == "request" else target | {"bend": bend(how)}
    assert isinstance(RULE.judge(asked, candidate(**target)), Veto if is_refused else Penalty)


def test_a_refusal_names_the_budget_its_share_and_the_day_it_begins_anew() -> None:
    said = RULE.judge(facts(bend=bend("local_only")), candidate(**PAID)).reason
    assert "`search` is used to 93%" in said
    assert RESETS in said
    said = RULE.judge(facts(bend=bend("refuse", 1.0)), candidate(**PAID)).reason
    assert f"budget `search` is spent until {RESETS}" in said


def test_weaker_tiers_go_first_whatever_the_request_asks_for() -> None:
    field = [candidate(name=f"t{n}", tier=n, **PAID) for n in (0, 1, 2)]
    asked = facts(tier=2)
    assert decide(asked, field, ALL).order == ["t2", "t1", "t0"]
    assert decide(facts(tier=2, bend=bend("tiers_down")), field, ALL).order == ["t0", "t1", "t2"]


def test_without_tiers_cheaper_targets_go_first_and_unknown_prices_last() -> None:
    dear = PAID | {"usd_per_output_mtok": 8.0}
    field = [
        candidate(name="unpriced", position=0, **UNPRICED),
        candidate(name="dear", position=1, **dear),
        candidate(name="cheap", position=2, **PAID),
        candidate(name="own", position=3, **OWN),
    ]
    asked = facts(expected_output_tokens=500)
    assert decide(asked, field, ALL).order == ["unpriced", "dear", "cheap", "own"]
    bent = facts(expected_output_tokens=500, bend=bend("tiers_down"))
    assert decide(bent, field, ALL).order == ["own", "cheap", "dear", "unpriced"]


def test_a_target_whose_budget_bends_comes_after_one_whose_does_not() -> None:
    field = [
        candidate(name="bent", position=0, bend=bend("tiers_down"), **PAID),
        candidate(name="even", position=1, **PAID),
    ]
    assert decide(facts(), field, ALL).order == ["even", "bent"]


@given(
    st.sampled_from(["local_only", "refuse"]),
    st.booleans(),
    st.none() | st.floats(0, 100),
    st.none() | st.floats(0, 100),
)
def test_nothing_unpaid_is_refused_and_nothing_paid_allowed(how, is_own, into, out) -> None:
    prices = {"usd_per_input_mtok": into, "usd_per_output_mtok": out}
    target = candidate(is_unbilled=is_own, is_local=False, **prices)
    costs = not is_own and (into, out) != (0.0, 0.0)
    assert isinstance(RULE.judge(facts(bend=bend(how)), target), Veto) == costs
