"""The workload that a question means, and what is refused."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest
from headgate.planner.link import question_of
from headgate.planner.question import Question
from headgate.planner.workload import LIMITS, SECONDS_PER_MONTH, load_curve, workload_of
from support.plans import questions, traffic_fields

shapes = st.builds(
    Question,
    peak_to_mean=st.floats(1, 20),
    hours_per_day=st.floats(0.1, 24),
    days_per_week=st.floats(0.1, 7),
)


def workload(**fields):
    return workload_of(question_of(fields))


def refusal(**fields):
    with pytest.raises(InvalidRequest) as caught:
        workload(**fields)
    return caught.value


@given(shapes)
def test_the_load_curve_covers_all_time_and_has_the_mean_one(question):
    steps = load_curve(question)
    assert sum(step.share for step in steps) == pytest.approx(1)
    assert sum(step.share * step.load for step in steps) == pytest.approx(1)
    assert all(step.share > 0 and step.load >= 0 for step in steps)
    assert all(low.load <= high.load * (1 + 1e-9) for high, low in pairwise(steps))


@given(shapes)
def test_the_peak_is_about_the_one_asked_for_within_the_active_hours(question):
    active = question.hours_per_day * question.days_per_week / 168
    busiest = max(step.load for step in load_curve(question))
    assert busiest * active == pytest.approx(question.peak_to_mean, rel=0.02)
    quiet = sum(step.share for step in load_curve(question) if step.load == 0)
    assert quiet == pytest.approx(1 - active, abs=1e-9)


def test_tokens_and_a_share_become_requests_of_a_length():
    found = workload(monthly_tokens=10_000_000, output_share=0.3, tokens_per_request=1000)
    assert (found.requests, found.tokens) == (10_000, 10_000_000)
    assert (found.mean("input_tokens"), found.mean("output_tokens")) == (700, 300)


def test_requests_and_lengths_come_before_tokens():
    found = workload(
        requests_per_month=500, input_tokens=2000, output_tokens=100, monthly_tokens=1e9
    )
    assert (found.requests, found.tokens) == (500, 500 * 2100)


def test_a_file_s_hour_is_a_month_of_730():
    found = workload(traffic=traffic_fields(requests=1000, span_s=3600.0))
    assert found.requests == pytest.approx(730_000)
    assert SECONDS_PER_MONTH == 730 * 3600


def test_a_file_may_be_scaled_to_the_requests_of_a_month():
    found = workload(traffic=traffic_fields(span_s=None), requests_per_month=5)
    assert (found.requests, found.tokens_per_request) == (5, 1000)


def test_a_file_without_times_needs_the_number_of_requests():
    error = refusal(traffic=traffic_fields(span_s=None))
    assert error.param == "requests_per_month"
    assert error.hint


def test_a_file_without_requests_is_nothing_to_plan_for():
    assert refusal(traffic=traffic_fields(requests=0)).param == "traffic"


def test_a_short_file_is_said_to_be_the_month_over_and_over():
    assert any("1 h" in n or "60 m" in n for n in workload(traffic=traffic_fields()).notes)
    assert workload(traffic=traffic_fields(span_s=SECONDS_PER_MONTH)).notes == ()


def test_caching_is_the_file_s_unless_it_is_asked_for():
    classes = [
        {"share": 1.0, "input_tokens": 1000.0, "output_tokens": 1.0, "cache_read_tokens": 400.0}
    ]
    traffic = traffic_fields(classes=classes)
    assert workload(traffic=traffic).mean("cache_read_tokens") == 400
    assert workload(traffic=traffic, cached_share=0.1).mean("cache_read_tokens") == 100
    assert workload(traffic=traffic, cached_share=0.0).mean("cache_read_tokens") == 0
    assert workload(cache_write_share=0.5).mean("cache_write_tokens") == 350


def test_a_prefix_share_is_said_and_not_assumed():
    traffic = traffic_fields(prefix_hit_share=0.4)
    found = workload(traffic=traffic)
    assert found.mean("cache_read_tokens") == 0
    assert any("40" in note for note in found.notes)
    assert not any("40" in n for n in workload(traffic=traffic, cached_share=0.2).notes)


def test_deferrable_requests_are_spread_and_lower_the_peak():
    peaked = workload(peak_to_mean=5, batch_share=0.0).peak
    half = workload(peak_to_mean=5, batch_share=0.5)
    assert half.peak == pytest.approx(0.5 * peaked + 0.5)
    assert workload(peak_to_mean=5, batch_share=1.0).peak == pytest.approx(1)
    assert sum(s.share * s.load for s in half.steady_curve) == pytest.approx(1)


def test_the_longest_class_is_what_has_to_fit():
    classes = [
        {"share": 0.99, "input_tokens": 100.0, "output_tokens": 10.0},
        {"share": 0.01, "input_tokens": 90_000.0, "output_tokens": 500.0},
    ]
    assert workload(traffic=traffic_fields(classes=classes)).longest_tokens == 90_500


@pytest.mark.parametrize(("field", "least", "most", "unit"), LIMITS)
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, "low", "high"])
def test_a_number_that_cannot_be_is_refused_with_its_field(field, least, most, unit, wrong):
    span = max(1e-9, most - least)
    value = {"low": least - span * 1e-3 - 1e-3, "high": most + span * 1e-3}.get(wrong, wrong)
    with pytest.raises(InvalidRequest) as caught:
        workload_of(Question(**{field: value}))
    assert caught.value.param == field
    assert field in caught.value.message


@pytest.mark.parametrize(("field", "least", "most", "unit"), LIMITS)
def test_the_ends_of_a_range_are_allowed(field, least, most, unit):
    for value in (least, most):
        assert workload_of(Question(**{field: value})).tokens > 0


def test_every_number_of_a_question_has_limits():
    numbers = {
        name
        for name, value in Question.__annotations__.items()
        if value in {float, float | None, int} and name != "version"
    }
    assert numbers - {limit[0] for limit in LIMITS} == set()


def test_more_cached_than_read_is_refused():
    assert refusal(cached_share=0.6, cache_write_share=0.5).param == "cache_write_share"


SPEED = {
    "provider": "openai",
    "model": "gpt-4o-mini",
    "samples": 10,
    "ttft_p50_s": 0.4,
    "ttft_p95_s": 0.9,
    "tpot_p50_s": 0.01,
    "tpot_p95_s": 0.02,
    "as_of": "2026-11-20",
}
CLASS = {"share": 1.0, "input_tokens": 700.0, "output_tokens": 300.0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": []},
        {"load_curve": []},
        {"requests": -5},
        {"span_s": -1.0},
        {"span_s": math.inf},
        {"span_s": 0.0, "requests": 10},
        {"classes": [{**CLASS, "share": -1.0}]},
        {"classes": [{**CLASS, "share": math.nan}]},
        {"classes": [CLASS, CLASS]},
        {"classes": [{**CLASS, "input_tokens": -1.0}]},
        {"classes": [{**CLASS, "output_tokens": math.inf}]},
        {"classes": [{**CLASS, "input_tokens": 0.0, "output_tokens": 0.0}]},
        {"classes": [{**CLASS, "cache_read_tokens": 701.0}]},
        {"classes": [{**CLASS, "cache_write_tokens": -1.0}]},
        {"load_curve": [{"share": 1.0, "load": -1.0}]},
        {"load_curve": [{"share": 0.5, "load": 1.0}]},
        {"load_curve": [{"share": 1.0, "load": 0.0}]},
        {"load_curve": [{"share": 1.0, "load": math.nan}]},
        {"speeds": [{**SPEED, "ttft_p95_s": -1.0}]},
        {"speeds": [{**SPEED, "tpot_p50_s": math.nan}]},
        {"hours_utc": [1.0]},
        {"hours_utc": [-1.0, 2.0, *[0.0] * 22]},
    ],
    ids=str,
)
def test_a_traffic_that_cannot_be_is_refused(wrong):
    error = refusal(traffic=traffic_fields(**wrong))
    assert error.param in {"traffic", "requests_per_month"}


@given(questions())
def test_every_question_that_can_be_asked_has_a_workload(question):
    found = workload_of(question)
    assert 0 < found.tokens < math.inf
    assert sum(each.share for each in found.classes) == pytest.approx(1)
    assert found.peak >= 1 - 1e-9


@pytest.mark.parametrize(
    ("costs", "said"),
    [((2.0, 1.0), True), ((2.0, None), False), ((), False)],
    ids=["all known", "one unknown", "none told"],
)
def test_what_a_log_says_it_cost_is_told_only_where_all_of_it_is_known(costs, said):
    models = [
        {
            "model": f"m{place}",
            "requests": 5,
            "input_tokens": 10,
            "output_tokens": 10,
            "recorded_cost_usd": cost,
        }
        for place, cost in enumerate(costs)
    ]
    fields = traffic_fields(by_model=models, requests=10, span_s=SECONDS_PER_MONTH / 2)
    notes = workload_of(question_of({"traffic": fields})).notes
    told = [note for note in notes if "records $3.00" in note and "$6.00 a month" in note]
    assert bool(told) == said
