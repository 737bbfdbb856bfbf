import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from headgate.engine import worker
from headgate.engine.install import install_engine
from headgate.engine.process import private_socket
from headgate.engine.worker import WorkerSettings
from support.tiny_model import demo_gguf


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerSettings]:
    with private_socket() as path:
        yield WorkerSettings(
            library=str(install_engine()),
            model=str(demo_gguf(tmp_path_factory.getbasetemp())),
            alias="demo",
            socket=str(path),
            api_key="key",
            context_tokens=256,
            slots=2,
            threads=1,
            batch_tokens=256,
            pooling="mean",
            prompt_cache_mib=0,
            gpu_layers=0,
        )


def start(settings: WorkerSettings) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-I", worker.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(settings)).encode() + b"\n")
    process.stdin.flush()
    return process


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def test_it_says_its_context_once_it_answers(settings: WorkerSettings) -> None:
    with start(settings) as process:
        assert json.loads(first_line(process)) == {"context_tokens": 256}
        assert Path(settings.socket).is_socket()
        process.communicate(timeout=30)


def test_it_says_the_context_that_it_got_not_the_one_it_was_asked_for(
    settings: WorkerSettings,
) -> None:
    with start(replace(settings, context_tokens=100_000, slots=1)) as process:
        assert json.loads(first_line(process)) == {"context_tokens": 8192}
        process.communicate(timeout=30)


def test_it_says_nothing_else_on_stdout_and_nothing_on_stderr(settings: WorkerSettings) -> None:
    with start(settings) as process:
        first_line(process)
        assert process.communicate(timeout=30) == (b"", b"")


def test_it_leaves_with_its_socket_when_stdin_ends(settings: WorkerSettings) -> None:
    with start(settings) as process:
        first_line(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
    assert not Path(settings.socket).parent.exists()


def test_it_leaves_with_its_socket_when_it_is_told_to(settings: WorkerSettings) -> None:
    with start(settings) as process:
        first_line(process)
        process.terminate()
        assert process.wait(30) == 0
    assert not Path(settings.socket).parent.exists()


def test_it_leaves_at_once_when_nobody_greets_it() -> None:
    done = subprocess.run([sys.executable, "-I", worker.__file__], check=False, input=b"")
    assert done.returncode == 0


def test_a_model_that_cannot_be_loaded_ends_it_with_the_cause_on_stderr(
    settings: WorkerSettings, tmp_path: Path
) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(Path(settings.model).read_bytes()[:100_000])
    with start(replace(settings, model=str(path))) as process:
        assert first_line(process) == b""
        _, said = process.communicate(timeout=30)
        assert process.returncode != 0
    assert b"not within the file bounds" in said


def test_a_library_that_is_missing_is_named(settings: WorkerSettings, tmp_path: Path) -> None:
    broken = tmp_path / "xllamacpp"
    broken.mkdir()
    missing = "libgomp.so.1: cannot open shared object file: No such file or directory"
    (broken / "__init__.py").write_text(f"raise ImportError({missing!r})")
    with start(replace(settings, library=str(tmp_path))) as process:
        _, said = process.communicate(timeout=30)
    assert f"ImportError: {missing}" in said.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent death signal")
def test_it_does_not_outlive_whoever_started_it_even_while_it_loads(
    settings: WorkerSettings, tmp_path: Path
) -> None:
    slow = tmp_path / "xllamacpp"
    slow.mkdir()
    # Stands for a load that holds the interpreter: it never looks at stdin.
    (slow / "__init__.py").write_text("import os, time; os.write(2, b'.'); time.sleep(600)")
    starter = (
        "import subprocess, sys\n"
        "worker = subprocess.Popen([sys.executable, '-I', sys.argv[1]], stdin=subprocess.PIPE)\n"
        "worker.stdin.write(sys.argv[2].encode() + b'\\n'); worker.stdin.flush()\n"
        "print(worker.pid, flush=True); worker.wait()"
    )
    greeting = json.dumps(asdict(replace(settings, library=str(tmp_path))))
    with subprocess.Popen(
        [sys.executable, "-c", starter, worker.__file__, greeting],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        gone = os.pidfd_open(int(process.stdout.readline()))
        assert process.stderr.read(1) == b"."
        process.send_signal(signal.SIGKILL)
        assert select.select([gone], [], [], 30)[0], "the worker is still there"
        os.close(gone)
