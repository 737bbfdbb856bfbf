"""The database that files are read with: what it may do, and what it may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from headgate.traffic.database import (
    MEMORY_LIMIT,
    Database,
    QueryFailed,
    open_database,
    quoted,
)
from support.usage import write


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path, "a,b", "1,2")


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with open_database(file) as database:
        yield database


def test_it_reads_the_one_file_it_was_opened_for(database: Database, file: Path) -> None:
    assert database.rows(f"SELECT * FROM read_csv({quoted(str(file))})") == [(1, 2)]


@pytest.mark.parametrize(
    "forbidden",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/headgate-written.csv'",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
        "INSTALL httpfs",
        "ATTACH '/tmp/headgate-other.db'",
    ],
)
def test_it_does_nothing_else(database: Database, forbidden: str) -> None:
    with pytest.raises(QueryFailed):
        database.rows(forbidden)


def test_its_memory_is_bounded_and_its_folder_is_gone_afterwards(file: Path) -> None:
    with open_database(file) as database:
        folder = database.folder
        (limit,) = database.row("SELECT current_setting('memory_limit')")
        assert folder.is_dir()
    assert MEMORY_LIMIT == "600MB"
    assert limit.startswith("572")  # MiB
    assert not folder.exists()


def test_long_work_tells_its_progress_and_fails_like_any_other(file: Path) -> None:
    shares: list[float] = []
    with open_database(file, shares.append) as database:
        database.run("CREATE TABLE a AS SELECT sum(hash(i)) AS x FROM range(60_000_000) t(i)")
        assert database.row("SELECT count(*) FROM a") == (1,)
        with pytest.raises(QueryFailed, match="nothing"):
            database.run("SELECT * FROM nothing")
    assert all(0 < share <= 1 for share in shares)


def test_rows_can_be_streamed(database: Database) -> None:
    streamed = database.stream("SELECT * FROM range(10_000)")
    assert sum(number for (number,) in streamed) == 49_995_000


def test_texts_are_quoted() -> None:
    assert quoted("it's") == "'it''s'"
