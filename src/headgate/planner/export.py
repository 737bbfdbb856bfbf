"""A report as CSV and as Markdown, for spreadsheets, tickets and mails."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from headgate.core.usage import Money
from headgate.planner.report import ClassicRow, OptionReport, Report, SourceLine
from headgate.planner.units import dollars, tokens_in_words

UNKNOWN = "unknown"
COLUMNS = (
    *("option", "name", "kind", "tenure", "is_allowed", "usd_per_month", "low_usd", "high_usd"),
    *("usd_per_mtok", "p_cheapest", "regret_usd", "ttft_p50_s", "ttft_p95_s", "tpot_p50_s"),
    *("tpot_p95_s", "e2e_p50_s", "e2e_p95_s", "latency_basis", "quality_percent"),
    *("units", "devices_per_unit"),
    *("utilisation", "local_share", "payback_months", "break_even_utilisation", "retired"),
    *("successor", "ruled_out_because"),
)
_SPEEDS = ("ttft_p50_s", "ttft_p95_s", "tpot_p50_s", "tpot_p95_s", "e2e_p50_s", "e2e_p95_s")


def csv_text(report: Report) -> str:
    """One line an option; an unknown number is an empty cell, never 0."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for option in report.options:
        writer.writerow({name: "" if v is None else v for name, v in _cells(option).items()})
    return text.getvalue()


def markdown(report: Report) -> str:
    """The verdict, the table, the crossovers, the sources."""
    return "\n".join(_blocks(report)) + "\n"


def _cells(option: OptionReport) -> dict[str, object]:
    speed = option.latency
    cells: dict[str, object] = {
        name: getattr(option, name) for name in COLUMNS if name in option.__struct_fields__
    }
    cells["option"] = option.id
    cells["successor"] = None if option.successor is None else option.successor.id
    cells["ruled_out_because"] = "; ".join(refusals(option))
    if speed is not None:
        cells.update({name: getattr(speed, name) for name in _SPEEDS})
        cells["latency_basis"] = speed.basis.kind
    return cells


def refusals(option: OptionReport) -> list[str]:
    """Why it may not be recommended."""
    return [verdict.reason for verdict in option.verdicts if verdict.outcome != "met"]


def usd(amount: Money | None) -> str:
    """Dollars for people."""
    return UNKNOWN if amount is None else dollars(float(amount))


def _blocks(report: Report) -> Iterator[str]:
    verdict, workload = report.verdict, report.workload
    yield f"**{verdict.sentence}**"
    yield ""
    yield (
        f"{tokens_in_words(workload.tokens_per_month)} tokens a month in "
        f"{tokens_in_words(workload.requests_per_month)} requests of "
        f"{workload.mean_input_tokens:,.0f} + {workload.mean_output_tokens:,.0f} tokens, prices of "
        f"{report.question.as_of} ({report.price_list})."
    )
    for title, sentences in (
        ("Why", verdict.reasons),
        ("What would change it", verdict.flips),
        ("Check first", verdict.conditions),
        ("The workload", workload.notes),
    ):
        yield from _list(title, sentences)
    if verdict.rule_of_thumb is not None:
        yield f"\n{verdict.rule_of_thumb.sentence}."
    if report.classic is not None:
        yield from _classic(report.classic)
    yield from _options(report.options)
    names = {each.id: each.name for each in report.options}
    rows = [
        (
            tokens_in_words(each.tokens_per_month),
            names[each.cheaper_below],
            names[each.cheaper_above],
        )
        for each in report.crossovers
    ]
    if rows:
        yield from _table("Crossovers", ("tokens a month", "cheapest below", "above"), rows)
    yield from _list("Not known", report.unknowns)
    yield from _list(
        "Sources",
        [f"{s.what}: {s.at}" + (f" ({s.checked})" if s.checked else "") for s in report.sources],
    )


def _source(line: SourceLine) -> str:
    day = f" ({line.checked})" if line.checked else ""
    return f"{line.what}: {line.at}{day}"


def _options(options: Iterable[OptionReport]) -> Iterator[str]:
    rows = [
        (
            each.name,
            usd(each.usd_per_month),
            "" if each.low_usd is None else f"{usd(each.low_usd)} – {usd(each.high_usd)}",
            "" if each.p_cheapest is None else f"{each.p_cheapest:.0%}",
            "" if each.units is None else str(each.units),
            "" if each.utilisation is None else f"{each.utilisation:.1%}",
            "; ".join(refusals(each)),
        )
        for each in options
    ]
    columns = (
        "option",
        "a month",
        "80 % of draws",
        "cheapest",
        "units",
        "busy",
        "ruled out because",
    )
    yield from _table("Options", columns, rows)


def _classic(rows: Iterable[ClassicRow]) -> Iterator[str]:
    columns = ("Monthly cost comparison", "tokens alone", "all costs", "retired", "successor")
    yield from _table(
        "The classic table",
        columns,
        [
            (
                row.name,
                f"${row.usd_per_month:.2f}",
                usd(row.honest_usd_per_month),
                row.retired or "",
                f"{row.successor.name} {usd(row.successor.usd_per_month)}" if row.successor else "",
            )
            for row in rows
        ],
    )


def _list(title: str, sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield f"\n### {title}\n"
        yield from (f"- {sentence}" for sentence in sentences)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"\n### {title}\n"
    yield from table(columns, rows)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
