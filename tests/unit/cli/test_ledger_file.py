"""Which ledger a command reads."""

from pathlib import Path

import pytest

from headgate.cli.ledger_file import open_ledger
from headgate.config.schema import LedgerSection
from headgate.core.errors import ConfigError, OperatorError
from headgate.ledger.store import LedgerStore

CONFIG = """
ledger: {path: ours.sqlite3}
targets:
  here: {backend: ollama, model: tiny}
"""


def where(store: LedgerStore) -> Path:
    database = store.engine.url.database
    store.close()
    assert database is not None
    return Path(database)


def test_the_file_that_is_named_is_read(nobody_s_machine: Path) -> None:
    LedgerStore.open("named.sqlite3").close()
    assert where(open_ledger(Path("named.sqlite3"), None)).name == "named.sqlite3"


def test_without_a_name_it_is_that_of_the_configuration(nobody_s_machine: Path) -> None:
    Path("headgate.yaml").write_text(CONFIG)
    LedgerStore.open("ours.sqlite3").close()
    assert where(open_ledger(None, None)) == nobody_s_machine / "ours.sqlite3"


def test_without_a_configuration_it_is_that_of_serve_and_nothing_is_probed(
    nobody_s_machine: Path,
) -> None:
    usual = LedgerSection().path
    LedgerStore.open(usual).close()
    assert where(open_ledger(None, None)) == usual


def test_a_ledger_that_is_not_there_is_not_made(nobody_s_machine: Path) -> None:
    with pytest.raises(OperatorError, match="there is no ledger at"):
        open_ledger(None, None)
    assert not LedgerSection().path.exists()


def test_a_configuration_that_is_not_there_is_said(nobody_s_machine: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no file `mine.yaml`"):
        open_ledger(None, Path("mine.yaml"))
