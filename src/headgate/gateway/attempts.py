"""Try targets in the decided order until one is committed to.

A failure before the first model output may be repeated at the same target, or moves to
the next one, as the route allows; afterwards the client is committed (see `relay`). Each
hop asks the rules again with the target as it stands then, so nothing refused is tried.
"""

from collections.abc import Awaitable, Callable, Mapping
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
from headgate.gateway.job import Attempt, Job
from headgate.gateway.relay import Relay
from headgate.gateway.retry import OUR_FAULT, cause_of, retry_delay_s
from headgate.gateway.route import Place
from headgate.gateway.target import Moment
from headgate.gateway.tries import Whole, settle, try_once, whole_of
from headgate.policy.decide import assess
from headgate.policy.decision import Rule

__all__ = ["Sender", "Whole", "for_client", "whole_of"]


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends jobs; `random` jitters the back-off that `sleep` waits."""

    rules: Mapping[str, Rule]
    random: Random = field(default_factory=Random)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    images: ImageFetcher | None = None
    """`None`: images are never fetched."""

    async def send(self, job: Job) -> Whole | Relay:
        """An answer, or a stream that has begun.

        Raises:
            HeadgateError: What the last target said, when no further one may be tried.
        """
        last: HeadgateError | None = None
        warm_up(job)
        for index, name in enumerate(job.ranked):
            place = job.route.by_target[name]
            if index and self._is_refused(job, place):
                continue
            try:
                return await self._try_with_retries(
                    job, place, has_next=index + 1 < len(job.ranked)
                )
            except (InvalidRequest, NoTarget) as error:
                # This target's dialect cannot say it, or it is full; a later one may not be.
                last = last or error
            except HeadgateError as error:
                last = error
                if cause_of(error) not in job.route.fall_back_on:
                    break
        assert last is not None, "a decision without candidates is refused earlier"
        raise for_client(last) from last

    def _is_refused(self, job: Job, place: Place, *, in_s: float = 0.0) -> bool:
        """Whether the rules, asked again, refuse the target as it stands now, or then."""
        clock = job.clock
        moment = Moment(clock.monotonic() + in_s, clock.now() + in_s)
        candidate = place.candidate(job.facts, job.model, job.dialect, moment)
        return assess(job.facts, candidate, self.rules).is_refused

    async def _admit(self, job: Job, place: Place) -> None:
        """A slot of the target, waited for where the route waits."""
        if job.facts.max_wait_ms is None:
            return
        later = job.ranked[job.ranked.index(place.target.name) + 1 :]
        others = [job.route.by_target[name] for name in later]

        def may_leave() -> bool:
            return any(
                not other.target.slots.is_full and not self._is_refused(job, other)
                for other in others
            )

        await admit(
            job,
            place.target,
            is_refused=lambda: self._is_refused(job, place),
            may_leave=may_leave if others else None,
        )

    async def _try_with_retries(self, job: Job, place: Place, *, has_next: bool) -> Whole | Relay:
        target = place.target
        tries = 0
        while True:
            tries += 1
            await self._admit(job, place)
            attempt = Attempt(job, target, target.model or job.model)
            try:
                return await try_once(attempt, self.images)
            except HeadgateError as error:
                asked_for_s = settle(attempt, error)
                delay_s = retry_delay_s(
                    error,
                    tries,
                    asked_for_s=asked_for_s,
                    has_next=has_next and cause_of(error) in job.route.fall_back_on,
                    jitter=self.random.random(),
                )
                if tries > target.retries or delay_s is None:
                    raise
                if self._is_refused(job, place, in_s=delay_s):
                    raise
                await self.sleep(delay_s)
                # Others have used it meanwhile: it may rest now, or be full.
                if self._is_refused(job, place):
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
