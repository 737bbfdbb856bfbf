"""The kinds of entries there are: one file under `data/` each."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from headgate.catalog.apis import (
    Allowance,
    HostedModel,
    SecondPrice,
    allowances,
    hosted_models,
    second_prices,
)
from headgate.catalog.capabilities import Capabilities, capabilities, families
from headgate.catalog.hardware import (
    Hardware,
    RentalOffer,
    Tariff,
    hardware,
    rental_offers,
    tariffs,
)
from headgate.catalog.models import Model, models
from headgate.catalog.prices import Addition, additions
from headgate.catalog.provider_facts import ProviderFacts, provider_facts

Entry = (
    Model
    | Hardware
    | RentalOffer
    | Tariff
    | HostedModel
    | Allowance
    | Addition
    | SecondPrice
    | Capabilities
    | ProviderFacts
)


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of entries."""

    name: str
    """As on the command line, `rentals`, and of the file, `rentals.yaml`."""
    type: type[Entry]
    lifetime_days: int | None
    """How long a figure holds whose source does not say; `None` for what does not change."""
    entries: Callable[[], Iterable[Entry]]


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(name="models", type=Model, lifetime_days=None, entries=lambda: models().values()),
        Kind(
            name="hardware", type=Hardware, lifetime_days=None, entries=lambda: hardware().values()
        ),
        Kind(name="rentals", type=RentalOffer, lifetime_days=90, entries=rental_offers),
        Kind(name="tariffs", type=Tariff, lifetime_days=365, entries=lambda: tariffs().values()),
        Kind(
            name="apis",
            type=HostedModel,
            lifetime_days=180,
            entries=lambda: hosted_models().values(),
        ),
        Kind(
            name="allowances",
            type=Allowance,
            lifetime_days=365,
            entries=lambda: allowances().values(),
        ),
        Kind(name="prices", type=Addition, lifetime_days=90, entries=additions),
        Kind(name="second_prices", type=SecondPrice, lifetime_days=90, entries=second_prices),
        Kind(name="capabilities", type=Capabilities, lifetime_days=180, entries=capabilities),
        Kind(name="families", type=Capabilities, lifetime_days=365, entries=families),
        Kind(name="provider_facts", type=ProviderFacts, lifetime_days=180, entries=provider_facts),
    )
}


def entry_name(entry: Entry) -> str:
    """What people call it: its id, or whose and what it is."""
    match entry:
        case RentalOffer():
            return f"{entry.provider}: {entry.hardware}, {entry.tenure}"
        case Addition() | Capabilities():
            return f"{entry.provider}: {', '.join(entry.models)}"
        case SecondPrice():
            return f"{entry.provider}: {entry.model}"
        case _:
            return entry.id
