"""What a request costs by public price lists: genai-prices, then our own few additions.

Prices are per request. Many models charge all of a request's tokens at a higher rate once
its input is longer than a threshold, so the price of a month's tokens taken at once would
be wrong (by 66 % for some): ask for the cost of each request and add those up.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from headgate.catalog.files import read
from headgate.catalog.price import Price, Rate
from headgate.catalog.price_list import parse
from headgate.core.usage import Money

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice

BATCH: Mapping[str, str] = {"processing": "batch"}
TIER_KEYS = ("service_tier", "speed")
"""What lists call the kinds of tiers: OpenAI's and Google's, and Anthropic's fast mode."""
USUAL_TIERS = frozenset({None, "", "auto", "batch", "default", "standard", "on_demand"})
"""Words for no tier in particular; a batch is told apart otherwise."""
LONGEST_MODEL_NAME = 200
"""Names come from clients and backends; a longer one is no model, and must not fill the cache."""


_UNKNOWN = Price(source="", as_of=None)
"""The list has the model, but not what is charged."""


def find_price(
    provider_id: str,
    model: str,
    at: datetime,
    *,
    is_batch: bool = False,
    tier: str | None = None,
) -> Price | None:
    """The price in force at `at` (an aware time); `None` when no list has it.

    `provider_id` is genai-prices' name of the provider. A batch that the list has no
    discount for costs what a single request costs. `tier` is what the provider says it
    served by (`flex`, `priority`, …): where the list does not say what that costs for this
    model, the price is unknown.
    """
    assert at.tzinfo is not None
    if len(model) > LONGEST_MODEL_NAME:
        return None
    is_batch = is_batch or tier == "batch"
    tier = None if tier in USUAL_TIERS else tier
    return _find(provider_id, model, int(at.timestamp() // 60), is_batch, tier)


@lru_cache(maxsize=4096)
def _find(
    provider_id: str, model: str, minute: int, is_batch: bool, tier: str | None
) -> Price | None:
    """By the minute, because some prices depend on the time of day."""
    at = datetime.fromtimestamp(minute * 60, UTC)
    listed = _listed(provider_id, model, at, is_batch, tier)
    if listed is _UNKNOWN:
        return None
    return listed or _added(provider_id, model, at)


def _listed(
    provider_id: str, model: str, at: datetime, is_batch: bool, tier: str | None
) -> Price | None:
    named = _model(provider_id, model)
    if named is None:
        return None
    found, is_own = named
    asked = {**(BATCH if is_batch else {}), **_tier_words(tier)} if is_own else {}
    if tier is not None and not _has_tier(found, tier):
        return _UNKNOWN
    prices = found.get_prices(at, asked or None)
    price = _price_of(prices, list_name(), at)
    return None if price.input is None and price.usd_per_search_unit is None else price


@lru_cache(maxsize=1024)
def _model(provider_id: str, model: str) -> "tuple[ModelInfo, bool] | None":
    """The model of that name, and whether it is of the provider's own list.

    One borrowed from another provider's list has that one's discounts. Apart from the minute,
    because the search takes most of the time that a price does.
    """
    snapshot, _ = _list()
    try:
        provider = snapshot.find_provider(None, provider_id, None)
    except LookupError:
        return None
    # Not `snapshot.calc`: it remembers every model name it is ever asked for.
    found = provider.find_model(model, all_providers=snapshot.providers)
    return None if found is None else (found, any(found is own for own in provider.models))


def _price_of(prices: "ModelPrice", source: str, at: datetime) -> Price:
    return Price(
        source=source,
        as_of=at.date(),
        input=_rate(prices, "input_mtok"),
        output=_rate(prices, "output_mtok"),
        cache_read=_rate(prices, "cache_read_mtok"),
        cache_write=_rate(prices, "cache_write_mtok"),
        cache_write_1h=_rate(prices, "cache_write_1h_mtok"),
        reasoning=_rate(prices, "output_reasoning_mtok"),
        audio_input=_rate(prices, "input_audio_mtok"),
        audio_output=_rate(prices, "output_audio_mtok"),
        cache_read_audio=_rate(prices, "cache_audio_read_mtok"),
        usd_per_request=_each(prices, "requests_kcount") or Decimal(0),
        usd_per_search_unit=_each(prices, "rerank_searches_kcount"),
        usd_per_web_search=_each(prices, "web_searches_kcount"),
    )


def _tier_words(tier: str | None) -> Mapping[str, str]:
    """A tier in the list's words; it names the kind of tier by provider."""
    return {} if tier is None else dict.fromkeys(TIER_KEYS, tier)


def _has_tier(model: "ModelInfo", tier: str) -> bool:
    words = _tier_words(tier).items()
    return any(not words.isdisjoint(variant.when.items()) for variant in model.price_variants or ())


def use_list(content: bytes, fetched: date) -> None:
    """Look prices up in this list from now on, instead of the installed package's.

    `content` is genai-prices' own file, `data.json`, as it was on the day `fetched`.

    Raises:
        UpstreamGarbled: It is no price list, or lacks much of the one in use.
    """
    from genai_prices.data_snapshot import DataSnapshot, set_custom_snapshot

    providers = parse(content, instead_of=_list()[0].providers)
    moment = datetime.combine(fetched, time())
    set_custom_snapshot(DataSnapshot(providers, from_auto_update=True, timestamp=moment))
    _forget()


def use_packaged_list() -> None:
    """Look prices up in the installed package's list again."""
    from genai_prices.data_snapshot import set_custom_snapshot

    set_custom_snapshot(None)
    _forget()


def is_packaged_list() -> bool:
    """Whether prices are those of the installed package."""
    return not _list()[0].from_auto_update


def listed_models() -> frozenset[tuple[str, str]]:
    """Provider and id of every model on the list in use."""
    snapshot, _ = _list()
    return frozenset((each.id, model.id) for each in snapshot.providers for model in each.models)


def list_name() -> str:
    """Which list is in use, with its version or the day it was fetched."""
    return _list()[1]


def _forget() -> None:
    _list.cache_clear()
    _model.cache_clear()
    _find.cache_clear()


@cache
def _list() -> "tuple[DataSnapshot, str]":
    """The price list and its name. Imported here because it takes a third of a second."""
    import genai_prices
    from genai_prices.data_snapshot import get_snapshot

    snapshot = get_snapshot()
    if snapshot.from_auto_update:
        return snapshot, f"genai-prices of {snapshot.timestamp.date()}"
    return snapshot, f"genai-prices {genai_prices.__version__}"


def _rate(prices: "ModelPrice", key: str) -> Rate | None:
    value = getattr(prices, key)
    if value is None or isinstance(value, Decimal):
        return None if value is None else Rate(value)
    return Rate(value.base, tuple((tier.start, tier.price) for tier in value.tiers))


def _each(prices: "ModelPrice", key: str) -> Money | None:
    """Of a price by the thousand, which has no steps."""
    value = getattr(prices, key)
    assert value is None or isinstance(value, Decimal)
    return None if value is None else value / 1000


class Addition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of `data/prices.yaml`."""

    provider: str
    models: tuple[str, ...]
    input_usd_per_mtok: Money | None = None
    output_usd_per_mtok: Money | None = None
    cache_read_usd_per_mtok: Money | None = None
    cache_write_usd_per_mtok: Money | None = None
    usd_per_thousand_searches: Money | None = None
    """Of reranking, by the provider's own unit."""
    since: date | None = None
    source: str
    checked: date

    def price(self, at: datetime) -> Price:
        """The entry as a price."""
        return Price(
            source=f"{self.source} ({self.checked})",
            as_of=at.date(),
            input=_flat(self.input_usd_per_mtok),
            output=_flat(self.output_usd_per_mtok),
            cache_read=_flat(self.cache_read_usd_per_mtok),
            cache_write=_flat(self.cache_write_usd_per_mtok),
            usd_per_search_unit=None
            if self.usd_per_thousand_searches is None
            else self.usd_per_thousand_searches / 1000,
        )


def newest(entries: Iterable[Addition], at: datetime) -> Price | None:
    """The price of the last entry that holds at `at`."""
    holding = [entry for entry in entries if entry.since is None or entry.since <= at.date()]
    return holding[-1].price(at) if holding else None


@cache
def additions() -> tuple[Addition, ...]:
    """Our own entries, oldest first."""
    return read("prices.yaml", tuple[Addition, ...])


def _added(provider_id: str, model: str, at: datetime) -> Price | None:
    name = model.lower()
    return newest((e for e in additions() if e.provider == provider_id and name in e.models), at)


def _flat(usd_per_mtok: Money | None) -> Rate | None:
    return None if usd_per_mtok is None else Rate(usd_per_mtok)
