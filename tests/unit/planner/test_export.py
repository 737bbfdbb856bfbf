"""CSV and Markdown that other programs can read."""

import csv
import re
from io import StringIO

from hypothesis import given, settings

from headgate.planner.export import COLUMNS, csv_text, markdown, refusals
from support.plans import MINI, ask, option_of, questions

MISFIT = "llama-3.3-70b@l4:rentedx1"


def rows_of(report):
    return list(csv.DictReader(StringIO(csv_text(report))))


@settings(max_examples=30)
@given(questions())
def test_csv_has_a_line_for_each_option_and_a_cell_for_each_column(question):
    report = ask(question)
    parsed = list(csv.reader(StringIO(csv_text(report))))
    assert tuple(parsed[0]) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in parsed)
    assert [row[0] for row in parsed[1:]] == [each.id for each in report.options]


def test_csv_is_exact_and_leaves_what_is_unknown_empty():
    report = ask(apis=[MINI], machines=[MISFIT])
    cells = {row["option"]: row for row in rows_of(report)}
    assert cells[MINI]["usd_per_month"] == str(option_of(report, MINI).usd_per_month)
    assert cells[MISFIT]["usd_per_month"] == ""
    assert cells[MISFIT]["ruled_out_because"]
    assert cells[MINI]["ruled_out_because"] == ""


def tables_of(text):
    """Each table as its rows of cells."""
    tables, rows = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append(re.split(r"(?<!\\)\|", line)[1:-1])
        elif rows:
            tables.append(rows)
            rows = []
    return tables


@settings(max_examples=30)
@given(questions())
def test_markdown_s_tables_have_as_many_cells_in_each_row(question):
    tables = tables_of(markdown(ask(question)))
    assert tables
    for table in tables:
        assert {len(row) for row in table} == {len(table[0])}
        assert len(table) >= 2


def test_markdown_says_the_verdict_the_prices_day_and_each_option():
    report = ask(preset_question())
    text = markdown(report)
    assert report.verdict.sentence in text
    assert report.question.as_of in text
    for option in report.options:
        assert option.name in text
    for usd in ("$2.85", "$5.50", "$8.80", "$47.50", "$66.00"):
        assert usd in text


def preset_question():
    from headgate.planner.presets import preset

    return preset("classic")


def test_refusals_are_the_reasons_of_rules_that_are_not_met():
    report = ask(apis=[MINI], machines=[], needs=["air_gapped"])
    option = option_of(report, MINI)
    assert refusals(option) == [e.reason for e in option.verdicts if e.outcome != "met"]
    assert refusals(option)
