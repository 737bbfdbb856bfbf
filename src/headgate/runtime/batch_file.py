"""A batch from one file to another, in this process, that goes on where it was stopped.

What is known stands beside the output as `OUT.batch`; the output appears whole, in the
order of the input, when every line has its result.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import anyio
import msgspec
from anyio.to_thread import run_sync
from msgspec import Struct

from headgate.config.schema import Settings
from headgate.core.errors import CallerError, OperatorError
from headgate.gateway.batches.lane import Work
from headgate.gateway.batches.lines import BadLine, Line, read_line
from headgate.gateway.batches.runner import answer_all
from headgate.gateway.handle import Caller
from headgate.ledger.batch_store import BatchStore, Counts, StoredLine
from headgate.runtime.batching import lanes, line_endpoints
from headgate.runtime.build import Runtime, build

BATCH = "file"
"""The one batch of such a store."""
LOOK_S = 0.5
LINES_AT_ONCE = 512
MOST_PROBLEMS = 10
PAGE = 256
CALLER = Caller(name="batch")


class BadBatch(CallerError):
    """Lines of the input are no requests; nothing was sent."""


class _Begun(Struct):
    """What a batch was begun with, so that it is not gone on with as another."""

    input_sha256: str
    endpoint: str
    is_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBatch:
    """One run of `headgate batch`."""

    source: Path
    output: Path
    endpoint: str = "/v1/chat/completions"
    """Of lines that name none."""
    labels: frozenset[str] = frozenset()
    may_wait: bool = True
    """For idle time, and in providers' queues."""

    @property
    def journal(self) -> Path:
        """Where it stands is kept here until it is done."""
        return self.output.with_name(self.output.name + ".batch")

    async def run(self, settings: Settings, watch: Callable[[Counts], None]) -> Counts:
        """Answer every line, and write the output.

        Raises:
            BadBatch: Lines are no requests.
            OperatorError: A file cannot be read or written, or has changed since it was begun.
        """
        if self.output.exists():
            raise OperatorError(
                f"`{self.output}` is there already", hint="remove it, or name another output"
            )
        digest = await run_sync(_digest, self.source)
        runtime = await build(settings)
        try:
            counts = await self._run(runtime, digest, watch)
        finally:
            with anyio.CancelScope(shield=True):
                await runtime.close()
        return counts

    async def _run(self, runtime: Runtime, digest: str, watch: Callable[[Counts], None]) -> Counts:
        store = BatchStore(self.journal)
        try:
            await run_sync(self._read_in, store, digest, runtime)
            await self._answer(runtime, store, watch)
            await run_sync(self._write, store)
            counts = await run_sync(store.counts, BATCH)
        finally:
            store.close()
        await run_sync(self._forget)
        return counts

    def _forget(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.journal}{end}").unlink(missing_ok=True)

    def _read_in(self, store: BatchStore, digest: str, runtime: Runtime) -> None:
        document = store.batch(BATCH)
        begun = None if document is None else msgspec.json.decode(document, type=_Begun)
        if begun is not None and (begun.input_sha256, begun.endpoint) != (digest, self.endpoint):
            raise OperatorError(
                f"`{self.source}` is not what `{self.journal}` was begun with",
                hint=f"remove `{self.journal}` to begin anew; its results are lost then",
            )
        if begun is None or not begun.is_read:
            begun = _Begun(digest, self.endpoint)
            store.put_batch(BATCH, msgspec.json.encode(begun), is_over=False)
            self._read_lines(store, runtime)
            begun.is_read = True
            store.put_batch(BATCH, msgspec.json.encode(begun), is_over=False)

    def _read_lines(self, store: BatchStore, runtime: Runtime) -> None:
        urls = line_endpoints(runtime.client_dialects).keys()
        problems: list[BadLine] = []
        page: list[StoredLine] = []
        with self.source.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if raw.isspace():
                    continue
                line = read_line(raw, number, endpoint=self.endpoint, urls=urls, takes_bare=True)
                if isinstance(line, Line):
                    page.append(StoredLine(number, line.custom_id, line.url, line.body))
                else:
                    problems.append(line)
                if len(problems) >= MOST_PROBLEMS:
                    break
                if len(page) >= LINES_AT_ONCE:
                    store.add_lines(BATCH, page)
                    page = []
        if problems:
            store.delete_batch(BATCH)
            said = "\n".join(f"{self.source}:{each.number}: {each.message}" for each in problems)
            raise BadBatch(said, hint="nothing was sent; mend these lines and begin again")
        store.add_lines(BATCH, page)

    async def _answer(
        self, runtime: Runtime, store: BatchStore, watch: Callable[[Counts], None]
    ) -> None:
        lane, remote = lanes(
            runtime.settings.batches, runtime.gateway, store, runtime.client_dialects
        )
        work = Work(batch_id=BATCH, caller=CALLER, labels=self.labels, is_deferrable=self.may_wait)
        async with anyio.create_task_group() as group:
            group.start_soon(_watch, store, watch)
            await answer_all(lane, remote, work)
            group.cancel_scope.cancel()
        watch(await run_sync(store.counts, BATCH))

    def _write(self, store: BatchStore) -> None:
        half = self.output.with_name(self.output.name + ".half")
        try:
            with half.open("wb") as file:
                file.writelines(_results(store))
                file.flush()
                os.fsync(file.fileno())
            half.replace(self.output)
        except OSError as error:
            raise OperatorError(
                f"`{self.output}` cannot be written: {error.strerror or error}",
                hint=f"the results are kept in `{self.journal}`: run the same command again",
            ) from error


async def _watch(store: BatchStore, watch: Callable[[Counts], None]) -> None:
    while True:
        watch(await run_sync(store.counts, BATCH))
        await anyio.sleep(LOOK_S)


def _results(store: BatchStore) -> Iterator[bytes]:
    after = 0
    while page := store.results(BATCH, after=after, limit=PAGE):
        yield from (each.body + b"\n" for each in page)
        after = page[-1].number


def _digest(path: Path) -> str:
    digest = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise OperatorError(f"`{path}` cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()
