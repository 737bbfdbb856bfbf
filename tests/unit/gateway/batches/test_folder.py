"""Files of batches on disk."""

import stat
from pathlib import Path

import pytest

from headgate.core.errors import OperatorError
from headgate.gateway.batches.folder import BatchFolder
from headgate.gateway.batches.record import BatchRecord, FileRecord
from headgate.ledger.batch_store import Result, StoredLine


@pytest.fixture
def folder(tmp_path: Path):
    folder = BatchFolder(tmp_path / "batches")
    yield folder
    folder.close()


def file(identity: str = "file-hg-1", at: int = 5) -> FileRecord:
    return FileRecord(id=identity, filename="a", purpose="batch", size=2, created_at=at)


def test_nothing_is_made_before_it_is_used(folder: BatchFolder) -> None:
    assert not folder.is_used
    assert not folder.path.exists()
    assert folder.store.batches() == []
    assert folder.is_used


def test_a_file_is_there_whole_or_not_at_all_and_only_for_its_owner(folder: BatchFolder) -> None:
    def breaks():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OperatorError, match="No space left"):
        folder.write("file-hg-1", breaks())
    assert not list((folder.path / "files").iterdir())
    assert folder.write("file-hg-1", iter([b"a", b"b"])) == 2
    path = folder.content("file-hg-1")
    assert path.read_bytes() == b"ab"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    database = folder.store and folder.path / "batches.sqlite3"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["../../etc/passwd", "file-hg-", "file-1", "file-hg-A/../b", ""])
def test_names_that_are_none_of_ours_lead_nowhere(folder: BatchFolder, name: str) -> None:
    assert folder.find(name) is None


def test_a_file_is_found_until_it_is_deleted(folder: BatchFolder) -> None:
    folder.write("file-hg-1", iter([b"ab"]))
    folder.keep(file())
    assert folder.find("file-hg-1") == file()
    folder.delete("file-hg-1")
    assert folder.find("file-hg-1") is None
    assert not folder.content("file-hg-1").exists()


def test_what_is_old_goes_and_what_is_not_over_stays(folder: BatchFolder) -> None:
    folder.write("file-hg-1", iter([b"ab"]))
    folder.keep(file())
    for identity, status in (("batch_hg_1", "completed"), ("batch_hg_2", "in_progress")):
        record = BatchRecord(
            id=identity, endpoint="/", input_file_id="f", created_at=5, expires_at=6, status=status
        )
        folder.store.put_batch(identity, record.encoded(), is_over=record.is_over)
    folder.forget_before(5)
    assert folder.find("file-hg-1") is not None
    folder.forget_before(6)
    assert folder.find("file-hg-1") is None
    assert folder.store.batch("batch_hg_1") is None
    assert folder.store.batch("batch_hg_2") is not None


def test_one_process_answers_a_folders_batches(folder: BatchFolder) -> None:
    assert folder.store is not None
    assert folder.claim()
    assert folder.claim(), "it is ours already"
    other = BatchFolder(folder.path)
    assert not other.claim()
    folder.close()
    assert other.claim()
    other.close()


def test_results_come_in_the_order_of_the_lines(folder: BatchFolder) -> None:
    store = folder.store
    store.add_lines("b", [StoredLine(n, str(n), "/", b"{}") for n in range(1, 601)])
    store.add_results("b", [Result(n, n % 2 == 0, b"%d" % n) for n in range(600, 0, -1)])
    good = [int(line) for line in folder.results("b", good=True)]
    assert good == list(range(2, 601, 2))
    assert sum(1 for _ in folder.results("b", good=False)) == 300
