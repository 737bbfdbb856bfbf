"""Hands lines to providers' batch APIs, and takes the answers back into the ledger.

A hand-over is marked in the store before the provider is told, so that a crash in between
is found on the next start: a provider that can tell whether it has the lines is asked, from
another they are taken back. What a provider leaves unanswered is asked directly.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
from anyio.to_thread import run_sync
from msgspec.structs import replace

from headgate.backends.batch_form import BatchForm, RemoteLine, RemoteResult
from headgate.core.errors import (
    HeadgateError,
    NoTarget,
    UpstreamError,
    UpstreamGarbled,
    UpstreamRejected,
)
from headgate.core.inbound import Operation
from headgate.gateway.attempts import whole_of
from headgate.gateway.batches.lane import Lane, Work, error_result
from headgate.gateway.batches.lines import answered
from headgate.gateway.budgets import Hold
from headgate.gateway.handle import Call
from headgate.gateway.job import Attempt, without_text
from headgate.gateway.target import Target
from headgate.gateway.translate import relayed_body, translated_chat
from headgate.gateway.tries import in_own_words
from headgate.ledger.batch_store import Remote, Result, StoredLine
from headgate.policy.decision import RequestFacts

POLL_S = 30.0
MOST_SENSELESS = 5
"""Answers in a row that are none, after which a provider's batch is given up."""
LINES_BETWEEN_TURNS = 32
"""Lines looked at before requests of others get their turn."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Group:
    """Lines for one batch of a provider."""

    target: Target
    operation: Operation
    lines: list[RemoteLine] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    holds: dict[int, Hold] = field(default_factory=dict)
    """Money kept for lines, by their number."""
    size: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class RemoteLane:
    """The batch APIs of the lane's targets."""

    lane: Lane
    forms: Mapping[str, BatchForm]
    """By `Provider.batch_form`."""
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    poll_s: float = POLL_S
    _holds: dict[int, dict[int, Hold]] = field(default_factory=dict)
    """Of what is handed over, by the id of `Remote`. A restart forgets them: then lines count
    once they are answered."""

    async def hand_over(self, work: Work) -> None:
        """Give every open line to a provider that ranks first by its batch price."""
        groups: dict[tuple[str, Operation, str], _Group] = {}
        after = 0
        try:
            while lines := await run_sync(self._open_lines, work.batch_id, after):
                for line in lines:
                    await self._sort(work, line, groups)
                after = lines[-1].number
                await anyio.lowlevel.checkpoint()
            for group in groups.values():
                await self._submit(work, group)
        finally:
            for group in groups.values():
                self._release(group.holds)

    async def collect(self, work: Work) -> None:
        """Wait for everything that is handed over; what comes back unanswered is open again."""
        async with anyio.create_task_group() as group:
            for remote in await run_sync(self.lane.store.remotes, work.batch_id):
                group.start_soon(self._follow, work, remote)

    async def cancel(self, work: Work) -> None:
        """Ask providers to stop. What they have done by then is charged, and read by nobody."""
        for remote in await run_sync(self.lane.store.remotes, work.batch_id):
            target = self._target(remote.target)
            if target is not None and remote.remote_id is not None:
                try:
                    await self._form(target).cancel(target.upstream, remote.remote_id)
                except UpstreamError as error:
                    _log.warning(
                        "`%s` did not cancel a batch: %s", remote.target, without_text(error)
                    )

    def _open_lines(self, batch_id: str, after: int) -> list[StoredLine]:
        return self.lane.store.open_lines(batch_id, after=after, limit=LINES_BETWEEN_TURNS)

    async def _sort(
        self, work: Work, line: StoredLine, groups: dict[tuple[str, Operation, str], _Group]
    ) -> None:
        """Put a line into the group of its provider, if it belongs into one."""
        call = self.lane.call(work, line)
        try:
            attempt = await self._attempt(call)
            if attempt is None:
                return
            body = await _body(attempt)
        except HeadgateError:
            # Asked directly, it gets the answer that says what is wrong with it.
            return
        form = self._form(attempt.target)
        key = (attempt.target.name, call.operation, attempt.model)
        group = groups.get(key)
        if group is not None and (
            len(group.lines) >= form.most_lines or group.size + len(body) > form.most_bytes
        ):
            await self._submit(work, groups.pop(key))
            group = None
        if not await _is_affordable(attempt):
            return
        if group is None:
            group = groups[key] = _Group(attempt.target, call.operation)
        group.lines.append(RemoteLine(_id(line.number), body))
        group.numbers.append(line.number)
        if attempt.hold is not None:
            group.holds[line.number] = attempt.hold
        group.size += len(body)

    async def _attempt(self, call: Call) -> Attempt | None:
        """The first choice for a line, where that is by a batch API; nothing is recorded."""
        gateway = self.lane.gateway
        prepared = await gateway.prepared(call)
        ranked = prepared.decision.ranked
        if not ranked or not ranked[0].candidate.by_batch:
            return None
        job = gateway.job(
            call,
            prepared,
            started_at=gateway.clock.now(),
            started=gateway.clock.monotonic(),
        )
        target = gateway.routes.targets[ranked[0].candidate.name]
        return Attempt(job, target, target.model or job.model, role="batch")

    async def _submit(self, work: Work, group: _Group) -> None:
        try:
            await self._hand_to_provider(work, group)
        finally:
            # Of what was handed over, none is left here.
            self._release(group.holds)

    async def _hand_to_provider(self, work: Work, group: _Group) -> None:
        store, target = self.lane.store, group.target
        mark = await run_sync(store.hand_over, work.batch_id, target.name, group.numbers)
        form, name = self._form(target), _mark(work, mark)
        try:
            remote_id = await form.submit(target.upstream, group.operation, group.lines, mark=name)
        except UpstreamError as error:
            _log.warning("`%s` did not take a batch: %s", target.name, without_text(error))
            found = await self._found(form, target, name)
            if found is None:
                await run_sync(store.take_back, work.batch_id, mark)
                return
            remote_id = found
        self._holds[mark], group.holds = group.holds, {}
        await run_sync(store.submitted, mark, remote_id, self.lane.gateway.clock.now())

    async def _found(self, form: BatchForm, target: Target, mark: str) -> str | None:
        try:
            return await form.find(target.upstream, mark)
        except UpstreamError:
            return None

    async def _follow(self, work: Work, remote: Remote) -> None:
        try:
            await self._until_over(work, remote)
        finally:
            # When the server stops, too: lines that are answered later count by themselves.
            self._release(self._holds.pop(remote.id, {}))

    async def _until_over(self, work: Work, remote: Remote) -> None:
        store, target = self.lane.store, self._target(remote.target)
        if target is not None:
            form, remote_id = self._form(target), remote.remote_id
            if remote_id is None:
                remote_id = await self._found(form, target, _mark(work, remote.id))
            if remote_id is not None:
                await self._wait_for(work, remote, target, remote_id)
        await run_sync(store.take_back, work.batch_id, remote.id)

    def _release(self, holds: dict[int, Hold]) -> None:
        budgets = self.lane.gateway.budgets
        if budgets is not None:
            for hold in holds.values():
                budgets.release(hold)
        holds.clear()

    async def _wait_for(self, work: Work, remote: Remote, target: Target, remote_id: str) -> None:
        """Look at a batch until it is over and read, gone, or makes no sense."""
        said, senseless = "", 0
        while senseless < MOST_SENSELESS:
            try:
                if await self._is_read(work, remote, target, remote_id):
                    return
            except UpstreamError as error:
                if error.http_status == 404:
                    return
                senseless = senseless + 1 if isinstance(error, UpstreamGarbled) else 0
                if without_text(error) != said:
                    said = without_text(error)
                    _log.warning("`%s`: a batch cannot be looked at: %s", target.name, said)
            await self.sleep(self.poll_s)

    async def _is_read(self, work: Work, remote: Remote, target: Target, remote_id: str) -> bool:
        """Whether a batch is over; its results are settled then."""
        form = self._form(target)
        state = await form.state(target.upstream, remote_id)
        if state.refused:
            _log.warning("`%s`: %s", target.name, state.refused)
        if state.is_over:
            async for result in form.results(target.upstream, state):
                await self._settle(work, remote, target, result)
        return state.is_over

    async def _settle(
        self, work: Work, remote: Remote, target: Target, result: RemoteResult
    ) -> None:
        """One answer: into the ledger, and into the client's dialect."""
        line = await run_sync(self._line, work, remote, result.id)
        if line is None:
            return
        call = self.lane.call(work, line)
        gateway = self.lane.gateway
        prepared = await gateway.prepared(call)
        job = gateway.job(
            call,
            prepared,
            started_at=remote.submitted_at or gateway.clock.now(),
            started=gateway.clock.monotonic(),
        )
        attempt = Attempt(job, target, target.model or job.model, role="batch")
        attempt.http_status, attempt.was_sent = result.status, True
        attempt.hold = self._holds.get(remote.id, {}).pop(line.number, None)
        try:
            if result.status != 200:
                raise _refused(attempt, result)
            whole = whole_of(attempt, result.body)
        except HeadgateError as error:
            attempt.fail(error)
            if isinstance(error, UpstreamRejected) and not error.is_transient:
                job.finish("rejected", error.http_status)
                error.decision_id = job.id
                await self.lane.saver.save(work.batch_id, error_result(call.dialect, line, error))
            else:
                job.finish("failed", error.http_status)
            return
        body = answered(job.id, line.custom_id or str(line.number), 200, whole.body)
        await self.lane.saver.save(work.batch_id, Result(line.number, True, body))

    def _line(self, work: Work, remote: Remote, line_id: str) -> StoredLine | None:
        """The line of a result; `None` when it has one, or is none of ours."""
        digits = line_id.removeprefix("line-")
        if not digits.isdecimal() or len(digits) > 12:
            return None
        number = int(digits)
        found: Sequence[StoredLine] = self.lane.store.open_lines(
            work.batch_id, after=number - 1, limit=1, remote=remote.id
        )
        return found[0] if found and found[0].number == number else None

    def _target(self, name: str) -> Target | None:
        """The target of that name, unless the configuration has lost it, or its batch API."""
        target = self.lane.gateway.routes.targets.get(name)
        has_form = target is not None and target.provider.batch_form in self.forms
        return target if has_form else None

    def _form(self, target: Target) -> BatchForm:
        assert target.provider.batch_form is not None, "only such targets are handed lines"
        return self.forms[target.provider.batch_form]


def _as_expected(attempt: Attempt) -> RequestFacts:
    """Kept for hours, the most that each of many lines may cost would be far too much."""
    facts = attempt.job.facts
    return replace(facts, max_output_tokens=facts.expected_output_tokens)


async def _is_affordable(attempt: Attempt) -> bool:
    """Whether there is money for it, which is kept then; asked directly, it hears why not."""
    try:
        await attempt.reserve(_as_expected(attempt))
    except NoTarget:
        return False
    return True


async def _body(attempt: Attempt) -> bytes:
    if attempt.is_relayed:
        return relayed_body(attempt, attempt.inbound)
    return await translated_chat(attempt, None)


def _id(number: int) -> str:
    return f"line-{number}"


def _mark(work: Work, mark: int) -> str:
    return f"{work.batch_id}-{mark}"


def _refused(attempt: Attempt, result: RemoteResult) -> UpstreamRejected:
    """A line that its target would not take, in words of what the client has sent."""
    error = UpstreamRejected(
        f"`{attempt.target.name}` refused a line of a batch ({result.status})",
        status=result.status,
        headers={},
        body=result.body,
    )
    in_own_words(attempt, error)
    return error
