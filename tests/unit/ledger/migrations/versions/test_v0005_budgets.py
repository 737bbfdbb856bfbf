"""A ledger of the version before gets the table of budgets, as the schema has it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from headgate.ledger.schema import budget_leases
from headgate.ledger.store import LedgerStore


def test_the_table_is_added(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    config = Config()
    config.set_main_option("script_location", "headgate.ledger:migrations")
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        assert not inspect(connection).has_table("budget_leases")
    store = LedgerStore.open(path)
    found = inspect(store.engine)
    columns = [each["name"] for each in found.get_columns("budget_leases")]
    assert columns == [column.name for column in budget_leases.columns]
    key = found.get_pk_constraint("budget_leases")["constrained_columns"]
    assert key == ["budget", "who", "period", "holder"]
    store.close()
