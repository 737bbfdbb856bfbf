"""Writes the ledger behind the requests' back.

The request path appends to a queue and is done. One thread takes what has gathered, prices
it, counts it for the metrics and writes it, all that came within half a second in one
transaction. So killing the process loses no more than the last half second.

What cannot be written now (the disk is full, somebody holds a lock) is kept and tried
again; only when the queue is full are entries dropped, and then counted. Between any two
small chunks the thread lets go of Python's lock, so that requests are not held up.
"""

import atexit
import logging
from collections import deque
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from sqlalchemy import Connection, Table
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
)

from headgate.ledger import schema
from headgate.ledger.audit import AuditEntry, append
from headgate.ledger.entry import AttemptEntry, DecisionEntry
from headgate.ledger.metrics import Metrics, QueueCounts
from headgate.ledger.rows import Row, attempt_row, cost_of, decision_row, insert
from headgate.ledger.store import LedgerStore

CHUNK = 64
"""Entries turned into rows at once: well under a millisecond."""
LARGEST_TRANSACTION = 10_000
LONGEST_PAUSE_S = 5.0
FAULTS_OF_A_ROW = (
    DataError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
    OverflowError,
    ValueError,
)
"""Errors that another try would only repeat: a number too large, text that is no Unicode."""
Entry = DecisionEntry | AttemptEntry | AuditEntry
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Chunk:
    """Rows that are written together."""

    decisions: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.decisions) + len(self.attempts) + len(self.audit)


class LedgerWriter:
    """Implements `core.ports.Recorder`. `close()` it."""

    def __init__(
        self,
        store: LedgerStore | None,
        metrics: Metrics | None = None,
        *,
        interval_s: float = 0.5,
        max_queued: int = 30_000,
    ) -> None:
        """Write to `store`, which is ours to close; without one, only count for `metrics`."""
        self.store = store
        self._metrics = metrics
        self._interval_s = interval_s
        self._max_queued = max_queued
        self._queue: deque[Entry] = deque()
        self._unwritten: list[Chunk] = []
        self._overflowed = 0
        self._spoilt = 0
        self._reported = 0
        self._is_failing = False
        self._drain_lock = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="headgate-ledger", daemon=True)
        if metrics is not None:
            metrics.watch_ledger(self.counts)
        self._thread.start()
        atexit.register(self.close)

    def record(self, entry: Entry) -> None:
        """Queue one entry. Never blocks, never fails."""
        if len(self._queue) >= self._max_queued:
            self._overflowed += 1
        else:
            self._queue.append(entry)

    def counts(self) -> QueueCounts:
        """How many entries wait, and how many are lost for good."""
        waiting = sum(len(chunk) for chunk in tuple(self._unwritten))
        return QueueCounts(len(self._queue) + waiting, self._overflowed + self._spoilt)

    def flush(self) -> bool:
        """Write all that was recorded so far; whether the database took it."""
        return self._drain()

    def close(self) -> None:
        """Write what is left, stop, and close the store. Can be called again."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        atexit.unregister(self.close)
        self._thread.join()
        self._max_queued = 0
        if not self._drain():
            _log.error("%d entries of the ledger are lost", self.counts().queued)
        if self.store is not None:
            self.store.close()

    def _run(self) -> None:
        pause_s = self._interval_s
        while not self._stopping.wait(pause_s):
            try:
                is_written = self._drain()
            except Exception:
                # The edge of this thread: a bug here must not end all recording.
                _log.exception("the ledger could not be written")
                is_written = False
            pause_s = self._interval_s if is_written else min(pause_s * 2, LONGEST_PAUSE_S)
            self._report_dropped()

    def _drain(self) -> bool:
        with self._drain_lock:
            while self._queue or self._unwritten:
                try:
                    self._write()
                except DBAPIError as error:
                    self._report_failure(error)
                    return False
                self._unwritten.clear()
            if self._is_failing:
                self._is_failing = False
                _log.warning("the ledger is written again; nothing that was queued is lost")
            return True

    def _write(self) -> None:
        """One transaction: what failed before, then what came since."""
        if self.store is None:
            self._next_chunk()
            return
        # IMMEDIATE: the chain of the audit log is read before it is written.
        connecting = self.store.engine.connect().execution_options(sqlite_begin="IMMEDIATE")
        with connecting as connection, connection.begin():
            for chunk in self._unwritten:
                self._insert(connection, chunk)
            entries = sum(len(chunk) for chunk in self._unwritten)
            while self._queue and entries < LARGEST_TRANSACTION:
                chunk = self._next_chunk()
                # First remembered, then written: a failure must find it.
                self._unwritten.append(chunk)
                self._insert(connection, chunk)
                entries += len(chunk)

    def _next_chunk(self) -> Chunk:
        chunk = Chunk()
        for _ in range(min(CHUNK, len(self._queue))):
            entry = self._queue.popleft()
            try:
                self._add(chunk, entry)
            except Exception:
                # Another edge: whatever is odd about one entry concerns no other.
                self._spoilt += 1
                _log.exception("an entry of the ledger could not be made sense of")
        return chunk

    def _add(self, chunk: Chunk, entry: Entry) -> None:
        if isinstance(entry, AttemptEntry):
            cost = cost_of(entry)
            if self._metrics is not None:
                self._metrics.tried(entry, cost)
            chunk.attempts.append(attempt_row(entry, cost))
        elif isinstance(entry, AuditEntry):
            chunk.audit.append(entry)
        else:
            if self._metrics is not None:
                self._metrics.decided(entry)
            chunk.decisions.append(decision_row(entry))

    def _insert(self, connection: Connection, chunk: Chunk) -> None:
        for table, rows in (
            (schema.decisions, chunk.decisions),
            (schema.attempts, chunk.attempts),
        ):
            try:
                insert(connection, table, rows)
            except FAULTS_OF_A_ROW:
                rows[:] = [row for row in rows if self._inserts_alone(connection, table, row)]
        if chunk.audit:
            append(connection, chunk.audit)

    def _inserts_alone(self, connection: Connection, table: Table, row: Row) -> bool:
        try:
            insert(connection, table, [row])
        except FAULTS_OF_A_ROW as error:
            self._spoilt += 1
            # Not the error itself: it would quote the row.
            cause = getattr(error, "orig", error)
            _log.error("a row of `%s` cannot be stored and is lost: %s", table.name, cause)
            return False
        return True

    def _report_failure(self, error: DBAPIError) -> None:
        if not self._is_failing:
            self._is_failing = True
            _log.warning("cannot write the ledger, will try again: %s", error.orig)

    def _report_dropped(self) -> None:
        dropped = self._overflowed
        if dropped > self._reported:
            _log.error(
                "%d entries of the ledger are lost: they come faster than they can be written",
                dropped - self._reported,
            )
            self._reported = dropped
