"""Laws of every entry of the catalogue: dated, sourced, each figure once."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from msgspec import Struct

from headgate.catalog.apis import HostedModel
from headgate.catalog.hardware import Hardware, RentalOffer, rental_offers
from headgate.catalog.kinds import KINDS, Entry, entry_name
from headgate.catalog.models import Model
from headgate.catalog.prices import additions

NAMES = frozenset({"id", "name", "family", "maker", "kind", "provider", "model", "open_model"})
"""They identify; `successor` is an opinion."""
FIGURES = {
    kind: frozenset(kind.__struct_fields__) - NAMES - {"sources", "successor"}
    for kind in (Model, Hardware, HostedModel)
}
EVERY = [entry for kind in KINDS.values() for entry in kind.entries()]
SOURCED = [entry for entry in EVERY if type(entry) in FIGURES]


def figures(entry: Struct) -> set[str]:
    """Names of the figures that an entry has."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(type(entry))}
    return {
        name for name in FIGURES[type(entry)] if getattr(entry, name) not in (None, defaults[name])
    }


@pytest.mark.parametrize("entry", SOURCED, ids=lambda entry: entry.id)
def test_every_figure_is_covered_by_exactly_one_source(entry: Hardware | Model | HostedModel):
    covered = [name for source in entry.sources for name in source.covers]
    assert figures(entry) <= set(covered)
    assert len(covered) == len(set(covered)), "two sources of one figure"
    assert set(covered) <= FIGURES[type(entry)], "a source of something else"


@pytest.mark.parametrize("entry", EVERY, ids=entry_name)
def test_every_source_is_named_and_was_read_on_a_day_that_has_been(entry: Entry):
    today = datetime.now(UTC).date()
    sources = getattr(entry, "sources", None)
    dated = sources if sources is not None else (entry,)
    for each in dated:
        assert getattr(each, "at", "") or getattr(each, "source", "")
        assert date(2026, 1, 1) <= each.checked <= today
    for source in sources or ():
        assert source.stale_after is None or source.stale_after > source.checked


def test_an_entry_is_called_by_its_id_or_by_whose_it_is():
    offer: RentalOffer = rental_offers()[0]
    assert entry_name(offer) == f"{offer.provider}: {offer.hardware}, on_demand"
    assert entry_name(additions()[0]) == "cohere: embed-english-v3.0"


def test_every_kind_has_entries():
    assert all(tuple(kind.entries()) for kind in KINDS.values())
