"""A ledger of the version before keeps what it has, and takes sentences beside it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from headgate.ledger.queries import find
from headgate.ledger.schema import attempts, decisions
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import attempt_entry, decision_entry


def test_the_columns_are_added_and_filled(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    config = Config()
    config.set_main_option("script_location", "headgate.ledger:migrations")
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        assert "verdict" not in {
            each["name"] for each in inspect(connection).get_columns("decisions")
        }
    store = LedgerStore.open(path)
    for table in (decisions, attempts):
        found = [each["name"] for each in inspect(store.engine).get_columns(table.name)]
        assert found == [column.name for column in table.columns]
    writer = LedgerWriter(store)
    writer.record(decision_entry("d1", verdict="escalated: nobody agrees"))
    writer.record(attempt_entry("d1", note="0.80 for the answer of `box`"))
    writer.flush()
    recorded = find(store, "d1")
    writer.close()
    assert recorded.verdict == "escalated: nobody agrees"
    assert [each.note for each in recorded.attempts] == ["0.80 for the answer of `box`"]
