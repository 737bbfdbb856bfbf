"""Wait for a slot of a target, on routes that wait.

Whoever may go elsewhere waits as long as the route says, counted from the request's arrival,
and goes only when another target would take it at once; until then it keeps its place in
line. Whoever may not waits until its deadline, or until its client leaves.
"""

import asyncio
from collections.abc import Callable

import anyio

from headgate.core.errors import HeadgateError, NoTarget
from headgate.gateway.job import Job
from headgate.gateway.queue import Ticket
from headgate.gateway.target import Target, claim_of

LOOK_AGAIN_S = 0.25
"""How often a request that has waited long enough looks whether another target is free."""
_warming: set[asyncio.Task[None]] = set()


async def admit(
    job: Job,
    target: Target,
    *,
    is_refused: Callable[[], bool],
    may_leave: Callable[[], bool] | None,
) -> None:
    """Wait until a slot is the caller's, who must begin at once.

    `is_refused` asks the rules again after a wait; `may_leave` says whether another target
    would take the request now, and is `None` where there is no other.

    Raises:
        NoTarget: It may go elsewhere now, the queue is full, or its deadline has passed.
    """
    slots, facts = target.slots, job.facts
    if facts.max_wait_ms is None or not slots.is_full:
        return
    if len(slots.waiters) >= slots.most_waiting:
        raise _busy(job, target, f"{slots.most_waiting} requests wait for a slot already")
    ready = anyio.Event()
    now = job.clock.monotonic()
    ticket = slots.join(now, ready.set, claim_of(facts, now - job.started))
    if job.on_loading is not None and job.inbound.stream:
        job.on_loading(job.id)
    try:
        await _wait(job, target, ready, may_leave)
    except BaseException:
        slots.leave(ticket)
        raise
    _redeem(job, target, ticket, is_refused)


def _redeem(job: Job, target: Target, ticket: Ticket, is_refused: Callable[[], bool]) -> None:
    target.slots.redeem(ticket)
    if is_refused():
        # It rests now, say; whoever is next finds out by itself.
        target.slots.serve()
        raise _busy(job, target, "a rule refuses it since the request began to wait")


async def _wait(
    job: Job, target: Target, ready: anyio.Event, may_leave: Callable[[], bool] | None
) -> None:
    most_ms = job.facts.max_wait_ms or 0.0
    while not ready.is_set():
        waited_s = job.clock.monotonic() - job.started
        left_s = _deadline_s(job, waited_s)
        if left_s is not None and left_s <= 0:
            raise _busy(job, target, "no slot was free before the request's deadline")
        if may_leave is not None and waited_s * 1000 >= most_ms and may_leave():
            raise _busy(job, target, f"no slot was free within {most_ms:g} ms")
        look_s = None if may_leave is None else _until_next_look_s(waited_s, most_ms / 1000)
        with anyio.move_on_after(_sooner(look_s, left_s)):
            await ready.wait()


def _until_next_look_s(waited_s: float, most_s: float) -> float:
    return most_s - waited_s if waited_s < most_s else LOOK_AGAIN_S


def _sooner(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def _deadline_s(job: Job, waited_s: float) -> float | None:
    deadline_ms = job.facts.deadline_ms
    return None if deadline_ms is None else deadline_ms / 1000 - waited_s


def _busy(job: Job, target: Target, why: str) -> NoTarget:
    wait_s = target.wait_s(job.facts, job.clock.monotonic())
    return NoTarget(
        f"`{target.name}` is busy: {why}", reasons={target.name: why}, retry_after_s=wait_s
    )


def warm_up(job: Job) -> None:
    """Load the models because of whose loading the request goes elsewhere: the next may stay."""
    facts = job.facts
    if facts.max_wait_ms is None and facts.slo_ttft_ms is None:
        return
    for candidate in job.candidates:
        if candidate.load_ms is not None and candidate.name in job.ranked[1:]:
            target = job.route.by_target[candidate.name].target
            if target.engine is not None and target.engine.state in {"stopped", "failed"}:
                task = asyncio.ensure_future(_load(target))
                _warming.add(task)
                task.add_done_callback(_warming.discard)


async def _load(target: Target) -> None:
    assert target.engine is not None
    try:
        await target.engine.ensure_ready()
    except HeadgateError:
        # Whoever is sent there hears of it.
        return
