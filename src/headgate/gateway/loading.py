"""Requests of Ollama's clients that ask nothing of a model but to be loaded, or unloaded.

A backend that speaks Ollama's own API gets them as they are. Anywhere else nothing is asked
of a model and nothing is recorded: an Ollama spoken to in OpenAI's words is told to load it,
the embedded engine loads it too, or lets go of it if nobody uses it, and a hosted model
always is where it is.
"""

from dataclasses import dataclass

from headgate.backends.model_management import ModelKeeper
from headgate.core.inbound import Inbound
from headgate.core.ports import Clock
from headgate.core.stream import Answer
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call, Gateway, Prepared
from headgate.gateway.relay import Relay
from headgate.gateway.target import Target
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
        self._keepers: dict[str, ModelKeeper] = {}

    @property
    def clock(self) -> Clock:
        """The gateway's."""
        return self._gateway.clock

    async def handle(self, call: Call) -> Whole | Relay | Loaded:
        """Answer one call.

        Raises:
            HeadgateError: The request is wrong, the backend failed, or the model cannot be loaded.
        """
        prepared = await self._gateway.prepared(call)
        if not is_empty(prepared.inbound) or not prepared.decision.order:
            return await self._gateway.handle(call, prepared)
        first = prepared.decision.order[0]
        target = prepared.resolved.route.by_target[first].target
        if target.speaks(call.dialect.name, "chat").name == call.dialect.name:
            return await self._gateway.handle(call, prepared)
        await self._bring_about(target, target.model or prepared.resolved.model, prepared.inbound)
        return self._loaded(call, prepared, target.model)

    async def _bring_about(self, target: Target, model: str, inbound: Inbound) -> None:
        if target.provider.manages_models:
            if target.name not in self._keepers:
                self._keepers[target.name] = ModelKeeper(target.upstream)
            await self._keepers[target.name].load(model, inbound.fields.get("keep_alive"))
        elif target.engine is not None and asks_to_unload(inbound):
            target.engine.let_go()
        elif target.engine is not None:
            await target.engine.ensure_ready()

    def _loaded(self, call: Call, prepared: Prepared, model: str | None) -> Loaded:
        asked = prepared.inbound.model
        name = asked if self._gateway.answer_with_asked_model else model or prepared.resolved.model
        answer = Answer(model=name, created=int(self.clock.now()))
        return Loaded(call.dialect.encode_answer(answer, prepared.inbound))
