"""Hosted models a plan may compare with, and what is known about them besides their price."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec
from msgspec import Struct

from headgate.catalog.models import Quality
from headgate.catalog.sources import Range, Source

T = TypeVar("T")


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
    side: str
    """`own` or `api`."""
    unit: str
    """`hours_per_month`, `usd_per_hour`, `usd_per_month` or `share_of_spend`."""
    amount: Range
    why: str
    source: str
    checked: date


@cache
def hosted_models() -> Mapping[str, HostedModel]:
    """All hosted models by id, in the order of the file."""
    return {each.id: each for each in _decode("apis.yaml", tuple[HostedModel, ...])}


@cache
def second_prices() -> tuple[SecondPrice, ...]:
    """The second price list."""
    return _decode("second_prices.yaml", tuple[SecondPrice, ...])


@cache
def allowances() -> Mapping[str, Allowance]:
    """All allowances by id."""
    return {each.id: each for each in _decode("allowances.yaml", tuple[Allowance, ...])}


def _decode(name: str, kind: type[T]) -> T:
    return msgspec.yaml.decode((files("headgate.catalog") / "data" / name).read_bytes(), type=kind)
