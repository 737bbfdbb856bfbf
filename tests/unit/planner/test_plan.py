"""The whole answer: its laws, its crossovers, and that it can be made again."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings

from headgate.core.errors import InvalidRequest
from headgate.planner.chart import span
from headgate.planner.crossover import STEPS_LOOKED_AT, changes, cheapest_at, grid
from headgate.planner.link import from_query, question_of
from headgate.planner.plan import months_until
from headgate.planner.question import Question
from headgate.planner.report import Report
from support.plans import (
    BARE,
    DAY,
    HAIKU,
    L4,
    MINI,
    MINI_USD_PER_TOKEN,
    RTX,
    ask,
    candidates_of,
    option_of,
    powers_of_ten,
    questions,
)

PLAIN = {"peak_to_mean": 1, "volume_error": 0.0, "allowances": BARE, "hybrid": False}
TIE = 1e-6


def as_json(report):
    return msgspec.json.encode(report)


def crossing(volume, **fields):
    """A report in which a rented L4 becomes cheaper than the API at half its capacity.

    `volume` is in capacities of that L4.
    """
    asked = {**PLAIN, "apis": [MINI], "machines": [L4], "spare_units": 0, **fields}
    capacity = option_of(ask(**asked), L4).capacity_tokens_per_month
    rent = 0.5 * capacity * MINI_USD_PER_TOKEN / 730
    report = ask(**asked, rent_usd_per_hour={"l4": rent}, monthly_tokens=volume * capacity)
    return report, capacity


@settings(max_examples=50)
@given(questions())
def test_a_report_is_made_again_from_its_own_json_byte_for_byte(question):
    report = as_json(ask(question))
    fields = msgspec.json.decode(report)["question"]
    assert as_json(ask(question_of(fields))) == report


@settings(max_examples=25)
@given(questions())
def test_it_is_the_same_to_the_last_cent_a_year_later(question):
    first = ask(question)
    again = ask(first.question, today=DAY.replace(year=DAY.year + 1))
    assert again.options == first.options
    assert (again.verdict, again.curves) == (first.verdict, first.curves)
    assert (again.crossovers, again.tornado) == (first.crossovers, first.tornado)


@settings(max_examples=25)
@given(questions())
def test_its_link_gives_the_same_report(question):
    report = ask(question)
    assert ask(from_query(report.link)) == report


@settings(max_examples=40)
@given(questions())
def test_the_chances_add_up_to_one_over_what_is_allowed(question):
    report = ask(question)
    chances = [each.p_cheapest for each in report.options if each.p_cheapest is not None]
    if report.verdict.option is None:
        assert chances == []
    else:
        assert sum(chances) == pytest.approx(1)


@settings(max_examples=40)
@given(questions())
def test_allowed_options_come_first_and_the_cheapest_of_them_first(question):
    options = ask(question).options
    assert [each.is_allowed for each in options] == sorted(
        (each.is_allowed for each in options), reverse=True
    )
    for one, following in pairwise(options):
        if one.is_allowed == following.is_allowed and following.usd_per_month is not None:
            assert one.usd_per_month is not None
            assert one.usd_per_month <= following.usd_per_month


@settings(max_examples=40)
@given(questions(limits=False), powers_of_ten(1.001, 1000))
def test_no_pure_option_costs_less_at_a_greater_volume(question, factor):
    if question.requests_per_month is None and question.traffic is None:
        less = ask(question, hybrid=False)
        more = ask(question, hybrid=False, monthly_tokens=question.monthly_tokens * factor)
        costs = {each.id: each.usd_per_month for each in more.options}
        for each in less.options:
            if each.usd_per_month is not None:
                assert each.usd_per_month <= costs[each.id]


@settings(max_examples=30)
@given(questions(limits=False))
def test_the_crossovers_tell_the_cheapest_at_every_volume(question):
    candidates, setting = candidates_of(question)
    values = setting.inputs.usual()
    costs = {each.id: each.costed.at(values) for each in candidates if each.is_allowed}
    if not costs:
        return
    ends = span(setting.workload.tokens)
    found = changes(costs, *ends)
    units = [each.own.bill.unit_tokens for each in candidates if each.own and each.is_allowed]
    exact = STEPS_LOOKED_AT * min(units, default=ends[1])
    for one, following in pairwise(found):
        assert one.above == following.below
    for volume in grid(*ends, 31):
        passed = [change for change in found if change.tokens <= volume]
        told = passed[-1].above if passed else (found[0].below if found else None)
        name = cheapest_at(costs, volume)
        if told is not None and told != name:
            # Both answers cost the same where a change is, or where options are alike. Of a
            # hundred machines and more not every step is looked at, but it is a small one.
            wrong = costs[told].usd(volume) / costs[name].usd(volume) - 1
            assert wrong <= (TIE if volume <= exact else 1 / STEPS_LOOKED_AT)


@settings(max_examples=40)
@given(questions(limits=False))
def test_no_hybrid_in_a_report_is_dearer_than_the_best_of_its_halves(question):
    report = ask(question, apis=(MINI, HAIKU), machines=(L4, RTX), hybrid=True)
    costs = {each.id: each.usd_per_month for each in report.options}
    for name, usd in costs.items():
        own, sign, api = name.removeprefix("hybrid:").partition("+")
        if sign:
            # Each line is rounded to the millionth.
            assert float(usd) <= float(min(costs[own], costs[api])) + 1e-4


def test_a_rented_machine_crosses_where_the_arithmetic_says():
    report, capacity = crossing(0.25)
    [change] = [each for each in report.crossovers if each.tokens_per_month < capacity * 0.9]
    assert (change.cheaper_below, change.cheaper_above) == (MINI, L4)
    assert change.tokens_per_month == pytest.approx(0.5 * capacity, rel=1e-6)
    assert change.month is None
    assert report.verdict.option == MINI
    assert crossing(0.75)[0].verdict.option == L4


@pytest.mark.parametrize(
    ("volume", "growth", "month"),
    [
        (0.5 / 1.21, 0.1, 2.0),  # × 1.1 twice
        (0.5 * 0.9**3, 0.0, None),
        (0.9, 0.1, None),  # behind us
        (0.5 / 0.81, -0.1, 2.0),  # × 0.9 twice
    ],
)
def test_growth_reaches_a_crossover_in_the_month_it_takes(volume, growth, month):
    report, capacity = crossing(volume, growth_per_month=growth)
    change = min(report.crossovers, key=lambda each: abs(each.tokens_per_month - capacity / 2))
    assert change.month == (None if month is None else pytest.approx(month, rel=1e-5))


@pytest.mark.parametrize(
    ("factor", "growth", "months"),
    [
        (1.21, 0.1, 2),
        (2, 1.0, 1),
        (0.25, -0.5, 2),
        (2, 0.0, None),
        (2, -0.1, None),
        (0.5, 0.1, None),
        (1, 0.1, None),
        (2, 1e-300, None),
    ],
)
def test_months_until_a_volume_is_reached(factor, growth, months):
    expected = None if months is None else pytest.approx(months)
    assert months_until(factor, growth) == expected


@pytest.mark.parametrize("growth", [1e-300, -1e-300, 1e-17, -0.5, 2.0])
def test_any_growth_gives_a_report_that_can_be_written_and_read(growth):
    report, _ = crossing(0.25, growth_per_month=growth)
    read = msgspec.json.decode(as_json(report), type=Report)
    assert read.question == report.question
    assert all(each.month is None or each.month > 0 for each in read.crossovers)


def test_an_input_at_its_flip_makes_the_two_options_cost_the_same():
    from headgate.catalog.apis import allowances

    hours = allowances()["own_engineering_hours"].amount
    middle = (hours.usual + hours.high) / 2
    figures = {**BARE, "engineering_usd_per_hour": 10.0, "api_support_usd": 10.0 * middle}
    del figures["own_engineering_hours"]
    asked = {
        **PLAIN,
        "apis": [MINI],
        "machines": [L4],
        "spare_units": 0,
        "monthly_tokens": 1e6,
        "rent_usd_per_hour": {"l4": 0.0},
        "allowances": figures,
    }
    report = ask(**asked)
    assert report.verdict.option == L4
    bar = next(each for each in report.tornado if each.input == "own_engineering_hours")
    # An API of $10 × the middle, and its tokens for $0.285, against $10 an hour.
    assert bar.flips_to == MINI
    assert bar.flips_at == pytest.approx(middle + 0.0285, rel=1e-4)
    at_flip = ask(**{**asked, "allowances": {**figures, "own_engineering_hours": bar.flips_at}})
    costs = [float(option_of(at_flip, name).usd_per_month) for name in (MINI, L4)]
    assert costs[0] == pytest.approx(costs[1], rel=1e-4)


@settings(max_examples=30)
@given(questions(limits=False))
def test_every_option_that_something_flips_to_is_in_the_report(question):
    report = ask(question)
    known = {each.id for each in report.options}
    assert {each.flips_to for each in report.tornado if each.flips_to} <= known
    for change in report.crossovers:
        assert {change.cheaper_below, change.cheaper_above} <= known
    assert {line.option for line in report.curves.lines} <= known


@settings(max_examples=30)
@given(questions())
def test_what_is_recommended_has_the_lowest_mean_cost(question):
    report = ask(question)
    regrets = {e.id: e.regret_usd for e in report.options if e.regret_usd is not None}
    if report.verdict.option is not None:
        assert regrets[report.verdict.option] == min(regrets.values())


def test_a_day_is_pinned_so_that_prices_stay():
    assert ask().question.as_of == DAY.isoformat()
    assert ask(as_of="2026-01-01").question.as_of == "2026-01-01"


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-02-30", "1/2/2026", ""])
def test_what_is_no_day_is_refused(day):
    with pytest.raises(InvalidRequest) as caught:
        ask(as_of=day)
    assert caught.value.param == "as_of"


def test_nothing_to_compare_is_said():
    report = ask(apis=[], machines=[])
    assert (report.verdict.option, report.options, report.crossovers) == (None, (), ())
    assert report.verdict.sentence


def test_the_workload_is_told_as_it_was_understood():
    workload = ask(monthly_tokens=10_000_000, output_share=0.3).workload
    assert workload.requests_per_month == 10_000
    assert (workload.input_tokens_per_month, workload.output_tokens_per_month) == (7e6, 3e6)
    assert workload.mean_requests_per_s == pytest.approx(10_000 / (730 * 3600))
    assert workload.peak_requests_per_s == pytest.approx(3 * 10_000 / (730 * 3600), rel=0.01)
    assert ask(hours_per_day=12).workload.busy_share == pytest.approx(0.5)


def test_every_line_with_a_source_names_one_of_the_list():
    report = ask(question_of({"preset": "rag"}))
    for option in report.options:
        for line in option.lines:
            if line.source is not None:
                assert report.sources[line.source].at


@pytest.mark.parametrize("name", [HAIKU, RTX])
def test_one_option_alone_is_the_cheapest_for_sure(name):
    is_api = name == HAIKU
    report = ask(apis=[name] if is_api else [], machines=[] if is_api else [name])
    assert report.verdict.option == name
    assert option_of(report, name).p_cheapest == 1
    assert option_of(report, name).regret_usd == 0
    assert (report.crossovers, report.tornado) == ((), ())


def test_the_question_in_a_report_is_the_one_asked():
    question = Question(monthly_tokens=5e8, needs=("gdpr",), signed=("openai",))
    kept = ask(question).question
    assert kept == msgspec.structs.replace(question, as_of=DAY.isoformat())
