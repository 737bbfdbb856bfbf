"""A worker that is a few lines of Python, in a world where time passes when the test says so."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from headgate.core.errors import EngineError
from headgate.engine.engine import Cause, Engine, EngineSettings, Job, Launch
from headgate.engine.supervisor import Supervisor

ANSWERS = "print('{\"context_tokens\": 512}', flush=True)\n"
SERVES = ANSWERS + "import sys; sys.stdin.read()"
NEVER_ANSWERS = "import sys; sys.stdin.read()"
WILL_NOT_GO = "import signal, time; signal.signal(15, signal.SIG_IGN)\n" + ANSWERS
WILL_NOT_GO += "while True: time.sleep(600)"
NO_MEMORY = "import sys; sys.exit('out of memory')"


@dataclass
class Alarm:
    """A timer that rings when the test says so."""

    delay_s: float
    callback: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class World:
    """A scripted engine, a clock that stands still, and the timers that were set."""

    script: str = SERVES
    settings: EngineSettings = field(default_factory=EngineSettings)
    now: float = 1000.0
    alarms: list[Alarm] = field(default_factory=list)
    launches: list[Job] = field(default_factory=list)
    refusal: EngineError | None = None
    install: Callable[[], Path] = Path

    def supervisor(self) -> Supervisor:
        engine = Engine(
            name="scripted",
            suffixes=(".model",),
            install=self.install,
            launch=self.launch,
            explain=explain,
        )
        return Supervisor(
            Path("/models/small.model"),
            self.settings,
            engine,
            clock=lambda: self.now,
            timer=self.set_alarm,
        )

    def launch(self, job: Job) -> Launch:
        self.launches.append(job)
        if self.refusal:
            raise self.refusal
        return Launch(command=(sys.executable, "-I", "-c", self.script), greeting=b"hello\n")

    def set_alarm(self, delay_s: float, callback: Callable[[], None]) -> Alarm:
        self.alarms.append(Alarm(delay_s, callback))
        return self.alarms[-1]

    async def ring(self, delay_s: float) -> None:
        """The one alarm set for so long goes off, once it is set."""
        while not (due := [a for a in self.alarms if a.delay_s == delay_s and not a.is_cancelled]):
            await asyncio.sleep(0)
        (alarm,) = due
        self.alarms.remove(alarm)
        alarm.callback()


def explain(lines: Sequence[str]) -> Cause | None:
    return Cause("does not fit", hint="a smaller one") if "out of memory" in lines else None
