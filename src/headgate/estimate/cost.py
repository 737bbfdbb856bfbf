"""What an attempt cost, or would cost. Unknown is `None`, never 0."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.price import Price, Rate
from headgate.catalog.prices import find_price
from headgate.core.usage import Money, Usage

Basis = Literal["override", "local", "reported", "catalog", "unknown"]
CONFIGURATION = "configuration"
PROVIDER = "the provider's own figure"
MICROSECONDS_PER_HOUR = 3_600_000_000


class Pricing(Struct, frozen=True, kw_only=True):
    """How to price an attempt at a target; fixed when the runtime is built.

    Exactly one kind of knowledge applies, the first there is: an override in the
    configuration (`usd_per_*_mtok`), a local machine (`usd_per_busy_hour`), what the
    provider says it charged (`reports_cost`), the price list (`catalog_provider`). All
    absent: the cost is unknown.
    """

    catalog_provider: str | None = None
    """Provider id in genai-prices; `None` when its list does not apply."""
    usd_per_input_mtok: Money | None = None
    usd_per_output_mtok: Money | None = None
    usd_per_cache_read_mtok: Money | None = None
    usd_per_cache_write_mtok: Money | None = None
    usd_per_cache_write_1h_mtok: Money | None = None
    """As for any other write when absent, as that is as for any other token."""
    usd_per_audio_input_mtok: Money | None = None
    usd_per_audio_output_mtok: Money | None = None
    usd_per_thousand_searches: Money | None = None
    usd_per_busy_hour: Money | None = None
    """Electricity and amortisation of one hour of generating, from the configuration."""
    reports_cost: bool = False
    """The provider's answers say what it charges, in US dollars."""
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
    if pricing.reports_cost and usage.reported_usd is not None:
        return Cost(usage.reported_usd, PROVIDER, at.date(), "reported")
    return _by_list(pricing, usage, (response_model, model), at)


def _by_list(pricing: Pricing, usage: Usage, models: Iterable[str | None], at: datetime) -> Cost:
    if pricing.catalog_provider is None:
        return UNKNOWN
    for model in filter(None, models):
        price = find_price(
            pricing.catalog_provider, model, at, is_batch=pricing.is_batch, tier=usage.tier
        )
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
    per_thousand = pricing.usd_per_thousand_searches
    writes = (pricing.usd_per_cache_write_1h_mtok, pricing.usd_per_cache_write_mtok)
    hour = next((each for each in writes if each is not None), pricing.usd_per_input_mtok)
    return Price(
        source=CONFIGURATION,
        as_of=None,
        input=_rate(pricing.usd_per_input_mtok),
        output=_rate(pricing.usd_per_output_mtok),
        cache_read=_rate(pricing.usd_per_cache_read_mtok),
        cache_write=_rate(pricing.usd_per_cache_write_mtok),
        cache_write_1h=_rate(hour),
        audio_input=_rate(pricing.usd_per_audio_input_mtok),
        audio_output=_rate(pricing.usd_per_audio_output_mtok),
        cache_read_audio=_rate(pricing.usd_per_audio_input_mtok),
        usd_per_search_unit=None if per_thousand is None else per_thousand / 1000,
    )


def _rate(usd_per_mtok: Money | None) -> Rate | None:
    return None if usd_per_mtok is None else Rate(usd_per_mtok)
