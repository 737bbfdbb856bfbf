"""A report on a terminal: the verdict first, then the tables."""

import pytest

from headgate.cli.views.plan import MOST_CROSSOVERS, show
from headgate.planner.export import refusals
from support.plans import BARE, HAIKU, L4, MINI, ask, option_of


@pytest.fixture
def shown(capsys):
    def shown(report):
        show(report)
        return capsys.readouterr()

    return shown


def test_the_verdict_comes_first_and_every_option_has_its_row(shown):
    report = ask(apis=[MINI, HAIKU], machines=[L4])
    lines = shown(report).out.splitlines()
    assert lines[0] == report.verdict.sentence
    for option in report.options:
        if not option.is_elsewhere:
            assert any(line.startswith(option.name) for line in lines)


def test_why_what_would_change_it_and_what_to_check_are_said(shown):
    report = ask(apis=[MINI, HAIKU], machines=[L4])
    out = shown(report).out
    verdict = report.verdict
    for sentence in (*verdict.reasons, *verdict.flips, *verdict.conditions):
        assert sentence in out
    assert verdict.rule_of_thumb.sentence in out


def test_what_is_ruled_out_says_why_and_what_is_unknown_is_not_nothing(shown):
    misfit = "llama-3.3-70b@l4:rentedx1"
    report = ask(apis=[MINI], machines=[misfit])
    option = option_of(report, misfit)
    lines = shown(report).out.splitlines()
    [row] = [line for line in lines if line.startswith(f"  - {option.name},")]
    assert "unknown" in row
    assert "$0" not in row
    assert all(reason in row for reason in refusals(option))


def test_the_classic_table_has_its_eight_rows(shown):
    from headgate.planner.presets import preset

    report = ask(preset("classic"))
    lines = shown(report).out.splitlines()
    for row in report.classic:
        cells = [line.split("\t") for line in lines if line.startswith(row.name + "\t")]
        assert [row.name, f"${row.usd_per_month:.2f}"] in [each[:2] for each in cells]
        if row.retired:
            assert any(row.retired in line for line in lines if line.startswith(row.name))


def test_many_crossovers_are_cut_and_counted(shown):
    report = ask(
        apis=[MINI],
        machines=[L4],
        allowances=BARE,
        rent_usd_per_hour={"l4": 1.0},
        peak_to_mean=1,
        hybrid=False,
        spare_units=0,
    )
    out = shown(report).out
    told = [line for line in out.splitlines() if line.startswith("from ")]
    assert len(told) == min(MOST_CROSSOVERS, len(report.crossovers))
    if len(report.crossovers) > MOST_CROSSOVERS:
        assert str(len(report.crossovers) - MOST_CROSSOVERS) in out


def test_the_day_and_the_link_go_to_standard_error(shown):
    report = ask(apis=[MINI], machines=[])
    captured = shown(report)
    assert report.question.as_of in captured.err
    assert report.link in captured.err
    assert report.link not in captured.out


def test_nothing_to_compare_is_one_sentence(shown):
    report = ask(apis=[], machines=[])
    assert shown(report).out.startswith(report.verdict.sentence)
