"""A gate between a test and its stand-in server: nothing passes until the test says so."""

import asyncio
import threading


class Gate:
    """Holds what arrives at it, in order, until the test lets it go.

    Any thread may release; one event loop waits. Releases may come before arrivals.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._passes = 0
        self._is_open = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._arrived = 0

    def release(self, passes: int = 1) -> None:
        """Let this many through."""
        with self._changed:
            self._passes += passes
            self._let_go()

    def open(self) -> None:
        """Let everything through, from now on."""
        with self._changed:
            self._is_open = True
            self._let_go()

    def wait_for_arrivals(self, count: int, timeout_s: float = 5.0) -> None:
        """Block the test until something has come to the gate for the `count`-th time."""
        with self._changed:
            there = self._changed.wait_for(lambda: self._arrived >= count, timeout_s)
        assert there, f"only {self._arrived} of {count} came to the gate in {timeout_s} s"

    async def passed(self) -> None:
        """Wait to be let through."""
        future = asyncio.get_running_loop().create_future()
        with self._changed:
            self._arrived += 1
            self._waiting.append((asyncio.get_running_loop(), future))
            self._let_go()
            self._changed.notify_all()
        await future

    def _let_go(self) -> None:
        while self._waiting and (self._is_open or self._passes):
            loop, future = self._waiting.pop(0)
            self._passes -= not self._is_open
            loop.call_soon_threadsafe(_settle, future)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
