import asyncio
import signal
import stat
import sys
from pathlib import Path

import pytest

from headgate.core.errors import EngineError
from headgate.engine.engine import Launch
from headgate.engine.process import (
    KEPT_STDERR_BYTES,
    LONGEST_SOCKET_PATH,
    WorkerProcess,
    private_socket,
)


def script(text: str, *, greeting: bytes = b"") -> Launch:
    return Launch(command=(sys.executable, "-I", "-c", text), greeting=greeting)


async def started(text: str, *, greeting: bytes = b"") -> WorkerProcess:
    return await WorkerProcess.start(script(text, greeting=greeting))


def test_a_worker_gets_its_greeting_and_answers_with_a_line() -> None:
    async def scenario() -> tuple[bytes, int]:
        worker = await started("print(input().upper())", greeting=b"hello\n")
        return await worker.first_line(), await worker.wait()

    assert asyncio.run(scenario()) == (b"HELLO\n", 0)


def test_a_worker_that_ends_without_a_word_has_no_first_line() -> None:
    async def scenario() -> tuple[bytes, int, list[str]]:
        worker = await started("import sys; sys.exit('no\\nmemory')", greeting=b"x" * 300_000)
        return await worker.first_line(), await worker.wait(), worker.stderr_lines()

    assert asyncio.run(scenario()) == (b"", 1, ["no", "memory"])


def test_only_the_end_of_a_long_stderr_is_kept() -> None:
    async def scenario() -> str:
        worker = await started("import sys; sys.stderr.write('x' * 1_000_000 + 'end')")
        await worker.wait()
        return "".join(worker.stderr_lines())

    said = asyncio.run(scenario())
    assert len(said) == KEPT_STDERR_BYTES
    assert said.endswith("xend")


def test_what_was_said_before_can_be_forgotten() -> None:
    async def scenario() -> list[str]:
        worker = await started("import sys; print('a', file=sys.stderr, flush=True); input()")
        while worker.stderr_lines() != ["a"]:
            await asyncio.sleep(0)
        worker.forget()
        worker.leave()
        await worker.wait()
        return worker.stderr_lines()

    assert "a" not in asyncio.run(scenario())


def test_a_worker_can_be_asked_and_made_to_go() -> None:
    stubborn = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    )

    async def scenario() -> tuple[int, int]:
        willing, unwilling = await started("import time; time.sleep(600)"), await started(stubborn)
        await unwilling.first_line()
        willing.leave()
        unwilling.leave()
        left = await willing.wait()
        unwilling.kill()
        killed = await unwilling.wait()
        unwilling.kill()
        unwilling.leave()
        return left, killed

    assert asyncio.run(scenario()) == (-signal.SIGTERM, -signal.SIGKILL)


def test_a_program_that_is_not_there_is_our_error() -> None:
    async def scenario() -> None:
        await WorkerProcess.start(Launch(command=("/nowhere/engine",), greeting=b""))

    with pytest.raises(EngineError, match=r"the engine cannot be started: .*/nowhere/engine"):
        asyncio.run(scenario())


def test_a_launch_shows_neither_greeting_nor_environment() -> None:
    launch = Launch(command=("engine",), greeting=b"secret", environment={"KEY": "secret"})
    assert "secret" not in repr(launch)


def test_the_socket_lies_in_a_folder_of_our_own_that_goes_with_it() -> None:
    with private_socket() as path:
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.touch()
    assert not path.parent.exists()


def test_a_path_too_long_for_a_socket_is_avoided(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    with private_socket() as path:
        assert len(bytes(path)) <= LONGEST_SOCKET_PATH
        assert deep not in path.parents


def test_the_folder_for_running_programs_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    with private_socket() as borrowed:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(borrowed.parent))
        with private_socket() as path:
            assert path.parent.parent == borrowed.parent
