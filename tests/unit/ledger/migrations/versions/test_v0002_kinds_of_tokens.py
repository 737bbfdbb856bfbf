"""A ledger with something in it, written by an earlier version, is brought up to date."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from headgate.core.usage import Usage
from headgate.ledger.queries import find, totals
from headgate.ledger.rows import attempt_row, cost_of, decision_row
from headgate.ledger.store import LedgerStore
from support.entries import attempt_entry, decision_entry

COLUMNS_OF_0001 = {"attempts": 24, "decisions": 17}
"""Later migrations only add to their end."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger of schema 0001 with one answered request."""
    path = tmp_path / "ledger.sqlite3"
    config = Config()
    config.set_main_option("script_location", "headgate.ledger:migrations")
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    usage = Usage(input_tokens=70, output_tokens=30, cache_read_tokens=20)
    entry = attempt_entry("d1", usage=usage)
    with sqlite3.connect(path) as database:
        insert(database, "decisions", decision_row(decision_entry("d1")))
        insert(database, "attempts", attempt_row(entry, cost_of(entry)))
    database.close()
    return path


def insert(database: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    row = row[: COLUMNS_OF_0001[table]]
    database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def test_a_ledger_of_the_first_version_keeps_what_it_has(old: Path) -> None:
    store = LedgerStore.open(old)
    (attempt,) = find(store, "d1").attempts
    sums = totals(store).total
    store.close()
    assert attempt.usage == Usage(input_tokens=70, output_tokens=30, cache_read_tokens=20)
    assert attempt.cost_usd == Decimal("0.0001")
    assert (sums.input_tokens, sums.cache_read_tokens, sums.search_units) == (70, 20, 0)


def test_it_takes_new_entries_beside_the_old(old: Path) -> None:
    usage = Usage(input_tokens=9, cache_write_tokens=5, cache_write_1h_tokens=5, search_units=2)
    entry = attempt_entry("d1", 2, usage=usage)
    store = LedgerStore.open(old)
    row = attempt_row(entry, cost_of(entry))
    with store.engine.begin() as connection:
        marks = ", ".join("?" * len(row))
        connection.exec_driver_sql(f"INSERT INTO attempts VALUES ({marks})", row)
    found = find(store, "d1").attempts
    store.close()
    assert [attempt.number for attempt in found] == [1, 2]
    assert found[1].usage == usage
