"""The migrations and the schema in code say the same."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from headgate.ledger.schema import metadata
from headgate.ledger.store import LedgerStore


def test_migrating_an_empty_file_gives_the_tables_of_the_schema(tmp_path: Path) -> None:
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    store.close()
    assert differences == []
