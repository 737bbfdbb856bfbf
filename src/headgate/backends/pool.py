"""Connections to one place, kept between requests.

The one used last is taken first, so that those not needed run into their idle time and
close. At the limit a request waits its turn; a slot belongs to a connection from before
it is opened until it is closed.
"""

from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from headgate.backends.connection import Connection
from headgate.backends.place import Place
from headgate.core.errors import UpstreamUnavailable

Dial = Callable[[Place, Callable[[], Connection]], Awaitable[Connection]]


class Pool:
    """Implements `connection.Owner`."""

    def __init__(
        self, place: Place, dial: Dial, *, loop: AbstractEventLoop, limit: int, idle_s: float
    ) -> None:
        """At most `limit` connections, each closed after `idle_s` without a request."""
        self.idle_s = idle_s
        self.place = place
        self.loop = loop
        self._name = str(place)
        self._dial = dial
        self._limit = limit
        self._taken = 0
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._turns: deque[Future[Connection | None]] = deque()

    @property
    def size(self) -> int:
        """Connections open or being opened."""
        return self._taken

    def idle(self) -> Connection | None:
        """A connection ready for a request, if there is one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        return None

    def drop_idle(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().drop()

    async def acquire(self) -> Connection:
        """An idle connection, else a new one, else wait for either.

        Raises:
            UpstreamUnavailable: No connection could be made.
        """
        connection = self.idle()
        if connection is not None:
            return connection
        if self._taken < self._limit:
            self._taken += 1
            return await self._open_one()
        return await self._wait_turn()

    async def fresh(self) -> Connection:
        """A connection that has served no request, as long as there is room for a new one.

        Raises:
            UpstreamUnavailable: No connection could be made.
        """
        if self._taken < self._limit:
            self._taken += 1
            return await self._open_one()
        return await self.acquire()

    def close(self) -> None:
        """Close every connection, in use or not."""
        for connection in list(self._open):
            connection.drop()

    def give_back(self, connection: Connection) -> None:
        """A connection is ready for another request."""
        if not self._pass_on(connection):
            self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """A connection is closed; its slot is free."""
        if connection in self._idle:
            self._idle.remove(connection)
        if connection in self._open:
            self._open.discard(connection)
            self._free()

    async def _open_one(self) -> Connection:
        """A new connection, in a slot already taken."""
        try:
            connection = await self._dial(self.place, self._make)
            if not connection.is_open:
                raise UpstreamUnavailable(f"{self._name} closed the connection at once")
        except BaseException:
            self._free()
            raise
        self._open.add(connection)
        return connection

    async def _wait_turn(self) -> Connection:
        turn: Future[Connection | None] = self.loop.create_future()
        self._turns.append(turn)
        try:
            connection = await turn
        except BaseException:
            self._give_up_turn(turn)
            raise
        if connection is None:
            return await self._open_one()
        return connection if connection.is_open else await self.acquire()

    def _give_up_turn(self, turn: Future[Connection | None]) -> None:
        """Who waited has left; what was given in the same moment goes to the next."""
        if turn.cancelled():
            with suppress(ValueError):
                self._turns.remove(turn)
        elif (given := turn.result()) is not None:
            self.give_back(given)
        else:
            self._free()

    def _free(self) -> None:
        if not self._pass_on(None):
            self._taken -= 1

    def _pass_on(self, given: Connection | None) -> bool:
        """Give a connection, or a free slot, to the next in line."""
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(given)
                return True
        return False

    def _make(self) -> Connection:
        return Connection(self.loop, self, self._name)
