"""CSV and Markdown that other programs can read."""

import csv
import re
from io import StringIO

from hypothesis import given, settings
from msgspec import structs

from headgate.catalog.apis import hosted_models
from headgate.planner.export import COLUMNS, csv_text, markdown, refusals
from support.plans import L4, MINI, ask, option_of, questions

SPEEDS = ("ttft_p50_s", "ttft_p95_s", "tpot_p50_s", "tpot_p95_s", "e2e_p50_s", "e2e_p95_s")
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


def test_csv_leaves_a_speed_that_nobody_knows_empty():
    unknown = next(e.id for e in hosted_models().values() if e.latency is None and not e.retired)
    report = ask(apis=[unknown], machines=[L4])
    cells = {row["option"]: row for row in rows_of(report)}
    assert {cells[unknown][name] for name in SPEEDS} == {""}
    for name in SPEEDS:
        assert float(cells[L4][name]) == getattr(option_of(report, L4).latency, name)


def test_a_bar_in_a_name_does_not_split_a_cell():
    report = ask(apis=[MINI], machines=[])
    [option] = report.options
    odd = structs.replace(report, options=(structs.replace(option, name="a | b"),))
    [options] = [t for t in tables_of(markdown(odd)) if any("a" in row[0] for row in t[2:])]
    assert {len(row) for row in options} == {len(options[0])}


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
