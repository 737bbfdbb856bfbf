"""Batches from their file to their results, whatever ends them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from headgate.gateway.batches.folder import BatchFolder
from headgate.gateway.batches.record import BatchRecord, FileRecord, read_batch
from headgate.gateway.batches.runner import BatchRunner
from headgate.gateway.handle import Caller
from headgate.ledger.batch_store import Result
from headgate.runtime.batching import line_endpoints
from headgate.wire.dialects.openai_chat import DIALECT
from support.batches import URL, Lanes, lanes
from support.behaviours import OK, SILENT
from support.gateways import box, config
from support.upstream import Upstream


def content(*texts: str, **more: Any) -> bytes:
    bodies = ({"model": "chat", "messages": [{"role": "user", "content": t}]} for t in texts)
    lines = ({"custom_id": f"id {n}", "url": URL, "body": b} for n, b in enumerate(bodies))
    return b"\n".join(json.dumps({**line, **more}).encode() for line in lines)


def runner(found: Lanes, folder: BatchFolder) -> BatchRunner:
    folder._store = found.store
    return BatchRunner(
        folder=folder,
        lanes=lambda: (found.lane, found.remote),
        clock=found.rig.clock,
        callers={"ann": Caller(name="ann")},
        endpoints=line_endpoints({"openai_chat": DIALECT}).keys(),
        keep_s=1e12,
    )


def begun(found: Lanes, folder: BatchFolder, data: bytes, **more: Any) -> BatchRecord:
    folder.write("file-hg-1", iter([data]))
    folder.keep(FileRecord(id="file-hg-1", filename="a", purpose="batch", size=1, created_at=1))
    now = int(found.rig.clock.now())
    given = {"id": "batch_hg_1", "endpoint": URL, "input_file_id": "file-hg-1"}
    record = BatchRecord(**{**given, "created_at": now, "expires_at": now + 3600, **more})
    found.store.put_batch(record.id, record.encoded(), is_over=False)
    return record


async def ended(found: Lanes) -> BatchRecord:
    while not (record := read_batch(found.store.batch("batch_hg_1") or b"")).is_over:
        await asyncio.sleep(0.005)
    return record


def run(
    upstream: Upstream, folder: Path, steps: Callable[[Lanes, BatchFolder], Awaitable[None]]
) -> None:
    async def inside() -> None:
        async with lanes(config({"own": box(upstream)}), folder) as found:
            await steps(found, BatchFolder(folder))

    asyncio.run(inside())


def test_a_batch_is_read_answered_and_written(tmp_path: Path) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        batches.begin(begun(found, folder, content("one", "two")))
        record = await ended(found)
        assert (record.status, record.error_file_id) == ("completed", None)
        assert record.output_file_id is not None
        written = folder.content(record.output_file_id).read_text().splitlines()
        assert [json.loads(line)["custom_id"] for line in written] == ["id 0", "id 1"]
        file = folder.find(record.output_file_id)
        assert file is not None
        assert file.purpose == "batch_output"
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "empty_file", None),
        (b"nothing", "invalid_request", 1),
        (content("one") + b"\n" + content("two"), "duplicate_custom_id", 2),
        (content("one", url="/v1/embeddings"), "invalid_request", 1),
    ],
)
def test_a_file_that_is_none_fails_before_anything_is_sent(
    tmp_path: Path, data: bytes, code: str, line: int | None
) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        batches.begin(begun(found, folder, data))
        record = await ended(found)
        assert record.status == "failed"
        assert [(each.code, each.line) for each in record.errors] == [(code, line)]
        assert upstream.requests == []
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


def test_when_time_is_up_every_line_has_a_result(tmp_path: Path) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        record = begun(found, folder, content("one", "two"))
        record.expires_at = record.created_at
        batches.begin(record)
        record = await ended(found)
        assert record.status == "expired"
        assert record.error_file_id is not None
        lines = folder.content(record.error_file_id).read_text().splitlines()
        assert [json.loads(line)["error"]["code"] for line in lines] == ["batch_expired"] * 2
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


def test_cancelling_drops_what_is_under_way(tmp_path: Path) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        batches.begin(begun(found, folder, content("one")))
        while not upstream.requests:
            await asyncio.sleep(0.005)
        await batches.cancel(read_batch(found.store.batch("batch_hg_1") or b""))
        record = await ended(found)
        assert record.status == "cancelled"
        assert found.store.counts("batch_hg_1").is_done
        await batches.stop()

    with Upstream(SILENT) as upstream:
        run(upstream, tmp_path, steps)


def test_a_start_goes_on_with_what_is_not_over(tmp_path: Path) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        begun(found, folder, content("one"))
        batches = runner(found, folder)
        batches.start()
        assert (await ended(found)).status == "completed"
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


def test_a_batch_of_a_key_that_is_gone_fails(tmp_path: Path) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        batches.begin(begun(found, folder, content("one"), key_name="bob"))
        record = await ended(found)
        assert record.status == "failed"
        assert "`bob`" in record.errors[0].message
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


def test_two_processes_on_one_folder_do_not_answer_the_same_batch(tmp_path: Path) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        other = BatchFolder(folder.path)
        assert other.claim()
        batches = runner(found, folder)
        record = begun(found, folder, content("one"))
        keep_s, batches.keep_s = batches.keep_s, 0
        batches.begin(record)
        batches.start()
        assert batches._tasks == {}
        assert folder.find("file-hg-1") is not None, "what is old is the other's to delete"
        batches.keep_s = keep_s
        assert (record.status, upstream.requests) == ("validating", [])
        other.close()
        batches.start()
        assert (await ended(found)).status == "completed"
        assert len(upstream.requests) == 1
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_lines_at_a_provider_have_one_result_too_when_it_ends(tmp_path: Path, how: str) -> None:
    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        record = begun(found, folder, content("answered", "at a provider", "open"))
        batches._lines_from_file(record)
        found.store.add_results(record.id, [Result(1, True, b'{"custom_id":"id 0"}')])
        found.store.submitted(found.store.hand_over(record.id, "gone", [2]), "batch_1", 1.0)
        record.status = "cancelling" if how == "cancelled" else "in_progress"
        record.expires_at = record.created_at
        batches.begin(record)
        record = await ended(found)
        assert record.status == how
        files = [record.output_file_id, record.error_file_id]
        lines = [folder.content(each or "").read_text().splitlines() for each in files]
        assert [[json.loads(line)["custom_id"] for line in file] for file in lines] == [
            ["id 0"],
            ["id 1", "id 2"],
        ]
        assert [json.loads(line)["error"]["code"] for line in lines[1]] == [f"batch_{how}"] * 2
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)


def test_a_batch_with_too_many_lines_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headgate.gateway.batches.runner.MOST_LINES", 2)

    async def steps(found: Lanes, folder: BatchFolder) -> None:
        batches = runner(found, folder)
        batches.begin(begun(found, folder, content("one", "two", "three")))
        record = await ended(found)
        assert [(each.code, each.line) for each in record.errors] == [("too_many_tasks", 3)]
        await batches.stop()

    with Upstream(OK) as upstream:
        run(upstream, tmp_path, steps)
