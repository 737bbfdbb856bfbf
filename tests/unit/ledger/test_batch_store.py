"""Batches on disk: one result a line, whatever is tried."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headgate.core.errors import OperatorError
from headgate.ledger.batch_store import BatchStore, Counts, Result, StoredLine


@pytest.fixture
def store(tmp_path: Path):
    store = BatchStore(tmp_path / "batches.sqlite3")
    yield store
    store.close()


def lines(count: int) -> list[StoredLine]:
    return [StoredLine(n, f"id {n}", "/v1/chat/completions", b"{}") for n in range(1, count + 1)]


numbers = st.integers(1, 12)
results = st.lists(st.tuples(numbers, st.booleans()), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(results)
def test_the_first_result_of_a_line_stands(store: BatchStore, tried) -> None:
    store.delete_batch("b")
    store.add_lines("b", lines(12))
    first: dict[int, bool] = {}
    for number, good in tried:
        first.setdefault(number, good)
        store.add_results("b", [Result(number, good, b"%d" % good)])
    found = store.results("b")
    assert {each.number: each.is_good for each in found} == first
    assert [each.number for each in found] == sorted(first)
    good = sum(first.values())
    assert store.counts("b") == Counts(12, good, len(first) - good)
    assert [each.number for each in store.open_lines("b")] == sorted(set(range(1, 13)) - set(first))


def test_lines_that_are_there_stay_as_they_are(store: BatchStore) -> None:
    store.add_lines("b", lines(3))
    store.add_lines("b", [StoredLine(2, "other", "/", b"[]"), StoredLine(4, None, "/", b"{}")])
    found = store.open_lines("b")
    assert [each.custom_id for each in found] == ["id 1", "id 2", "id 3", None]


def test_pages_go_on_after_a_number(store: BatchStore) -> None:
    store.add_lines("b", lines(10))
    assert [each.number for each in store.open_lines("b", after=4, limit=3)] == [5, 6, 7]


def test_lines_that_are_handed_over_are_not_open_until_they_are_taken_back(
    store: BatchStore,
) -> None:
    store.add_lines("b", lines(4))
    mark = store.hand_over("b", "gpt", [1, 2, 3])
    assert [each.number for each in store.open_lines("b")] == [4]
    assert [each.number for each in store.open_lines("b", remote=mark)] == [1, 2, 3]
    remote = store.remotes("b")[0]
    assert (remote.target, remote.remote_id, remote.submitted_at) == ("gpt", None, None)
    store.submitted(mark, "batch_1", 5.0)
    assert (store.remotes("b")[0].remote_id, store.remotes("b")[0].submitted_at) == ("batch_1", 5.0)
    store.add_results("b", [Result(2, True, b"{}")])
    store.take_back("b", mark)
    assert store.remotes("b") == []
    assert [each.number for each in store.open_lines("b")] == [1, 3, 4]


def test_everything_is_there_after_the_process_is_gone(tmp_path: Path, store: BatchStore) -> None:
    store.add_lines("b", lines(2))
    store.put_batch("b", b"1", is_over=False)
    store.put_batch("c", b"2", is_over=True)
    store.put_batch("b", b"3", is_over=False)
    again = BatchStore(tmp_path / "batches.sqlite3")
    assert (again.batch("b"), again.batch("x")) == (b"3", None)
    assert again.batches() == [b"2", b"3"]
    assert again.batches(unfinished_only=True) == [b"3"]
    assert again.counts("b").total == 2
    again.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="batches cannot be kept in"):
        BatchStore(tmp_path / "file" / "batches.sqlite3")
    (tmp_path / "text").write_text("this is no database at all, whoever says so" * 50)
    with pytest.raises(OperatorError, match="not a database"):
        BatchStore(tmp_path / "text")
