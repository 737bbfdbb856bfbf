"""One worker process: started, listened to, told to leave."""

import asyncio
import os
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from headgate.core.errors import EngineError
from headgate.engine.engine import Launch

SOCKET_NAME: Final = "engine.sock"
LONGEST_SOCKET_PATH: Final = 103
"""Bytes; macOS has one room for 104 with the end mark, Linux for 108."""
KEPT_STDERR_BYTES: Final = 64 * 1024
LONGEST_FIRST_LINE: Final = 64 * 1024


@contextmanager
def private_socket() -> Iterator[Path]:
    """A path for a Unix socket, in a folder that only this user may enter and that goes after.

    Raises:
        EngineError: No folder for temporary files has a path short enough.
    """
    folder = Path(_private_folder())
    path = folder / SOCKET_NAME
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
            folder.rmdir()


def _private_folder() -> str:
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):
        # What `mkdtemp` adds to the parent is 17 long.
        length = len(os.fsencode(parent or "")) + 1 + 17 + 1 + len(SOCKET_NAME)
        if parent and length <= LONGEST_SOCKET_PATH:
            with suppress(OSError):
                return tempfile.mkdtemp(prefix="headgate-", dir=parent)
    raise EngineError(
        "there is no folder for the engine's socket", hint="set `TMPDIR` to a short, writable path"
    )


class WorkerProcess:
    """A started worker. Belongs to the event loop."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._said = bytearray()
        self._listeners = [asyncio.create_task(self._listen())]

    @classmethod
    async def start(cls, launch: Launch) -> "WorkerProcess":
        """Start it and hand it its greeting.

        Raises:
            EngineError: It could not even be started.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *launch.command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                limit=LONGEST_FIRST_LINE,
                env={**os.environ, **launch.environment},
                # Ctrl-C is for us: the worker must outlive it while answers drain.
                start_new_session=True,
            )
        except OSError as problem:
            raise EngineError(f"the engine cannot be started: {problem}") from problem
        worker = cls(process)
        assert process.stdin is not None
        with suppress(ConnectionError):  # it died already: its exit will say why
            process.stdin.write(launch.greeting)
            await process.stdin.drain()
        return worker

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    async def first_line(self) -> bytes:
        """What it says once it answers; empty if it ended before."""
        stdout = self._process.stdout
        assert stdout is not None
        try:
            return await stdout.readuntil()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return b""
        finally:
            self._listeners.append(asyncio.create_task(_discard(stdout)))

    def stderr_lines(self) -> list[str]:
        """The end of what it wrote to stderr since `forget`."""
        return self._said.decode(errors="replace").splitlines()

    def forget(self) -> None:
        """Drop what it wrote so far."""
        self._said.clear()

    async def wait(self) -> int:
        """Its exit code, negative for a signal, once it is gone and all it wrote is here."""
        code = await self._process.wait()
        await asyncio.gather(*self._listeners)
        return code

    def leave(self) -> None:
        """Ask it to go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """Make it go; no harm if it is gone."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(8192):
            self._said += piece
            del self._said[:-KEPT_STDERR_BYTES]


async def _discard(stream: asyncio.StreamReader) -> None:
    """Keep reading what nobody wants, so that the writer is never held up."""
    while await stream.read(8192):
        pass
