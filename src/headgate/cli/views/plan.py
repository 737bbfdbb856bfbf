"""A report on a terminal."""

from collections.abc import Iterable, Sequence

import click

from headgate.cli.show import table
from headgate.planner.export import refusals, usd
from headgate.planner.report import ClassicRow, OptionReport, Report
from headgate.planner.units import tokens_in_words

MOST_CROSSOVERS = 8
LONGEST_LINK_SHOWN = 500
DASH = "–"


def show(report: Report) -> None:
    """The verdict, the tables, what would change it."""
    verdict = report.verdict
    click.echo(verdict.sentence + "\n")
    if report.classic is not None:
        _classic(report.classic)
    _options(report.options)
    _crossovers(report)
    for title, sentences in (
        ("why", verdict.reasons),
        ("what would change it", verdict.flips),
        ("check first", verdict.conditions),
        ("the workload", report.workload.notes),
        ("price lists disagree", [_disagreement(each) for each in report.options]),
    ):
        _list(title, sentences)
    if verdict.rule_of_thumb is not None:
        click.echo(f"\n{verdict.rule_of_thumb.sentence}")
    click.echo(f"\nprices of {report.question.as_of} from {report.price_list}", err=True)
    if len(report.link) <= LONGEST_LINK_SHOWN:
        click.echo(f"the same on the page of `headgate serve`: /?{report.link}", err=True)


def _options(options: Sequence[OptionReport]) -> None:
    """Those that may be chosen as a table, the others as sentences."""
    choices = [each for each in options if not each.is_elsewhere]
    money, speed = ("a month ", "80 % of draws ", "cheapest "), ("TTFT p50 ", "tokens/s ")
    columns = ("option", *money, *speed, "MMLU-Pro ", "units ", "busy ")
    allowed = [_row(each) for each in choices if each.is_allowed]
    if allowed:
        table(columns, allowed)
    _list("ruled out", [_refusal(each) for each in choices if not each.is_allowed])
    click.echo()


def _refusal(option: OptionReport) -> str:
    return f"{_title(option)} ({usd(option.usd_per_month)}): {'; '.join(refusals(option))}"


def _title(option: OptionReport) -> str:
    return f"{option.name}, {option.tenure}" if option.tenure else option.name


def _row(option: OptionReport) -> tuple[str, ...]:
    speed = option.latency
    return (
        _title(option),
        usd(option.usd_per_month),
        DASH if option.low_usd is None else f"{usd(option.low_usd)} – {usd(option.high_usd)}",
        DASH if option.p_cheapest is None else f"{option.p_cheapest:.0%}",
        DASH if speed is None else f"{speed.ttft_p50_s:.2f} s",
        DASH if speed is None else f"{1 / speed.tpot_p50_s:.0f}",
        DASH if option.quality_percent is None else f"{option.quality_percent:g}",
        DASH if option.units is None else str(option.units),
        DASH if option.utilisation is None else f"{option.utilisation:.1%}",
    )


def _classic(rows: Iterable[ClassicRow]) -> None:
    columns = ("monthly cost comparison", "tokens alone ", "all costs ", "", "successor")
    table(
        columns,
        [
            (
                row.name,
                f"${row.usd_per_month:.2f}",
                usd(row.honest_usd_per_month),
                "cheapest" if row.is_cheapest else f"retired {row.retired}" if row.retired else "",
                f"{row.successor.name} {usd(row.successor.usd_per_month)}" if row.successor else "",
            )
            for row in rows
        ],
    )
    click.echo()


def _crossovers(report: Report) -> None:
    names = {each.id: each.name for each in report.options}
    shown = [each for each in report.crossovers if each.is_material][:MOST_CROSSOVERS]
    for each in shown:
        month = "" if each.month is None else f", in {each.month:.1f} months at this growth"
        click.echo(
            f"from {tokens_in_words(each.tokens_per_month)} tokens a month: "
            f"{names[each.cheaper_above]} instead of {names[each.cheaper_below]}{month}"
        )
    further = len(report.crossovers) - len(shown)
    if further > 0:
        more = "further crossovers" if shown else "crossovers, all near ties"
        click.echo(f"{further} {more}: --json has them all")


def _disagreement(option: OptionReport) -> str:
    other = option.disagreement
    if other is None:
        return ""
    return (
        f"{option.name}: ${other.here_usd_per_input_mtok:g} in and "
        f"${other.here_usd_per_output_mtok:g} out here, ${other.usd_per_input_mtok:g} and "
        f"${other.usd_per_output_mtok:g} in {other.source}"
    )


def _list(title: str, sentences: Iterable[str]) -> None:
    sentences = [sentence for sentence in sentences if sentence]
    if sentences:
        click.echo(f"\n{title}:")
        for sentence in sentences:
            click.echo(f"  - {sentence}")
