"""Requests of Ollama's clients that ask nothing of a model but to be loaded, or unloaded.

A backend of Ollama gets them as they are. Anywhere else nothing is sent and nothing is
recorded: the embedded engine loads its model, or lets go of it if nobody uses it; a hosted
model always is where it is.
"""

from dataclasses import dataclass

from headgate.core.ports import Clock
from headgate.core.stream import Answer
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call, Gateway, Prepared
from headgate.gateway.relay import Relay
from headgate.wire.ollama.settings import asks_to_unload, is_empty

DIALECTS = frozenset({"ollama", "ollama_prompt"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """The reply that the model is as it was wanted."""

    body: bytes


class ModelLoader:
    """Answers chats of these dialects through a gateway, empty ones by itself."""

    def __init__(self, gateway: Gateway) -> None:
        """Load models of the routes of `gateway`."""
        self._gateway = gateway

    @property
    def clock(self) -> Clock:
        """The gateway's."""
        return self._gateway.clock

    async def handle(self, call: Call) -> Whole | Relay | Loaded:
        """Answer one call.

        Raises:
            HeadgateError: The request is wrong, the backend failed, or the model cannot be loaded.
        """
        prepared = self._gateway.prepare(call)
        if not is_empty(prepared.inbound) or not prepared.decision.order:
            return await self._gateway.handle(call, prepared)
        first = prepared.decision.order[0]
        target = prepared.resolved.route.by_target[first].target
        if target.speaks(call.dialect.name, "chat").name == call.dialect.name:
            return await self._gateway.handle(call, prepared)
        if target.engine is not None and asks_to_unload(prepared.inbound):
            target.engine.let_go()
        elif target.engine is not None:
            await target.engine.ensure_ready()
        return self._loaded(call, prepared, target.model)

    def _loaded(self, call: Call, prepared: Prepared, model: str | None) -> Loaded:
        asked = prepared.inbound.model
        name = asked if self._gateway.answer_with_asked_model else model or prepared.resolved.model
        answer = Answer(model=name, created=int(self.clock.now()))
        return Loaded(call.dialect.encode_answer(answer, prepared.inbound))
