"""The server as a process: where it listens, how it ends, and what it has written by then."""

import socket
import subprocess
from pathlib import Path

import pytest

from support import behaviours as b
from support.gate import Gate
from support.headgate_server import COMMAND, HeadgateServer, isolated_environment, read_rows
from support.raw_http import RawClient, chat_body, request_bytes
from support.upstream import Upstream

COMPLETE = b"data: [DONE]\n\n\r\n0\r\n\r\n"


def config(upstream: Upstream, drain_s: float) -> dict[str, object]:
    return {
        "server": {"drain_s": drain_s},
        "targets": {"box": {"backend": "openai_compatible", "base_url": upstream.base_url}},
    }


def statuses(server: HeadgateServer) -> list[tuple[str, str]]:
    """What the ledger holds once the server has ended: of decisions, and of attempts."""
    decisions = read_rows(server.ledger, "decisions")
    attempts = read_rows(server.ledger, "attempts")
    assert [row["id"] for row in decisions] == [row["decision_id"] for row in attempts]
    return [(d["status"], a["outcome"]) for d, a in zip(decisions, attempts, strict=True)]


def all_of(client: RawClient) -> bytes:
    """Everything up to the end of the connection."""
    received = bytearray()
    while data := client.socket.recv(65536):
        received += data
    return bytes(received)


def failed_start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "headgate.yaml").write_text("targets: {box: {backend: vllm}}\n")
    return subprocess.run(
        [str(COMMAND), "serve", "--config", str(folder / "headgate.yaml"), *arguments],
        env=isolated_environment(folder),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_port_in_use_ends_the_start_with_one_sentence_and_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = failed_start(tmp_path, "--port", str(port))
    assert ended.returncode == 3
    assert ended.stderr.splitlines()[-2:] == [
        f"cannot listen on 127.0.0.1:{port}: Address already in use",
        "hint: choose another with `--port`, or stop what uses it",
    ]
    assert "Traceback" not in ended.stderr


def test_a_host_that_is_none_of_ours_is_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "headgate.yaml").write_text("")
    ended = failed_start(tmp_path, "--host", "127.0.0.300", "--port", "0")
    assert ended.returncode == 3
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.com"])
def test_an_address_others_can_reach_is_refused_without_keys(tmp_path: Path, host: str) -> None:
    ended = failed_start(tmp_path, "--host", host)
    assert ended.returncode == 3
    assert "without `keys` anyone who reaches this address" in ended.stderr


def test_an_idle_server_ends_at_once_and_well(tmp_path: Path) -> None:
    with (
        Upstream() as upstream,
        HeadgateServer(tmp_path, config(upstream, 15)) as server,
        RawClient(server.root_url) as idle,
    ):
        assert idle.ask(request_bytes(method="GET", path="/livez")).status == 200
        assert server.stop(within_s=10) == 0
        assert idle.is_closed()
    assert "Traceback" not in server.said


def test_a_stream_under_way_may_finish_and_is_recorded(tmp_path: Path) -> None:
    gate = Gate()
    with (
        Upstream(b.gated(gate)) as upstream,
        HeadgateServer(tmp_path, config(upstream, 15)) as server,
        RawClient(server.root_url) as client,
    ):
        client.send(request_bytes(chat_body(stream=True)))
        gate.release(3)
        gate.wait_for_arrivals(4)
        server.process.terminate()
        wait_until_refused(server)
        gate.open()
        assert all_of(client).endswith(COMPLETE)
        assert server.process.wait(10) == 0
    assert statuses(server) == [("answered", "answered")]
    assert "Traceback" not in server.said


def test_a_stream_over_the_time_to_drain_is_cut_and_recorded_as_cancelled(tmp_path: Path) -> None:
    gate = Gate()
    with (
        Upstream(b.gated(gate)) as upstream,
        HeadgateServer(tmp_path, config(upstream, 0)) as server,
        RawClient(server.root_url) as client,
    ):
        client.send(request_bytes(chat_body(stream=True)))
        gate.release(3)
        gate.wait_for_arrivals(4)
        assert server.stop(within_s=10) == 0
        received = all_of(client)
        assert received.startswith(b"HTTP/1.1 200 OK")
        assert b"[DONE]" not in received
        upstream.wait_aborted()
    assert statuses(server) == [("cancelled", "cancelled")]
    assert "Traceback" not in server.said


def test_a_second_interrupt_does_not_wait(tmp_path: Path) -> None:
    with (
        Upstream(b.SILENT) as upstream,
        HeadgateServer(tmp_path, config(upstream, 600)) as server,
        RawClient(server.root_url) as client,
    ):
        client.send(request_bytes(chat_body()))
        upstream.wait_requests(1)
        server.process.send_signal(2)
        wait_until_refused(server)
        server.process.send_signal(2)
        assert server.process.wait(10) == 0
    assert statuses(server) == [("cancelled", "cancelled")]


def wait_until_refused(server: HeadgateServer) -> None:
    """Until no new connection is accepted any more: the server has begun to stop."""
    for _ in range(10_000):
        try:
            RawClient(server.root_url).socket.close()
        except (ConnectionRefusedError, ConnectionResetError):
            # Reset: it was closed between the two halves of making the connection.
            return
    raise AssertionError("it still accepts connections")
