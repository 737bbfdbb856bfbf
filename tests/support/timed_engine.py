"""A model server in the loop's own time: so many slots, a queue of its own, streams as answers.

It stands where the HTTP client of a target does, so it can be driven in virtual time.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from headgate.backends.exchange import Endpoint, Timeouts
from headgate.core.errors import Phase

WORDS = 20
"""Of every answer."""


@dataclass(frozen=True)
class Service:
    """How long one request takes once it has a slot, in seconds."""

    first_s: float
    rest_s: float


@dataclass
class TimedEngine:
    """Serves by `service`, called once a request; counts what it did."""

    slots: int
    service: Callable[[Mapping[str, Any]], Service]
    served: list[Mapping[str, Any]] = field(default_factory=list)
    busy_s: float = 0.0
    """Of all slots together."""
    changed_at: float = 0.0
    in_service: int = 0
    most_in_service: int = 0

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.slots)

    async def post(
        self,
        endpoint: Endpoint,
        path: str,
        body: bytes,
        *,
        timeouts: Timeouts,
        stream: bool,
        headers: Mapping[str, str] | None = None,
    ) -> "TimedExchange":
        await self._free.acquire()
        asked = json.loads(body)
        self.served.append(asked)
        self.count(+1)
        self.most_in_service = max(self.most_in_service, self.in_service)
        exchange = TimedExchange(self, self.service(asked), stream)
        if not stream:
            try:
                await asyncio.sleep(exchange.service.first_s + exchange.service.rest_s)
            except BaseException:
                exchange.close()
                raise
        return exchange

    def count(self, more: int) -> float:
        """So many more are served from now on; returns `busy_s` until now."""
        now = asyncio.get_running_loop().time()
        self.busy_s += self.in_service * (now - self.changed_at)
        self.in_service, self.changed_at = self.in_service + more, now
        return self.busy_s

    def left(self) -> None:
        """A slot is given up."""
        self.count(-1)
        self._free.release()

    async def close(self) -> None:
        """There is nothing to drop."""


class TimedExchange:
    """One answer."""

    status = 200

    def __init__(self, engine: TimedEngine, service: Service, stream: bool) -> None:
        self.headers: Mapping[str, str] = {"content-type": "text/event-stream"}
        self.service = service
        self._engine = engine
        self._steps = self._stream() if stream else iter(())
        self._is_open = True

    async def read(self, limit: int) -> bytes:
        self._end()
        message = {"role": "assistant", "content": "word " * WORDS}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return json.dumps(
            {**_HEAD, "object": "chat.completion", "choices": [choice], **_USAGE}
        ).encode()

    async def chunk(self) -> bytes:
        for pause_s, data in self._steps:
            await asyncio.sleep(pause_s)
            return data
        self._end()
        return b""

    def expect(self, phase: Phase, within_s: float | None) -> None:
        """It is never late."""

    def close(self) -> None:
        self._end()

    def _stream(self) -> Any:
        yield self.service.first_s, _event({"role": "assistant", "content": "word "})
        yield self.service.rest_s, _event({"content": "word " * (WORDS - 1)})
        done = {"index": 0, "delta": {}, "finish_reason": "stop"}
        yield 0.0, _line({**_HEAD, "choices": [done], **_USAGE}) + b"data: [DONE]\n\n"

    def _end(self) -> None:
        if self._is_open:
            self._is_open = False
            self._engine.left()


_HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_USAGE = {"usage": {"prompt_tokens": 10, "completion_tokens": WORDS, "total_tokens": 10 + WORDS}}


def _event(delta: Mapping[str, str]) -> bytes:
    return _line({**_HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})


def _line(payload: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(payload).encode() + b"\n\n"
