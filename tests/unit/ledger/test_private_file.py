"""Files of their owner alone, opened while others do the same."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headgate.ledger.private_file import BUSY_TIMEOUT_MS, open_private, set_pragmas

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (x);"


def test_a_file_is_made_with_its_tables_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "some" / "where" / "kept.sqlite3"
    connection = open_private(path, SCHEMA, "secure_delete = ON")
    asked = ("journal_mode", "secure_delete", "busy_timeout")
    found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert found == ["wal", 1, BUSY_TIMEOUT_MS]
    assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    connection.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_switch_to_wal_waits_for_who_writes(tmp_path: Path):
    path = tmp_path / "kept.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("CREATE TABLE early (x)")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_private, path, SCHEMA)
        with pytest.raises(TimeoutError):
            opening.result(0.2)
        writer.execute("COMMIT")
        writer.close()
        opening.result(20).close()


def test_what_is_no_database_is_not_waited_for(tmp_path: Path):
    path = tmp_path / "diary"
    path.write_text("my diary, volume one\n" * 100)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        set_pragmas(connection, "journal_mode = WAL")
    connection.close()
