"""What a machine serves, and so how many are needed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest
from headgate.estimate.serving import Lengths, capacity
from headgate.planner.link import question_of
from headgate.planner.own_option import own_option, targets_of
from headgate.planner.question import Question
from headgate.planner.workload import SECONDS_PER_MONTH
from support.plans import BARE, DESK, L4, RTX, setting_of


def option(text, **fields):
    return own_option(text, setting_of(question_of({"allowances": BARE, **fields})))


def test_a_unit_serves_its_rate_all_month_at_the_peak_s_shape():
    flat, peaked = option(L4, peak_to_mean=1), option(L4, peak_to_mean=4)
    served = capacity(flat.deployment, Lengths(input_tokens=700, output_tokens=300), SIZED)
    assert flat.bill.unit_tokens == pytest.approx(served.requests_per_s * SECONDS_PER_MONTH * 1000)
    assert peaked.bill.unit_tokens == pytest.approx(flat.bill.unit_tokens / 4, rel=0.01)


SIZED = targets_of(Question())


def test_what_is_asked_of_the_speed_is_what_it_is_sized_for():
    assert targets_of(Question(ttft_s=0.7, tokens_per_s=33)).ttft_p95_s == 0.7
    assert targets_of(Question(ttft_s=0.7, tokens_per_s=33)).tokens_per_s == 33
    assert SIZED.ttft_p95_s
    assert SIZED.tokens_per_s


@settings(max_examples=20)
@given(st.floats(1, 20), st.floats(1, 4))
def test_a_faster_answer_never_lets_a_unit_serve_more(tokens_per_s, factor):
    slow = option(L4, tokens_per_s=tokens_per_s)
    fast = option(L4, tokens_per_s=tokens_per_s * factor)
    if slow.bill is None:
        assert fast.bill is None
    elif fast.bill is not None:
        assert fast.bill.unit_tokens <= slow.bill.unit_tokens * (1 + 1e-9)


def test_a_speed_it_cannot_reach_is_a_problem_in_a_sentence():
    found = option(DESK, tokens_per_s=10_000)
    assert found.bill is None
    assert "tokens/s" in found.problem


def test_a_model_that_does_not_fit_has_no_bill():
    found = option("llama-3.3-70b@l4:rentedx1")
    assert (found.bill, found.capacity) == (None, None)
    assert found.problem


def test_bits_and_devices_are_as_they_are_asked_for():
    found = option("llama-3.1-8b@l4:rented:4.8x2")
    assert (found.deployment.weight_bits, found.deployment.devices) == (4.8, 2)


def test_only_what_is_bought_has_capital():
    bought = option(RTX, hardware_usd={"rtx-4090": 1234.0})
    assert bought.capital_usd_per_unit == 1234
    assert option(L4).capital_usd_per_unit == 0
    assert option(DESK).capital_usd_per_unit == 0


def test_a_desk_has_no_spare():
    assert option(DESK, spare_units=3).bill.spare_units == 0
    assert option(L4, spare_units=3).bill.spare_units == 3


def test_speed_is_uncertain_by_as_much_as_its_basis_says():
    setting = setting_of(question_of({}))
    found = own_option(L4, setting)
    error = found.capacity.basis.error_share
    span = setting.inputs[found.bill.speed_input].range
    assert span.high == pytest.approx(1 + error)
    assert span.low == pytest.approx(max(0.1, 1 - error))


@pytest.mark.parametrize("devices", [0, 3, 10**12])
def test_devices_that_cannot_work_together_are_a_problem_or_refused(devices):
    try:
        found = option(f"llama-3.1-8b@l4:rentedx{devices}")
    except InvalidRequest:
        return
    assert found.bill is None or found.deployment.devices in range(1, 9)


@pytest.mark.parametrize("bits", ["0", "0.5", "999"])
def test_a_precision_that_cannot_be_is_a_problem_or_refused(bits):
    try:
        found = option(f"llama-3.1-8b@l4:rented:{bits}")
    except InvalidRequest:
        return
    assert found.bill is None
