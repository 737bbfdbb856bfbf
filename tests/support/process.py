"""A server that runs as a child process, up once it has said so."""

import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Self

KEPT_LINES = 200


class ServerProcess:
    """A child whose output is read, so that it never blocks and its last words are known.

    Leaving the context stops it: SIGTERM first, SIGKILL when that is not enough.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready: str,
        env: Mapping[str, str],
        url: str | None = None,
        ready_within_s: float = 30.0,
    ) -> None:
        """`ready` is a pattern for the line that says it serves; its group, or `url`, is where."""
        self.output: deque[str] = deque(maxlen=KEPT_LINES)
        self._lines = 0
        self._ready = re.compile(ready)
        self._changed = threading.Condition()
        self._known_url = url
        self._url: str | None = None
        self._has_ended = False
        self._name = command[0]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            text=True,
            errors="replace",
        )
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        try:
            self.root_url = self._wait_until_ready(ready_within_s)
        except BaseException:
            self.kill()
            raise

    def stop(self, within_s: float = 20.0) -> int:
        """Ask it to end, as a service manager would; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"{self._name} did not stop in {within_s} s:\n{self.said}"
            ) from None
        finally:
            self._reader.join(5)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.process.kill()
        self.process.wait(20)
        self._reader.join(5)

    def mark(self) -> int:
        """This moment in what it says, for `wait_for_line`."""
        with self._changed:
            return self._lines

    def wait_for_line(self, pattern: str, *, after: int, within_s: float = 5.0) -> str:
        """The first line that matches, said later than the mark `after`."""
        wanted = re.compile(pattern)

        def found() -> str | None:
            new = list(self.output)[-(self._lines - after) :] if self._lines > after else []
            return next((line for line in new if wanted.search(line)), None)

        with self._changed:
            line = self._changed.wait_for(found, within_s)
        assert line is not None, f"no line like `{pattern}` in {within_s} s:\n{self.said}"
        return line

    @property
    def said(self) -> str:
        """Its last lines."""
        return "".join(self.output)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.stop()

    def _wait_until_ready(self, within_s: float) -> str:
        with self._changed:
            self._changed.wait_for(lambda: self._url or self._has_ended, within_s)
        if self._url is None:
            how = "ended" if self._has_ended else f"was not ready in {within_s} s"
            raise RuntimeError(f"{self._name} {how}; it said:\n{self.said}")
        return self._url

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                found = self._ready.search(line)
                with self._changed:
                    self.output.append(line)
                    self._lines += 1
                    if found and self._url is None:
                        self._url = self._known_url or found[1]
                    self._changed.notify_all()
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
