"""Where batches live: the store, and the content of files beside it."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from anyio.to_thread import run_sync

from headgate.core.errors import OperatorError
from headgate.gateway.batches.record import FILE_PREFIX, FileRecord, read_batch, read_file
from headgate.ledger.batch_store import BatchStore
from headgate.ledger.private_file import OWNER_ONLY

PAGE = 256
_FILE_ID = re.compile(rf"{FILE_PREFIX}[0-9a-z-]+")


@dataclass(slots=True, eq=False)
class BatchFolder:
    """Opened when the first batch asks for it. `close()` it."""

    path: Path
    _store: BatchStore | None = field(default=None, init=False)
    _lock: int | None = field(default=None, init=False)

    @property
    def is_used(self) -> bool:
        """Whether there have been batches."""
        return self._store is not None or (self.path / "batches.sqlite3").exists()

    @property
    def store(self) -> BatchStore:
        """The store.

        Raises:
            OperatorError: It cannot be used.
        """
        if self._store is None:
            self._store = BatchStore(self.path / "batches.sqlite3")
        return self._store

    def claim(self) -> bool:
        """Whether this process is the one that answers the folder's batches, from now on."""
        if self._lock is not None:
            return True
        try:
            import fcntl

            handle = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR, OWNER_ONLY)
        except (ImportError, OSError):
            return True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def close(self) -> None:
        """Let everything go."""
        if self._store is not None:
            self._store.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def content(self, file_id: str) -> Path:
        """Where the content of a file is; only names of ours lead anywhere."""
        assert _FILE_ID.fullmatch(file_id), "looked up before"
        return self.path / "files" / file_id

    def find(self, file_id: str) -> FileRecord | None:
        """A file, by a name that a client may have made up."""
        if not _FILE_ID.fullmatch(file_id):
            return None
        document = self.store.file(file_id)
        return None if document is None else read_file(document)

    def keep(self, record: FileRecord) -> None:
        """Make a file known whose content is here."""
        self.store.put_file(record.id, record.encoded())

    def delete(self, file_id: str) -> None:
        """Forget a file, content and all."""
        self.store.delete_file(file_id)
        self.content(file_id).unlink(missing_ok=True)

    def forget_before(self, at: float) -> None:
        """Delete files, and batches that are over, that are older than `at`."""
        for document in self.store.files():
            file = read_file(document)
            if file.created_at < at:
                self.delete(file.id)
        for document in self.store.batches():
            batch = read_batch(document)
            if batch.is_over and batch.created_at < at:
                self.store.delete_batch(batch.id)

    def write(self, file_id: str, pieces: Iterator[bytes]) -> int:
        """Write a file's content, whole or not at all; its size in bytes.

        Raises:
            OperatorError: The disk does not take it.
        """
        path = self.content(file_id)
        half = path.with_suffix(".half")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(half, "wb", opener=_owner_only) as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            half.replace(path)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise OperatorError(f"a file of a batch cannot be written: {error}") from error
        return size

    def results(self, batch_id: str, *, good: bool) -> Iterator[bytes]:
        """Lines of the output file, or of the one with errors, in the order of the input."""
        after = 0
        while page := self.store.results(batch_id, after=after, limit=PAGE):
            yield from (each.body + b"\n" for each in page if each.is_good == good)
            after = page[-1].number


async def read_pieces(path: Path, size: int = 1 << 18) -> AsyncIterator[bytes]:
    """A file in pieces, read in threads."""
    file = await run_sync(path.open, "rb")
    try:
        while piece := await run_sync(file.read, size):
            yield piece
    finally:
        file.close()


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, OWNER_ONLY)
