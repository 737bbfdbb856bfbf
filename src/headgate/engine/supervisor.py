"""Keeps one model running: started when asked for, stopped when idle, replaced when it dies.

`_live` is the one loop that owns the process, from its start to its end; there is at most
one at a time. Everybody else asks: `ensure_ready` for a worker, `stop` for its end. What
may happen when is in `states`; how often it may fail is in `crashes`.
"""

import asyncio
import json
import secrets
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from headgate.core.errors import EngineError
from headgate.engine.crashes import Crashes
from headgate.engine.engine import Engine, EngineSettings, Job, Running
from headgate.engine.process import WorkerProcess, private_socket
from headgate.engine.states import Event, State, after

GRACE_S: Final = 5.0
"""Between asking a worker to leave and making it."""


class Alarm(Protocol):
    """A timer that is set."""

    def cancel(self) -> None:
        """Never mind."""
        ...


Timer = Callable[[float, Callable[[], None]], Alarm]
"""Calls back after so many seconds."""


def loop_timer(delay_s: float, callback: Callable[[], None]) -> Alarm:
    """The running event loop's own."""
    return asyncio.get_running_loop().call_later(delay_s, callback)


class Supervisor:
    """One model file under supervision: a `LocalModel`."""

    def __init__(
        self,
        path: Path,
        settings: EngineSettings,
        engine: Engine,
        *,
        alias: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        timer: Timer = loop_timer,
    ) -> None:
        self.path = path
        self._alias = alias or path.stem
        self._settings, self._engine = settings, engine
        self._clock, self._timer = clock, timer
        self._state: State = "stopped"
        self._crashes = Crashes(settings.restarts)
        self._in_flight = 0
        self._idle: Alarm | None = None
        self._idle_ends: float | None = None
        self._life: asyncio.Task[None] | None = None
        self._readiness: asyncio.Future[Running] | None = None
        self._process: WorkerProcess | None = None
        self._grace: Alarm | None = None
        self._is_overdue = False

    @property
    def state(self) -> State:
        """To show; to decide by, ask `ensure_ready`."""
        return self._state

    @property
    def running(self) -> Running | None:
        """The worker that answers, to show it."""
        return self._readiness.result() if self._readiness and self._state == "ready" else None

    @property
    def unloads_in_s(self) -> float | None:
        """Until it is stopped for being idle; `None` while it is used, or where it never is."""
        return None if self._idle_ends is None else max(0.0, self._idle_ends - self._clock())

    async def ensure_ready(self) -> Running:
        """A worker that answers; concurrent callers share one start.

        Raises:
            EngineError: It cannot be loaded, or failed too often lately.
        """
        while self._state == "stopping":
            await self._gone()
        if self._state in {"stopped", "failed"}:
            self._start()
        assert self._readiness is not None
        # Shielded: a caller that gives up does not take the start away from the others.
        return await asyncio.shield(self._readiness)

    def using(self) -> None:
        """A request begins: the idle clock stops."""
        self._in_flight += 1
        self._disarm_idle()

    def used(self) -> None:
        """A request ended: the idle clock starts when it was the last."""
        self._in_flight -= 1
        self._arm_idle()

    def let_go(self) -> None:
        """Stop the worker now if nobody uses it, without waiting for the idle clock."""
        if not self._in_flight:
            self._leave()

    async def stop(self) -> None:
        """Stop the worker and wait for it; whoever waits for it to start gets an error."""
        self._leave()
        await self._gone()

    def _start(self) -> None:
        if refusal := self._crashes.refusal(self._clock()):
            raise refusal
        self._to("start")
        self._is_overdue = False
        self._readiness = asyncio.get_running_loop().create_future()
        self._life = asyncio.create_task(self._live(self._readiness))

    async def _gone(self) -> None:
        if self._life is not None:
            await asyncio.wait([self._life])

    async def _live(self, readiness: asyncio.Future[Running]) -> None:
        failure = EngineError(f"`{self.path.name}` was stopped")
        try:
            await self._pause(self._crashes.delay_s(self._clock()))
            failure = await self._run(readiness)
            if self._state != "stopping":
                self._crashes.record(self._clock(), failure)
        except EngineError as error:
            # There never was a process: trying again is cheap, and helps as soon as it is mended.
            failure = error
        except Exception as bug:  # the edge of this loop: callers must hear of it
            failure = EngineError(f"`{self.path.name}` cannot be supervised: {bug!r}")
            failure.__cause__ = bug
        finally:
            self._settle(failure, readiness)

    async def _pause(self, delay_s: float) -> None:
        if delay_s:
            over = asyncio.Event()
            self._timer(delay_s, over.set)
            await over.wait()

    async def _run(self, readiness: asyncio.Future[Running]) -> EngineError:
        """One process, from its start to its end; returns what to say of the end."""
        library = await asyncio.to_thread(self._engine.install)
        with private_socket() as socket:
            job = Job(
                path=self.path,
                alias=self._alias,
                settings=self._settings,
                socket=socket,
                api_key=secrets.token_urlsafe(32),
                library=library,
            )
            launch = await asyncio.to_thread(self._engine.launch, job)
            process = self._process = await WorkerProcess.start(launch)
            deadline = self._timer(self._settings.load_timeout_s, self._overdue)
            try:
                line = await process.first_line()
                if line and self._state == "starting":
                    deadline.cancel()
                    self._answered(process, job, json.loads(line), readiness)
                return self._failure(await process.wait(), process.stderr_lines())
            finally:
                deadline.cancel()
                self._disarm_idle()
                process.kill()
                await process.wait()
                self._process = None

    def _answered(
        self,
        process: WorkerProcess,
        job: Job,
        said: dict[str, int],
        readiness: asyncio.Future[Running],
    ) -> None:
        running = Running(
            uds=str(job.socket),
            api_key=job.api_key,
            context_tokens=said["context_tokens"],
            pid=process.pid,
        )
        # From here on stderr may hold what requests said: only a crash's own words are of use.
        process.forget()
        self._to("answered")
        readiness.set_result(running)
        self._arm_idle()

    def _overdue(self) -> None:
        self._is_overdue = True
        if self._process is not None:
            self._process.kill()

    def _settle(self, failure: EngineError, readiness: asyncio.Future[Running]) -> None:
        if self._grace is not None:
            self._grace.cancel()
        self._to("exited")
        if not readiness.done():
            readiness.set_exception(failure)
            readiness.exception()  # seen, even if every caller has given up by now

    def _failure(self, code: int, lines: list[str]) -> EngineError:
        name, cause = self.path.name, self._engine.explain(lines)
        if self._is_overdue:
            return EngineError(
                f"`{name}` was not loaded within {self._settings.load_timeout_s:g} s",
                hint="raise `engine.load_timeout_s`",
            )
        if cause is not None:
            return EngineError(f"`{name}` {cause.sentence}", hint=cause.hint)
        what = (
            "cannot be loaded: the engine" if self._state == "starting" else "lost its engine: it"
        )
        return EngineError(f"`{name}` {what} {_ending(code)}")

    def _arm_idle(self) -> None:
        idle_s = self._settings.idle_unload_s
        if self._state == "ready" and not self._in_flight and idle_s is not None:
            self._disarm_idle()
            self._idle = self._timer(idle_s, self._leave)
            self._idle_ends = self._clock() + idle_s

    def _disarm_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = self._idle_ends = None

    def _leave(self) -> None:
        if self._state not in {"starting", "ready"}:
            return
        self._to("leave")
        if self._process is not None:
            self._process.leave()
            self._grace = self._timer(GRACE_S, self._process.kill)
        elif self._life is not None:
            self._life.cancel()  # not started yet: waiting, or fetching the engine

    def _to(self, event: Event) -> None:
        self._state = after(self._state, event)


def _ending(code: int) -> str:
    if code == -signal.SIGKILL:
        return "was killed, most likely because memory ran out"
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
