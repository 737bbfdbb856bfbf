"""What is recommended, and what is said about it."""

from dataclasses import dataclass

import pytest

from headgate.planner.recommend import choose
from headgate.planner.uncertainty import Outcome
from support.plans import BARE, DESK, HAIKU, L4, MINI, RTX, ask, option_of

PLAIN = {"allowances": BARE, "volume_error": 0.0, "hybrid": False}


def outcome(mean, chance=0.5):
    return Outcome(
        p_cheapest=chance, mean_usd=mean, regret_usd=0.0, low_usd=0.0, high_usd=0.0, costs=()
    )


def test_the_least_mean_cost_is_chosen_and_not_the_likeliest_winner():
    assert choose({"often": outcome(110.0, 0.9), "never dear": outcome(100.0, 0.1)}) == "never dear"
    assert choose({}) is None


@dataclass(frozen=True)
class Rule:
    id: str
    tokens: float
    api: str
    agrees: bool | None
    fields: dict


@pytest.mark.parametrize(
    "case",
    [
        # $0.285 a million tokens.
        Rule("$285: use APIs, and so it is", 1e9, MINI, True, {"rent_usd_per_hour": {"l4": 50.0}}),
        Rule("$285: an own one all the same", 1e9, MINI, False, {"rent_usd_per_hour": {"l4": 0.0}}),
        Rule("$1,425: run the numbers", 5e9, MINI, None, {"rent_usd_per_hour": {"l4": 50.0}}),
        Rule("$2,850: own ones", 1e10, MINI, True, {"rent_usd_per_hour": {"l4": 0.0}}),
        Rule("$2,850: the API after all", 1e10, MINI, False, {"rent_usd_per_hour": {"l4": 50.0}}),
    ],
    ids=lambda case: case.id,
)
def test_the_rule_of_thumb_stands_beside_the_answer(case):
    report = ask(**PLAIN, apis=[case.api], machines=[L4], monthly_tokens=case.tokens, **case.fields)
    rule = report.verdict.rule_of_thumb
    assert rule.agrees == case.agrees
    assert float(rule.api_usd_per_month) == pytest.approx(case.tokens * 0.285e-6)
    assert "rule of thumb" in rule.sentence.lower()


def test_it_looks_at_the_cheapest_allowed_api_and_at_tokens_alone():
    figures = {**BARE, "api_support_usd": 9_999.0}
    report = ask(apis=[HAIKU, MINI], machines=[], allowances=figures, monthly_tokens=1e9)
    assert report.verdict.rule_of_thumb.api_usd_per_month == 285
    none = ask(apis=[MINI], machines=[RTX], needs=["government"])
    assert none.verdict.rule_of_thumb is None


def test_the_sentence_names_the_option_its_cost_and_the_next_best():
    report = ask(**PLAIN, apis=[MINI, HAIKU], machines=[], monthly_tokens=1e9)
    # $285 and 700 × $1 + 300 × $5 = $2,200
    for part in ("GPT-4o-mini", "$285", "$1,915", "Haiku"):
        assert part in report.verdict.sentence


def test_nothing_allowed_says_why_for_each():
    report = ask(apis=[MINI, HAIKU], machines=[], needs=["air_gapped"])
    assert report.verdict.option is None
    assert all(
        any(option.name in reason for reason in report.verdict.reasons) for option in report.options
    )


def test_a_cheaper_one_that_is_ruled_out_is_named_with_what_would_have_to_hold():
    report = ask(apis=[MINI], machines=[RTX], needs=["hipaa"], monthly_tokens=1e6)
    assert report.verdict.option == RTX
    [flip] = [each for each in report.verdict.flips if "GPT-4o-mini" in each]
    assert "openai" in flip
    with_contract = ask(
        apis=[MINI], machines=[RTX], needs=["hipaa"], monthly_tokens=1e6, signed=["openai"]
    )
    assert with_contract.verdict.option == MINI


@pytest.mark.parametrize(
    ("tokens", "chosen", "word", "other"),
    [(1e8, MINI, "above", "Llama 3.1 8B"), (3e9, L4, "below", "GPT-4o-mini")],
)
def test_a_volume_that_changes_the_answer_is_among_what_would_change_it(
    tokens, chosen, word, other
):
    # $365 a month, which the API costs at 1.28e9 tokens.
    report = ask(
        **PLAIN,
        apis=[MINI],
        machines=[L4],
        rent_usd_per_hour={"l4": 0.5},
        monthly_tokens=tokens,
        peak_to_mean=1,
        spare_units=0,
    )
    assert report.verdict.option == chosen
    flips = [flip for flip in report.verdict.flips if word in flip.lower() and other in flip]
    assert any("1.28B" in flip for flip in flips)


def test_what_nobody_has_measured_is_a_condition():
    for report in (ask(apis=[MINI], machines=[]), ask(apis=[], machines=[DESK])):
        assert report.verdict.conditions
    spot = "llama-3.1-8b@l4:spot"
    report = ask(apis=[], machines=[spot], rent_usd_per_hour={"l4": 0.1})
    assert any("spot" in each.lower() for each in report.verdict.conditions)


def test_a_close_race_is_said_to_be_one():
    close = ask(apis=[MINI, "cohere/command-r"], machines=[])
    sure = ask(**PLAIN, apis=[MINI, HAIKU], machines=[], monthly_tokens=1e10)
    assert option_of(sure, MINI).p_cheapest == 1
    assert "measure" not in sure.verdict.sentence
    assert close.verdict.option in {MINI, "cohere/command-r"}


def test_what_will_stop_answering_is_to_be_moved_from():
    leaving = "anthropic/claude-sonnet-4-5"
    report = ask(apis=[leaving], machines=[], as_of="2026-11-27")
    assert report.verdict.option == leaving
    [said] = [each for each in report.verdict.conditions if "2026-11-30" in each]
    assert option_of(report, leaving).successor.id in said
