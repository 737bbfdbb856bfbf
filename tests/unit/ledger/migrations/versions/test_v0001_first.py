"""The first step stands for ever: ledgers made by it are out there."""

from pathlib import Path

from headgate.ledger.store import LedgerStore


def test_attempts_are_kept_in_the_order_they_are_read(tmp_path: Path) -> None:
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    with store.engine.connect() as connection:
        sql = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'attempts'"
        ).scalar()
    store.close()
    assert "PRIMARY KEY (decision_id, number)" in sql
    assert "WITHOUT ROWID" in sql
