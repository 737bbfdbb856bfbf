from datetime import date
from pathlib import Path

from headgate.catalog.provider_facts import provider_facts
from headgate.catalog.reference import COLUMNS, cells, conflicts, markdown

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "provider-facts.md"


def test_the_page_is_what_the_catalogue_says_now() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run `make docs`"


def test_every_row_has_its_line_its_sources_and_its_conflicts() -> None:
    page = markdown()
    for row in provider_facts():
        assert f"| {row.name} | " in page
        for source in row.sources:
            assert source.at in page
    assert len(list(conflicts())) == sum(len(row.conflicts) for row in provider_facts())


def test_what_is_out_of_date_on_a_day_is_marked_and_the_page_marks_nothing() -> None:
    def line(day: date | None) -> dict[str, str]:
        found = next(each for each in cells(day) if each[0] == "Together AI")
        return dict(zip(COLUMNS, found[1:], strict=True))

    assert line(None)["SOC 2"] == line(date(2026, 8, 30))["SOC 2"] == "unspecified"
    assert line(date(2026, 8, 31))["SOC 2"] == "unspecified (out of date)"
    assert line(None)["kept (days)"] == "?"
