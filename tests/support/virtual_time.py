"""An event loop whose time passes only when nothing is left to do: hours in a second.

    result = run_in_virtual_time(story)

Whatever sleeps, times out or measures by the loop lives in that time. Nothing outside may be
waited for: a loop with nothing to do and no timer set would stand still for ever, and fails.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import TypeVar

from typing_extensions import override

Result = TypeVar("Result")
NOW = 1_795_435_200.0


class _NoWaiting(selectors.DefaultSelector):
    """Looks, and tells how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 1000.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits for something that will never happen"
        self.passed_s += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock is the time that was not waited."""

    def __init__(self) -> None:
        self._waits = _NoWaiting()
        super().__init__(self._waits)

    @override
    def time(self) -> float:
        return self._waits.passed_s


class LoopClock:
    """The running loop's time, as the gateway's clock."""

    def now(self) -> float:
        return NOW + self.monotonic()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


def run_in_virtual_time(story: Callable[[], Awaitable[Result]]) -> Result:
    """Run `story` to its end."""

    async def told() -> Result:
        return await story()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(told())
