"""What may not be recommended, whatever it saves."""

from dataclasses import dataclass
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings

from headgate.catalog.apis import hosted_models
from headgate.planner.rules import NEEDS
from support.plans import (
    BARE,
    DAY,
    DESK,
    HAIKU,
    L4,
    MINI,
    RTX,
    ask,
    option_of,
    questions,
    traffic_fields,
    verdicts_of,
)

TENURES = ("bought", "desk", "rented", "reserved", "spot")
AT_HOME = {"bought", "desk"}
NEVER_OUTSIDE = {"air_gapped", "government"}
RENT = {"rtx-4090": 0.5}
EU = "mistral/ministral-8b"
SIGNED = ("openai", "anthropic", "mistral", "rental")


def machine(tenure):
    return f"llama-3.1-8b@rtx-4090:{tenure}"


def expected(need, *, at_home, is_signed):
    if at_home:
        return "met"
    if need in NEVER_OUTSIDE:
        return "broken"
    return "met" if is_signed else "unproven"


@pytest.mark.parametrize("signed", [(), ("openai",), ("rental",), ("openai", "rental")])
@pytest.mark.parametrize("need", NEEDS)
def test_a_need_by_where_the_data_goes_and_what_is_signed(need, signed):
    report = ask(
        needs=[need],
        signed=signed,
        apis=[MINI],
        machines=[machine(tenure) for tenure in TENURES],
        rent_usd_per_hour=RENT,
    )
    for tenure in TENURES:
        outcome = expected(need, at_home=tenure in AT_HOME, is_signed="rental" in signed)
        option = option_of(report, machine(tenure))
        assert verdicts_of(option)[need] == outcome
        assert option.is_allowed == (outcome == "met")
    outcome = expected(need, at_home=False, is_signed="openai" in signed)
    assert verdicts_of(option_of(report, MINI))[need] == outcome


def every_set_of_needs():
    return chain.from_iterable(combinations(NEEDS, size) for size in range(len(NEEDS) + 1))


def assert_no_rule_is_broken(report):
    chosen = report.verdict.option
    for option in report.options:
        is_met = option.usd_per_month is not None and all(
            each.outcome == "met" for each in option.verdicts
        )
        assert option.is_allowed == is_met
        if option.id == chosen:
            assert is_met
        if not is_met:
            assert option.p_cheapest is None
    if chosen is None:
        assert not any(option.is_allowed for option in report.options)


def test_nothing_that_breaks_a_rule_is_recommended_whatever_is_needed():
    for needs, region, signed in product(every_set_of_needs(), (None, "eu"), ((), SIGNED)):
        report = ask(
            needs=needs,
            region=region,
            signed=signed,
            apis=[MINI, EU],
            machines=[RTX, L4],
            allowances=BARE,
        )
        assert_no_rule_is_broken(report)
        if NEVER_OUTSIDE & set(needs):
            assert report.verdict.option == RTX


@settings(max_examples=80)
@given(questions())
def test_nothing_that_breaks_a_rule_is_ever_recommended(question):
    assert_no_rule_is_broken(ask(question))


def test_data_that_may_not_leave_leaves_in_no_hybrid_either():
    report = ask(needs=["air_gapped"], monthly_tokens=1e11, peak_to_mean=20, allowances=BARE)
    assert all(each.kind == "own" for each in report.options if each.is_allowed)
    assert any(each.is_allowed for each in report.options)
    assert not any(each.kind == "hybrid" for each in report.options)


def test_a_retired_model_is_not_recommended_and_names_its_successor():
    for api in hosted_models().values():
        if api.retired is None:
            continue
        report = ask(apis=[api.id], machines=[])
        option = option_of(report, api.id)
        is_over = api.retired <= DAY
        assert verdicts_of(option)["offered"] == ("broken" if is_over else "met")
        assert (report.verdict.option is None) == is_over
        [reason] = [each.reason for each in option.verdicts if each.rule == "offered"]
        assert str(api.retired) in reason
        if is_over and api.successor:
            assert api.successor in reason


def test_a_model_was_still_offered_on_the_day_before_it_retired():
    name = "anthropic/claude-3-haiku"
    retired = hosted_models()[name].retired
    for day, outcome in ((retired.replace(day=retired.day - 1), "met"), (retired, "broken")):
        report = ask(apis=[name], machines=[], as_of=day.isoformat())
        assert verdicts_of(option_of(report, name))["offered"] == outcome


def test_a_quality_floor_takes_no_unknown_quality():
    unknown = next(e.id for e in hosted_models().values() if e.quality is None and not e.retired)
    report = ask(apis=[unknown, MINI], machines=[RTX], quality_floor=50)
    assert verdicts_of(option_of(report, unknown))["quality"] == "unproven"
    assert not option_of(report, unknown).is_allowed
    floor = hosted_models()[MINI].quality.percent
    for asked, outcome in ((floor, "met"), (floor + 0.1, "broken")):
        report = ask(apis=[MINI], machines=[], quality_floor=asked)
        assert verdicts_of(option_of(report, MINI))["quality"] == outcome
        assert (report.verdict.option == MINI) == (outcome == "met")


@pytest.mark.parametrize(
    ("hours", "api", "own"), [(50, "met", "met"), (49, "met", "broken"), (1, "broken", "broken")]
)
def test_the_team_needs_the_hours(hours, api, own):
    figures = {"own_engineering_hours": 50.0, "api_engineering_hours": 2.0}
    report = ask(team_hours_per_month=hours, allowances=figures, apis=[MINI], machines=[L4])
    assert verdicts_of(option_of(report, MINI))["team"] == api
    assert verdicts_of(option_of(report, L4))["team"] == own


def test_a_desk_is_looked_after_one_by_one():
    figures = {"own_engineering_hours_desk": 4.0, "own_engineering_hours": 50.0}
    few = ask(team_hours_per_month=4, allowances=figures, apis=[], machines=[DESK])
    assert verdicts_of(option_of(few, DESK))["team"] == "met"
    many = ask(
        team_hours_per_month=4, allowances=figures, apis=[], machines=[DESK], monthly_tokens=1e11
    )
    assert option_of(many, DESK).units > 1
    assert verdicts_of(option_of(many, DESK))["team"] == "broken"


def test_data_stays_where_it_is_processed():
    only_us = next(e.id for e in hosted_models().values() if e.regions == ("us",) and not e.retired)
    report = ask(region="eu", apis=[MINI, HAIKU, EU, only_us], machines=[RTX, L4])
    found = {each.id: verdicts_of(each)["residency"] for each in report.options}
    assert found[RTX] == "met"
    assert found[EU] == "met"
    assert found[HAIKU] == "unproven"
    assert found[only_us] == "unproven"
    assert found[L4] == "unproven"
    signed = ask(region="eu", apis=[HAIKU], machines=[L4], signed=["anthropic", "rental"])
    assert {verdicts_of(each)["residency"] for each in signed.options} == {"met"}


@dataclass(frozen=True)
class Speed:
    id: str
    rule: str
    asked: dict
    ttft_s: float
    tpot_s: float
    outcome: str


@pytest.mark.parametrize(
    "case",
    [
        Speed("a first token in time", "ttft", {"ttft_s": 0.5}, 0.5, 0.01, "met"),
        Speed("a first token too late", "ttft", {"ttft_s": 0.5}, 0.51, 0.01, "broken"),
        Speed("an answer fast enough", "tokens_per_s", {"tokens_per_s": 50}, 9, 0.02, "met"),
        Speed("an answer too slow", "tokens_per_s", {"tokens_per_s": 50}, 9, 0.021, "broken"),
    ],
    ids=lambda case: case.id,
)
def test_a_limit_on_speed_is_kept_at_p95(case):
    speed = {
        "provider": "openai",
        "model": "gpt-4o-mini",
        "samples": 100,
        "ttft_p50_s": 0.01,
        "ttft_p95_s": case.ttft_s,
        "tpot_p50_s": 0.001,
        "tpot_p95_s": case.tpot_s,
        "as_of": "2026-11-20",
    }
    report = ask(traffic=traffic_fields(speeds=[speed]), apis=[MINI], machines=[], **case.asked)
    assert verdicts_of(option_of(report, MINI))[case.rule] == case.outcome


def test_a_speed_that_nobody_knows_is_not_taken_for_fast_enough():
    unknown = next(e.id for e in hosted_models().values() if e.latency is None and not e.retired)
    report = ask(apis=[unknown], machines=[], ttft_s=3600, tokens_per_s=0.1)
    found = verdicts_of(option_of(report, unknown))
    assert (found["ttft"], found["tokens_per_s"]) == ("unproven", "unproven")
    assert report.verdict.option is None


def test_requests_longer_than_the_context_are_refused():
    known = hosted_models()[MINI].context_tokens
    fits = {"requests_per_month": 1e3, "input_tokens": known - 300, "output_tokens": 300}
    for extra, outcome in ((0, "met"), (1, "broken")):
        report = ask(apis=[MINI], machines=[], **{**fits, "input_tokens": known - 300 + extra})
        assert verdicts_of(option_of(report, MINI))["context"] == outcome


def test_what_does_not_fit_is_not_recommended_and_says_why():
    report = ask(apis=[], machines=["llama-3.3-70b@l4:rentedx1"])
    [option] = report.options
    assert verdicts_of(option) == {"fits": "broken", "context": "met"}
    assert (option.usd_per_month, report.verdict.option) == (None, None)
    assert any("70B" in reason for reason in report.verdict.reasons)
