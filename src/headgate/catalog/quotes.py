"""What the hosted models of the catalogue cost at one moment, and where lists differ."""

from datetime import datetime

from msgspec import Struct

from headgate.catalog.apis import HostedModel, SecondPrice, disagreement, hosted_models
from headgate.catalog.prices import find_price


class Quote(Struct, frozen=True, kw_only=True):
    """The price of one hosted model; of the lowest step where it has several."""

    id: str
    """`HostedModel.id`."""
    model: str
    """Its name in the price list."""
    input_usd_per_mtok: float | None = None
    output_usd_per_mtok: float | None = None
    source: str | None = None
    """`None` when no list has it."""
    differs: SecondPrice | None = None
    """The second list's entry, if it says otherwise."""


def quotes(at: datetime) -> tuple[Quote, ...]:
    """A quote for every hosted model, in the order of the catalogue."""
    return tuple(_quote(api, at) for api in hosted_models().values())


def _quote(api: HostedModel, at: datetime) -> Quote:
    price = find_price(api.provider, api.model, at)
    if price is None:
        return Quote(id=api.id, model=api.model)
    return Quote(
        id=api.id,
        model=api.model,
        input_usd_per_mtok=price.usd_per_input_mtok,
        output_usd_per_mtok=price.usd_per_output_mtok,
        source=price.source,
        differs=disagreement(api.provider, api.model, price),
    )
