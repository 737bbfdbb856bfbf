"""What traffic costs at a hosted model: each class of requests at its own rate.

Never a month's tokens at once: many lists charge a request by its own length, so that the
price of seven million tokens is not the price of ten thousand times seven hundred.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from headgate.catalog.price import Price
from headgate.catalog.prices import find_price
from headgate.core.usage import Money
from headgate.estimate.traffic import RequestClass

HOURS = range(24)
ROUNDING = Decimal("0.001")
"""Of the input: cached tokens that are so little more than that are all of it."""


class HourlyPrice(Struct, frozen=True):
    """A price and the hours of the day (UTC) in which it holds."""

    price: Price
    hours: tuple[int, ...]


@lru_cache(maxsize=1024)
def prices_of_day(
    provider: str, model: str, day: date, *, is_batch: bool = False
) -> tuple[HourlyPrice, ...] | None:
    """Every price that holds on some hour of `day`; `None` when no list has the model."""
    start = datetime.combine(day, time(), UTC)
    by_rates: dict[tuple[object, ...], HourlyPrice] = {}
    for hour in HOURS:
        price = find_price(provider, model, start + timedelta(hours=hour), is_batch=is_batch)
        if price is None:
            return None
        rates = (price.input, price.output, price.cache_read, price.cache_write)
        known = by_rates.get(rates)
        hours = (*known.hours, hour) if known else (hour,)
        by_rates[rates] = HourlyPrice(price, hours)
    return tuple(by_rates.values())


def mean_request_usd(
    prices: Sequence[HourlyPrice],
    classes: Sequence[RequestClass],
    hours_utc: Sequence[float],
) -> Money | None:
    """Dollars of the mean request; `None` where a rate it needs is missing.

    Args:
        prices: Of a day, together for all of its hours.
        classes: With shares that add up to 1.
        hours_utc: 24 shares of requests by hour.
    """
    if len(prices) == 1:
        return _at(prices[0].price, classes)
    total = Decimal(0)
    for each in prices:
        weight = sum(hours_utc[hour] for hour in each.hours)
        if not weight:
            continue
        usd = _at(each.price, classes)
        if usd is None:
            return None
        total += usd * _exact(weight)
    return total


def _at(price: Price, classes: Sequence[RequestClass]) -> Money | None:
    total = Decimal(0)
    for each in classes:
        usd = class_usd(price, each)
        if usd is None:
            return None
        total += usd * _exact(each.share)
    return total


def class_usd(price: Price, each: RequestClass) -> Money | None:
    """Dollars of the mean request of one class, at the rates for its length."""
    given = _exact(each.input_tokens)
    read, written = _exact(each.cache_read_tokens), _exact(each.cache_write_tokens)
    if 0 < read + written - given <= given * ROUNDING:
        read = min(read, given)
        written = given - read
    return price.usd(
        input_tokens=given,
        output_tokens=_exact(each.output_tokens),
        cache_read_tokens=read,
        cache_write_tokens=written,
    )


def _exact(value: float) -> Decimal:
    """The shortest decimal of a binary fraction: .7 is .7."""
    return Decimal(repr(value))
