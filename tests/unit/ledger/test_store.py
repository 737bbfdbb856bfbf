"""Opening the ledger: new, again, newer than us, or no ledger at all."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from headgate.core.errors import OperatorError
from headgate.ledger.store import SCHEMA, LedgerStore


def open_and_close(path: Path) -> None:
    LedgerStore.open(path).close()


def names(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {name for (name,) in rows}
    connection.close()
    return found


def test_a_new_ledger_gets_its_tables_and_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "ledger.sqlite3"
    open_and_close(path)
    assert names(path) == {
        *("decisions", "attempts", "audit", "budget_leases", "alembic_version"),
        *("learning_labels", "learning_models", "learning_seen", "sqlite_sequence"),
    }


def test_opening_again_changes_nothing(path: Path) -> None:
    open_and_close(path)
    before = path.read_bytes()
    open_and_close(path)
    assert path.read_bytes() == before


def test_the_schema_is_that_of_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "headgate.ledger:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_an_open_ledger_is_in_wal_mode_and_does_not_sync_each_commit(path: Path) -> None:
    store = LedgerStore.open(path)
    with store.engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    store.close()
    assert found == ["wal", 1, 5000]


def test_only_its_owner_may_read_it(path: Path) -> None:
    open_and_close(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_processes_may_create_it_at_once(path: Path) -> None:
    code = "import sys; from headgate.ledger.store import LedgerStore as L; L.open(sys.argv[1])"
    command = [sys.executable, "-c", code, str(path)]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(30) for process in processes] == [0, 0]
    open_and_close(path)


def test_opening_waits_for_who_writes_the_first_tables(path: Path) -> None:
    # Not yet in WAL mode, and locked: SQLite does not wait by itself before it switches.
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("CREATE TABLE early (x)")
    asked = Event()

    def open_it() -> None:
        asked.set()
        open_and_close(path)

    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_it)
        assert asked.wait(10)
        with pytest.raises(TimeoutError):
            opening.result(0.2)
        writer.execute("COMMIT")
        writer.close()
        opening.result(20)
    assert {"early", "decisions"} <= names(path)


def test_a_ledger_of_a_newer_headgate_is_left_alone(path: Path) -> None:
    open_and_close(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(OperatorError, match=f"schema 9999, this Headgate knows up to {SCHEMA}"):
        LedgerStore.open(path)


def test_a_file_that_is_no_ledger_is_refused_and_untouched(path: Path) -> None:
    path.write_text("my diary, volume one\n" * 100)
    with pytest.raises(OperatorError, match=r"cannot use .*: file is not a database"):
        LedgerStore.open(path)
    assert path.read_text().startswith("my diary")


def test_a_reader_does_not_create_what_is_not_there(path: Path) -> None:
    with pytest.raises(OperatorError, match="there is no ledger at") as caught:
        LedgerStore.open(path, create=False)
    assert caught.value.hint is not None
    assert not path.exists()


def test_a_place_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match=r"cannot open the ledger .*file/ledger.sqlite3`: "):
        LedgerStore.open(tmp_path / "file" / "ledger.sqlite3")


def test_a_database_url_is_taken_as_one(path: Path) -> None:
    LedgerStore.open(f"sqlite:///{path}").close()
    assert path.exists()
