"""What an attempt cost, or would cost. Unknown is `None`, never 0."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.prices import Price, Rate, find_price
from headgate.core.usage import Money, Usage

Basis = Literal["override", "local", "catalog", "unknown"]
CONFIGURATION = "configuration"
MICROSECONDS_PER_HOUR = 3_600_000_000


class Pricing(Struct, frozen=True, kw_only=True):
    """How to price an attempt at a target; fixed when the runtime is built.

    Exactly one of the three kinds of knowledge applies, in this order: an override in
    the configuration (`usd_per_*_mtok`), a local machine (`usd_per_busy_hour`), the
    price list (`catalog`). All absent: the cost is unknown.
    """

    catalog_provider: str | None = None
    """Provider id in genai-prices; `None` when its list does not apply."""
    usd_per_input_mtok: Money | None = None
    usd_per_output_mtok: Money | None = None
    usd_per_cache_read_mtok: Money | None = None
    usd_per_cache_write_mtok: Money | None = None
    usd_per_busy_hour: Money | None = None
    """Electricity and amortisation of one hour of generating, from the configuration."""
    is_batch: bool = False


class Cost(Struct, frozen=True, gc=False):
    """Dollars, and how we know."""

    usd: Money | None = None
    source: str | None = None
    as_of: date | None = None
    basis: Basis = "unknown"


UNKNOWN = Cost()


def price_attempt(
    pricing: Pricing,
    usage: Usage | None,
    *,
    model: str,
    response_model: str | None,
    duration_s: float,
    at: datetime,
) -> Cost:
    """The cost of one try.

    The list is asked for the model that the backend says it used, then for the one it
    was asked for. A local machine's cost is that of the time the try took; tries that
    run side by side are each charged for all of theirs.
    """
    if usage is None:
        return UNKNOWN
    if pricing.usd_per_input_mtok is not None or pricing.usd_per_output_mtok is not None:
        return _by(_override(pricing), usage, "override")
    if pricing.usd_per_busy_hour is not None:
        busy_hours = Decimal(round(duration_s * 1_000_000)) / MICROSECONDS_PER_HOUR
        return Cost(pricing.usd_per_busy_hour * busy_hours, CONFIGURATION, None, "local")
    if pricing.catalog_provider is None:
        return UNKNOWN
    for name in (response_model, model):
        if not name:
            continue
        price = find_price(pricing.catalog_provider, name, at, is_batch=pricing.is_batch)
        if price is not None:
            return _by(price, usage, "catalog")
    return UNKNOWN


def expected_usd(
    usd_per_input_mtok: float | None,
    usd_per_output_mtok: float | None,
    *,
    input_tokens: int,
    output_tokens: int,
) -> float | None:
    """What so many tokens cost at base prices; `None` where a price it needs is unknown."""
    if usd_per_input_mtok is None or (usd_per_output_mtok is None and output_tokens):
        return None
    return (usd_per_input_mtok * input_tokens + (usd_per_output_mtok or 0.0) * output_tokens) / 1e6


def _by(price: Price, usage: Usage, basis: Basis) -> Cost:
    usd = price.cost(usage)
    return UNKNOWN if usd is None else Cost(usd, price.source, price.as_of, basis)


@lru_cache(maxsize=256)
def _override(pricing: Pricing) -> Price:
    return Price(
        source=CONFIGURATION,
        as_of=None,
        input=_rate(pricing.usd_per_input_mtok),
        output=_rate(pricing.usd_per_output_mtok),
        cache_read=_rate(pricing.usd_per_cache_read_mtok),
        cache_write=_rate(pricing.usd_per_cache_write_mtok),
    )


def _rate(usd_per_mtok: Money | None) -> Rate | None:
    return None if usd_per_mtok is None else Rate(usd_per_mtok)
