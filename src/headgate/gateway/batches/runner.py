"""Runs batches from their first line to their output file, across restarts.

One task a batch. Its state is written before and after each step, so that a start finds
every batch where the last process left it; two processes on one folder do not run the same
batches (`BatchFolder.claim`).
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import anyio
from anyio.to_thread import run_sync

from headgate.core.errors import HeadgateError
from headgate.core.ports import Clock
from headgate.gateway.batches.folder import BatchFolder
from headgate.gateway.batches.lane import Lane, Work, direct, left_result
from headgate.gateway.batches.lines import BadLine, Line, read_line
from headgate.gateway.batches.record import (
    FILE_PREFIX,
    BatchRecord,
    FileRecord,
    LineProblem,
    Status,
    read_batch,
)
from headgate.gateway.batches.remote import RemoteLane
from headgate.gateway.handle import ANYONE, Caller
from headgate.gateway.job import without_text
from headgate.ledger.batch_store import StoredLine

MOST_LINES = 100_000
MOST_PROBLEMS = 20
"""Shown of a file that cannot be begun."""
LINES_AT_ONCE = 512
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False, kw_only=True)
class BatchRunner:
    """The batches of one folder. `start()` it in a running loop, `stop()` it before that ends."""

    folder: BatchFolder
    lanes: Callable[[], tuple[Lane, RemoteLane]]
    """Called once, when there is something to do."""
    clock: Clock
    callers: Mapping[str, Caller]
    """By the name of their key."""
    endpoints: Collection[str]
    """Where lines may go."""
    keep_s: float
    """How long files, and what is over, are kept."""
    _lanes: tuple[Lane, RemoteLane] | None = None
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _scopes: dict[str, anyio.CancelScope] = field(default_factory=dict)

    def start(self) -> None:
        """Go on with every batch that is not over, if nobody else does."""
        if not self.folder.is_used or not self.folder.claim():
            return
        self.folder.forget_before(self.clock.now() - self.keep_s)
        for document in self.folder.store.batches(unfinished_only=True):
            self.begin(read_batch(document))

    def begin(self, record: BatchRecord) -> None:
        """Run a batch that is in the store."""
        if not self.folder.claim():
            _log.warning("another process answers batches; `%s` is left to it", record.id)
            return
        task = asyncio.ensure_future(self._run(record))
        self._tasks[record.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(record.id, None))

    async def stop(self) -> None:
        """Leave every batch where it is."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self.folder.close()

    async def cancel(self, record: BatchRecord) -> None:
        """Ask for a batch's end; what is under way is dropped."""
        record.became("cancelling", self.clock.now())
        await self._save(record)
        if (scope := self._scopes.get(record.id)) is not None:
            scope.cancel()
        else:
            self.begin(record)

    def _open_lanes(self) -> tuple[Lane, RemoteLane]:
        if self._lanes is None:
            self._lanes = self.lanes()
        return self._lanes

    async def _run(self, record: BatchRecord) -> None:
        try:
            if record.status == "validating" and not await self._read_in(record):
                return
            work = self._work(record)
            is_cancelled = record.status == "cancelling"
            if not is_cancelled and record.status == "in_progress":
                is_cancelled = await self._answer(record, work)
            await self._finish(record, work, is_cancelled=is_cancelled)
        except HeadgateError as error:
            _log.error("batch `%s` failed: %s", record.id, without_text(error))
            await self._fail(record, [LineProblem("batch_failed", error.message)])
        except Exception:
            # The edge of this task: one batch must not end the others.
            _log.exception("batch `%s` failed through a fault of Headgate's own", record.id)
            await self._fail(record, [LineProblem("internal_error", "Headgate failed inside")])

    async def _read_in(self, record: BatchRecord) -> bool:
        """Take the lines from the file; whether they can be begun."""
        problems = await run_sync(self._lines_from_file, record)
        if problems:
            await self._fail(record, problems)
            return False
        record.became("in_progress", self.clock.now())
        await self._save(record)
        return True

    def _lines_from_file(self, record: BatchRecord) -> list[LineProblem]:
        problems: list[LineProblem] = []
        seen: set[str] = set()
        store, page, number = self.folder.store, [], 0
        with self.folder.content(record.input_file_id).open("rb") as file:
            for number, raw in enumerate(file, 1):
                line = read_line(raw, number, endpoint=record.endpoint, urls=self.endpoints)
                if problem := self._problem(line, seen):
                    problems.append(problem)
                    if len(problems) >= MOST_PROBLEMS:
                        break
                elif isinstance(line, Line):
                    page.append(StoredLine(number, line.custom_id, line.url, line.body))
                if len(page) >= LINES_AT_ONCE:
                    store.add_lines(record.id, page)
                    page = []
        store.add_lines(record.id, page)
        if number == 0:
            problems.append(LineProblem("empty_file", "the file has no lines"))
        return problems

    def _problem(self, line: Line | BadLine, seen: set[str]) -> LineProblem | None:
        if isinstance(line, BadLine):
            return LineProblem("invalid_request", line.message, line.number)
        if line.number > MOST_LINES:
            message = f"a batch has {MOST_LINES} lines at most"
            return LineProblem("too_many_tasks", message, line.number)
        if line.custom_id in seen:
            message = "`custom_id` is that of an earlier line"
            return LineProblem("duplicate_custom_id", message, line.number)
        seen.add(line.custom_id)
        return None

    def _work(self, record: BatchRecord) -> Work:
        known = record.key_name is None or record.key_name in self.callers
        if not known:
            raise HeadgateError(f"the key `{record.key_name}` of the batch is no longer known")
        return Work(
            batch_id=record.id,
            caller=ANYONE if record.key_name is None else self.callers[record.key_name],
            labels=record.labels,
            tags=record.tags,
            expires_at=float(record.expires_at),
        )

    async def _answer(self, record: BatchRecord, work: Work) -> bool:
        """Answer lines until all are, the time is up, or somebody cancels; whether one did."""
        left_s = max(0.0, record.expires_at - self.clock.now())
        with anyio.move_on_after(left_s) as scope:
            self._scopes[record.id] = scope
            try:
                await answer_all(*self._open_lanes(), work)
            finally:
                del self._scopes[record.id]
        # Read again: it may have been changed by whoever cancelled it.
        document = await run_sync(self.folder.store.batch, record.id)
        latest = record if document is None else read_batch(document)
        if latest.status == "cancelling":
            record.became("cancelling", self.clock.now())
            return True
        return False

    async def _finish(self, record: BatchRecord, work: Work, *, is_cancelled: bool) -> None:
        """Give every line its result, and write the files."""
        counts = await run_sync(self.folder.store.counts, record.id)
        is_expired = not is_cancelled and not counts.is_done
        if not counts.is_done:
            await self._open_lanes()[1].cancel(work)
            await run_sync(self._leave, record.id, is_cancelled)
        if not is_cancelled:
            record.became("finalizing", self.clock.now())
            await self._save(record)
        record.output_file_id = await run_sync(self._write, record, True)
        record.error_file_id = await run_sync(self._write, record, False)
        end: Status = "expired" if is_expired else "completed"
        record.became("cancelled" if is_cancelled else end, self.clock.now())
        await self._save(record)

    def _leave(self, batch_id: str, is_cancelled: bool) -> None:
        """Results for lines that nobody got to."""
        word, store = "cancelled" if is_cancelled else "expired", self.folder.store
        for remote in store.remotes(batch_id):
            store.take_back(batch_id, remote.id)
        while lines := store.open_lines(batch_id, limit=LINES_AT_ONCE):
            results = [left_result(e, f"batch_{word}", f"the batch was {word}") for e in lines]
            store.add_results(batch_id, results)

    def _write(self, record: BatchRecord, good: bool) -> str | None:
        """The file of good or bad results; `None` when there are none."""
        counts = self.folder.store.counts(record.id)
        if not (counts.completed if good else counts.failed):
            return None
        kind = "output" if good else "error"
        file_id = f"{FILE_PREFIX}{record.id.rpartition('_')[2]}-{kind}"
        size = self.folder.write(file_id, self.folder.results(record.id, good=good))
        self.folder.keep(
            FileRecord(
                id=file_id,
                filename=f"{record.id}_{kind}.jsonl",
                purpose="batch_output",
                size=size,
                created_at=int(self.clock.now()),
                key_name=record.key_name,
            )
        )
        return file_id

    async def _fail(self, record: BatchRecord, problems: list[LineProblem]) -> None:
        record.errors = problems
        record.became("failed", self.clock.now())
        await self._save(record)

    async def _save(self, record: BatchRecord) -> None:
        await run_sync(self._put, record)

    def _put(self, record: BatchRecord) -> None:
        self.folder.store.put_batch(record.id, record.encoded(), is_over=record.is_over)


async def answer_all(lane: Lane, remote: RemoteLane, work: Work) -> None:
    """Answer every open line: providers first get theirs, and work while we do ours."""
    await remote.hand_over(work)
    async with anyio.create_task_group() as group:
        group.start_soon(remote.collect, work)
        await lane.answer_open(work)
    # What providers left unanswered.
    await lane.answer_open(direct(work))
