"""SQLite files as we use them: how they are opened, and who may read them."""

import sqlite3
from pathlib import Path
from time import monotonic, sleep

OWNER_ONLY = 0o600
"""Who asked for what, and when, is not for other users of the machine."""
BUSY_TIMEOUT_MS = 5_000
RETRY_S = 0.02


def open_private(path: Path, schema: str, *pragmas: str) -> sqlite3.Connection:
    """A file of its owner's alone, made where there is none, with its tables; for any thread.

    Raises:
        OSError, sqlite3.Error: It cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=OWNER_ONLY)
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    set_pragmas(connection, "journal_mode = WAL", *pragmas)
    connection.executescript(schema)
    return connection


def set_pragmas(connection: sqlite3.Connection, *pragmas: str) -> None:
    """Set them; from now on every statement waits for others up to `BUSY_TIMEOUT_MS`."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    for pragma in pragmas:
        _set(connection, pragma)


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Set one, waiting for others as long as any statement would.

    SQLite's own wait leaves out the switch to WAL: while another process makes the same
    switch, or writes the first tables, it answers "locked" at once.
    """
    give_up = monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(RETRY_S)
        else:
            return
