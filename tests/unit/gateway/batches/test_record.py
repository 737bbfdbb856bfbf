"""Batches and files as clients see them."""

import pytest
from openai.types import Batch, FileObject

from headgate.gateway.batches.record import (
    OVER,
    BatchRecord,
    FileRecord,
    LineProblem,
    read_batch,
    read_file,
)
from headgate.ledger.batch_store import Counts


def batch(**more) -> BatchRecord:
    given = {
        "id": "batch_hg_1",
        "endpoint": "/v1/chat/completions",
        "input_file_id": "file-hg-1",
        "key_name": "alice",
        "labels": frozenset({"phi"}),
        "created_at": 1,
        "expires_at": 2,
    }
    return BatchRecord(**(given | more))


def test_a_batch_is_one_to_openais_sdk_and_tells_nothing_private() -> None:
    problems = [LineProblem("invalid_request", "what is wrong", 3)]
    shown = batch(errors=problems, metadata={"a": "b"}).shown(Counts(5, 2, 1))
    found = Batch.model_validate(shown, strict=True)
    assert found.errors is not None
    assert found.errors.data is not None
    assert found.errors.data[0].line == 3
    assert found.request_counts is not None
    assert (found.request_counts.total, found.request_counts.failed) == (5, 1)
    assert not shown.keys() & {"key_name", "labels", "tags"}


def test_a_file_is_one_to_openais_sdk() -> None:
    file = FileRecord(
        id="file-hg-1", filename="a", purpose="batch", size=3, created_at=1, key_name="alice"
    )
    shown = file.shown()
    assert FileObject.model_validate(shown, strict=True).bytes == 3
    assert "key_name" not in shown
    assert read_file(file.encoded()) == file


@pytest.mark.parametrize("status", ["in_progress", "finalizing", "cancelling", *sorted(OVER)])
def test_changes_are_kept_with_their_time(status) -> None:
    record = batch()
    record.became(status, 77.9)
    again = read_batch(record.encoded())
    assert again == record
    assert getattr(again, f"{status}_at") == 77
    assert again.is_over == (status in OVER)
