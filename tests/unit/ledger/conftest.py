from collections.abc import Iterator
from pathlib import Path

import pytest

from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def writer(path: Path) -> Iterator[LedgerWriter]:
    """Writes when it is told to."""
    writer = LedgerWriter(LedgerStore.open(path), interval_s=3600)
    yield writer
    writer.close()
