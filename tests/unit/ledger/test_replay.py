"""Decisions out of the ledger in bulk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headgate.ledger.replay import answer_speeds, stream
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import AT, attempt_entry, decision_entry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    """Three decisions, written out of order: of two attempts, of none, of one."""
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    writer = LedgerWriter(store, interval_s=3600)
    writer.record(decision_entry("c", at=AT + 20))
    writer.record(attempt_entry("c", ttft_ms=40.0))
    writer.record(decision_entry("a", at=AT))
    writer.record(attempt_entry("a", 2, started_at=AT + 1))
    writer.record(attempt_entry("a", 1, outcome="timeout", usage=None))
    writer.record(decision_entry("b", at=AT + 10, attempts=0))
    writer.flush()
    yield store
    writer.close()


def ids(rows: Iterator[list[tuple[Any, ...]]]) -> list[tuple[str, list[int | None]]]:
    return [(some[0][0], [row[9] for row in some]) for some in rows]


def test_decisions_come_in_the_order_of_time_with_their_attempts(store: LedgerStore) -> None:
    assert ids(stream(store)) == [("a", [1, 2]), ("b", [None]), ("c", [1])]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(AT + 5, None, ["b", "c"]), (None, AT + 20, ["a", "b"]), (AT + 10, AT + 20, ["b"])],
)
def test_a_time_can_be_chosen(
    store: LedgerStore, since: float | None, until: float | None, found: list[str]
) -> None:
    assert [some[0][0] for some in stream(store, since, until)] == found


def test_money_comes_as_whole_numbers(store: LedgerStore) -> None:
    first = next(iter(stream(store)))
    assert [row[19] for row in first] == [None, 1_000_000_000]


def test_speeds_are_those_of_answers_newest_first(store: LedgerStore) -> None:
    found = list(answer_speeds(store))
    assert [(each.target, each.ttft_ms) for each in found] == [("cloud", 40.0), ("cloud", None)]
    assert found[0].output_tokens == 300
    assert len(list(answer_speeds(store, AT + 0.5))) == 1
