"""Sealed pseudonyms on disk."""

import sqlite3
import stat
from pathlib import Path

import pytest

from headgate.core.errors import OperatorError
from headgate.ledger import vault_store
from headgate.ledger.vault_store import VaultStore

KEY = bytes(range(32))
SESSION, OTHER = b"s" * 32, b"o" * 32
VALUES = [b"EMAIL ada@example.com", b"PERSON Ada Lovelace"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "vault.sqlite3"


def test_values_come_back_after_a_restart_and_to_their_session_only(path: Path):
    store = VaultStore(path, KEY)
    store.add(SESSION, VALUES, 100.0)
    store.add(SESSION, VALUES[:1], 50.0)
    store.close()
    again = VaultStore(path, KEY)
    assert sorted(again.values(SESSION, 99.0)) == sorted(VALUES)
    assert again.values(OTHER, 0.0) == []
    again.close()


def test_the_file_holds_nothing_readable_and_is_the_owners(path: Path):
    store = VaultStore(path, KEY)
    store.add(SESSION, VALUES, 100.0)
    files = list(path.parent.iterdir())
    everything = b"".join(each.read_bytes() for each in files)
    assert b"ada" not in everything.lower()
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files)
    store.close()


def test_another_key_opens_nothing(path: Path):
    store = VaultStore(path, KEY)
    store.add(SESSION, VALUES, 100.0)
    store.close()
    other = VaultStore(path, bytes(32))
    assert other.values(SESSION, 0.0) == []
    other.close()


def test_a_value_moved_to_another_session_or_broken_is_lost(path: Path):
    store = VaultStore(path, KEY)
    store.add(SESSION, VALUES, 100.0)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE vault SET session = ?", (OTHER,))
    db.close()
    assert store.values(OTHER, 0.0) == []
    store.add(SESSION, VALUES, 100.0)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE vault SET sealed = substr(sealed, 1, 5)")
    db.close()
    assert store.values(SESSION, 0.0) == []
    store.close()


def test_what_expires_or_ends_is_gone(path: Path):
    store = VaultStore(path, KEY)
    store.add(SESSION, VALUES[:1], 10.0)
    assert store.values(SESSION, 10.0) == []
    store.add(SESSION, VALUES[1:], 20.0)
    assert len(store.values(SESSION, 15.0)) == 2, "a session in use is kept as a whole"
    store.add(OTHER, VALUES, 15.0)
    store.drop_old(15.0)
    assert store.values(OTHER, 0.0) == []
    store.end(SESSION)
    assert store.values(SESSION, 0.0) == []
    store.close()


def test_a_file_that_cannot_be_used_is_the_operators_problem(tmp_path: Path):
    with pytest.raises(OperatorError, match="cannot be kept"):
        VaultStore(tmp_path, KEY)


def test_without_the_library_it_says_what_to_install(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vault_store, "find_spec", lambda _: None)
    with pytest.raises(OperatorError, match="not installed"):
        VaultStore(path, KEY)
