"""Which figures are past their date. The day is passed in: nothing here knows today."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from headgate.catalog.apis import HostedModel
from headgate.catalog.hardware import Hardware
from headgate.catalog.kinds import KINDS, Entry, Kind, entry_name
from headgate.catalog.models import Model
from headgate.catalog.provider_facts import ProviderFacts
from headgate.catalog.sources import Source


class Stale(Struct, frozen=True, kw_only=True):
    """Figures of one entry that have to be read again."""

    kind: str
    entry: str
    covers: tuple[str, ...]
    """Field names; empty for the whole entry."""
    at: str
    """Where they were read."""
    checked: date
    since: date
    """The first day they are not to be trusted."""


def stale(today: date, kinds: Iterable[Kind] = tuple(KINDS.values())) -> tuple[Stale, ...]:
    """All figures past their date on `today`, longest ago first."""
    found = (each for kind in kinds for each in _dated(kind) if each.since <= today)
    return tuple(sorted(found, key=lambda each: each.since))


def _dated(kind: Kind) -> Iterator[Stale]:
    """Every group of figures that has a last day at all."""
    for entry in kind.entries():
        for source in _sources(entry):
            since = _stale_since(source, kind.lifetime_days)
            if since is not None:
                yield Stale(
                    kind=kind.name,
                    entry=entry_name(entry),
                    covers=source.covers,
                    at=source.at,
                    checked=source.checked,
                    since=since,
                )


def _sources(entry: Entry) -> tuple[Source, ...]:
    """Those it lists, or the one that its whole is from."""
    if isinstance(entry, Model | Hardware | HostedModel | ProviderFacts):
        return entry.sources
    return (Source(covers=(), at=entry.source, checked=entry.checked),)


def _stale_since(source: Source, lifetime_days: int | None) -> date | None:
    if source.stale_after is not None:
        return source.stale_after
    return None if lifetime_days is None else source.checked + timedelta(days=lifetime_days)
