"""Where numbers come from, each named once."""

from datetime import date

from headgate.planner.sources import Sources

TODAY = date(2026, 11, 27)


def test_the_same_source_has_one_number():
    sources = Sources(TODAY)
    assert sources.index("Tokens", "a list", "2026-11-27") == 0
    assert sources.index("Rent", "an offer", "2026-11-27") == 1
    assert sources.index("Tokens", "a list", "2026-11-27") == 0
    assert [line.what for line in sources.lines()] == ["Tokens", "Rent"]


def test_no_source_has_no_number():
    sources = Sources(TODAY)
    assert sources.index("Tokens", None, None) is None
    assert sources.lines() == ()


def test_a_figure_is_out_of_date_after_a_year():
    sources = Sources(TODAY)
    for checked in ("2025-11-27", "2025-11-26", None, "spring 2020"):
        sources.index("x", "y", checked)
    assert [line.is_stale for line in sources.lines()] == [False, True, False, False]
