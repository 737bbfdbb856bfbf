"""What an own machine costs while it works."""

from decimal import Decimal

from headgate.core.usage import Money

DAYS_PER_YEAR = 365


def usd_per_busy_hour(
    watts: Decimal,
    usd_per_kwh: Money,
    *,
    hardware_usd: Money = Decimal(0),
    life_years: Decimal | None = None,
    busy_hours_per_day: Decimal | None = None,
    resale_usd: Money = Decimal(0),
) -> Money:
    """Electricity and write-off of one hour of generating.

        watts / 1000 × usd_per_kwh
        + (hardware_usd − resale_usd) / (life_years × 365 × busy_hours_per_day)

    The machine's price is spread over the hours in which it works, so that the idle ones
    are paid for, too. Power drawn while idle is not in it.

    Raises:
        ValueError: `hardware_usd` without `life_years` or `busy_hours_per_day`.
    """
    electricity = watts / 1000 * usd_per_kwh
    written_off = hardware_usd - resale_usd
    if not written_off:
        return electricity
    if not life_years or not busy_hours_per_day:
        raise ValueError("`hardware_usd` needs `life_years` and `busy_hours_per_day`")
    return electricity + written_off / (life_years * DAYS_PER_YEAR * busy_hours_per_day)
