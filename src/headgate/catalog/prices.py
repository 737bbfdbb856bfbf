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
from headgate.catalog.price_list import parse
from headgate.core.usage import Money, Usage

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelPrice

Tokens = int | Decimal
BATCH: Mapping[str, str] = {"processing": "batch"}
LONGEST_MODEL_NAME = 200
"""Names come from clients and backends; a longer one is no model, and must not fill the cache."""


class Rate(Struct, frozen=True):
    """Dollars per million tokens; from each step on, for all tokens of the request."""

    usd_per_mtok: Money
    steps: tuple[tuple[int, Money], ...] = ()
    """Input length above which the second number applies, ascending."""

    def at(self, input_tokens: Tokens) -> Money:
        """The rate for a request with so much input."""
        for above, usd_per_mtok in reversed(self.steps):
            if input_tokens > above:
                return usd_per_mtok
        return self.usd_per_mtok


class Price(Struct, frozen=True, kw_only=True):
    """What one model costs at one provider."""

    source: str
    """The list and its version, or the page and when it was read."""
    as_of: date | None
    """The day of the list that was looked up."""
    input: Rate | None = None
    output: Rate | None = None
    cache_read: Rate | None = None
    """As `input` when absent, as `cache_write` is."""
    cache_write: Rate | None = None
    reasoning: Rate | None = None
    """As `output` when absent."""
    usd_per_request: Money = Decimal(0)

    @property
    def usd_per_input_mtok(self) -> float | None:
        """For ranking; of the lowest step."""
        return None if self.input is None else float(self.input.usd_per_mtok)

    @property
    def usd_per_output_mtok(self) -> float | None:
        """For ranking; of the lowest step, 0 for a model that only reads."""
        if self.output is None:
            return None if self.input is None else 0.0
        return float(self.output.usd_per_mtok)

    def cost(self, usage: Usage) -> Money | None:
        """Dollars for one request; `None` for counts that contradict each other or lack a price."""
        return self.usd(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            reasoning_tokens=usage.reasoning_tokens,
        )

    def usd(
        self,
        *,
        input_tokens: Tokens,
        output_tokens: Tokens,
        cache_read_tokens: Tokens = 0,
        cache_write_tokens: Tokens = 0,
        reasoning_tokens: Tokens = 0,
    ) -> Money | None:
        """The same from counts, which may be means of requests that pay the same rates."""
        reasoning = reasoning_tokens if self.reasoning is not None else 0
        parts = (
            (input_tokens - cache_read_tokens - cache_write_tokens, self.input),
            (cache_read_tokens, self.cache_read or self.input),
            (cache_write_tokens, self.cache_write or self.input),
            (output_tokens - reasoning, self.output),
            (reasoning, self.reasoning),
        )
        per_million = Decimal(0)
        for tokens, rate in parts:
            if tokens == 0:
                continue
            if tokens < 0 or rate is None:
                return None
            per_million += rate.at(input_tokens) * tokens
        return per_million.scaleb(-6) + self.usd_per_request


def find_price(
    provider_id: str, model: str, at: datetime, *, is_batch: bool = False
) -> Price | None:
    """The price in force at `at` (an aware time); `None` when no list has it.

    `provider_id` is genai-prices' name of the provider. A batch that the list has no
    discount for costs what a single request costs.
    """
    assert at.tzinfo is not None
    if len(model) > LONGEST_MODEL_NAME:
        return None
    return _find(provider_id, model, int(at.timestamp() // 60), is_batch)


@lru_cache(maxsize=4096)
def _find(provider_id: str, model: str, minute: int, is_batch: bool) -> Price | None:
    """By the minute, because some prices depend on the time of day."""
    at = datetime.fromtimestamp(minute * 60, UTC)
    return _listed(provider_id, model, at, is_batch) or _added(provider_id, model, at)


def _listed(provider_id: str, model: str, at: datetime, is_batch: bool) -> Price | None:
    snapshot, source = _list()
    try:
        provider = snapshot.find_provider(None, provider_id, None)
    except LookupError:
        return None
    # Not `snapshot.calc`: it remembers every model name it is ever asked for.
    found = provider.find_model(model, all_providers=snapshot.providers)
    if found is None:
        return None
    # A model borrowed from another provider's list has that provider's discounts, not this one's.
    is_own = any(found is own for own in provider.models)
    prices = found.get_prices(at, BATCH if is_batch and is_own else None)
    per_thousand = prices.requests_kcount or Decimal(0)
    assert isinstance(per_thousand, Decimal)
    price = Price(
        source=source,
        as_of=at.date(),
        input=_rate(prices, "input_mtok"),
        output=_rate(prices, "output_mtok"),
        cache_read=_rate(prices, "cache_read_mtok"),
        cache_write=_rate(prices, "cache_write_mtok"),
        reasoning=_rate(prices, "output_reasoning_mtok"),
        usd_per_request=per_thousand / 1000,
    )
    return price if price.input is not None else None


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


class Addition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of `data/prices.yaml`."""

    provider: str
    models: tuple[str, ...]
    input_usd_per_mtok: Money
    output_usd_per_mtok: Money | None = None
    cache_read_usd_per_mtok: Money | None = None
    cache_write_usd_per_mtok: Money | None = None
    since: date | None = None
    source: str
    checked: date

    def price(self, at: datetime) -> Price:
        """The entry as a price."""
        return Price(
            source=f"{self.source} ({self.checked})",
            as_of=at.date(),
            input=Rate(self.input_usd_per_mtok),
            output=_flat(self.output_usd_per_mtok),
            cache_read=_flat(self.cache_read_usd_per_mtok),
            cache_write=_flat(self.cache_write_usd_per_mtok),
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
