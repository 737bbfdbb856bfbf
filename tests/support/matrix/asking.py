"""An SDK, and the backend that its questions reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.behaviours import Behaviour
from support.heard.read import heard
from support.heard.values import Heard
from support.matrix.backends import Backend
from support.matrix.question import Question, Said, Sdk, streamed
from support.truthful import TRUTHFUL
from support.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks through the one and reads what came to the other."""

    sdk: Sdk
    backend: Backend
    model: str
    """What the SDK asks for."""
    stand_in: Upstream | None
    """`None` where a real engine answers."""

    @property
    def upstream(self) -> Upstream:
        """The stand-in that there must be."""
        assert self.stand_in is not None
        return self.stand_in

    def ask(self, question: Question) -> Said:
        """A whole answer."""
        return self.sdk.ask(self.model, question)

    def stream(self, question: Question) -> Said:
        """The same as a stream."""
        return streamed(self.sdk, self.model, question)

    def both_ways(self, question: Question) -> Iterator[Said]:
        """First the one, then the other."""
        yield self.ask(question)
        yield self.stream(question)

    def heard(self) -> Heard:
        """What the stand-in was asked last, read in its own API."""
        exchange = self.upstream.requests[-1]
        return heard(exchange.path, exchange.json)

    @contextmanager
    def behaving(self, behaviour: Behaviour) -> Iterator[None]:
        """The stand-in behaves so for a while."""
        self.upstream.use(behaviour)
        try:
            yield
        finally:
            self.upstream.use(TRUTHFUL)
