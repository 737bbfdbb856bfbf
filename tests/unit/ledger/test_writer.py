"""The writer: under load, beside a lock, with bad entries, and killed."""

import logging
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import event

from headgate.core.usage import Usage
from headgate.ledger.entry import Pricing
from headgate.ledger.metrics import Metrics
from headgate.ledger.queries import recent, totals
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import attempt_entry, decision_entry

TESTS = Path(__file__).parents[2]
LOAD = """
import sys
from threading import Event
from support.entries import attempt_entry, decision_entry
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter

writer = LedgerWriter(LedgerStore.open(sys.argv[1]))
pause = Event()
for number in range(int(sys.argv[2])):
    writer.record(attempt_entry(f"{number:08}"))
    writer.record(decision_entry(f"{number:08}"))
    if number % 20 == 19:
        print(number + 1, flush=True)
        pause.wait(0.004)
"""


def count(path: Path, table: str = "decisions") -> int:
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes, and takes its time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def impatient(path: Path) -> LedgerStore:
    """A store that gives a lock up at once."""
    store = LedgerStore.open(path)

    @event.listens_for(store.engine, "connect")
    def no_patience(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")

    store.engine.dispose()
    return store


def test_what_was_recorded_is_there_after_a_flush(writer: LedgerWriter, path: Path) -> None:
    writer.record(attempt_entry("d1"))
    writer.record(decision_entry("d1"))
    assert writer.counts() == (2, 0)
    assert count(path) == 0
    assert writer.flush()
    assert writer.counts() == (0, 0)
    assert (count(path), count(path, "attempts")) == (1, 1)


def test_entries_are_written_without_anyone_asking(path: Path) -> None:
    store, written = LedgerStore.open(path), Event()
    event.listen(store.engine, "commit", lambda _: written.set())
    writer = LedgerWriter(store, interval_s=0.01)
    writer.record(decision_entry("d1"))
    assert written.wait(10)
    writer.close()
    assert count(path) == 1


def test_many_threads_may_record_while_it_writes(path: Path) -> None:
    writer = LedgerWriter(LedgerStore.open(path), interval_s=0.001)

    def work(name: int) -> None:
        for number in range(500):
            writer.record(attempt_entry(f"{name}-{number}"))
            writer.record(decision_entry(f"{name}-{number}"))

    threads = [Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert writer.flush()
    sums = totals(writer.store) if writer.store is not None else None
    writer.close()
    assert sums is not None
    assert (sums.decisions, sums.total.attempts) == (2000, 2000)
    assert sums.total.known_cost_usd == Decimal("0.001") * 2000


def test_a_lock_delays_entries_and_loses_none(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writer = LedgerWriter(impatient(path), interval_s=3600)
    with locked(path):
        for number in range(300):
            writer.record(decision_entry(f"d{number}"))
        assert not writer.flush()
        writer.record(decision_entry("later"))
        assert not writer.flush()
        assert writer.counts() == (301, 0)
    assert writer.flush()
    writer.close()
    assert count(path) == 301
    said = [record.message for record in caplog.records]
    assert said == [
        "cannot write the ledger, will try again: database is locked",
        "the ledger is written again; nothing that was queued is lost",
    ]


def test_entries_are_priced_and_counted_once_however_often_they_are_tried(path: Path) -> None:
    metrics = Metrics()
    writer = LedgerWriter(impatient(path), metrics, interval_s=3600)
    with locked(path):
        writer.record(attempt_entry("d1"))
        assert not writer.flush()
        assert not writer.flush()
    assert writer.flush()
    writer.close()
    assert b'headgate_attempts_total{outcome="answered",target="cloud"} 1.0' in metrics.text()[0]


def test_a_full_disk_delays_entries_and_loses_none(path: Path) -> None:
    store = LedgerStore.open(path)
    writer = LedgerWriter(store, interval_s=3600)
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    limit = [pages]

    @event.listens_for(store.engine, "checkout")
    def shrink(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    for number in range(500):
        writer.record(decision_entry(f"d{number}"))
    assert not writer.flush()
    assert writer.counts() == (500, 0)
    limit[0] = 1_000_000
    assert writer.flush()
    writer.close()
    assert count(path) == 500


def test_what_does_not_fit_into_the_queue_is_dropped_and_counted(path: Path) -> None:
    metrics = Metrics()
    writer = LedgerWriter(LedgerStore.open(path), metrics, interval_s=3600, max_queued=3)
    for number in range(5):
        writer.record(decision_entry(f"d{number}"))
    assert writer.counts() == (3, 2)
    assert b"headgate_ledger_dropped_entries_total 2.0" in metrics.text()[0]
    writer.close()
    assert count(path) == 3


def test_dropping_is_said_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = Event()
    handler = logging.Handler()
    handler.emit = lambda record: said.set()  # type: ignore[method-assign]
    logging.getLogger("headgate.ledger.writer").addHandler(handler)
    writer = LedgerWriter(LedgerStore.open(path), interval_s=0.01, max_queued=0)
    for number in range(5):
        writer.record(decision_entry(f"d{number}"))
    assert said.wait(10)
    writer.close()
    logging.getLogger("headgate.ledger.writer").removeHandler(handler)
    assert sum(record.args[0] for record in caplog.records) == 5  # type: ignore[index,misc]


def test_one_bad_entry_costs_no_other(
    writer: LedgerWriter, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    huge = Usage(input_tokens=2**70, output_tokens=0)
    writer.record(attempt_entry("d1"))
    writer.record(attempt_entry("d2", usage=huge, pricing=Pricing()))
    writer.record(attempt_entry("d3"))
    writer.record(decision_entry("d1"))
    writer.record(decision_entry("d2", requested_model="\ud800 secret words"))
    writer.record(decision_entry("d3"))
    writer.record(decision_entry("d3"))
    writer.record("not an entry")  # type: ignore[arg-type]
    assert writer.flush()
    assert (count(path), count(path, "attempts")) == (2, 2)
    assert writer.counts() == (0, 4)
    assert "secret words" not in " ".join(record.getMessage() for record in caplog.records)


def test_without_a_store_entries_are_only_counted() -> None:
    metrics = Metrics()
    writer = LedgerWriter(None, metrics, interval_s=3600)
    for number in range(200):
        writer.record(decision_entry(f"d{number}"))
    assert writer.flush()
    assert b'status="answered"} 200.0' in metrics.text()[0]
    writer.close()


def test_closing_writes_what_is_left_and_takes_no_more(path: Path) -> None:
    writer = LedgerWriter(LedgerStore.open(path), interval_s=3600)
    writer.record(decision_entry("d1"))
    writer.close()
    writer.close()
    writer.record(decision_entry("d2"))
    assert count(path) == 1
    assert writer.counts() == (0, 1)


def test_closing_says_what_could_not_be_written(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = LedgerWriter(impatient(path), interval_s=3600)
    writer.record(decision_entry("d1"))
    with locked(path):
        writer.close()
    assert caplog.records[-1].getMessage() == "1 entries of the ledger are lost"


def test_a_program_that_ends_without_closing_loses_nothing(path: Path) -> None:
    subprocess.run([sys.executable, "-c", LOAD, str(path), "100"], cwd=TESTS, check=True)
    assert count(path) == 100


def test_a_killed_process_loses_at_most_its_last_second(path: Path) -> None:
    command = [sys.executable, "-c", LOAD, str(path), "1000000"]
    recorded: list[tuple[float, int]] = []
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            recorded.append((time.monotonic(), int(line)))
            if recorded[-1][0] - recorded[0][0] > 2:
                break
        killed_at = time.monotonic()
        child.send_signal(signal.SIGKILL)
        child.stdout.read()
    promised = max(number for at, number in recorded if at < killed_at - 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert promised <= count(path) <= recorded[-1][1] + 1000
    store = LedgerStore.open(path)
    found = recent(store, limit=5)
    store.close()
    assert [len(decision.attempts) for decision in found] == [1] * 5
