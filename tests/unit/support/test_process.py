"""A child server is up when it says so, and its last words are kept when it does not come up."""

import os
import signal
import sys

import pytest

from support.process import ServerProcess

SERVES = "import time; print('noise\\nlistening on http://127.0.0.1:1', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SERVES}"
READY = r"listening on (http://\S+)"


def start(program: str, ready_within_s: float = 20) -> ServerProcess:
    command = [sys.executable, "-c", program]
    return ServerProcess(command, ready=READY, env=os.environ, ready_within_s=ready_within_s)


def test_its_address_is_read_from_what_it_says() -> None:
    with start(SERVES) as server:
        assert server.root_url == "http://127.0.0.1:1"
    assert server.process.returncode == -signal.SIGTERM
    assert server.said.startswith("noise\n")


def test_one_that_ends_at_once_shows_its_last_words() -> None:
    with pytest.raises(RuntimeError, match=r"ended; it said:\n(.*\n)*.*the cause"):
        start("raise SystemExit('the cause')")


def test_one_that_never_gets_ready_is_killed() -> None:
    with pytest.raises(RuntimeError, match=r"was not ready in 0\.2 s"):
        start("import time; time.sleep(60)", ready_within_s=0.2)


def test_one_that_ignores_the_request_to_stop_is_killed_and_fails_the_test() -> None:
    server = start(STUBBORN)
    with pytest.raises(AssertionError, match=r"did not stop in 0\.2 s"):
        server.stop(within_s=0.2)
    assert server.process.returncode == -signal.SIGKILL


def test_a_line_is_waited_for_from_a_mark_on() -> None:
    with start(SERVES) as server:
        assert server.wait_for_line("noi.e", after=0) == "noise\n"
        with pytest.raises(AssertionError, match="no line like"):
            server.wait_for_line("noi.e", after=server.mark(), within_s=0.05)


def test_its_killing_is_no_stop() -> None:
    with start(SERVES) as server:
        server.kill()
    assert server.process.returncode == -signal.SIGKILL
