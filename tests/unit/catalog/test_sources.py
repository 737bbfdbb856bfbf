from datetime import date

from headgate.catalog.sources import Source, source_of

SPECS = Source(covers=("memory_gib", "max_watts"), at="datasheet", checked=date(2026, 11, 1))
PRICE = Source(covers=("price_usd",), at="a shop", checked=date(2026, 11, 1))


def test_the_source_of_a_figure_is_the_one_that_covers_it():
    assert source_of((SPECS, PRICE), "price_usd") is PRICE


def test_a_figure_nobody_covers_has_no_source():
    assert source_of((SPECS, PRICE), "idle_watts") is None
