"""What providers publish about the data they are sent: retention, training, audits, contracts.

Published is what a provider offers everybody. What an operator has signed is said on a target,
and is known to `policy.compliance` only.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.files import read
from headgate.catalog.sources import Source

Confidence = Literal["low", "medium", "high"]
ZeroRetention = Literal["none", "self_serve", "approval", "default"]
Soc2 = Literal["none", "type1", "type2", "in_scope", "unspecified"]
Agreement = Literal["none", "case_by_case", "available", "included"]
Value = bool | int | str | tuple[str, ...]


class FactSource(Source, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where some figures of a row were read, and how far that is to be trusted."""

    stale_after: date
    """From this day on its figures count as unknown."""
    confidence: Confidence


class Conflict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What another source says of a figure, kinder than the one that is used."""

    figure: str
    says: str
    at: str
    checked: date | None = None
    why: str | None = None
    """Why it does not hold."""


class ProviderFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row: a provider, or some models or endpoints of it. What is `None` is unknown."""

    id: str
    name: str
    provider: str
    """Id in genai-prices."""
    hosts: tuple[str, ...]
    """Who receives the data, whatever the API is called; `*` is any part of a name."""
    models: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    """Ends of paths."""
    retention_days: int | None = None
    retention_flagged_days: int | None = None
    """Of what its classifiers have flagged."""
    zdr: ZeroRetention | None = None
    trains_default: bool | None = None
    """It trains on what it is sent, unless somebody objects."""
    soc2: Soc2 | None = None
    iso27001: bool | None = None
    baa: Agreement | None = None
    baa_eligible: bool | None = None
    """Its business associate agreement covers these models and endpoints."""
    baa_excludes: tuple[str, ...] | None = None
    """What a request must not use to be covered by it."""
    dpa: Agreement | None = None
    regions_inference: tuple[str, ...] | None = None
    regions_storage: tuple[str, ...] | None = None
    request_controls: tuple[str, ...] | None = None
    """What a request, or an account, can say to be kept for less time."""
    sources: tuple[FactSource, ...]
    conflicts: tuple[Conflict, ...] = ()

    @property
    def is_general(self) -> bool:
        """Whether it holds for every model and endpoint of its hosts."""
        return not self.models and not self.endpoints


FIGURES = (
    "retention_days",
    "retention_flagged_days",
    "zdr",
    "trains_default",
    "soc2",
    "iso27001",
    "baa",
    "baa_eligible",
    "baa_excludes",
    "dpa",
    "regions_inference",
    "regions_storage",
    "request_controls",
)


class Figure(Struct, frozen=True):
    """One published figure with its source."""

    value: Value
    source: FactSource

    def is_expired(self, day: date) -> bool:
        """Whether it is too old to be believed on `day`."""
        return self.source.stale_after <= day


@cache
def provider_facts() -> tuple[ProviderFacts, ...]:
    """Every row, in the order of the file."""
    return read("provider_facts.yaml", tuple[ProviderFacts, ...])


def published(
    host: str, model: str | None, paths: Iterable[str] = (), rows: Iterable[ProviderFacts] = ()
) -> Mapping[str, Figure]:
    """Figures of whoever answers at `host`, by name; empty where nobody knows the host.

    Args:
        host: Where the data goes.
        model: As it is asked for. Of `None`, which may be any, rows of some models hold, too.
        paths: Endpoints that may be asked.
        rows: Instead of the catalogue's.
    """
    asked = tuple(paths)
    fitting = [row for row in rows or provider_facts() if _fits(row, host, model, asked)]
    # Rows of some models or endpoints stand over the general ones.
    fitting.sort(key=lambda row: not row.is_general)
    return {name: figure for row in fitting for name, figure in _figures(row)}


def of_provider(provider: str, model: str | None) -> Mapping[str, Figure]:
    """Figures of the API that a provider of the price list is usually asked by."""
    rows = [row for row in provider_facts() if row.provider == provider and row.is_general]
    if not rows:
        return {}
    # Google's other API needs a project of its own; OpenAI's other host an amendment.
    usual = _USUAL_ROWS.get(provider, rows[0].id)
    row = next(each for each in rows if each.id == usual)
    host = row.hosts[0].replace("*", "x")
    return published(host, model)


_USUAL_ROWS = {"google": "gemini"}


def _fits(row: ProviderFacts, host: str, model: str | None, paths: tuple[str, ...]) -> bool:
    if not any(fnmatchcase(host.lower(), pattern) for pattern in row.hosts):
        return False
    if row.models and model is not None:
        name = model.lower()
        if not any(fnmatchcase(name, pattern) for pattern in row.models):
            return False
    return not row.endpoints or any(path.endswith(end) for path in paths for end in row.endpoints)


def _figures(row: ProviderFacts) -> Iterator[tuple[str, Figure]]:
    for source in row.sources:
        for name in source.covers:
            value = getattr(row, name)
            if value is not None:
                yield name, Figure(value, source)
