"""What cascades, hedges and mirrors need of whoever sends requests."""

from random import Random
from typing import Literal, Protocol

from headgate.backends.images import ImageFetcher
from headgate.gateway.job import Job
from headgate.gateway.route import Place
from headgate.policy.decision import RequestFacts

LessonKind = Literal["escalation", "mirror"]


class Asker(Protocol):
    """Knows who may be asked now. `gateway.attempts.Sender` is one."""

    random: Random
    images: ImageFetcher | None

    def is_refused(
        self, job: Job, place: Place, *, in_s: float = 0.0, facts: RequestFacts | None = None
    ) -> bool:
        """Whether the rules, asked again, refuse a target as it stands now, or then.

        `facts` are of a request made because of the client's own.
        """
        ...

    async def admit(self, job: Job, place: Place) -> None:
        """A slot of the target, waited for where the route waits.

        Raises:
            NoTarget: There is none.
        """
        ...


class Lessons(Protocol):
    """Takes in what is found out about answers that were given."""

    def learn(self, decision_id: str, kind: LessonKind, value: float, *, target: str) -> None:
        """How good the answer of `target` is.

        An `escalation` says it from 0 to 1 of a cheap answer that was not served; a `mirror`
        says how much better its answer is than the one that was served, from -1 to 1.
        """
        ...
