"""Answers the lines of a batch: own machines in their idle time, providers at batch prices.

Each line is a request like any other: the same labels, rules, checks and ledger. It is
ranked by cost, because it can wait (`RequestFacts.is_deferrable`). What ranks first by a
provider's batch API is handed over (`remote`); the rest is asked here, a few at a time, and
on an own machine only while nobody else uses it. A line that is handed back is asked as
any client would be.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import anyio
from anyio.to_thread import run_sync
from msgspec import Struct
from msgspec.structs import replace

from headgate.core.errors import HeadgateError, NoTarget, UpstreamError
from headgate.core.inbound import Operation
from headgate.gateway.attempts import Whole
from headgate.gateway.batches.lines import answered, failed
from headgate.gateway.batches.pace import Pace
from headgate.gateway.handle import ANYONE, Call, Caller, Gateway
from headgate.gateway.target import Target
from headgate.ledger.batch_store import BatchStore, Result, StoredLine
from headgate.wire.dialect import ClientDialect

IDLE_POLL_S = 0.1
FIRST_DELAY_S, LONGEST_DELAY_S = 1.0, 60.0
MOST_TRIES = 8
USUAL_SLOTS = 2
"""Lines at once on an own machine that says no number."""
_NONE: frozenset[str] = frozenset()


class Work(Struct, frozen=True, kw_only=True):
    """A batch, as the lane needs it."""

    batch_id: str
    caller: Caller = ANYONE
    labels: frozenset[str] = _NONE
    tags: frozenset[str] = _NONE
    expires_at: float | None = None
    """Unix seconds; as it comes near, own machines are used although others use them."""
    is_deferrable: bool = True


@dataclass(slots=True, eq=False)
class Saver:
    """Writes results in a thread, all that came meanwhile together."""

    store: BatchStore
    _waiting: dict[str, list[Result]] = field(default_factory=dict)
    _writing: anyio.Lock = field(default_factory=anyio.Lock)

    async def save(self, batch_id: str, result: Result) -> None:
        """Return once the result is on the disk."""
        self._waiting.setdefault(batch_id, []).append(result)
        async with self._writing:
            if results := self._waiting.pop(batch_id, None):
                with anyio.CancelScope(shield=True):
                    await run_sync(self.store.add_results, batch_id, results)


@dataclass(slots=True, eq=False, kw_only=True)
class Lane:
    """One for all batches of a process; `most_at_once` bounds the lines under way here."""

    gateway: Gateway
    store: BatchStore
    endpoints: Mapping[str, tuple[ClientDialect, Operation]]
    """By URL."""
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    most_at_once: int = 8
    saver: Saver = field(init=False)
    _ours: Counter[str] = field(default_factory=Counter)
    """Lines of ours under way, by target."""

    def __post_init__(self) -> None:
        self.saver = Saver(self.store)

    async def answer_open(self, work: Work) -> None:
        """Answer every line without a result that is not handed over."""
        pace = Pace(self.gateway.clock, work.expires_at)
        at_once = anyio.Semaphore(self.most_at_once)
        async with anyio.create_task_group() as group:
            after = 0
            while lines := await run_sync(self._open_lines, work.batch_id, after):
                pace.found(len(lines))
                for line in lines:
                    await at_once.acquire()
                    group.start_soon(self._answer_and_release, work, line, pace, at_once)
                after = lines[-1].number

    def call(self, work: Work, line: StoredLine) -> Call:
        """A line as a request."""
        dialect, operation = self.endpoints[line.url]
        return Call(
            operation=operation,
            dialect=dialect,
            body=line.body,
            caller=work.caller,
            labels=work.labels,
            tags=work.tags,
            is_deferrable=work.is_deferrable,
        )

    def _open_lines(self, batch_id: str, after: int) -> list[StoredLine]:
        return self.store.open_lines(batch_id, after=after, limit=64)

    async def _answer_and_release(
        self, work: Work, line: StoredLine, pace: Pace, at_once: anyio.Semaphore
    ) -> None:
        try:
            result = await self._answer(work, line, pace)
            await self.saver.save(work.batch_id, result)
            pace.did_one()
        finally:
            at_once.release()

    async def _answer(self, work: Work, line: StoredLine, pace: Pace) -> Result:
        call = self.call(work, line)
        tries = 0
        while True:
            tries += 1
            try:
                return await self._ask(call, line, pace)
            except HeadgateError as error:
                delay_s = _delay_s(error, tries)
                if delay_s is None:
                    return error_result(call.dialect, line, error)
            await self.sleep(delay_s)

    async def _ask(self, call: Call, line: StoredLine, pace: Pace) -> Result:
        prepared = await self.gateway.prepared(call)
        decision = prepared.decision
        first = decision.ranked[0].candidate if decision.ranked else None
        if first is None or not first.is_local:
            return _good(line, await self.gateway.handle(call, prepared))
        target = self.gateway.routes.targets[first.name]
        while not self._has_room(target, pace):
            await self.sleep(IDLE_POLL_S)
        self._ours[target.name] += 1
        try:
            return _good(line, await self.gateway.handle(call))
        finally:
            self._ours[target.name] -= 1

    def _has_room(self, target: Target, pace: Pace) -> bool:
        ours = self._ours[target.name]
        if ours >= (target.max_concurrency or USUAL_SLOTS):
            return False
        return target.health.in_flight <= ours or pace.is_late()


def _good(line: StoredLine, reply: object) -> Result:
    assert isinstance(reply, Whole), "lines that ask for streams are refused before"
    job_id = reply.attempt.job.id
    body = answered(job_id, line.custom_id or str(line.number), 200, reply.body)
    return Result(line.number, True, body)


def error_result(dialect: ClientDialect, line: StoredLine, error: HeadgateError) -> Result:
    """The result of a line that cannot be answered, in the client's dialect."""
    line_id = error.decision_id or f"line-{line.number}"
    body = dialect.encode_error(error)
    custom_id = line.custom_id or str(line.number)
    status = dialect.status_of(error)
    return Result(line.number, False, answered(line_id, custom_id, status, body))


def left_result(line: StoredLine, code: str, message: str) -> Result:
    """The result of a line that nobody got to."""
    return Result(line.number, False, failed(f"line-{line.number}", line.custom_id, code, message))


def _delay_s(error: HeadgateError, tries: int) -> float | None:
    """How long to wait before a line is asked again; `None` when that would change nothing."""
    if tries >= MOST_TRIES:
        return None
    backoff_s = min(FIRST_DELAY_S * 2.0 ** (tries - 1), LONGEST_DELAY_S)
    if isinstance(error, NoTarget):
        asked_s = error.retry_after_s
        return None if asked_s is None else min(max(asked_s, backoff_s), LONGEST_DELAY_S)
    is_passing = isinstance(error, UpstreamError) and (
        error.retryable and (error.http_status >= 500 or error.http_status in {408, 409, 429})
    )
    return backoff_s if is_passing else None


def direct(work: Work) -> Work:
    """The same, asked as any client would be."""
    return replace(work, is_deferrable=False)
