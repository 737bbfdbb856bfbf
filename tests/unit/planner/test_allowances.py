"""Hidden costs: the catalogue's, or the question's own."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.apis import allowances
from headgate.core.errors import CallerError, InvalidRequest
from headgate.planner.allowances import allowance, check_allowances
from headgate.planner.inputs import Inputs
from headgate.planner.question import Question
from support.plans import DESK, L4, MINI, RTX, ask

NAME = "api_support_usd"


def test_the_catalogue_s_amount_holds_with_its_source():
    inputs, known = Inputs(), allowances()[NAME]
    assert allowance(NAME, Question(), inputs) == NAME
    assert inputs[NAME].range == known.amount
    assert (inputs[NAME].source, inputs[NAME].checked) == (known.source, str(known.checked))


def test_a_figure_of_one_s_own_is_a_point_and_named_so():
    inputs = Inputs()
    allowance(NAME, Question(allowances={NAME: 7.0}), inputs)
    span = inputs[NAME].range
    assert (span.low, span.usual, span.high) == (7, 7, 7)
    assert inputs[NAME].source != allowances()[NAME].source
    assert inputs[NAME].checked is None


def test_zero_is_a_figure_and_not_an_absence():
    inputs = Inputs()
    allowance(NAME, Question(allowances={NAME: 0.0}), inputs)
    assert (inputs[NAME].range.usual, inputs[NAME].range.high) == (0, 0)
    assert inputs[NAME].source != allowances()[NAME].source


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 1e10])
@pytest.mark.parametrize("name", allowances())
def test_what_cannot_be_is_refused(name, value):
    with pytest.raises(InvalidRequest) as caught:
        check_allowances(Question(allowances={name: value}))
    assert caught.value.param == "allowances"
    assert name in caught.value.message


def test_an_unknown_one_is_refused_with_those_there_are():
    with pytest.raises(InvalidRequest) as caught:
        check_allowances(Question(allowances={"coffee": 3.0}))
    assert caught.value.param == "allowances"
    assert NAME in (caught.value.hint or "")


@given(
    st.dictionaries(
        st.sampled_from(sorted(allowances())),
        st.sampled_from([0.0, 1e-300, 1e-17, 1e-9, 1.0, 1e3, 1e9]) | st.floats(0, 2),
        max_size=4,
    )
)
def test_any_figures_are_refused_or_give_a_cost_that_can_be(given_figures):
    refused, report = None, None
    try:
        report = ask(apis=[MINI], machines=[RTX, DESK], allowances=given_figures)
    except CallerError as error:
        refused = error
    if report is None:
        assert refused is not None
        assert getattr(refused, "param", None) == "allowances"
        return
    for option in report.options:
        assert option.usd_per_month is not None
        assert option.usd_per_month.is_finite()
        assert option.usd_per_month >= 0


@pytest.mark.parametrize("name", allowances())
def test_every_hidden_cost_of_the_catalogue_is_in_some_bill(name):
    def costs(**given_figures):
        report = ask(
            apis=[MINI],
            machines=[RTX, DESK, L4],
            hybrid=False,
            monthly_tokens=1e12,
            allowances=given_figures,
        )
        return {each.id: each.usd_per_month for each in report.options}

    span = allowances()[name].amount
    other = span.high if span.high != span.usual else span.low
    assert costs(**{name: other}) != costs()
