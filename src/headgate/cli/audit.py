"""`headgate audit`: what left, to whom, how it was masked; and whether the log was changed."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate.cli.ledger import Since
from headgate.cli.ledger_file import db_option, open_ledger
from headgate.cli.options import FINDINGS, config_option, json_option

if TYPE_CHECKING:
    from headgate.runtime.auditing import Report

_HEAD = "ROW:HASH"


@click.group(short_help="Show what left, to whom, how masked; check that the log is unchanged.")
def command() -> None:
    """The audit log: what left, to whom and how it was masked, what was kept and refused.

    Labels and counts, never values. See docs/guides/audit.md.
    """


@command.command("verify", short_help="Check that no row was changed, added or taken out.")
@click.option("--noted", metavar=_HEAD, help="A head printed earlier, which must still be there.")
@json_option
@db_option
@config_option
@click.pass_context
def verify(
    context: click.Context, noted: str | None, as_json: bool, db: Path | None, config: Path | None
) -> None:
    """Check the chain of the audit log, and print its head. Exits 5 when it does not hold.

    Note the head elsewhere: against it, rows cut off the end show, too.

    \b
    headgate audit verify
    headgate audit verify --noted 1042:9f86d081884c7d65…
    """
    from headgate.ledger.audit import verify as verified
    from headgate.ledger.export import json_text

    head = None if noted is None else _noted(noted)
    with closing(open_ledger(db, config)) as store:
        chain = verified(store, noted=head)
    if as_json:
        click.echo(json_text(chain))
    elif chain.problem is None:
        click.echo(f"{chain.rows} rows hold; head {chain.rows}:{chain.head}")
    else:
        click.echo(f"the audit log was changed: {chain.problem}", err=True)
    context.exit(0 if chain.problem is None else FINDINGS)


@command.command("report", short_help="What left in a period, to whom, masked how.")
@click.option("--since", type=Since(), help="24h, 7d, or a date like 2026-11-01 (UTC).")
@click.option("--until", type=Since(), help="The same; what came then or later is left out.")
@json_option
@db_option
@config_option
def report(
    since: float | None,
    until: float | None,
    as_json: bool,
    db: Path | None,
    config: Path | None,
) -> None:
    """Show for each target outside what it was sent, and what was kept or refused.

    \b
    headgate audit report --since 30d
    headgate audit report --since 2026-11-01 --until 2026-12-01 --json
    """
    from headgate.ledger.audit import entries
    from headgate.ledger.export import json_text
    from headgate.runtime.auditing import report as summed_up

    with closing(open_ledger(db, config)) as store:
        found = summed_up(entries(store, since=since, until=until))
    click.echo(json_text(found)) if as_json else _show(found)


@command.command("show", short_help="The rows of a period, as JSON lines.")
@click.option("--since", type=Since(), help="24h, 7d, or a date like 2026-11-01 (UTC).")
@click.option("--until", type=Since(), help="The same; what came then or later is left out.")
@db_option
@config_option
def show(since: float | None, until: float | None, db: Path | None, config: Path | None) -> None:
    """Print every row, with its number and hash, one JSON object a line.

    \b
    headgate audit show --since 24h
    """
    import msgspec

    from headgate.ledger.audit import entries

    with closing(open_ledger(db, config)) as store:
        for row in entries(store, since=since, until=until):
            click.echo(msgspec.json.encode(row).decode())


def _show(found: "Report") -> None:
    from headgate.cli.show import table

    if not found.left and not found.kept and not found.refused:
        click.echo("nothing left, and nothing was kept or refused for what it holds", err=True)
        return
    columns = ("target", "provider", "region", "requests ", "with labels ")
    table(
        (*columns, "as it was", "masked", "redacted"),
        (
            (
                each.target,
                each.provider,
                each.region or "unknown",
                str(each.requests),
                str(each.with_labels),
                _counts(each.plain),
                _counts(each.masked),
                _counts(each.redacted),
            )
            for each in found.left
        ),
    )
    for word, counts in (("kept local", found.kept), ("refused", found.refused)):
        if counts:
            click.echo(f"{word}: {_counts(counts)}")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{label} {count}" for label, count in counts.items()) or "–"


def _noted(text: str) -> tuple[int, str]:
    row, _, digest = text.partition(":")
    if not row.isdecimal() or not digest:
        raise click.UsageError(f"--noted: write it as `headgate audit verify` prints it: {_HEAD}")
    return int(row), digest
