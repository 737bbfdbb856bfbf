"""Units, utilisation, payback and break-even, against arithmetic by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from support.plans import BARE, DESK, L4, MINI, MINI_USD_PER_TOKEN, RTX, ask, option_of, questions

FLAT = {"peak_to_mean": 1, "hours_per_day": 24, "days_per_week": 7, "volume_error": 0.0}
PLAIN = {**FLAT, "allowances": BARE, "hybrid": False}
PRICE = 3000.0


def bare(**fields):
    return ask(**{**PLAIN, "apis": [MINI], **fields})


def capacity_of(machine):
    report = bare(apis=[], machines=[machine])
    return option_of(report, machine).capacity_tokens_per_month


@settings(max_examples=60)
@given(questions())
def test_the_lines_of_every_option_add_up_to_its_cost(question):
    for option in ask(question).options:
        if option.usd_per_month is None:
            assert option.lines == ()
        else:
            assert sum((line.usd for line in option.lines), Decimal(0)) == option.usd_per_month
            assert all(line.usd >= 0 for line in option.lines)


@pytest.mark.parametrize(("units", "spare"), [(1, 0), (1, 2), (3, 1)])
def test_units_follow_the_volume_and_spares_come_on_top(units, spare):
    tokens = capacity_of(L4) * (units - 0.5)
    option = option_of(bare(machines=[L4], monthly_tokens=tokens, spare_units=spare), L4)
    assert option.units == units + spare
    assert option.utilisation == pytest.approx((units - 0.5) / units)
    # Exactly full needs no further one.
    full = bare(machines=[L4], monthly_tokens=capacity_of(L4) * units, spare_units=spare)
    assert option_of(full, L4).units == units + spare


def test_the_peak_decides_the_units_and_idles_the_rest_of_the_time():
    tokens = capacity_of(L4) * 0.9
    option = option_of(
        bare(machines=[L4], monthly_tokens=tokens, peak_to_mean=3, spare_units=0), L4
    )
    assert option.units == 3
    assert option.utilisation == pytest.approx(0.3, rel=0.01)


@pytest.mark.parametrize(("tokens", "api_usd"), [(1e9, 285), (2e11, 57_000)])
def test_a_purchase_pays_for_itself_out_of_what_is_saved(tokens, api_usd):
    report = bare(
        machines=[RTX],
        monthly_tokens=tokens,
        hardware_usd={"rtx-4090": PRICE},
        usd_per_kwh=0.0,
        spare_units=0,
    )
    option = option_of(report, RTX)
    # The API costs $0.285 per million; power is free: $3,000 a card over all of that.
    assert option_of(report, MINI).usd_per_month == Decimal(api_usd)
    cards = option.units * option.devices_per_unit
    assert (cards > 1) == (tokens > 1e9)
    assert option.payback_months == pytest.approx(PRICE * cards / api_usd)
    # Over 36 months, without interest or resale.
    assert float(option.usd_per_month) == pytest.approx(PRICE * cards / 36, abs=1e-4)


def test_what_it_takes_to_run_comes_off_what_is_saved():
    report = bare(
        machines=[RTX],
        monthly_tokens=1e9,
        hardware_usd={"rtx-4090": PRICE},
        usd_per_kwh=0.0,
        spare_units=0,
        allowances={**BARE, "own_monitoring_usd": 85.0},
    )
    option = option_of(report, RTX)
    # $285 − $85 = $200 a month.
    cards = option.units * option.devices_per_unit
    assert option.payback_months == pytest.approx(PRICE * cards / 200)


def test_what_costs_more_to_run_than_the_api_never_pays():
    figures = {**BARE, "own_monitoring_usd": 285.0}
    report = bare(machines=[RTX], monthly_tokens=1e9, allowances=figures, usd_per_kwh=0.1)
    assert option_of(report, RTX).payback_months is None


def test_only_a_purchase_pays_back():
    report = bare(machines=[L4, DESK], monthly_tokens=1e9)
    assert {each.payback_months for each in report.options} == {None}


def test_a_rented_unit_breaks_even_at_the_utilisation_where_both_cost_the_same():
    capacity = capacity_of(L4)
    # As dear as the API at half of what a unit serves.
    rent = 0.5 * capacity * MINI_USD_PER_TOKEN / 730
    asked = {"machines": [L4], "rent_usd_per_hour": {"l4": rent}, "spare_units": 0}
    option = option_of(bare(**asked), L4)
    assert option.break_even_utilisation == pytest.approx(0.5)
    at_half = bare(**asked, monthly_tokens=0.5 * capacity)
    assert float(option_of(at_half, L4).usd_per_month) == pytest.approx(
        float(option_of(at_half, MINI).usd_per_month), rel=1e-6
    )


def test_a_peak_lowers_the_utilisation_at_which_a_unit_is_full():
    # Four times the mean at the peak: full at a quarter, as dear as the API at an eighth.
    asked = {"machines": [L4], "peak_to_mean": 4, "spare_units": 0}
    option = option_of(bare(**asked), L4)
    rent = 0.5 * option.capacity_tokens_per_month * MINI_USD_PER_TOKEN / 730
    option = option_of(bare(**asked, rent_usd_per_hour={"l4": rent}), L4)
    assert option.break_even_utilisation == pytest.approx(0.125, rel=0.01)


def test_a_unit_too_dear_to_break_even_when_full_never_does():
    rent = 1.01 * capacity_of(L4) * MINI_USD_PER_TOKEN / 730
    option = option_of(bare(machines=[L4], rent_usd_per_hour={"l4": rent}, spare_units=0), L4)
    assert option.break_even_utilisation is None


def test_without_an_allowed_api_there_is_nothing_to_break_even_with():
    report = bare(machines=[L4, RTX], needs=["air_gapped"])
    assert option_of(report, RTX).break_even_utilisation is None
    assert option_of(report, RTX).payback_months is None


def test_the_first_machine_on_the_desk_is_free_and_has_no_spare():
    capacity = capacity_of(DESK)
    price = {"m4-max-128": 3600.0}

    def cost(volume):
        report = bare(
            machines=[DESK],
            monthly_tokens=volume,
            hardware_usd=price,
            usd_per_kwh=0.0,
            spare_units=2,
        )
        option = option_of(report, DESK)
        return option.units, float(option.usd_per_month)

    # $3,600 over 36 months for each after the first.
    assert cost(0.9 * capacity) == (1, 0)
    assert cost(1.5 * capacity) == (2, 100)
    assert cost(2.5 * capacity) == (3, 200)


def test_a_price_for_a_million_tokens_is_the_cost_over_the_volume():
    option = option_of(bare(machines=[], monthly_tokens=1e9), MINI)
    assert option.usd_per_mtok == Decimal("0.285")


def test_a_price_that_two_lists_disagree_on_is_shown_with_both():
    from headgate.catalog.apis import hosted_models, second_prices

    second = {(each.provider, each.model): each for each in second_prices()}
    checked = 0
    for api in hosted_models().values():
        other = second.get((api.provider, api.model))
        option = option_of(bare(apis=[api.id], machines=[]), api.id)
        if other is None or option.usd_per_month is None:
            assert option.disagreement is None
            continue
        checked += 1
        if option.disagreement is not None:
            mine = option.disagreement.here_usd_per_input_mtok
            theirs = option.disagreement.usd_per_input_mtok
            out = option.disagreement.here_usd_per_output_mtok
            theirs_out = option.disagreement.usd_per_output_mtok
            assert max(abs(mine / theirs - 1), abs(out / theirs_out - 1)) > 0.01
    assert checked
