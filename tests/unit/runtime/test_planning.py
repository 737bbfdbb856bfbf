"""Plans with the world around them: the day, the draws, the price list."""

from datetime import UTC, datetime

import msgspec
import pytest

import headgate
from headgate.catalog.prices import list_name
from headgate.planner.draws import DRAWS
from headgate.planner.question import Question
from headgate.runtime.planning import choices, column, make_plan

SEED = [0, 2.85, 2.85, 5.50, 8.80, 47.50, 47.50, 66.00]


def test_the_classic_table_from_the_library_to_the_cent():
    report = headgate.plan(preset="classic")
    assert [float(row.usd_per_month) for row in report.classic] == SEED
    assert report.classic[0].is_local
    assert sum(row.retired is not None for row in report.classic) == 3


def test_the_library_s_plan_takes_fields_by_name():
    report = headgate.plan(monthly_tokens=2_000_000_000, output_share=0.15, apis=[], machines=[])
    assert report.workload.output_tokens_per_month == pytest.approx(3e8)


def test_what_cannot_be_is_the_caller_s_error_and_names_the_field():
    with pytest.raises(headgate.CallerError) as caught:
        headgate.plan(colour="red")
    assert getattr(caught.value, "param", None) == "colour"
    with pytest.raises(headgate.CallerError) as caught:
        headgate.plan(monthly_tokens=float("nan"))
    assert getattr(caught.value, "param", None) == "monthly_tokens"


def test_a_plan_is_of_today_and_of_the_list_in_use():
    before = datetime.now(UTC).date()
    report = make_plan(Question())
    after = datetime.now(UTC).date()
    assert before.isoformat() <= report.question.as_of <= after.isoformat()
    assert report.price_list == list_name()
    assert report.headgate_version


def test_the_draws_of_an_input_are_spread_evenly_and_always_the_same():
    drawn = column("volume")
    assert drawn == column("volume")
    assert drawn != column("rent")
    assert len(drawn) == DRAWS
    assert sorted(drawn) == pytest.approx([(index + 0.5) / DRAWS for index in range(DRAWS)])


def test_draws_of_two_inputs_do_not_rise_together():
    pairs = zip(column("life_years"), column("interest_rate_per_year"), strict=True)
    covariance = sum((a - 0.5) * (b - 0.5) for a, b in pairs) / DRAWS
    assert abs(covariance * 12) < 0.25


def test_a_report_is_made_again_from_its_own_question():
    report = headgate.plan(preset="rag", as_of="2026-11-01")
    fields = msgspec.to_builtins(report.question)
    assert headgate.plan(**fields) == report


def test_the_choices_are_all_that_a_question_may_name():
    offered = msgspec.json.decode(msgspec.json.encode(choices()))
    assert offered["defaults"]["output_share"] == 0.3
    presets = [each["id"] for each in offered["presets"]]
    assert presets[0] == "classic"
    assert {"llama-3.1-8b"} <= {each["id"] for each in offered["models"]}
    assert {each["id"] for each in offered["apis"]} >= set(offered["usual_apis"])
    assert {"hipaa", "gdpr"} <= {each["id"] for each in offered["needs"]}
    for allowance in offered["allowances"]:
        assert allowance["low"] <= allowance["usual"] <= allowance["high"]
    report = headgate.plan(
        region=offered["regions"][0], tariff=offered["tariffs"][-1]["id"], needs=["gdpr"]
    )
    assert report.options
