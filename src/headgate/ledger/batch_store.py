"""Batches and their results on disk, so that a crash repeats nothing that is known.

A database of its own, and not the ledger's: what is kept here is text. It is readable by
its owner only and goes when the batch is deleted or grows old. A line has one result at
most, whatever is tried again: the database refuses a second one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec import Struct

from headgate.core.errors import OperatorError
from headgate.ledger.private_file import open_private

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY, document BLOB NOT NULL, is_over INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
    batch TEXT NOT NULL, number INTEGER NOT NULL, custom_id TEXT, url TEXT, body BLOB NOT NULL,
    remote INTEGER, PRIMARY KEY (batch, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    batch TEXT NOT NULL, number INTEGER NOT NULL, is_good INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (batch, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remotes (
    id INTEGER PRIMARY KEY, batch TEXT NOT NULL, target TEXT NOT NULL, remote_id TEXT,
    submitted_at REAL, is_over INTEGER NOT NULL DEFAULT 0
);
"""


class StoredLine(Struct, frozen=True):
    """A request of a batch, as it was sent in."""

    number: int
    custom_id: str | None
    url: str
    body: bytes


class Result(Struct, frozen=True):
    """What became of one line."""

    number: int
    is_good: bool
    body: bytes


class Remote(Struct, frozen=True):
    """Some lines of a batch, handed to a provider's own batch API."""

    id: int
    target: str
    remote_id: str | None
    """`None` until the provider has told it; it may have the lines all the same."""
    submitted_at: float | None


class Counts(Struct, frozen=True):
    """How far a batch has come."""

    total: int
    completed: int
    failed: int

    @property
    def is_done(self) -> bool:
        """Every line has its result."""
        return self.completed + self.failed >= self.total


class BatchStore:
    """One SQLite file. Calls block, and may come from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make it.

        Raises:
            OperatorError: It cannot be used.
        """
        self._lock = Lock()
        try:
            # A result is paid for: once told it is here, it is, whatever happens to the power.
            self._db = open_private(path, _SCHEMA, "synchronous = FULL")
        except (OSError, sqlite3.Error) as error:
            raise OperatorError(
                f"batches cannot be kept in `{path}`: {error}",
                hint="another folder can be set as `batches.path`",
            ) from error

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._db.close()

    def put_batch(self, batch_id: str, document: bytes, *, is_over: bool) -> None:
        """Keep a batch's state, new or changed."""
        self._write(
            "INSERT INTO batches VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET document = excluded.document, is_over = excluded.is_over",
            (batch_id, document, is_over),
        )

    def batch(self, batch_id: str) -> bytes | None:
        """A batch's state, if there is such a one."""
        rows = self._read("SELECT document FROM batches WHERE id = ?", (batch_id,))
        return rows[0][0] if rows else None

    def batches(self, *, unfinished_only: bool = False) -> list[bytes]:
        """Every batch's state, the newest first (their ids sort by time)."""
        where = "WHERE NOT is_over" if unfinished_only else ""
        query = f"SELECT document FROM batches {where} ORDER BY id DESC"
        return [row[0] for row in self._read(query)]

    def delete_batch(self, batch_id: str) -> None:
        """Forget a batch with all its lines and results."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM batches WHERE id = ?", (batch_id,))
            for table in ("lines", "results", "remotes"):
                self._db.execute(f"DELETE FROM {table} WHERE batch = ?", (batch_id,))

    def put_file(self, file_id: str, document: bytes) -> None:
        """Keep what is known of a file; its content is beside the database."""
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?)", (file_id, document))

    def file(self, file_id: str) -> bytes | None:
        """What is known of a file, if there is such a one."""
        rows = self._read("SELECT document FROM files WHERE id = ?", (file_id,))
        return rows[0][0] if rows else None

    def files(self) -> list[bytes]:
        """All of them, the newest first."""
        return [row[0] for row in self._read("SELECT document FROM files ORDER BY id DESC")]

    def delete_file(self, file_id: str) -> None:
        """Forget a file."""
        self._write("DELETE FROM files WHERE id = ?", (file_id,))

    def add_lines(self, batch_id: str, lines: Iterable[StoredLine]) -> None:
        """Keep lines; those that are there already stay as they are."""
        rows = [(batch_id, each.number, each.custom_id, each.url, each.body) for each in lines]
        insert = "INSERT OR IGNORE INTO lines (batch, number, custom_id, url, body) VALUES "
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(insert + "(?, ?, ?, ?, ?)", rows)
            self._db.execute("COMMIT")

    def open_lines(
        self, batch_id: str, *, after: int = 0, limit: int = 256, remote: int | None = None
    ) -> list[StoredLine]:
        """Lines without a result, in order: those of one remote batch, or of none."""
        rows = self._read(
            "SELECT l.number, l.custom_id, l.url, l.body FROM lines l LEFT JOIN results r "
            "ON r.batch = l.batch AND r.number = l.number "
            "WHERE l.batch = ? AND l.number > ? AND r.number IS NULL AND l.remote IS ? "
            "ORDER BY l.number LIMIT ?",
            (batch_id, after, remote, limit),
        )
        return [StoredLine(*row) for row in rows]

    def add_results(self, batch_id: str, results: Iterable[Result]) -> None:
        """Keep results; a line that has one keeps that."""
        rows = [(batch_id, each.number, each.is_good, each.body) for each in results]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO results VALUES (?, ?, ?, ?)", rows)
            self._db.execute("COMMIT")

    def results(self, batch_id: str, *, after: int = 0, limit: int = 256) -> list[Result]:
        """Results in the order of their lines."""
        rows = self._read(
            "SELECT number, is_good, body FROM results WHERE batch = ? AND number > ? "
            "ORDER BY number LIMIT ?",
            (batch_id, after, limit),
        )
        return [Result(number, bool(is_good), body) for number, is_good, body in rows]

    def counts(self, batch_id: str) -> Counts:
        """How many lines there are, and what became of them."""
        total = self._read("SELECT count(*) FROM lines WHERE batch = ?", (batch_id,))[0][0]
        by_kind = dict(
            self._read(
                "SELECT is_good, count(*) FROM results WHERE batch = ? GROUP BY is_good",
                (batch_id,),
            )
        )
        return Counts(total, by_kind.get(1, 0), by_kind.get(0, 0))

    def hand_over(self, batch_id: str, target: str, numbers: Sequence[int]) -> int:
        """Mark lines as a target's own batch, before it is told; the mark's id."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            cursor = self._db.execute(
                "INSERT INTO remotes (batch, target) VALUES (?, ?)", (batch_id, target)
            )
            assert cursor.lastrowid is not None
            rows = [(cursor.lastrowid, batch_id, number) for number in numbers]
            self._db.executemany("UPDATE lines SET remote = ? WHERE batch = ? AND number = ?", rows)
            self._db.execute("COMMIT")
            return cursor.lastrowid

    def submitted(self, mark: int, remote_id: str, at: float) -> None:
        """The provider has the lines, under this id."""
        self._write(
            "UPDATE remotes SET remote_id = ?, submitted_at = ? WHERE id = ?", (remote_id, at, mark)
        )

    def take_back(self, batch_id: str, mark: int) -> None:
        """The provider is done with the lines: those without a result are ours again."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE remotes SET is_over = 1 WHERE id = ?", (mark,))
            self._db.execute(
                "UPDATE lines SET remote = NULL WHERE batch = ? AND remote = ? AND number NOT IN "
                "(SELECT number FROM results WHERE batch = ?)",
                (batch_id, mark, batch_id),
            )
            self._db.execute("COMMIT")

    def remotes(self, batch_id: str) -> list[Remote]:
        """Those that are not over."""
        rows = self._read(
            "SELECT id, target, remote_id, submitted_at FROM remotes "
            "WHERE batch = ? AND NOT is_over ORDER BY id",
            (batch_id,),
        )
        return [Remote(*row) for row in rows]

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with self._lock:
            self._db.execute(statement, values)

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()
