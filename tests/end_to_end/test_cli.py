"""The command as a stranger runs it: a process of its own, on a machine with nothing."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from urllib.request import Request, urlopen

import pytest

HEADGATE = Path(sys.executable).with_name("headgate")
HELP_S = 0.25
PATIENCE_S = 60


@pytest.fixture
def machine(tmp_path):
    """An environment without configuration, keys or models."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME")
    return {"PATH": os.environ["PATH"]} | {name: str(tmp_path / name) for name in names}


def headgate(*arguments, machine, cwd, **more):
    return subprocess.run(
        [HEADGATE, *arguments],
        env=machine,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        **more,
    )


@contextmanager
def serving(*arguments, machine, cwd) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A running server, with the lines it printed up to the one with the curl command."""
    command = [HEADGATE, "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, env=machine, cwd=cwd, stderr=subprocess.PIPE, text=True)
    impatience = threading.Timer(PATIENCE_S, process.kill)
    impatience.start()
    try:
        lines = []
        while not (lines and lines[-1].startswith("try: ")):
            line = process.stderr.readline()
            assert line, f"the server stopped: {lines}"
            lines.append(line.rstrip("\n"))
        yield process, lines
    finally:
        process.kill()
        process.communicate()
        impatience.cancel()


def test_help_is_quick(machine, tmp_path):
    def once() -> float:
        start = perf_counter()
        assert headgate("--help", machine=machine, cwd=tmp_path).returncode == 0
        return perf_counter() - start

    assert min(once() for _ in range(5)) <= HELP_S


def test_help_imports_nothing_heavy():
    program = (
        "import sys\n"
        "from headgate.cli.main import run\n"
        "run(['--help'])\n"
        "heavy = {'pydantic', 'yaml', 'msgspec', 'starlette', 'uvicorn', 'sqlalchemy', 'rich'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr == b"[]\n"


def test_with_nothing_at_all_the_printed_curl_line_works(machine, tmp_path):
    with serving(machine=machine, cwd=tmp_path) as (_, lines):
        assert "  + a demonstration model that knows nothing, so that requests work" in lines
        url = next(line for line in lines if line.startswith("base URL: ")).split()[-1]
        words = shlex.split(lines[-1].removeprefix("try: "))
        assert words[:2] == ["curl", f"{url}/chat/completions"]
        request = Request(words[1], words[-1].encode(), {"content-type": "application/json"})
        with urlopen(request, timeout=PATIENCE_S) as answer:
            body = json.load(answer)
            assert answer.headers["x-headgate-target"] == "demo"
    assert body["choices"][0]["message"]["content"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_stop_signal_ends_the_server_cleanly(machine, tmp_path, stop):
    with serving(machine=machine, cwd=tmp_path) as (process, _):
        process.send_signal(stop)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in said
    assert process.returncode in {0, 130, -stop}


def test_ask_answers_from_the_embedded_engine(machine, tmp_path):
    done = headgate("ask", "Hello", "--max-tokens", "8", machine=machine, cwd=tmp_path)
    assert (done.returncode, done.stdout.strip() != "") == (0, True), done.stderr


def test_a_wrong_configuration_is_exit_3_for_every_command(machine, tmp_path):
    (tmp_path / "headgate.yaml").write_text("targets:\n  a: {backend: opnai}\n")
    for command in (["check"], ["serve"], ["models"], ["ask", "Hello"]):
        done = headgate(*command, machine=machine, cwd=tmp_path)
        assert done.returncode == 3, command
        assert done.stdout == ""
        assert done.stderr == (
            "headgate.yaml:2:16: targets.a.backend: there is no backend `opnai`\n"
            "hint: did you mean `openai`?\n"
        )


def test_a_taken_port_is_told_with_the_way_out(machine, tmp_path):
    with serving(machine=machine, cwd=tmp_path) as (_, lines):
        url = next(line for line in lines if line.startswith("base URL: ")).split()[-1]
        port = url.rpartition(":")[2].partition("/")[0]
        done = headgate("serve", "--port", port, machine=machine, cwd=tmp_path)
    assert done.returncode == 3
    assert "hint: choose another with `--port`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_enough_is_no_error(machine, tmp_path):
    done = subprocess.run(
        f"{shlex.quote(str(HEADGATE))} models | head -n 1",
        shell=True,
        env=machine,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("routes:\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_completion(machine, tmp_path, shell):
    machine |= {"_HEADGATE_COMPLETE": f"{shell}_source"}
    done = headgate(machine=machine, cwd=tmp_path)
    if shell == "bash" and "Bash version" in done.stderr:
        pytest.skip("this machine has no bash that Click can complete for")
    assert "_HEADGATE_COMPLETE" in done.stdout


def test_commands_are_completed(machine, tmp_path):
    machine |= {
        "_HEADGATE_COMPLETE": "zsh_complete",
        "COMP_WORDS": "headgate ch",
        "COMP_CWORD": "1",
    }
    assert "check" in headgate(machine=machine, cwd=tmp_path).stdout
