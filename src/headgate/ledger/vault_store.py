"""Pseudonyms on disk, sealed, so that a restart or another worker can restore an answer.

A database of its own: what is kept here stands for personal data. Each value is sealed with
AES-GCM by a key that is never here, and bound to its session, so that whoever has the file has
nothing, and whoever can write to it cannot move a value to another session. What is broken or
sealed with another key counts as lost: its placeholder stays in the answer.
"""

import hmac
import os
import sqlite3
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from headgate.core.errors import OperatorError
from headgate.ledger.private_file import open_private

_NONCE = 12
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vault (
    session BLOB NOT NULL, item BLOB NOT NULL, sealed BLOB NOT NULL, expires_at REAL NOT NULL,
    PRIMARY KEY (session, item)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS vault_expires_at ON vault (expires_at);
"""


class VaultStore:
    """One SQLite file. Calls block, and may come from any thread."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open or make it; `key` as of `privacy.vault.storage_key`.

        Raises:
            OperatorError: It cannot be used, or what seals is not installed.
        """
        if find_spec("cryptography") is None:
            raise OperatorError(
                "values cannot be kept on disk: `cryptography` is not installed",
                hint="pip install 'headgate[vault]', or keep them in memory",
            )
        # Imported here: it is optional, and takes its time.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)
        self._item_key = hmac.digest(key, b"item", "sha256")
        self._lock = Lock()
        try:
            # What is deleted is overwritten, not only marked as free.
            self._db = open_private(path, _SCHEMA, "secure_delete = ON")
        except (OSError, sqlite3.Error) as error:
            raise OperatorError(
                f"values cannot be kept in `{path}`: {error}",
                hint="another file can be set, or values kept in memory",
            ) from error

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._db.close()

    def add(self, session: bytes, values: Sequence[bytes], expires_at: float) -> None:
        """Keep values of a session; one that is there already is kept longer.

        Args:
            session: As of `privacy.vault.session_id`.
            values: As of `privacy.pseudonyms.Pseudonyms.take_new`.
            expires_at: Unix seconds.
        """
        rows = [self._row(session, value, expires_at) for value in values]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(
                    "INSERT INTO vault VALUES (?, ?, ?, ?) ON CONFLICT (session, item) "
                    "DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)",
                    rows,
                )
                self._db.execute(
                    "UPDATE vault SET expires_at = ? WHERE session = ? AND expires_at < ?",
                    (expires_at, session, expires_at),
                )
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def values(self, session: bytes, now: float) -> list[bytes]:
        """What is kept of a session; without what cannot be unsealed."""
        with self._lock:
            rows = self._db.execute(
                "SELECT item, sealed FROM vault WHERE session = ? AND expires_at > ?",
                (session, now),
            ).fetchall()
        opened = (self._opened(session, item, sealed) for item, sealed in rows)
        return [value for value in opened if value is not None]

    def end(self, session: bytes) -> None:
        """A session is over: delete what is kept of it."""
        with self._lock:
            self._db.execute("DELETE FROM vault WHERE session = ?", (session,))

    def drop_old(self, now: float) -> None:
        """Delete what has expired."""
        with self._lock:
            self._db.execute("DELETE FROM vault WHERE expires_at <= ?", (now,))

    def _row(
        self, session: bytes, value: bytes, expires_at: float
    ) -> tuple[bytes, bytes, bytes, float]:
        item = hmac.digest(self._item_key, session + value, "sha256")
        nonce = os.urandom(_NONCE)
        return session, item, nonce + self._cipher.encrypt(nonce, value, session + item), expires_at

    def _opened(self, session: bytes, item: bytes, sealed: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], session + item)
        except (InvalidTag, ValueError):
            return None
