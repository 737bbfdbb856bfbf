"""A backend that answers, counts, and fails on command, over real sockets.

    with Upstream(RATE_LIMITED, OK) as upstream:
        client = OpenAI(base_url=upstream.base_url, api_key="any")

It serves the OpenAI API (`/v1/…`), Azure's deployments and Ollama's `/api/chat` from a
thread of its own. Requests are parsed by h11, which is not what Headgate writes them
with. The first behaviour treats the first inference request, and so on; the last one
treats all that follow. A fault of the stand-in itself fails the test when it closes.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from support.behaviours import OK, REFUSED, Behaviour
from support.connection import Connection
from support.reply import Exchange


class Upstream:
    """One stand-in on a free loopback port; a context manager."""

    def __init__(self, *behaviours: Behaviour, models: tuple[str, ...] = ("test-model",)) -> None:
        self.models = models
        self.exchanges: list[Exchange] = []
        """Every request, GETs too."""
        self.connections_made = 0
        self.changed = threading.Condition()
        """Notified whenever something was recorded."""
        self._behaviours = list(behaviours) or [OK]
        self._connections: set[Connection] = set()
        self._faults: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="upstream", daemon=True)
        self._server: asyncio.Server | None = None
        # Named, or asyncio would not see that it is TCP, and let small writes wait for 40 ms.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    @property
    def root_url(self) -> str:
        """Scheme, host and port: Azure's endpoint, Ollama's base."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What an OpenAI client calls its base URL."""
        return f"{self.root_url}/v1"

    @property
    def requests(self) -> list[Exchange]:
        """The inference requests, in the order they came."""
        return [exchange for exchange in self.exchanges if exchange.method == "POST"]

    @property
    def connections_open(self) -> int:
        with self.changed:
            return len(self._connections)

    def use(self, *behaviours: Behaviour) -> None:
        """Behave so from the next request on."""
        with self.changed:
            self._behaviours = list(behaviours)

    def next_behaviour(self) -> Behaviour:
        """What the request that has just arrived gets."""
        with self.changed:
            if len(self._behaviours) == 1:
                return self._behaviours[0]
            return self._behaviours.pop(0)

    def wait_for(self, condition: Callable[[], bool], what: str, timeout_s: float = 5.0) -> None:
        """Block until `condition` holds; it is looked at whenever something was recorded."""
        with self.changed:
            assert self.changed.wait_for(condition, timeout_s), f"no {what} within {timeout_s} s"

    def wait_requests(self, count: int, timeout_s: float = 5.0) -> None:
        """Block until `count` inference requests have arrived."""
        self.wait_for(lambda: len(self.requests) >= count, f"{count} requests", timeout_s)

    def wait_aborted(self, timeout_s: float = 5.0) -> Exchange:
        """Block until a peer has left in the middle of an exchange; the first such."""
        self.wait_for(lambda: bool(self.aborted), "aborted exchange", timeout_s)
        return self.aborted[0]

    def wait_closed(self, timeout_s: float = 5.0) -> None:
        """Block until no connection is open."""
        self.wait_for(lambda: not self._connections, "end of all connections", timeout_s)

    @property
    def aborted(self) -> list[Exchange]:
        """Exchanges whose peer left before the reply was complete."""
        return [exchange for exchange in self.exchanges if exchange.aborted_at is not None]

    def close_idle(self) -> None:
        """Close connections that wait for a next request, as servers do after a while."""
        self._loop.call_soon_threadsafe(self._close_idle)

    def listen(self) -> None:
        """Accept connections; done on entering, except under `REFUSED`."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)

    def opened(self, connection: Connection) -> int:
        """A connection was made; returns its number."""
        with self.changed:
            self._connections.add(connection)
            self.connections_made += 1
            self.changed.notify_all()
            return self.connections_made

    def closed(self, connection: Connection) -> None:
        """A connection is gone."""
        with self.changed:
            self._connections.discard(connection)
            self.changed.notify_all()

    def record(self, exchange: Exchange) -> None:
        """A request arrived whole."""
        with self.changed:
            exchange.number = len(self.exchanges) + 1
            self.exchanges.append(exchange)
            self.changed.notify_all()

    def noted(self) -> None:
        """Something about an exchange changed."""
        with self.changed:
            self.changed.notify_all()

    def failed(self, fault: BaseException) -> None:
        """The stand-in itself went wrong, or was sent what is no HTTP."""
        self._faults.append(fault)

    def __enter__(self) -> Self:
        self._thread.start()
        if self._behaviours[0] is not REFUSED:
            self.listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self._socket.close()
        if self._faults and error is None:
            raise self._faults[0]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(lambda: Connection(self), sock=self._socket)

    def _close_idle(self) -> None:
        for connection in list(self._connections):
            if connection.is_idle:
                connection.close()

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*tasks, return_exceptions=True)
