"""Curves to draw: every option over the volume, steps upright."""

from itertools import pairwise

import pytest
from hypothesis import given, settings

from headgate.planner.chart import span
from support.plans import BARE, L4, MINI, ask, option_of, questions


def points(report, line):
    return list(zip(line.own_tokens or report.curves.tokens, line.usd, strict=True))


@settings(max_examples=40)
@given(questions(limits=False))
def test_no_curve_falls_and_each_has_a_point_for_each_volume(question):
    report = ask(question)
    for line in report.curves.lines:
        drawn = points(report, line)
        for (left, less), (right, more) in pairwise(drawn):
            assert left <= right
            assert less <= more


@settings(max_examples=40)
@given(questions())
def test_the_chart_holds_the_workload_s_own_volume(question):
    report = ask(question)
    volumes, tokens = report.curves.tokens, report.workload.tokens_per_month
    assert volumes[0] <= tokens <= volumes[-1]
    assert volumes[0] <= 1e6
    assert volumes[-1] >= 1e12


def test_the_span_is_the_usual_one_or_wider():
    assert span(1e9) == (1e6, 1e12)
    assert span(100.0) == (10, 1e12)
    assert span(1e14) == (1e6, 1e15)


@settings(max_examples=40)
@given(questions())
def test_the_band_is_the_recommended_option_s_and_lies_the_right_way_up(question):
    report = ask(question)
    curves = report.curves
    assert curves.band_option == report.verdict.option
    if curves.band_option is not None:
        assert len(curves.band_low_usd) == len(curves.band_high_usd) == len(curves.tokens)
        for low, high in zip(curves.band_low_usd, curves.band_high_usd, strict=True):
            assert low <= high


def test_a_line_passes_through_the_cost_in_the_table():
    report = ask(apis=[MINI], machines=[L4], monthly_tokens=1e9, allowances=BARE)
    [line] = [each for each in report.curves.lines if each.option == MINI]
    at_volume = dict(points(report, line))
    assert at_volume[1e9] == pytest.approx(float(option_of(report, MINI).usd_per_month), rel=1e-4)


def test_a_step_stands_upright():
    report = ask(
        apis=[], machines=[L4], allowances=BARE, rent_usd_per_hour={"l4": 1.0}, peak_to_mean=1
    )
    [line] = report.curves.lines
    capacity = option_of(report, L4).capacity_tokens_per_month
    drawn = points(report, line)
    steps = [
        (left, more - less)
        for (left, less), (right, more) in pairwise(drawn)
        if right / left < 1.0001 and more > less
    ]
    # One L4 more, $730, at every multiple of what one serves.
    assert steps[0] == (pytest.approx(capacity, rel=1e-4), pytest.approx(730, rel=1e-3))
    assert steps[1][0] == pytest.approx(2 * capacity, rel=1e-4)
