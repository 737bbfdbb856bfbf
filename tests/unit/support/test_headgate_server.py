"""What tests see of a ledger that another process writes."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.headgate_server import isolated_environment, read_rows


def test_a_ledger_that_is_not_there_yet_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    assert read_rows(path, "decisions") == []
    sqlite3.connect(path).close()
    assert read_rows(path, "decisions") == []


def test_rows_are_read_as_they_were_committed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE decisions (id, at)")
        writer.execute("INSERT INTO decisions VALUES ('late', 2), ('early', 1)")
        assert read_rows(path, "decisions") == []
        writer.commit()
        assert [row["id"] for row in read_rows(path, "decisions")] == ["early", "late"]


def test_the_servers_environment_holds_nothing_of_the_persons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    environment = isolated_environment(tmp_path)
    assert environment["HOME"] == str(tmp_path)
    assert not [name for name in environment if "KEY" in name or "PROXY" in name.upper()]
