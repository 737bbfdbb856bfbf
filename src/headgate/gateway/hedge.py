"""Ask a second target when the first is slow to begin; the first to show output answers.

The other one's connection is closed and its entry says `cancelled`. Nothing here happens
after the client has seen output.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup

from headgate.core.errors import HeadgateError
from headgate.estimate.cost import expected_usd
from headgate.gateway.asker import Asker
from headgate.gateway.care import Hedging
from headgate.gateway.job import Attempt, Job
from headgate.gateway.relay import Relay
from headgate.gateway.route import Place
from headgate.gateway.target import Moment
from headgate.gateway.tries import Whole, settle, try_once

Answering = Callable[[], Awaitable[Whole | Relay]]


def hedge_after_s(job: Job, first: str, hedging: Hedging) -> float | None:
    """How long to wait for the first target; `None`: nobody can tell how slow is slow."""
    hedging.allowance.earn()
    if hedging.after_ms is not None:
        return hedging.after_ms / 1000
    candidate = next((each for each in job.candidates if each.name == first), None)
    # A whole answer comes at its end, which says nothing of when it began.
    if candidate is None or candidate.p95_ttft_ms is None or not job.inbound.stream:
        return None
    return candidate.p95_ttft_ms / 1000


@dataclass(slots=True, eq=False)
class Hedge:
    """One request's. `race()` it once."""

    job: Job
    terms: Hedging
    asker: Asker
    rest: Sequence[str]
    tried: set[str]
    """Targets that must not be tried again; the second one is added."""
    _answers: list[Whole | Relay] = field(default_factory=list)
    _errors: list[HeadgateError] = field(default_factory=list)
    _running: int = 0
    _beside: Attempt | None = None
    _changed: anyio.Event = field(default_factory=anyio.Event)

    async def race(self, first: Answering, after_s: float) -> Whole | Relay:
        """The first target's answer, or the second's if that one begins earlier.

        Raises:
            HeadgateError: What the first to fail said, where none answered.
        """
        try:
            async with anyio.create_task_group() as group:
                self._start(group, first)
                with anyio.move_on_after(after_s):
                    await self._until_over()
                if not self._is_over and (second := self._second()) is not None:
                    self._start(group, second)
                await self._until_over()
                group.cancel_scope.cancel()
        except BaseException:
            self._drop(self._answers)
            raise
        finally:
            self._let_go()
        if not self._answers:
            raise self._errors[0]
        self._drop(self._answers[1:])
        return self._answers[0]

    @property
    def _is_over(self) -> bool:
        return bool(self._answers) or not self._running

    async def _until_over(self) -> None:
        while not self._is_over:
            await self._changed.wait()
            self._changed = anyio.Event()

    def _start(self, group: TaskGroup, answering: Answering) -> None:
        self._running += 1
        group.start_soon(self._run, answering)

    async def _run(self, answering: Answering) -> None:
        try:
            self._answers.append(await answering())
        except HeadgateError as error:
            self._errors.append(error)
        finally:
            self._running -= 1
            self._changed.set()

    def _second(self) -> Answering | None:
        """The next target that may be asked, for the money, if it is this request's turn."""
        place = next((each for each in map(self._place, self.rest) if self._may(each)), None)
        if place is None or not self.terms.allowance.take():
            return None
        self.tried.add(place.target.name)
        target = place.target
        # Now, not once its task runs: others may see the slot as free meanwhile.
        attempt = Attempt(self.job, target, target.model or self.job.model, role="hedge")
        self._beside = attempt
        return lambda: self._ask(attempt)

    def _place(self, name: str) -> Place:
        return self.job.route.by_target[name]

    def _may(self, place: Place) -> bool:
        # Who waits for a slot is no help to who is in a hurry.
        return (
            not place.target.slots.is_full
            and not self.asker.is_refused(self.job, place)
            and self._affords(place)
        )

    def _affords(self, place: Place) -> bool:
        if self.terms.max_usd is None:
            return True
        job, facts = self.job, self.job.facts
        moment = Moment(job.clock.monotonic(), job.clock.now())
        candidate = place.candidate(facts, job.model, job.dialect, moment)
        usd = expected_usd(
            candidate.usd_per_input_mtok,
            candidate.usd_per_output_mtok,
            input_tokens=facts.input_tokens,
            output_tokens=facts.expected_output_tokens * facts.choices,
        )
        return place.target.is_local if usd is None else usd <= self.terms.max_usd

    def _let_go(self) -> None:
        """A task that is cancelled before it runs closes nothing."""
        attempt = self._beside
        if attempt is not None and all(each.attempt is not attempt for each in self._answers):
            attempt.close("cancelled")

    async def _ask(self, attempt: Attempt) -> Whole | Relay:
        try:
            return await try_once(attempt, self.asker.images)
        except HeadgateError as error:
            settle(attempt, error)
            raise

    def _drop(self, answers: Sequence[Whole | Relay]) -> None:
        for answer in answers:
            if isinstance(answer, Relay):
                answer.serves = False
                answer.close()
