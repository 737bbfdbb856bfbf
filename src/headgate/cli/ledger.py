"""`headgate ledger`: what was asked, who answered, what it cost."""

import re
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from headgate.cli.ledger_file import db_option, open_ledger
from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.ledger.queries import RecordedDecision, Totals

STATUSES = ("answered", "cancelled", "truncated", "failed", "refused", "rejected")
SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class Since(click.ParamType[float]):
    """How long ago (`90m`, `24h`, `7d`), or a date or time (UTC); becomes Unix seconds."""

    name = "TIME"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if ago := re.fullmatch(r"(\d+)([mhdw])", str(value)):
            return time.time() - int(ago[1]) * SECONDS[ago[2]]
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value}: write `24h`, `7d`, or a date like 2026-11-01", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@click.command(short_help="Show what was asked, who answered, what it cost.")
@click.option("--since", type=Since(), help="24h, 7d, or a date like 2026-11-01 (UTC).")
@click.option("--route", help="Only this route.")
@click.option("--target", help="Only requests that tried this target.")
@click.option("--key", help="Only requests with the key of this name.")
@click.option("--status", type=click.Choice(STATUSES), help="Only requests that ended so.")
@click.option("--limit", type=click.IntRange(min=1), help="Most rows; by default 20 on screen.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line for each attempt.")
@click.option("--totals", "wants_totals", is_flag=True, help="Print sums for each target.")
@db_option
@config_option
def command(db: Path | None, config: Path | None, limit: int | None, **options: Any) -> None:
    """Show what was asked, who answered, what it cost.

    Costs that are not known are shown as unknown and are in no sum.

    \b
    headgate ledger
    headgate ledger --since 24h --target openai --json
    headgate ledger --since 2026-11-01 --totals
    """
    from headgate.ledger.export import csv_text, decisions_json, json_text
    from headgate.ledger.queries import Filter, recent, totals

    as_json, as_csv, wants_totals = (options.pop(n) for n in ("as_json", "as_csv", "wants_totals"))
    if as_csv and (as_json or wants_totals):
        raise click.UsageError("--csv goes with neither --json nor --totals")
    which, limit = Filter(**options), limit if as_json or as_csv else limit or 20
    with closing(open_ledger(db, config)) as store:
        if wants_totals:
            sums = totals(store, which)
            click.echo(json_text(sums)) if as_json else _show_totals(sums)
            return
        found = recent(store, which, limit=limit)
    if as_json:
        click.echo(decisions_json(found))
    elif as_csv:
        click.echo(csv_text(found), nl=False)
    else:
        _show(found)


def _show(found: "list[RecordedDecision]") -> None:
    from headgate.cli.show import milliseconds, table, usd
    from headgate.ledger.export import timestamp

    if not found:
        click.echo("nothing recorded that fits", err=True)
        return
    columns = ("decision", "at", "route", "served by", "status", "tries ", "time ", "cost ")
    table(
        columns,
        (
            (
                each.id,
                timestamp(each.at).removesuffix("+00:00").replace("T", " "),
                each.route,
                each.served_by or "–",
                each.status,
                str(len(each.attempts)),
                milliseconds(each.duration_ms),
                usd(each.known_cost_usd, unknown=each.unknown_costs),
            )
            for each in found
        ),
    )


def _show_totals(sums: "Totals") -> None:
    from headgate.cli.show import table, usd

    statuses = ", ".join(f"{count:,} {status}" for status, count in sorted(sums.by_status.items()))
    click.echo(f"{sums.decisions:,} requests" + (f": {statuses}" if statuses else ""))
    columns = ("target", "attempts ", "answered ", "tokens in ", "cached ", "tokens out ", "cost ")
    table(
        columns,
        (
            (
                "all" if each.target is None else each.target,
                f"{each.attempts:,}",
                f"{each.answered:,}",
                f"{each.input_tokens:,}",
                f"{each.cache_read_tokens:,}",
                f"{each.output_tokens:,}",
                usd(each.known_cost_usd, unknown=each.unknown_costs),
            )
            for each in (*sums.by_target, sums.total)
        ),
    )
