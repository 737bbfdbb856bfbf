"""`headgate budget`: what is left of budgets, and where they are going."""

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate.cli.ledger_file import db_option
from headgate.cli.options import FINDINGS, config_option, json_option

if TYPE_CHECKING:
    from headgate.config.schema import Settings
    from headgate.ledger.budget_states import BudgetState

_STANDINGS = {"tiers_down": "weaker first", "local_only": "unpaid only", "spent": "spent"}


@click.command(short_help="Show what is left of budgets.")
@json_option
@db_option
@config_option
@click.pass_context
def command(context: click.Context, db: Path | None, config: Path | None, as_json: bool) -> None:
    """Show what is left of every budget, and the forecast to the end of its period.

    Exits 5 when one is spent. The forecast goes by what past weekdays and hours have cost.

    \b
    headgate budget
    headgate budget --json
    """
    from headgate.ledger.budget_states import budget_states
    from headgate.ledger.export import json_text
    from headgate.ledger.store import LedgerStore
    from headgate.runtime.budgets import budget_terms

    settings = _settings(config)
    with closing(LedgerStore.open(db or settings.ledger.path, create=False)) as store:
        states = budget_states(store, budget_terms(settings), time.time())
    if as_json:
        click.echo(json_text({"budgets": states}))
    else:
        _show(states)
    context.exit(FINDINGS if any(state.standing == "spent" for state in states) else 0)


def _settings(config: Path | None) -> "Settings":
    from headgate.config.find import find_config
    from headgate.config.load import read_file
    from headgate.core.errors import ConfigError

    found = find_config(config, environ=os.environ, folder=Path.cwd())
    settings = None if found is None else read_file(found, os.environ).settings
    if settings is None or not settings.budgets:
        where = "there is no configuration" if found is None else f"`{found}` has no `budgets`"
        raise ConfigError(where, hint="docs/guides/budgets.md shows how to write one")
    return settings


def _show(states: "list[BudgetState]") -> None:
    from headgate.cli.show import table, usd

    columns = ("budget", "of", "limit ", "spent ", "kept ", "left ", "forecast ", "now", "until")
    table(
        columns,
        (
            (
                each.budget,
                each.who if each.scope is None else f"{each.scope} {each.who}",
                f"{usd(each.usd)} a {each.per}",
                usd(each.spent_usd),
                usd(each.reserved_usd),
                usd(each.left_usd),
                _forecast(each),
                _STANDINGS.get(each.standing, "even"),
                each.resets,
            )
            for each in states
        ),
    )


def _forecast(state: "BudgetState") -> str:
    found = state.forecast
    if found is None:
        return "unknown"
    text = f"${found.usd:.2f}"
    if found.low_usd is None or found.high_usd is None:
        return text
    return f"{text} ({found.low_usd:.2f} to {found.high_usd:.2f})"
