"""Where a figure of the catalogue comes from, and until when it is to be trusted."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place that some figures of an entry were read at."""

    covers: tuple[str, ...]
    """Field names of the entry; every figure of an entry is covered by exactly one source."""
    at: str
    """A URL, or a file and its version."""
    checked: date
    stale_after: date | None = None
    """Read it again from this day on; `None` for figures that do not change."""
    note: str | None = None


class Range(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure nobody knows to a point: low, usual, high; in the unit its field names."""

    low: float
    usual: float
    high: float


def source_of(sources: Iterable[Source], figure: str) -> Source | None:
    """The source of one figure; `None` where the entry names none."""
    return next((source for source in sources if figure in source.covers), None)
