from datetime import date, timedelta

from headgate.catalog.hardware import Hardware, RentalOffer
from headgate.catalog.kinds import KINDS, Kind
from headgate.catalog.sources import Source
from headgate.catalog.staleness import Stale, stale

READ = date(2026, 11, 1)
OFFER = RentalOffer(
    provider="cloud",
    hardware="h100-sxm",
    devices=1,
    usd_per_device_hour=2.0,
    source="their page",
    checked=READ,
)


def kind(entry: Hardware | RentalOffer, lifetime_days: int | None) -> Kind:
    return Kind(
        name="things", type=type(entry), lifetime_days=lifetime_days, entries=lambda: [entry]
    )


def device(stale_after: date | None) -> Hardware:
    return Hardware(
        id="box",
        name="Box",
        maker="us",
        kind="cpu",
        memory_gib=8,
        bandwidth_gb_s=50,
        bf16_tflops=1,
        max_watts=50,
        idle_watts=5,
        sources=(
            Source(covers=("memory_gib",), at="datasheet", checked=READ),
            Source(covers=("price_usd",), at="shop", checked=READ, stale_after=stale_after),
        ),
    )


def test_an_entry_is_stale_once_the_lifetime_of_its_kind_is_over():
    rentals = kind(OFFER, 90)
    assert stale(READ + timedelta(days=89), [rentals]) == ()
    assert stale(READ + timedelta(days=90), [rentals]) == (
        Stale(
            kind="things",
            entry="cloud: h100-sxm, on_demand",
            covers=(),
            at="their page",
            checked=READ,
            since=READ + timedelta(days=90),
        ),
    )


def test_a_source_that_names_its_own_last_day_is_stale_from_then_on():
    found = stale(date(2027, 2, 1), [kind(device(date(2027, 2, 1)), None)])
    assert [(each.entry, each.covers) for each in found] == [("box", ("price_usd",))]


def test_what_does_not_change_is_never_stale():
    assert stale(date(2100, 1, 1), [kind(device(None), None)]) == ()


def test_the_longest_stale_come_first():
    found = stale(date(2100, 1, 1))
    assert found
    assert list(found) == sorted(found, key=lambda each: each.since)


def test_specifications_do_not_age_but_prices_do():
    assert {name for name, each in KINDS.items() if each.lifetime_days is None} == {
        "models",
        "hardware",
    }
