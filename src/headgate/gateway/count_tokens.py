"""How many tokens a request has: a backend counts where it can and may, else we estimate.

The rules judge a count as they judge a chat: what may not leave is not sent to be counted.
"""

from dataclasses import dataclass

from headgate.core.ports import Clock
from headgate.core.usage import Usage
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call, Gateway
from headgate.gateway.relay import Relay


@dataclass(frozen=True, slots=True)
class Estimated:
    """A count by our own estimate, for the client; nothing was sent or recorded for it."""

    body: bytes


class TokenCounter:
    """Answers calls whose operation is `count_tokens` through a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        """Count for the routes of `gateway`."""
        self._gateway = gateway

    @property
    def clock(self) -> Clock:
        """The gateway's."""
        return self._gateway.clock

    async def handle(self, call: Call) -> Whole | Relay | Estimated:
        """Answer one call.

        Raises:
            HeadgateError: The request is wrong, or the backend that was asked failed.
        """
        prepared = await self._gateway.prepared(call)
        if prepared.decision.order:
            return await self._gateway.handle(call, prepared)
        usage = Usage(input_tokens=prepared.facts.input_tokens, is_estimated=True)
        surface = call.dialect.surfaces["count_tokens"]
        return Estimated(surface.encode_answer(usage, prepared.inbound))
