"""Tables and numbers for people. Rich is imported only where there is a terminal to draw on."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal

import click

UNKNOWN = "unknown"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal, lines with tabs anywhere else; to standard output.

    Columns whose name ends in a space are numbers and stand to the right.
    """
    safe = [[printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in ([column.strip() for column in columns], *safe):
            click.echo("\t".join(line))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, header_style="", pad_edge=False)
    for column in columns:
        is_number = column.endswith(" ")
        drawn.add_column(column.strip(), justify="right" if is_number else "left", overflow="fold")
    for row in safe:
        # `Text`, because a plain string could hold Rich's own markup.
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def printable(text: str) -> str:
    """`text` without characters that a terminal would act upon; clients choose model names."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def usd(amount: Decimal | None, *, unknown: int = 0) -> str:
    """Dollars, never rounded to nothing; `unknown` parts of them are said, not left out."""
    if amount is None:
        return UNKNOWN
    if unknown and not amount:
        return UNKNOWN
    text = f"${amount:.2f}" if amount >= 100 else f"${_significant(amount)}"
    return f"{text} + {unknown} {UNKNOWN}" if unknown else text


def milliseconds(value: float | None) -> str:
    """A time, or a dash where there was none."""
    return "–" if value is None else f"{value:,.0f} ms"


def _significant(amount: Decimal) -> str:
    """Four digits that count, at least cents, in full."""
    rounded = Decimal(f"{amount:.4g}") if amount else amount
    text = f"{rounded:f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"
