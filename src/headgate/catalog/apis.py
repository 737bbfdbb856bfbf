"""Hosted models a plan may compare with, and what is known about them besides their price."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.files import read
from headgate.catalog.models import Quality
from headgate.catalog.price import Price
from headgate.catalog.sources import Range, Source

AGREEMENT_SHARE = 0.01
"""Prices that differ by less agree."""


class PublishedLatency(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Speed somebody measured and published; never a promise."""

    ttft_p50_s: float
    ttft_p95_s: float | None = None
    tokens_per_s_p50: float
    """Of one answer, after its first token."""
    tokens_per_s_p5: float | None = None
    """The slow end: 95 % are faster."""


class HostedModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model at one provider."""

    id: str
    """As `openai/gpt-4o-mini`."""
    name: str
    """For people: `OpenAI GPT-4o-mini`."""
    provider: str
    """Id in genai-prices, as `openai`."""
    model: str
    """Name in the price list; a version where the price depends on it."""
    open_model: str | None = None
    """`Model.id` when its weights are open: the fair comparison with own hardware."""
    context_tokens: int | None = None
    regions: tuple[str, ...] = ()
    """Where the provider promises to compute on request; empty is unknown."""
    retired: date | None = None
    """Day it stopped, or will stop, answering."""
    successor: str | None = None
    """`HostedModel.id` of what its users should look at."""
    quality: Quality | None = None
    latency: PublishedLatency | None = None
    sources: tuple[Source, ...]
    """Of context, regions, retirement, quality and latency; prices carry their own."""


class SecondPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What another list says a model costs, to show where lists disagree."""

    provider: str
    model: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    source: str
    checked: date


class Allowance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cost that no invoice shows by itself: the default for one line of a plan."""

    id: str
    """As `own_engineering_hours`."""
    name: str
    side: Literal["own", "api", "both"]
    unit: Literal[
        "hours_per_month",
        "usd_per_hour",
        "usd_per_month",
        "share_of_spend",
        "share_per_year",
        "share_of_price",
        "years",
        "factor",
    ]
    amount: Range
    why: str
    source: str
    checked: date


@cache
def hosted_models() -> Mapping[str, HostedModel]:
    """All hosted models by id, in the order of the file."""
    return {each.id: each for each in read("apis.yaml", tuple[HostedModel, ...])}


@cache
def second_prices() -> tuple[SecondPrice, ...]:
    """The second price list."""
    return read("second_prices.yaml", tuple[SecondPrice, ...])


@cache
def allowances() -> Mapping[str, Allowance]:
    """All allowances by id."""
    return {each.id: each for each in read("allowances.yaml", tuple[Allowance, ...])}


def disagreement(provider: str, model: str, price: Price) -> SecondPrice | None:
    """The second list's entry where its input or output differs from `price` by over 1 %."""
    second = _second_prices_by_name().get((provider, model.lower()))
    if second is None:
        return None
    pairs = (
        (price.usd_per_input_mtok, second.input_usd_per_mtok),
        (price.usd_per_output_mtok, second.output_usd_per_mtok),
    )
    return None if all(_agree(ours, theirs) for ours, theirs in pairs) else second


@cache
def _second_prices_by_name() -> Mapping[tuple[str, str], SecondPrice]:
    return {(each.provider, each.model.lower()): each for each in second_prices()}


def _agree(ours: float | None, theirs: float) -> bool:
    """What we do not know contradicts nothing."""
    return ours is None or abs(ours - theirs) <= AGREEMENT_SHARE * max(ours, theirs)
