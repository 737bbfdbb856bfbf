"""Try targets in the decided order until one is committed to.

A failure before the first model output may be repeated at the same target, or moves to
the next one, as the route allows; afterwards the client is committed (see `relay`). Each
hop asks the rules again with the target as it stands then, so nothing refused is tried.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import anyio

from headgate.backends.images import ImageFetcher
from headgate.core.errors import (
    HeadgateError,
    InvalidRequest,
    NoTarget,
    UpstreamError,
    UpstreamRejected,
)
from headgate.gateway.admission import admit, warm_up
from headgate.gateway.asker import Lessons
from headgate.gateway.cascade import Cascade, End, applies
from headgate.gateway.comparison import compared
from headgate.gateway.hedge import Hedge, hedge_after_s
from headgate.gateway.job import Attempt, Job
from headgate.gateway.mirror import Mirrors
from headgate.gateway.relay import Relay
from headgate.gateway.retry import OUR_FAULT, cause_of, retry_delay_s
from headgate.gateway.route import Place
from headgate.gateway.target import Moment
from headgate.gateway.tries import Draft, Whole, settle, try_once, whole_of
from headgate.policy.decide import assess
from headgate.policy.decision import RequestFacts, Rule

__all__ = ["Sender", "Whole", "for_client", "whole_of"]


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends jobs; `random` jitters the back-off that `sleep` waits."""

    rules: Mapping[str, Rule]
    random: Random = field(default_factory=Random)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    images: ImageFetcher | None = None
    """`None`: images are never fetched."""
    mirrors: Mirrors | None = None
    lessons: Lessons | None = None

    async def send(self, job: Job) -> Whole | Relay:
        """An answer, or a stream that has begun.

        Raises:
            HeadgateError: What the last target said, when no further one may be tried.
        """
        warm_up(job)
        if (job.route.mirrors or job.route.comparisons) and self.mirrors is not None:
            self.mirrors.draw(job, self)
        if job.route.cascade is None or not applies(job):
            return await self._climb(job, job.ranked)
        end = await Cascade(job, job.route.cascade, self).run()
        return end.reply or await self._escalate(job, end)

    async def _escalate(self, job: Job, end: End) -> Whole | Relay:
        """The answer of whoever else may be asked; the best cheap one where there is nobody."""
        others = [name for name in job.ranked if name not in end.asked]
        # Cheap ones that could not be compared come last, and all again where none answered.
        members = job.route.cascade.members if job.route.cascade is not None else ()
        last = [name for name in others if name in members]
        order = [name for name in others if name not in last] + last
        if not order and end.best is None:
            order = list(job.ranked)
        best, end.best = end.best, None
        try:
            if not order and best is not None:
                return self._fall_back(job, best, "nobody else may be asked")
            if best is not None and self.lessons is not None:
                job.readers += (compared(best, end, self.lessons),)
            reply = await self._climb(job, order, are_checked=True)
        except HeadgateError as error:
            if best is None:
                raise
            return self._fall_back(job, best, f"nobody else could answer ({error.code})")
        except BaseException:
            if best is not None:
                best.drop()
            raise
        if best is not None:
            best.drop()
        return reply

    def _fall_back(self, job: Job, best: Draft, why: str) -> Whole | Relay:
        name = best.attempt.target.name
        job.verdict = f"{job.verdict}; {why}: the answer of `{name}` is served"
        return best.give()

    async def _climb(
        self, job: Job, order: Sequence[str], *, are_checked: bool = False
    ) -> Whole | Relay:
        """The first answer in this order; `are_checked`: time has passed since the decision."""
        last: HeadgateError | None = None
        tried: set[str] = set()
        for index, name in enumerate(order):
            place = job.route.by_target[name]
            if name in tried or ((index or are_checked) and self.is_refused(job, place)):
                continue
            tried.add(name)
            rest = [other for other in order[index + 1 :] if other not in tried]
            try:
                return await self._try(job, place, rest, tried, may_hedge=len(tried) == 1)
            except (InvalidRequest, NoTarget) as error:
                # This target's dialect cannot say it, or it is full; a later one may not be.
                last = last or error
            except HeadgateError as error:
                last = error
                if cause_of(error) not in job.route.fall_back_on:
                    break
        if last is None:
            last = NoTarget("every target that might answer is refused by now", reasons={})
        raise for_client(last) from last

    async def _try(
        self, job: Job, place: Place, rest: Sequence[str], tried: set[str], *, may_hedge: bool
    ) -> Whole | Relay:
        """One target; beside it a second where the first is slow and the route hedges."""
        hedging = job.route.hedge
        after_s = None
        if may_hedge and hedging is not None and rest:
            after_s = hedge_after_s(job, place.target.name, hedging)
        if hedging is None or after_s is None:
            return await self._try_with_retries(job, place, rest)
        hedge = Hedge(job, hedging, self, rest, tried)
        return await hedge.race(lambda: self._try_with_retries(job, place, rest), after_s)

    def is_refused(
        self, job: Job, place: Place, *, in_s: float = 0.0, facts: RequestFacts | None = None
    ) -> bool:
        """See `Asker`."""
        clock, facts = job.clock, facts or job.facts
        moment = Moment(clock.monotonic() + in_s, clock.now() + in_s)
        candidate = place.candidate(facts, job.model, job.dialect, moment)
        return assess(facts, candidate, self.rules).is_refused or not job.is_sendable_to(
            place.target
        )

    async def admit(self, job: Job, place: Place) -> None:
        """See `Asker`."""
        name = place.target.name
        at = job.ranked.index(name) + 1 if name in job.ranked else len(job.ranked)
        await self._admit(job, place, job.ranked[at:])

    async def _admit(self, job: Job, place: Place, later: Sequence[str]) -> None:
        """A slot of the target, waited for where the route waits."""
        if job.facts.max_wait_ms is None:
            return
        others = [job.route.by_target[name] for name in later]

        def may_leave() -> bool:
            return any(
                not other.target.slots.is_full and not self.is_refused(job, other)
                for other in others
            )

        await admit(
            job,
            place.target,
            is_refused=lambda: self.is_refused(job, place),
            may_leave=may_leave if others else None,
        )

    async def _try_with_retries(self, job: Job, place: Place, rest: Sequence[str]) -> Whole | Relay:
        target = place.target
        tries = 0
        while True:
            tries += 1
            await self._admit(job, place, rest)
            attempt = Attempt(job, target, target.model or job.model)
            try:
                return await try_once(attempt, self.images)
            except HeadgateError as error:
                asked_for_s = settle(attempt, error)
                delay_s = retry_delay_s(
                    error,
                    tries,
                    asked_for_s=asked_for_s,
                    has_next=bool(rest) and cause_of(error) in job.route.fall_back_on,
                    jitter=self.random.random(),
                )
                if tries > target.retries or delay_s is None:
                    raise
                if self.is_refused(job, place, in_s=delay_s):
                    raise
                await self.sleep(delay_s)
                # Others have used it meanwhile: it may rest now, or be full.
                if self.is_refused(job, place):
                    raise


def for_client(error: HeadgateError) -> HeadgateError:
    """The same failure in words that are true for the client.

    A backend that refuses *our* key has not refused the client's.
    """
    if isinstance(error, UpstreamRejected) and error.status in OUR_FAULT:
        return UpstreamError(
            f"`{error.target}` refuses the key it is configured with ({error.status})",
            hint="check `api_key` of that target",
        )
    return error
