import asyncio

from headgate.backends.alarm import Alarm
from unit.backends.conftest import Run


class CountingLoop:
    """A loop's clock and timers, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, asyncio.TimerHandle]] = []
        self._loop = asyncio.new_event_loop()

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: object) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, (), self._loop)  # type: ignore[arg-type]
        self.timers.append((when, handle))
        return handle

    def advance_to(self, moment: float) -> None:
        self.now = moment
        due = [handle for when, handle in self.timers if when <= moment]
        self.timers = [(when, handle) for when, handle in self.timers if when > moment]
        for handle in due:
            if not handle.cancelled():
                handle._run()

    def close(self) -> None:
        self._loop.close()


def test_it_rings_once_when_the_deadline_has_passed() -> None:
    loop, rung = CountingLoop(), []
    alarm = Alarm(loop, lambda: rung.append(loop.now))  # type: ignore[arg-type]
    alarm.set(110.0)
    loop.advance_to(109.0)
    assert rung == []
    loop.advance_to(110.0)
    loop.advance_to(500.0)
    assert rung == [110.0]
    loop.close()


def test_a_deadline_that_moves_later_needs_no_new_timer() -> None:
    loop, rung = CountingLoop(), []
    alarm = Alarm(loop, lambda: rung.append(loop.now))  # type: ignore[arg-type]
    for step in range(1000):
        alarm.set(110.0 + step / 100)
    assert len(loop.timers) == 1
    loop.advance_to(110.0)
    assert rung == []
    loop.advance_to(119.99)
    assert rung == [119.99]
    loop.close()


def test_a_deadline_that_moves_earlier_rings_earlier() -> None:
    loop, rung = CountingLoop(), []
    alarm = Alarm(loop, lambda: rung.append(loop.now))  # type: ignore[arg-type]
    alarm.set(200.0)
    alarm.set(105.0)
    loop.advance_to(105.0)
    loop.advance_to(200.0)
    assert rung == [105.0]
    loop.close()


def test_without_a_deadline_nothing_rings() -> None:
    loop, rung = CountingLoop(), []
    alarm = Alarm(loop, lambda: rung.append(loop.now))  # type: ignore[arg-type]
    alarm.set(105.0)
    alarm.set(None)
    loop.advance_to(300.0)
    alarm.set(310.0)
    alarm.cancel()
    loop.advance_to(400.0)
    assert rung == []
    loop.close()


def test_a_timer_of_a_real_loop_that_is_a_little_early_still_rings(run: Run) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        for milliseconds in range(1, 10):
            rung = asyncio.Event()
            alarm = Alarm(loop, rung.set)
            alarm.set(loop.time() + milliseconds / 1000 + 0.0004)
            await rung.wait()

    run(test)
