"""The cost of an hour of an own machine, by hand."""

from decimal import Decimal

import pytest

from headgate.estimate.energy import usd_per_busy_hour


def test_a_paid_off_machine_costs_its_electricity() -> None:
    # 0.350 kW × $0.30
    assert usd_per_busy_hour(Decimal(350), Decimal("0.30")) == Decimal("0.105")


def test_a_bought_machine_is_written_off_over_its_busy_hours() -> None:
    # 0.5 kW × $0.20 + ($4,380 − $1,460) / (2 years × 365 days × 4 hours) = 0.10 + 2920 / 2920
    usd = usd_per_busy_hour(
        Decimal(500),
        Decimal("0.20"),
        hardware_usd=Decimal(4380),
        life_years=Decimal(2),
        busy_hours_per_day=Decimal(4),
        resale_usd=Decimal(1460),
    )
    assert usd == Decimal("1.10")


def test_the_less_it_works_the_dearer_its_hour() -> None:
    def usd(busy: int) -> Decimal:
        return usd_per_busy_hour(
            Decimal(0),
            Decimal(0),
            hardware_usd=Decimal(8760),
            life_years=Decimal(1),
            busy_hours_per_day=Decimal(busy),
        )

    assert usd(24) == 1
    assert usd(1) == 24


@pytest.mark.parametrize("known", [{}, {"life_years": Decimal(3)}])
def test_hardware_without_its_life_and_use_is_refused(known: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="`hardware_usd` needs `life_years`"):
        usd_per_busy_hour(Decimal(1), Decimal(1), hardware_usd=Decimal(1000), **known)
