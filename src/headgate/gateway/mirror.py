"""Copies of requests to targets that are tried out: in the background, after the answer.

No client waits for one, and none is sent that a rule refuses. A few run at a time; what
comes while that many run is not copied, and what runs when the server stops is dropped.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from headgate.core.errors import HeadgateError
from headgate.core.stream import Answer
from headgate.gateway.asker import Asker, Lessons
from headgate.gateway.care import Mirroring
from headgate.gateway.job import Attempt, Job
from headgate.gateway.judge import score_of
from headgate.gateway.route import Place
from headgate.gateway.tries import draft_of, settle

MOST_AT_ONCE = 4


@dataclass(slots=True, eq=False, kw_only=True)
class Mirrors:
    """All copies of a process. `stop()` it."""

    lessons: Lessons | None = None
    most_at_once: int = MOST_AT_ONCE
    running: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _is_stopped: bool = False

    def draw(self, job: Job, asker: Asker) -> None:
        """Decide which copies a request gets; they start once it is answered."""
        drawn = [each for each in job.route.mirrors if asker.random.random() < each.share]
        gain, tier = job.facts.gain, job.facts.tier
        if gain is not None and gain.explores and tier in job.route.comparisons:
            drawn.append(job.route.comparisons[tier])
        if not drawn or job.inbound.operation != "chat" or job.inbound.choices != 1:
            return

        def answered(attempt: Attempt, answer: Answer) -> None:
            self._start(attempt, answer, drawn, asker)

        job.readers += (answered,)

    async def stop(self) -> None:
        """Drop what runs; nothing starts any more."""
        self._is_stopped = True
        running = list(self.running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _start(
        self, served: Attempt, answer: Answer, drawn: Sequence[Mirroring], asker: Asker
    ) -> None:
        for each in drawn:
            if self._is_stopped or len(self.running) >= self.most_at_once:
                return
            if each.target != served.target.name:
                task = asyncio.ensure_future(self._copy(served, answer, each, asker))
                self.running.add(task)
                task.add_done_callback(self.running.discard)

    async def _copy(
        self, served: Attempt, answer: Answer, mirroring: Mirroring, asker: Asker
    ) -> None:
        job = served.job
        target = job.route.by_target[mirroring.target].target
        # As any target is judged: that it only mirrors is no reason against a copy.
        if target.slots.is_full or asker.is_refused(job, Place(target, 0)):
            return
        attempt = Attempt(job, target, target.model or job.model, role="mirror")
        try:
            draft = await draft_of(attempt, asker.images)
        except HeadgateError as error:
            settle(attempt, error)
            return
        draft.drop()
        if mirroring.judge is None:
            return
        name = served.target.name
        own = await score_of(job, mirroring.judge, answer, asker, about=name)
        other = await score_of(job, mirroring.judge, draft.answer, asker, about=target.name)
        if own is not None and other is not None and self.lessons is not None:
            self.lessons.learn(job.id, "mirror", other - own, target=target.name)
