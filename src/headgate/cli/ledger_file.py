"""Which ledger a command reads."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from headgate.ledger.store import LedgerStore

db_option = click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The ledger's file; by default the one of the configuration.",
)


def open_ledger(db: Path | None, config: Path | None) -> "LedgerStore":
    """The ledger at `db`; else that of the configuration; else the one `headgate serve` uses.

    Raises:
        OperatorError: There is none, or it cannot be read.
    """
    from headgate.ledger.store import LedgerStore

    return LedgerStore.open(db or _configured(config), create=False)


def _configured(config: Path | None) -> Path:
    from headgate.config.find import find_config
    from headgate.config.load import read_file
    from headgate.config.schema import LedgerSection

    found = find_config(config, environ=os.environ, folder=Path.cwd())
    if found is None:
        return LedgerSection().path
    return read_file(found, os.environ).settings.ledger.path
