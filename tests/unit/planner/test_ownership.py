"""To have a machine and to run it: rent, purchase, power, people."""

import pytest

from headgate.core.errors import InvalidRequest
from support.plans import BARE, DESK, L4, RTX, ask, line_of, option_of

PLAIN = {
    "apis": [],
    "hybrid": False,
    "volume_error": 0.0,
    "peak_to_mean": 1,
    "spare_units": 0,
    "allowances": BARE,
}


def one(machine, **fields):
    report = ask(**{**PLAIN, "machines": [machine], **fields})
    return option_of(report, machine)


def with_costs(**figures):
    return {"allowances": {**BARE, **figures}}


def test_rent_is_by_device_and_hour():
    option = one(L4 + "x2", rent_usd_per_hour={"l4": 0.5})
    # 1 unit × 2 devices × 730 h × $0.50
    assert line_of(option, "rent") == 730
    assert option.devices_per_unit == 2


def test_network_and_storage_are_a_share_of_the_rent():
    costs = with_costs(own_network_storage_share=0.4)
    option = one(L4, rent_usd_per_hour={"l4": 1.0}, **costs)
    assert line_of(option, "network_storage") == pytest.approx(292)  # 40 % of $730


def test_rent_without_a_figure_is_that_of_the_offers():
    from statistics import median

    from headgate.catalog.hardware import rental_offers

    prices = [
        offer.usd_per_device_hour
        for offer in rental_offers()
        if offer.hardware == "h100-sxm" and offer.tenure == "on_demand"
    ]
    assert min(prices) < median(prices) < max(prices)
    option = one("llama-3.1-8b@h100-sxm:rented")
    cards = option.units * option.devices_per_unit
    assert line_of(option, "rent") == pytest.approx(median(prices) * 730 * cards)


def test_a_rent_that_nobody_offers_is_unknown_and_says_what_to_give():
    option = one("llama-3.1-8b@m4-max-128:rented")
    assert option.usd_per_month is None
    [verdict] = [each for each in option.verdicts if each.outcome != "met"]
    assert (verdict.rule, verdict.outcome) == ("price", "broken")
    assert "rent_usd_per_hour" in verdict.reason


def test_a_purchase_is_written_off_with_interest_and_resale():
    costs = with_costs(life_years=1.0, resale_share=0.5, interest_rate_per_year=0.12)
    option = one(RTX, hardware_usd={"rtx-4090": 10_000.0}, usd_per_kwh=0.0, **costs)
    # The annuity of test_inputs: $0.0494243943 a month for each dollar.
    assert line_of(option, "purchase") == pytest.approx(494.243943, abs=1e-4)


def test_spares_are_bought_and_draw_power_too():
    option = one(RTX, hardware_usd={"rtx-4090": 3600.0}, usd_per_kwh=0.0, spare_units=2)
    assert line_of(option, "purchase") == pytest.approx(100 * option.units)


def test_power_is_idle_watts_all_month_and_the_rest_while_it_computes():
    from headgate.catalog.hardware import hardware

    part = hardware()["rtx-4090"]
    option = one(RTX, usd_per_kwh=0.2, monthly_tokens=1e9)
    idle_kw = (part.idle_watts + part.host_watts) / 1000
    busy_kw = (part.max_watts - part.idle_watts) / 1000
    working = option.units
    kwh = 730 * working * (idle_kw + busy_kw * option.utilisation)
    assert line_of(option, "electricity") == pytest.approx(kwh * 0.2, rel=1e-6)
    pue = one(RTX, usd_per_kwh=0.2, monthly_tokens=1e9, **with_costs(pue=1.5))
    assert line_of(pue, "electricity") == pytest.approx(1.5 * kwh * 0.2, rel=1e-6)


def test_a_desk_draws_only_what_the_work_adds():
    from headgate.catalog.hardware import hardware

    part = hardware()["m4-max-128"]
    option = one(DESK, usd_per_kwh=0.2, monthly_tokens=1e8)
    kwh = 730 * option.units * (part.max_watts - part.idle_watts) / 1000 * option.utilisation
    assert line_of(option, "electricity") == pytest.approx(kwh * 0.2, rel=1e-6)


def test_rent_has_its_power_in_it():
    assert "electricity" not in {line.id for line in one(L4).lines}


def test_people_cost_their_hours():
    costs = with_costs(
        own_engineering_hours=50.0,
        engineering_usd_per_hour=90.0,
        own_monitoring_usd=40.0,
        own_fine_tuning_usd=7.0,
    )
    option = one(L4, **costs)
    found = {name: line_of(option, name) for name in ("engineering", "monitoring", "fine_tuning")}
    assert found == {"engineering": 4500, "monitoring": 40, "fine_tuning": 7}


def test_each_desk_costs_its_few_hours():
    costs = with_costs(own_engineering_hours_desk=4.0, engineering_usd_per_hour=90.0)
    few, many = one(DESK, **costs), one(DESK, monthly_tokens=1e11, **costs)
    assert line_of(few, "engineering") == 360
    assert many.units > 1
    assert line_of(many, "engineering") == 360 * many.units


def test_an_unknown_tariff_is_refused_with_those_there_are():
    with pytest.raises(InvalidRequest) as caught:
        one(RTX, tariff="atlantis")
    assert caught.value.param == "tariff"
    assert "us" in (caught.value.hint or "")


def test_a_dearer_tariff_costs_more():
    from headgate.catalog.hardware import tariffs

    cheap, dear = sorted(("us", "de"), key=lambda name: tariffs()[name].usd_per_kwh.usual)
    costs = [line_of(one(RTX, tariff=name), "electricity") for name in (cheap, dear)]
    assert costs[0] < costs[1]


@pytest.mark.parametrize("field", ["rent_usd_per_hour", "hardware_usd"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_price_that_cannot_be_is_refused_with_its_field(field, value):
    with pytest.raises(InvalidRequest) as caught:
        ask(machines=[L4, RTX], **{field: {"l4": value}})
    assert caught.value.param == field
    assert "l4" in caught.value.message


@pytest.mark.parametrize("field", ["rent_usd_per_hour", "hardware_usd"])
def test_a_price_of_hardware_nobody_knows_is_refused(field):
    with pytest.raises(InvalidRequest) as caught:
        ask(machines=[RTX], **{field: {"rtx4090": 1.0}})
    assert caught.value.param == field
