"""The audit log shows every change that is made to it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from headgate.ledger.audit import BEGINNING, AuditEntry, Chain, append, entries, verify
from headgate.ledger.store import LedgerStore


@pytest.fixture
def store(path: Path) -> Iterator[LedgerStore]:
    opened = LedgerStore.open(path)
    yield opened
    opened.close()


def entry(number: int, **changes) -> AuditEntry:
    known = {"at": float(number), "kind": "sent", "route": "chat", "policy": "p", "target": "gpt"}
    return AuditEntry(**(known | {"labels": {"email": number}} | changes))


def add(store: LedgerStore, *numbers: int) -> None:
    with store.engine.begin() as connection:
        append(connection, [entry(number) for number in numbers])


def change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def test_an_empty_log_holds(store: LedgerStore):
    assert verify(store) == Chain(0, BEGINNING)


def test_what_is_appended_is_read_back_in_order_and_holds(store: LedgerStore):
    add(store, 1, 2)
    add(store, 3)
    found = list(entries(store))
    assert [row.seq for row in found] == [1, 2, 3]
    assert [row.entry for row in found] == [entry(1), entry(2), entry(3)]
    assert verify(store) == Chain(3, found[-1].hash)


def test_a_period_has_its_start_and_not_its_end(store: LedgerStore):
    add(store, 1, 2, 3, 4)
    assert [row.seq for row in entries(store, since=2.0, until=4.0)] == [2, 3]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET entry = replace(entry, 'gpt', 'box') WHERE seq = 2", "row 2 is not"),
        ("UPDATE audit SET hash = 'x' WHERE seq = 2", "row 2 is not"),
        ("DELETE FROM audit WHERE seq = 2", "row 2 is missing"),
        ("DELETE FROM audit WHERE seq = 1", "row 1 is missing"),
        ("INSERT INTO audit SELECT 4, at, entry, hash FROM audit WHERE seq = 3", "row 4 is not"),
    ],
)
def test_a_change_is_found_where_it_is(
    store: LedgerStore, path: Path, statement: str, problem: str
):
    add(store, 1, 2, 3)
    change(path, statement)
    found = verify(store)
    assert found.problem is not None
    assert found.problem.startswith(problem)


def test_rows_cut_off_the_end_show_against_a_noted_head(store: LedgerStore, path: Path):
    add(store, 1, 2, 3)
    noted = (3, verify(store).head)
    assert verify(store, noted=noted).problem is None
    change(path, "DELETE FROM audit WHERE seq = 3")
    assert verify(store).problem is None
    assert verify(store, noted=noted).problem == "row 3, which was noted, is gone"


def test_a_log_that_was_written_anew_shows_against_a_noted_head(store: LedgerStore, path: Path):
    add(store, 1, 2)
    noted = (2, verify(store).head)
    change(path, "DELETE FROM audit")
    add(store, 1, 3)
    assert verify(store).problem is None
    assert verify(store, noted=noted).problem == "row 2 is another than the one that was noted"
