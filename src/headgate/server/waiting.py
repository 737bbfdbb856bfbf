"""Comments that keep a stream's connection open while nothing of its answer may be said yet.

Clients and the proxies between give up on a connection that stays silent, and a large model
takes minutes to load. So the answer begins before there is one: from then on its status
is 200, and a failure has to be told inside the stream. Nothing of an answer is said by it, so
the request may still go to another target.
"""

import asyncio
from collections.abc import Callable

from headgate.server.asgi import Headers, Responder


class Waiting:
    """One client that waits. `begin` may be called any number of times; always `end`."""

    __slots__ = ("_comment", "_every_s", "_headers", "_out", "_task", "has_begun")

    def __init__(
        self, out: Responder, headers: Callable[[], Headers], comment: bytes, every_s: float
    ) -> None:
        """`headers` are those of the stream; `comment` is written every `every_s` seconds."""
        self.has_begun = False
        """The answer has: what follows is a stream."""
        self._out = out
        self._headers = headers
        self._comment = comment
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def begin(self, decision_id: str) -> None:
        """The request waits: for a model, for a slot, or to be judged."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._comments(decision_id))

    def end(self) -> None:
        """There is an answer, or there will be none; nothing more is written.

        It waits for nothing: whoever has the answer could be cancelled meanwhile and leave it open.
        """
        if self._task is not None:
            self._task.cancel()

    async def _comments(self, decision_id: str) -> None:
        identity = decision_id.encode()
        await asyncio.sleep(self._every_s)
        named = [(b"x-headgate-decision", identity), (b"x-request-id", identity)]
        await self._out.start([*named, *self._headers()])
        self.has_begun = True
        while True:
            await self._out.write(self._comment)
            await asyncio.sleep(self._every_s)
